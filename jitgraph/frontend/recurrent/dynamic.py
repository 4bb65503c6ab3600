"""Recurrent nets as loops: one copy of the cell's ops, whatever the number of steps.

In: a cell and a tensor of all steps' inputs. Out: a tensor of all outputs, and the last state. The
loop and its arrays are TensorFlow's (`tf.while_loop`, `tf.TensorArray`), op by op.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.assertions import Assert
from jitgraph.frontend.recurrent.cell import assert_like_rnncell
from jitgraph.frontend.recurrent.state_shapes import (
    joined_sizes,
    pack_sizes,
    size_leaves,
    static_sizes,
)
from jitgraph.frontend.recurrent.static import cache_beside_readers, state_dtype, zero_state_of
from jitgraph.frontend.recurrent.step import Lengths, step_within_lengths
from jitgraph.frontend.structures import flatten, map_leaves, pack_like
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.frontend.while_loop import while_loop
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.graph.deprecation import deprecated
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_extrema import maximum, minimum
from jitgraph.ops.filling import zeros
from jitgraph.ops.identities import identity
from jitgraph.ops.packing import stack
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.rearranging import reverse, reverse_sequence
from jitgraph.ops.reductions import reduce_all, reduce_max, reduce_min
from jitgraph.ops.shapes_of import rank, shape as shape_of
from jitgraph.ops.tensor_array import TensorArray
from jitgraph.ops.transposing import transpose
from jitgraph.shapes import TensorShape, as_shape

_ORIGIN = "tensorflow.python.ops.rnn"


@deprecated(None, "Please use `keras.layers.RNN(cell)`, which is equivalent to this API", _ORIGIN)
def dynamic_rnn(
    cell: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[Any, Any]:
    """A recurrent net over all steps of a tensor, as a loop.

    Args:
      cell: a cell.
      inputs: a tensor of shape [batch, time, ...], or a structure of them; time first where
        `time_major`.
      sequence_length: ints of shape [batch]: after so many steps a sequence gives zeros and keeps
        its state.
      initial_state: the state before the first step; zeros if None.
      dtype: that of the zeros; needed without `initial_state`.
      parallel_iterations, swap_memory: accepted.
      time_major: whether inputs and outputs have time before the batch, which saves transposing.
      scope: the variable scope; "rnn" if None.

    Returns:
      The outputs, of shape [batch, time, output size], and the last state.

    Raises:
      TypeError: no cell.
      ValueError: sizes that are not known or disagree; neither state nor dtype.
      InvalidArgumentError: when run, `sequence_length` is not of the batch's size.

    Example:
      >>> cell = tf.nn.rnn_cell.BasicLSTMCell(8)
      >>> x = tf.placeholder(tf.float32, [None, 28, 28])
      >>> outputs, state = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
    """
    assert_like_rnncell("cell", cell)
    with variable_scope(scope or "rnn") as opened:
        cache_beside_readers(opened)
        leaves = flatten(inputs)
        if not time_major:
            leaves = [convert_to_tensor(leaf) for leaf in leaves]
            leaves = [transpose_batch_time(leaf) for leaf in leaves]
        if sequence_length is not None:
            sequence_length = _lengths_of(sequence_length)
        batch_size = best_effort_input_batch_size(leaves)
        state = initial_state
        if state is None:
            if not dtype:
                raise ValueError("If there is no initial_state, you must give a dtype.")
            state = zero_state_of(cell, batch_size, dtype)
        if sequence_length is not None:
            with control_dependencies([_assert_shape(sequence_length, [batch_size])]):
                sequence_length = identity(sequence_length, name="CheckSeqLen")
        outputs, last = _loop(
            cell,
            pack_like(inputs, leaves),
            state,
            sequence_length,
            dtype,
            {"parallel_iterations": parallel_iterations or 32, "swap_memory": swap_memory},
        )
        if not time_major:
            outputs = map_leaves(transpose_batch_time, outputs)
        return outputs, last


@deprecated(
    None, "Please use `keras.layers.Bidirectional(keras.layers.RNN(cell))`, which is equivalent to "
    "this API", _ORIGIN,
)  # fmt: skip
def bidirectional_dynamic_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    sequence_length: Any = None,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    time_major: bool = False,
    scope: Any = None,
) -> tuple[Any, Any]:
    """Two recurrent nets as loops, one of which reads the inputs from their end.

    Args:
      cell_fw, cell_bw: the cells.
      inputs, sequence_length, dtype, parallel_iterations, swap_memory, time_major: see
        `tf.nn.dynamic_rnn`.
      initial_state_fw, initial_state_bw: the states before the first steps; zeros if None.
      scope: the variable scope; "bidirectional_rnn" if None.

    Returns:
      The pair of outputs, and the pair of last states.

    Raises:
      TypeError: no cells.

    Example:
      >>> cells = [tf.nn.rnn_cell.GRUCell(8) for _ in range(2)]
      >>> x = tf.placeholder(tf.float32, [None, 28, 28])
      >>> outputs, states = tf.nn.bidirectional_dynamic_rnn(*cells, x, dtype=tf.float32)
      >>> both = tf.concat(outputs, 2)
    """
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    time_axis, batch_axis = (0, 1) if time_major else (1, 0)

    def turned(tensor: Any) -> Any:
        if sequence_length is None:
            return reverse(tensor, axis=[time_axis])
        return reverse_sequence(
            input=tensor, seq_lengths=sequence_length, seq_axis=time_axis, batch_axis=batch_axis
        )

    settings: dict[str, Any] = {
        "sequence_length": sequence_length,
        "dtype": dtype,
        "parallel_iterations": parallel_iterations,
        "swap_memory": swap_memory,
        "time_major": time_major,
    }
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as forward:
            output_fw, state_fw = dynamic_rnn(
                cell_fw, inputs, initial_state=initial_state_fw, scope=forward, **settings
            )
        with variable_scope("bw") as backward:
            inputs = map_leaves(turned, inputs)
            output_bw, state_bw = dynamic_rnn(
                cell_bw, inputs, initial_state=initial_state_bw, scope=backward, **settings
            )
    return (output_fw, map_leaves(turned, output_bw)), (state_fw, state_bw)


def transpose_batch_time(x: Tensor) -> Tensor:
    """A tensor with its first two axes exchanged; one of rank below 2 as it is."""
    known = x.get_shape()
    if known.ndims is not None and known.ndims < 2:
        return x
    x_rank = rank(x)
    exchanged = transpose(x, concat(([1, 0], range_of(2, x_rank)), axis=0))
    if known.ndims is not None:
        batch, time, *others = known.as_list()
        exchanged.set_shape([time, batch, *others])
    return exchanged


def best_effort_input_batch_size(flat_input: Any) -> Any:
    """The batch's size of time-major inputs: an int where it is known, else a scalar tensor.

    Raises:
      ValueError: an input of rank below 2.
    """
    for each in flat_input:
        shape = each.get_shape()
        if shape.ndims is None:
            continue
        if shape.ndims < 2:
            raise ValueError(f"Expected input tensor {each} to have rank at least 2")
        if shape[1].value is not None:
            return shape[1].value
    return shape_of(flat_input[0])[1]


def element_shape(batch_size: int | None, size: Any) -> TensorShape:
    """The shape of one step's output, as far as it is known."""
    if isinstance(size, Tensor):
        value = constant_value(size)
        size = None if value is None else [int(each) for each in value]
    else:
        size = [size] if isinstance(size, int) else size
    return as_shape([batch_size]).concatenate(as_shape(size))


