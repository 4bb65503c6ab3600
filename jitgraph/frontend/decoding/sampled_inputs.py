"""Helpers of decoders that feed a net with what it said: the likeliest, or drawn by chance.

In: the first tokens and a table of vectors. Out: the next inputs, and whether sequences have ended.
The ops are TensorFlow's, in its order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.control_flow import cond
from jitgraph.frontend.decoding.given_inputs import Helper
from jitgraph.frontend.decoding.random_ids import categorical_sample
from jitgraph.frontend.embedding_lookup import embedding_lookup
from jitgraph.graph import Tensor
from jitgraph.ops.arguments import argmax
from jitgraph.ops.comparison import equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.reductions import reduce_all
from jitgraph.ops.repeating import tile
from jitgraph.ops.shapes_of import shape as shape_of, size as size_of
from jitgraph.shapes import TensorShape


class GreedyEmbeddingHelper(Helper):
    """A helper that feeds the likeliest token's vector.

    Args:
      embedding: a table of vectors, or a function of ids.
      start_tokens: ids of shape [batch].
      end_token: the id that ends a sequence, a scalar.

    Raises:
      ValueError: tokens of another rank.

    Example:
      >>> helper = tf.contrib.seq2seq.GreedyEmbeddingHelper(tf.ones([7, 3]), [1, 1], 0)
    """

    def __init__(self, embedding: Any, start_tokens: Any, end_token: Any) -> None:
        self._embedding_fn = lookup_of(embedding)
        self._start_tokens, self._end_token = tokens(start_tokens, end_token)
        self._batch_size = size_of(start_tokens)
        self._start_inputs = self._embedding_fn(self._start_tokens)

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """A scalar's."""
        return TensorShape([])

    @property
    def sample_ids_dtype(self) -> Any:
        """int32."""
        return dtypes.int32

    def initialize(self, name: str | None = None) -> Any:
        """What the first step begins with: (finished, inputs)."""
        return tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """The likeliest ids."""
        _check_tensor(outputs)
        return argmax(outputs, axis=-1, output_type=dtypes.int32)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        """What the next step begins with: (finished, inputs, state)."""
        finished = equal(sample_ids, self._end_token)
        following = cond(
            reduce_all(finished),
            lambda: self._start_inputs,
            lambda: self._embedding_fn(sample_ids),
        )
        return finished, following, state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
    """A helper that draws the next token by the outputs' softmax, and feeds its vector.

    Args:
      embedding, start_tokens, end_token: as for `GreedyEmbeddingHelper`.
      softmax_temperature: the outputs are divided by it; 1 if None.
      seed: see `tf.set_random_seed`.

    Raises:
      ValueError: tokens of another rank.

    Example:
      >>> helper = tf.contrib.seq2seq.SampleEmbeddingHelper(tf.ones([7, 3]), [1, 1], 0, seed=1)
    """

    def __init__(
        self,
        embedding: Any,
        start_tokens: Any,
        end_token: Any,
        softmax_temperature: Any = None,
        seed: int | None = None,
    ) -> None:
        super().__init__(embedding, start_tokens, end_token)
        self._softmax_temperature = softmax_temperature
        self._seed = seed

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Ids drawn by chance."""
        _check_tensor(outputs)
        is_scaled = self._softmax_temperature is not None
        logits = outputs / self._softmax_temperature if is_scaled else outputs
        return categorical_sample(logits, seed=self._seed)


class InferenceHelper(Helper):
    """A helper that feeds what a function samples of the outputs.

    Args:
      sample_fn: of outputs; gives samples.
      sample_shape, sample_dtype: those of one sample.
      start_inputs: the first inputs.
      end_fn: of samples; tells whether each one ends its sequence.
      next_inputs_fn: of samples; gives the next inputs: the samples themselves if None.
    """

    def __init__(
        self,
        sample_fn: Callable[..., Any],
        sample_shape: Any,
        sample_dtype: Any,
        start_inputs: Any,
        end_fn: Callable[..., Any],
        next_inputs_fn: Callable[..., Any] | None = None,
    ) -> None:
        self._sample_fn = sample_fn
        self._end_fn = end_fn
        self._sample_shape = TensorShape(sample_shape)
        self._sample_dtype = sample_dtype
        self._next_inputs_fn = next_inputs_fn
        self._batch_size = shape_of(start_inputs)[0]
        self._start_inputs = convert_to_tensor(start_inputs, name="start_inputs")

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of one sample."""
        return self._sample_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """The dtype of samples."""
        return self._sample_dtype

    def initialize(self, name: str | None = None) -> Any:
        """What the first step begins with: (finished, inputs)."""
        return tile([False], [self._batch_size]), self._start_inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Samples of a step's outputs."""
        return self._sample_fn(outputs)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        """What the next step begins with: (finished, inputs, state)."""
        following = self._next_inputs_fn
        inputs = sample_ids if following is None else following(sample_ids)
        return self._end_fn(sample_ids), inputs, state


def lookup_of(embedding: Any) -> Callable[..., Any]:
    """A function of ids: the one given, or one that looks them up in a table."""
    if callable(embedding):
        return embedding  # type: ignore[no-any-return]
    return lambda ids: embedding_lookup(embedding, ids)


def tokens(start_tokens: Any, end_token: Any) -> tuple[Tensor, Tensor]:
    """The first tokens and the last one, as tensors.

    Raises:
      ValueError: another rank.
    """
    first = convert_to_tensor(start_tokens, dtype=dtypes.int32, name="start_tokens")
    last = convert_to_tensor(end_token, dtype=dtypes.int32, name="end_token")
    if first.get_shape().ndims != 1:
        raise ValueError("start_tokens must be a vector")
    if last.get_shape().ndims != 0:
        raise ValueError("end_token must be a scalar")
    return first, last


def _check_tensor(outputs: Any) -> None:
    if not isinstance(outputs, Tensor):
        raise TypeError(f"Expected outputs to be a single Tensor, got: {type(outputs)}")
