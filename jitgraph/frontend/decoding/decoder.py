"""Decoders, and the loop that runs one until all its sequences have ended.

In: a decoder, which tells the first inputs and makes each step. Out: the outputs of all steps, the
last state and the sequences' lengths. The ops are TensorFlow's, in its order.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.decoding.leaves import map_together
from jitgraph.frontend.recurrent.dynamic import transpose_batch_time
from jitgraph.frontend.recurrent.state_shapes import zero_tensors
from jitgraph.frontend.recurrent.static import cache_beside_readers
from jitgraph.frontend.structures import assert_same_structure
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.frontend.while_loop import while_loop
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import fill, zeros_like
from jitgraph.ops.logical import logical_not, logical_or
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.reductions import reduce_all
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.tensor_array import TensorArray
from jitgraph.shapes import TensorShape


class Decoder:
    """The base of decoders: subclasses have the properties `batch_size`, `output_size` and
    `output_dtype`, and the methods `initialize` and `step`.

    Example:
      >>> issubclass(tf.contrib.seq2seq.BasicDecoder, tf.contrib.seq2seq.Decoder)
      True
    """

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        raise NotImplementedError

    @property
    def output_size(self) -> Any:
        """The shapes of a step's outputs, without the batch's axis, nested."""
        raise NotImplementedError

    @property
    def output_dtype(self) -> Any:
        """The dtypes of a step's outputs, nested alike."""
        raise NotImplementedError

    def initialize(self, name: str | None = None) -> Any:
        """What the first step begins with: (finished, inputs, state)."""
        raise NotImplementedError

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """One step: (outputs, next state, next inputs, finished)."""
        raise NotImplementedError

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """The outputs of all steps and the last state, as they are handed out."""
        raise NotImplementedError

    @property
    def tracks_own_finished(self) -> bool:
        """Whether `finished` of a step says all, also of sequences that ended before."""
        return False


def dynamic_decode(
    decoder: Any,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: Any = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    scope: Any = None,
) -> tuple[Any, Any, Any]:
    """Runs a decoder until all its sequences have ended.

    Args:
      decoder: a `Decoder`.
      output_time_major: whether the outputs have shape [time, batch, ...].
      impute_finished: whether outputs of sequences that have ended are zeros, and their states
        those of their last step.
      maximum_iterations: at most so many steps; a scalar.
      parallel_iterations, swap_memory: as for `tf.while_loop`.
      scope: the variable scope; "decoder" if None.

    Returns:
      Outputs of shape [batch, time, ...], the last state, and lengths of shape [batch].

    Raises:
      TypeError: no decoder.
      ValueError: `maximum_iterations` is no scalar.

    Example:
      >>> cell = tf.nn.rnn_cell.GRUCell(4)
      >>> helper = tf.contrib.seq2seq.TrainingHelper(tf.ones([2, 5, 3]), [5, 3])
      >>> state = cell.zero_state(2, tf.float32)
      >>> decoder = tf.contrib.seq2seq.BasicDecoder(cell, helper, state)
      >>> outputs, state, lengths = tf.contrib.seq2seq.dynamic_decode(decoder)
      >>> outputs.rnn_output
      <tf.Tensor 'decoder/transpose:0' shape=(2, ?, 4) dtype=float32>
    """
    if not isinstance(decoder, Decoder):
        raise TypeError(f"Expected decoder to be type Decoder, but saw: {type(decoder)}")
    with variable_scope(scope, "decoder") as opened:
        cache_beside_readers(opened)
        most = _most_steps(maximum_iterations)
        finished, inputs, state = decoder.initialize()
        zeros = map_together(
            lambda size, dtype: zero_tensors(size, decoder.batch_size, dtype),
            decoder.output_size,
            decoder.output_dtype,
        )
        if most is not None:
            finished = logical_or(finished, most <= 0)
        lengths = zeros_like(finished, dtype=dtypes.int32)
        time = constant(0, dtype=dtypes.int32)
        arrays = map_together(
            lambda size, dtype: TensorArray(
                dtype, size=0, dynamic_size=True, element_shape=_known(decoder.batch_size, size)
            ),
            decoder.output_size,
            decoder.output_dtype,
        )
        _, arrays, state, _, _, lengths = while_loop(
            lambda _time, _arrays, _state, _inputs, finished, _lengths: logical_not(
                reduce_all(finished)
            ),
            _body(decoder, zeros if impute_finished else None),
            loop_vars=(time, arrays, state, inputs, finished, lengths),
            parallel_iterations=parallel_iterations,
            maximum_iterations=most,
            swap_memory=swap_memory,
        )
        outputs = map_together(lambda array: array.stack(), arrays)
        with suppress(NotImplementedError):
            outputs, state = decoder.finalize(outputs, state, lengths)
        if not output_time_major:
            outputs = map_together(transpose_batch_time, outputs)
    return outputs, state, lengths


def _most_steps(given: Any) -> Any:
    if given is None:
        return None
    most = convert_to_tensor(given, dtype=dtypes.int32, name="maximum_iterations")
    if most.get_shape().ndims != 0:
        raise ValueError("maximum_iterations must be a scalar")
    return most


def _known(batch_size: Any, size: Any) -> TensorShape | None:
    """The shape of a step's output, as far as it is known."""
    if not isinstance(size, TensorShape) or size.ndims == 0:
        return None
    known = constant_value(convert_to_tensor(batch_size, name="batch_size"))
    return TensorShape([known]).concatenate(size)


def _body(decoder: Any, zeros: Any) -> Callable[..., Any]:
    """A step of the loop; with zeros, sequences that have ended stay as they were."""

    def body(
        time: Any, arrays: Any, state: Any, inputs: Any, finished: Any, lengths: Any
    ) -> tuple[Any, ...]:
        outputs, next_state, next_inputs, now_finished = decoder.step(time, inputs, state)
        if not decoder.tracks_own_finished:
            now_finished = logical_or(now_finished, finished)
        next_lengths = where(logical_not(finished), fill(shape_of(lengths), time + 1), lengths)
        assert_same_structure(state, next_state)
        assert_same_structure(arrays, outputs)
        assert_same_structure(inputs, next_inputs)
        if zeros is not None:
            outputs = map_together(lambda out, zero: where(finished, zero, out), outputs, zeros)
            next_state = map_together(lambda new, old: _kept(finished, old, new), next_state, state)
        arrays = map_together(lambda array, out: array.write(time, out), arrays, outputs)
        return time + 1, arrays, next_state, next_inputs, now_finished, next_lengths

    return body


def _kept(finished: Any, old: Any, new: Any) -> Any:
    """A part of the state: the old one where a sequence has ended."""
    if isinstance(old, TensorArray):
        return new
    new.set_shape(old.get_shape())
    return new if new.get_shape().ndims == 0 else where(finished, old, new)
