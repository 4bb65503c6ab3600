"""Helpers of decoders while a net is trained: the inputs are given.

In: the inputs of all steps and the sequences' lengths. Out: the next inputs, and whether sequences
have ended. The ops are TensorFlow's, in its order.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.control_flow import cond
from jitgraph.frontend.recurrent.dynamic import transpose_batch_time
from jitgraph.frontend.structures import map_leaves
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.arguments import argmax
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import zeros_like
from jitgraph.ops.reductions import reduce_all
from jitgraph.ops.shapes_of import shape as shape_of, size as size_of
from jitgraph.ops.tensor_array import TensorArray
from jitgraph.shapes import TensorShape


class Helper:
    """The base of helpers: what a `BasicDecoder` samples, and its next inputs.

    Example:
      >>> issubclass(tf.contrib.seq2seq.TrainingHelper, tf.contrib.seq2seq.Helper)
      True
    """

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        raise NotImplementedError("batch_size has not been implemented")

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of one sample, without the batch's axis."""
        raise NotImplementedError("sample_ids_shape has not been implemented")

    @property
    def sample_ids_dtype(self) -> Any:
        """The dtype of samples."""
        raise NotImplementedError("sample_ids_dtype has not been implemented")

    def initialize(self, name: str | None = None) -> Any:
        """What the first step begins with: (finished, inputs)."""
        raise NotImplementedError

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Samples of a step's outputs."""
        raise NotImplementedError

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        """What the next step begins with: (finished, inputs, state)."""
        raise NotImplementedError


class CustomHelper(Helper):
    """A helper of three functions.

    Args:
      initialize_fn: gives (finished, inputs).
      sample_fn: of `time`, `outputs` and `state`; gives samples.
      next_inputs_fn: of `time`, `outputs`, `state` and `sample_ids`; gives (finished, inputs,
        state).
      sample_ids_shape: the shape of one sample; a scalar if None.
      sample_ids_dtype: the dtype of samples; int32 if None.
    """

    def __init__(
        self,
        initialize_fn: Callable[..., Any],
        sample_fn: Callable[..., Any],
        next_inputs_fn: Callable[..., Any],
        sample_ids_shape: Any = None,
        sample_ids_dtype: Any = None,
    ) -> None:
        self._initialize_fn = initialize_fn
        self._sample_fn = sample_fn
        self._next_inputs_fn = next_inputs_fn
        self._batch_size: Any = None
        self._sample_ids_shape = TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or dtypes.int32

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        if self._batch_size is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of one sample."""
        return self._sample_ids_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """The dtype of samples."""
        return self._sample_ids_dtype

    def initialize(self, name: str | None = None) -> Any:
        """What the first step begins with: (finished, inputs)."""
        with name_scope(name, f"{type(self).__name__}Initialize"):
            finished, inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = size_of(finished)
        return finished, inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Samples of a step's outputs."""
        with name_scope(name, f"{type(self).__name__}Sample", (time, outputs, state)):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        """What the next step begins with: (finished, inputs, state)."""
        with name_scope(name, f"{type(self).__name__}NextInputs", (time, outputs, state)):
            return self._next_inputs_fn(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids
            )


class TrainingHelper(Helper):
    """A helper that feeds what is given; samples are the likeliest ids.

    Args:
      inputs: a tensor of shape [batch, time, ...].
      sequence_length: ints of shape [batch].
      time_major: whether the inputs have shape [time, batch, ...].
      name: the name scope.

    Raises:
      ValueError: lengths that are no vector.

    Example:
      >>> helper = tf.contrib.seq2seq.TrainingHelper(tf.ones([2, 5, 3]), [5, 3])
    """

    def __init__(
        self, inputs: Any, sequence_length: Any, time_major: bool = False, name: str | None = None
    ) -> None:
        with name_scope(name, "TrainingHelper", [inputs, sequence_length]):
            inputs = convert_to_tensor(inputs, name="inputs")
            self._inputs = inputs
            if not time_major:
                inputs = transpose_batch_time(inputs)
            self._arrays = unstacked(inputs)
            self._sequence_length = convert_to_tensor(sequence_length, name="sequence_length")
            shape = self._sequence_length.get_shape()
            if shape.ndims != 1:
                raise ValueError(
                    f"Expected sequence_length to be a vector, but received shape: {shape}"
                )
            self._zero_inputs = zeros_like(inputs[0, :])
            self._batch_size = size_of(sequence_length)

    @property
    def inputs(self) -> Any:
        """The inputs of all steps."""
        return self._inputs

    @property
    def sequence_length(self) -> Tensor:
        """The sequences' lengths."""
        return self._sequence_length

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
        with name_scope(name, "TrainingHelperInitialize"):
            finished = equal(0, self._sequence_length)
            return finished, self._read(reduce_all(finished), 0)

    def sample(
        self, time: Any, outputs: Any, state: Any = None, name: str | None = None, **_: Any
    ) -> Any:
        """The likeliest ids."""
        with name_scope(name, "TrainingHelperSample", [time, outputs]):
            return cast(argmax(outputs, axis=-1), dtypes.int32)

    def next_inputs(
        self,
        time: Any,
        outputs: Any,
        state: Any,
        sample_ids: Any = None,
        name: str | None = None,
        **_: Any,
    ) -> Any:
        """What the next step begins with: (finished, inputs, state)."""
        with name_scope(name, "TrainingHelperNextInputs", [time, outputs, state]):
            following = time + 1
            finished = following >= self._sequence_length
            return finished, self._read(reduce_all(finished), following), state

    def _read(self, is_over: Any, time: Any) -> Any:
        """The inputs of a step; zeros if all have ended."""
        return cond(
            is_over,
            lambda: self._zero_inputs,
            lambda: map_leaves(lambda array: array.read(time), self._arrays),
        )


def unstacked(tensor: Tensor) -> TensorArray:
    """A tensor's rows as an array."""
    rows = TensorArray(
        dtype=tensor.dtype, size=shape_of(tensor)[0], element_shape=tensor.get_shape()[1:]
    )
    return rows.unstack(tensor)
