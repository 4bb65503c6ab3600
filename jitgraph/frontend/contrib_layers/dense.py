"""tf.contrib.layers: fully connected layers, dropout, flattening, softmax.

In: tensors of a batch. Out: as tf.layers gives, with variables `weights` and `biases`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.contrib_arg_scope import add_arg_scope
from jitgraph.frontend.contrib_layers.sharing import (
    DEFAULT_BIASES,
    DEFAULT_WEIGHTS,
    keep_outputs,
    keep_variable,
    model_variable_getter,
)
from jitgraph.frontend.contrib_variables import model_variable
from jitgraph.frontend.embedding_lookup import embedding_lookup
from jitgraph.frontend.layers.dense import Dense, Dropout, flatten as flatten_layer
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import name_scope
from jitgraph.ops.activations import relu as relu_of
from jitgraph.ops.casting import to_int64
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.masking import one_hot
from jitgraph.ops.rectifiers import elu as elu_of, relu6 as relu6_of
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.softmax import softmax as softmax_of

_NAMES = {"bias": "biases", "kernel": "weights"}


@add_arg_scope
def fully_connected(
    inputs: Any,
    num_outputs: int,
    activation_fn: Callable[[Any], Any] | None = relu_of,
    normalizer_fn: Callable[..., Any] | None = None,
    normalizer_params: dict[str, Any] | None = None,
    weights_initializer: Any = DEFAULT_WEIGHTS,
    weights_regularizer: Callable[[Any], Any] | None = None,
    biases_initializer: Any = DEFAULT_BIASES,
    biases_regularizer: Callable[[Any], Any] | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """activation_fn(inputs @ weights + biases).

    Args:
      inputs: of rank 2 or more, the last size known.
      num_outputs: the last size of the result.
      activation_fn: a function of a tensor, None for none.
      normalizer_fn, normalizer_params: a function in place of biases, and its arguments.
      weights_initializer, weights_regularizer, biases_initializer, biases_regularizer: see
        `tf.get_variable`; no biases where their initializer is None.
      reuse: whether the variables are there already.
      variables_collections: more collections, or a dict of them by name.
      outputs_collections: collections for the result.
      trainable: whether optimizers change the variables.
      scope: the variable scope, `fully_connected` if None.

    Raises:
      ValueError: `num_outputs` is no int, or inputs that don't fit.

    Example:
      >>> tf.contrib.layers.fully_connected(tf.zeros([8, 784]), 10)
      <tf.Tensor 'fully_connected/Relu:0' shape=(8, 10) dtype=float32>
    """
    if not isinstance(num_outputs, int):
        raise ValueError(f"num_outputs type should be one of {[int]}, got {type(num_outputs)}.")
    getter = model_variable_getter(_NAMES)
    opened = variable_scope(scope, "fully_connected", [inputs], reuse=reuse, custom_getter=getter)
    with opened as own:
        inputs = convert_to_tensor(inputs)
        layer = Dense(
            num_outputs,
            use_bias=not normalizer_fn and biases_initializer,
            kernel_initializer=weights_initializer,
            bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer,
            bias_regularizer=biases_regularizer,
            trainable=trainable,
            name=own.name,
            dtype=inputs.dtype.base_dtype,
            _scope=own,
            _reuse=reuse,
        )
        outputs = layer(inputs)
        keep_variable(layer.kernel, variables_collections, "weights")
        if layer.bias is not None:
            keep_variable(layer.bias, variables_collections, "biases")
        if normalizer_fn is not None:
            outputs = normalizer_fn(outputs, **(normalizer_params or {}))
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return keep_outputs(outputs_collections, own.name, outputs)


elu = partial(fully_connected, activation_fn=elu_of)
relu = partial(fully_connected, activation_fn=relu_of)
relu6 = partial(fully_connected, activation_fn=relu6_of)
linear = partial(fully_connected, activation_fn=None)


@add_arg_scope
def dropout(
    inputs: Any,
    keep_prob: Any = 0.5,
    noise_shape: Any = None,
    is_training: Any = True,
    outputs_collections: Any = None,
    scope: Any = None,
    seed: int | None = None,
) -> Any:
    """Zeroes elements at random while training.

    Args:
      inputs: a tensor of floats.
      keep_prob: the share that stays.
      noise_shape, seed: see `tf.nn.dropout`.
      is_training: a bool or a bool tensor.
      outputs_collections: collections for the result.
      scope: the variable scope, `Dropout` if None.
    """
    opened = variable_scope(scope, "Dropout", [inputs], custom_getter=model_variable_getter())
    with opened as own:
        inputs = convert_to_tensor(inputs)
        layer = Dropout(1 - keep_prob, noise_shape, seed, name=own.name, _scope=own)
        outputs = layer(inputs, training=is_training)
        return keep_outputs(outputs_collections, own.name, outputs)


@add_arg_scope
def flatten(inputs: Any, outputs_collections: Any = None, scope: str | None = None) -> Any:
    """Makes each example a row.

    Args:
      inputs: [batch, ...].
      outputs_collections: collections for the result.
      scope: the name scope, `Flatten` if None.
    """
    with name_scope(scope, "Flatten", [inputs]) as own:
        outputs = flatten_layer(convert_to_tensor(inputs))
        return keep_outputs(outputs_collections, own, outputs)


@add_arg_scope
def softmax(logits: Any, scope: Any = None) -> Any:
    """The softmax along the last axis, by way of a matrix.

    Args:
      logits: of rank 2 or more, the last size known.
      scope: the variable scope, `softmax` if None.
    """
    with variable_scope(scope, "softmax", [logits]):
        last = logits.get_shape().with_rank_at_least(2).as_list()[-1]
        if last is None:
            raise ValueError(f"dimension -1 is unknown in {logits.get_shape()}")
        rows = softmax_of(reshape(logits, [-1, last]))
        predictions = reshape(rows, shape_of(logits))
        predictions.set_shape(logits.get_shape())
        return predictions


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Callable[[Any], Any] | None = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: Any = None,
) -> Any:
    """A row of a table of `embeddings` for each id.

    Args:
      ids: integers, [batch, steps].
      vocab_size, embed_dim: the shape of the table.
      unique: accepted for compatibility.
      initializer, regularizer, trainable: see `tf.get_variable`.
      scope: the variable scope, `EmbedSequence` if None.
      reuse: whether the table is there already.

    Returns:
      [batch, steps, embed_dim].

    Raises:
      ValueError: a table that is not reused has no shape.
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError(
            "Must specify vocab size and embedding dimension when not reusing. Got "
            f"vocab_size={vocab_size} and embed_dim={embed_dim}"
        )
    with variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        table = model_variable(
            "embeddings",
            shape=None if embed_dim is None else [vocab_size, embed_dim],
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        return embedding_lookup(table, ids)


@add_arg_scope
def one_hot_encoding(
    labels: Any,
    num_classes: int,
    on_value: float = 1.0,
    off_value: float = 0.0,
    outputs_collections: Any = None,
    scope: str | None = None,
) -> Any:
    """`tf.one_hot` of labels.

    Args:
      labels: integers.
      num_classes, on_value, off_value: see `tf.one_hot`.
      outputs_collections: collections for the result.
      scope: the name scope, `OneHotEncoding` if None.
    """
    with name_scope(scope, "OneHotEncoding", [labels, num_classes]) as own:
        labels = convert_to_tensor(labels)
        if labels.dtype == dtypes.int32:
            labels = to_int64(labels)
        outputs = one_hot(labels, num_classes, on_value=on_value, off_value=off_value)
        return keep_outputs(outputs_collections, own, outputs)
