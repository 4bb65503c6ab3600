"""Attention mechanisms: how much each place of a memory matters to a query.

In: a query [batch, depth] and a memory [batch, time, ...]. Out: alignments [batch, time], and the
mechanism's next state. The ops and variables are TensorFlow's, by name.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.decoding.memory import mask_score, prepare_memory
from jitgraph.frontend.initializers import (
    constant_initializer,
    ones_initializer,
    zeros_initializer,
)
from jitgraph.frontend.layers.dense import Dense
from jitgraph.frontend.layers.layer import Layer
from jitgraph.frontend.recurrent.state_shapes import zero_tensors
from jitgraph.frontend.structures import flatten
from jitgraph.frontend.variable_sharing import get_variable, variable_scope
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.arguments import argmax
from jitgraph.ops.arithmetic import square
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_powers import rsqrt
from jitgraph.ops.elementwise_trigonometric import tanh
from jitgraph.ops.masking import one_hot
from jitgraph.ops.matmul import matmul
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.reshaping import expand_dims, squeeze
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.softmax import softmax

ProbabilityFunction = Callable[..., Any]


class AttentionMechanism:
    """The base of attention mechanisms.

    Example:
      >>> base = tf.contrib.seq2seq.AttentionMechanism
      >>> issubclass(tf.contrib.seq2seq.LuongAttention, base)
      True
    """

    @property
    def alignments_size(self) -> Any:
        """The number of the memory's places."""
        raise NotImplementedError

    @property
    def state_size(self) -> Any:
        """The size of the mechanism's state."""
        raise NotImplementedError