def _lengths_of(given: Any) -> Tensor:
    lengths = cast(given, dtypes.int32)
    if lengths.get_shape().ndims not in (None, 1):
        raise ValueError(
            "sequence_length must be a vector of length batch_size, but saw shape: "
            f"{lengths.get_shape()}"
        )
    return identity(lengths, name="sequence_length")


def _assert_shape(x: Tensor, shape: list[Any]) -> Any:
    found, wanted = shape_of(x), stack(shape)
    told = [f"Expected shape for Tensor {x.name} is ", wanted, " but saw shape: ", found]
    return Assert(reduce_all(equal(found, wanted)), told)


def _loop(
    cell: Any, inputs: Any, state: Any, lengths: Any, dtype: Any, settings: dict[str, Any]
) -> tuple[Any, Any]:
    """The outputs of all steps, time first, and the last state."""
    leaves, output_sizes = flatten(inputs), size_leaves(cell.output_size)
    time_steps = shape_of(leaves[0])[0]
    batch_size = best_effort_input_batch_size(leaves)
    known_steps, known_batch = _known_sizes(leaves)
    kind = state_dtype(dtype, state)
    zero_outputs = [zeros(stack(joined_sizes(batch_size, size)), kind) for size in output_sizes]
    zero_output = pack_sizes(cell.output_size, zero_outputs)
    bounds = None
    greatest = time_steps
    if lengths is not None:
        bounds = Lengths(lengths, reduce_min(lengths), reduce_max(lengths))
        greatest = bounds.greatest
    time = constant(0, dtype=dtypes.int32, name="time")
    with name_scope("dynamic_rnn") as base:
        pass
    written = tuple(
        TensorArray(
            kind,
            size=time_steps,
            element_shape=element_shape(known_batch, size),
            tensor_array_name=f"{base}output_{index}",
        )
        for index, size in enumerate(output_sizes)
    )
    arrays = [
        TensorArray(
            leaf.dtype,
            size=time_steps,
            element_shape=leaf.get_shape()[1:],
            tensor_array_name=f"{base}input_{index}",
        )
        for index, leaf in enumerate(leaves)
    ]
    arrays = [array.unstack(leaf) for array, leaf in zip(arrays, leaves, strict=True)]

    def step(time: Any, written: Any, state: Any) -> Any:
        read = [array.read(time) for array in arrays]
        for each, leaf in zip(read, leaves, strict=True):
            each.set_shape(leaf.get_shape()[1:])
        step_input = pack_like(inputs, read)

        def call() -> Any:
            return cell(step_input, state)

        if bounds is None:
            output, new_state = call()
        else:
            output, new_state = step_within_lengths(
                time, bounds, zero_output, state, call, is_always_called=True
            )
        pairs = zip(written, flatten(output), strict=True)
        written = tuple(array.write(time, each) for array, each in pairs)
        return time + 1, written, new_state

    bound = minimum(time_steps, maximum(1, greatest))
    _, written, last = while_loop(
        cond=lambda time, *_: time < bound,
        body=step,
        loop_vars=(time, written, state),
        maximum_iterations=time_steps,
        **settings,
    )
    outputs = [array.stack() for array in written]
    for output, size in zip(outputs, output_sizes, strict=True):
        output.set_shape(static_sizes(as_shape([known_steps, known_batch]), size))
    return pack_sizes(cell.output_size, outputs), last


def _known_sizes(leaves: list[Tensor]) -> tuple[int | None, int | None]:
    """The number of steps and the batch's size, as far as they are known.

    Raises:
      ValueError: inputs that disagree, or whose further sizes are not known.
    """
    shapes = [leaf.get_shape().with_rank_at_least(3) for leaf in leaves]
    steps, batch = shapes[0].as_list()[:2]
    for shape in shapes:
        if not shape[2:].is_fully_defined():
            raise ValueError(
                "Input size (depth of inputs) must be accessible via shape inference, "
                "but saw value None."
            )
        if shape[0].value != steps:
            raise ValueError(
                "Time steps is not the same for all the elements in the input in a batch."
            )
        if shape[1].value != batch:
            raise ValueError("Batch_size is not the same for all the elements in the input.")
    return steps, batch