class MemoryAttention(AttentionMechanism):
    """The base of mechanisms that keep a memory as keys and values.

    Args:
      query_layer, memory_layer: layers of queries and keys, or None.
      memory: tensors of shape [batch, time, ...].
      probability_fn: of scores and the state before; gives alignments.
      memory_sequence_length: ints of shape [batch]: places behind do not matter.
      check_inner_dims_defined: whether all sizes behind the first two must be known.
      score_mask_value: the score of places that do not matter; -inf if None.
      custom_key_value_fn: of keys and values; gives others.
      name: the name scope.

    Raises:
      TypeError: no layer, no function.
      ValueError: a size that is not known.
    """

    def __init__(
        self,
        query_layer: Any,
        memory: Any,
        probability_fn: ProbabilityFunction,
        memory_sequence_length: Any = None,
        memory_layer: Any = None,
        check_inner_dims_defined: bool = True,
        score_mask_value: Any = None,
        custom_key_value_fn: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> None:
        for role, layer in (("query_layer", query_layer), ("memory_layer", memory_layer)):
            if layer is not None and not isinstance(layer, Layer):
                raise TypeError(f"{role} is not a Layer: {type(layer).__name__}")
        self._query_layer, self._memory_layer = query_layer, memory_layer
        self.dtype = memory_layer.dtype
        if not callable(probability_fn):
            found = type(probability_fn).__name__
            raise TypeError(f"probability_fn must be callable, saw type: {found}")
        if score_mask_value is None:
            score_mask_value = dtypes.as_dtype(self.dtype).as_numpy_dtype(-np.inf)
        self._probability_fn = lambda score, before: probability_fn(
            mask_score(score, memory_sequence_length, score_mask_value), before
        )
        with name_scope(name, "BaseAttentionMechanismInit", flatten(memory)):
            self._values = prepare_memory(memory, memory_sequence_length, check_inner_dims_defined)
            self._keys = memory_layer(self._values) if memory_layer else self._values
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            shape = self._keys.get_shape()
            self._batch_size = shape[0].value or shape_of(self._keys)[0]
            self._alignments_size = shape[1].value or shape_of(self._keys)[1]

    @property
    def memory_layer(self) -> Any:
        """The layer of keys."""
        return self._memory_layer

    @property
    def query_layer(self) -> Any:
        """The layer of queries."""
        return self._query_layer

    @property
    def values(self) -> Any:
        """What is looked up."""
        return self._values

    @property
    def keys(self) -> Any:
        """What queries are compared with."""
        return self._keys

    @property
    def batch_size(self) -> Any:
        """The number of memories."""
        return self._batch_size

    @property
    def alignments_size(self) -> Any:
        """The number of the memory's places."""
        return self._alignments_size

    @property
    def state_size(self) -> Any:
        """The size of the state: the alignments are the state."""
        return self._alignments_size

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """Alignments of zeros."""
        return zero_tensors(self._alignments_size, batch_size, dtype)

    def initial_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros."""
        return self.initial_alignments(batch_size, dtype)


class LuongAttention(MemoryAttention):
    """Attention by the product of query and key (Luong, Pham, Manning 2015).

    Args:
      num_units: the depth of keys; that of queries must be the same.
      memory: a tensor of shape [batch, time, depth].
      memory_sequence_length: ints of shape [batch]: places behind do not matter.
      scale: whether a variable `attention_g` scales the scores.
      probability_fn: of scores; gives alignments. The softmax if None.
      score_mask_value: the score of places that do not matter; -inf if None.
      dtype: that of the variables; float32 if None.
      custom_key_value_fn: of keys and values; gives others.
      name: the name scope.

    Raises:
      TypeError, ValueError: arguments that do not fit.

    Example:
      >>> attention = tf.contrib.seq2seq.LuongAttention(4, tf.ones([2, 5, 3]))
      >>> cell = tf.contrib.seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(4), attention)
    """

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        probability_fn: ProbabilityFunction | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable[..., Any] | None = None,
        name: str = "LuongAttention",
    ) -> None:
        function = probability_fn or softmax
        super().__init__(
            query_layer=None,
            memory_layer=_bare_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=lambda score, _: function(score),
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            custom_key_value_fn=custom_key_value_fn,
            name=name,
        )
        self._num_units = num_units
        self._scale = scale
        self._name = name

    def __call__(self, query: Tensor, state: Any) -> tuple[Any, Any]:
        """(alignments, next state) of a query."""
        with variable_scope(None, "luong_attention", [query]):
            factor = None
            if self._scale:
                factor = get_variable(
                    "attention_g", dtype=query.dtype, initializer=ones_initializer, shape=()
                )
            score = _product_score(query, self._keys, factor)
        alignments = self._probability_fn(score, state)
        return alignments, alignments


class BahdanauAttention(MemoryAttention):
    """Attention by a small net of query and key (Bahdanau, Cho, Bengio 2015).

    Args:
      num_units: the depth of the net.
      memory: a tensor of shape [batch, time, depth].
      memory_sequence_length: ints of shape [batch]: places behind do not matter.
      normalize: whether weights are normalised (Salimans, Kingma 2016).
      probability_fn: of scores; gives alignments. The softmax if None.
      score_mask_value: the score of places that do not matter; -inf if None.
      dtype: that of the variables; float32 if None.
      custom_key_value_fn: of keys and values; gives others.
      name: the name scope.

    Raises:
      TypeError, ValueError: arguments that do not fit.

    Example:
      >>> attention = tf.contrib.seq2seq.BahdanauAttention(8, tf.ones([2, 5, 3]), [5, 4])
      >>> cell = tf.contrib.seq2seq.AttentionWrapper(tf.nn.rnn_cell.GRUCell(4), attention)
    """

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        probability_fn: ProbabilityFunction | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable[..., Any] | None = None,
        name: str = "BahdanauAttention",
    ) -> None:
        function = probability_fn or softmax
        super().__init__(
            query_layer=_bare_layer(num_units, "query_layer", dtype),
            memory_layer=_bare_layer(num_units, "memory_layer", dtype),
            memory=memory,
            probability_fn=lambda score, _: function(score),
            custom_key_value_fn=custom_key_value_fn,
            memory_sequence_length=memory_sequence_length,
            score_mask_value=score_mask_value,
            name=name,
        )
        self._num_units = num_units
        self._normalize = normalize
        self._name = name

    def __call__(self, query: Tensor, state: Any) -> tuple[Any, Any]:
        """(alignments, next state) of a query."""
        with variable_scope(None, "bahdanau_attention", [query]):
            processed = self.query_layer(query) if self.query_layer else query
            v = get_variable("attention_v", [self._num_units], dtype=query.dtype)
            g, b = self._scale_and_bias(query.dtype) if self._normalize else (None, None)
            score = _net_score(processed, self._keys, v, g, b)
        alignments = self._probability_fn(score, state)
        return alignments, alignments

    def _scale_and_bias(self, dtype: Any) -> tuple[Any, Any]:
        start = constant_initializer(math.sqrt(1.0 / self._num_units))
        g = get_variable("attention_g", dtype=dtype, initializer=start, shape=())
        zeros = zeros_initializer()
        return g, get_variable("attention_b", [self._num_units], dtype=dtype, initializer=zeros)


def hardmax(logits: Any, name: str | None = None) -> Tensor:
    """1 where a row is greatest, else 0.

    Args:
      logits: of shape [..., classes].
      name: the name scope.

    Example:
      >>> tf.contrib.seq2seq.hardmax([[1.0, 3.0, 2.0]])
      <tf.Tensor 'Hardmax/one_hot:0' shape=(1, 3) dtype=float32>
    """
    with name_scope(name, "Hardmax", [logits]):
        logits = convert_to_tensor(logits, name="logits")
        known = logits.get_shape()[-1].value
        depth = shape_of(logits)[-1] if known is None else known
        return one_hot(argmax(logits, -1), depth, dtype=logits.dtype)


def _bare_layer(units: int, name: str, dtype: Any) -> Dense:
    return Dense(units, name=name, use_bias=False, dtype=dtype or dtypes.float32)


def _product_score(query: Tensor, keys: Tensor, factor: Any) -> Tensor:
    depth, units = query.get_shape()[-1], keys.get_shape()[-1]
    if depth.value != units.value or depth.value is None:
        raise ValueError(
            "Incompatible or unknown inner dimensions between query and keys.  "
            f"Query ({query}) has units: {depth}.  Keys ({keys}) have units: {units}.  "
            f"Perhaps you need to set num_units to the keys' dimension ({units})?"
        )
    score = squeeze(matmul(expand_dims(query, 1), keys, transpose_b=True), [1])
    return score if factor is None else factor * score


def _net_score(query: Tensor, keys: Tensor, v: Any, g: Any, b: Any) -> Tensor:
    query = expand_dims(query, 1)
    if g is None or b is None:
        return reduce_sum(v * tanh(keys + query), [2])
    normed = g * v * rsqrt(reduce_sum(square(v)))
    return reduce_sum(normed * tanh(keys + query + b), [2])
