"""Recurrent nets unrolled: one copy of the cell's ops for each step.

In: a cell and a list of inputs, one for each step. Out: a list of outputs and the last state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.recurrent.cell import assert_like_rnncell
from jitgraph.frontend.recurrent.state_shapes import (
    joined_sizes,
    pack_sizes,
    size_leaves,
    static_sizes,
)
from jitgraph.frontend.recurrent.step import Lengths, step_within_lengths
from jitgraph.frontend.structures import flatten, is_nested, pack_like
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import Tensor, control_dependencies, get_default_graph
from jitgraph.graph.deprecation import deprecated
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import zeros
from jitgraph.ops.identities import identity
from jitgraph.ops.packing import stack, unstack
from jitgraph.ops.rearranging import reverse_sequence
from jitgraph.ops.reductions import reduce_max, reduce_min
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.shapes import as_shape, unknown_shape

_ORIGIN = "tensorflow.python.ops.rnn"


@deprecated(
    None,
    "Please use `keras.layers.RNN(cell, unroll=True)`, which is equivalent to this API",
    _ORIGIN,
)
def static_rnn(
    cell: Any,
    inputs: Sequence[Any],
    initial_state: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """A recurrent net over a list of inputs, one copy of its ops for each.

    Args:
      cell: a cell.
      inputs: a list of tensors of shape [batch, input size], or of structures of them.
      initial_state: the state before the first step; zeros if None.
      dtype: that of the zeros; needed without `initial_state`.
      sequence_length: ints of shape [batch]: after so many steps a sequence gives zeros and keeps
        its state.
      scope: the variable scope; "rnn" if None.

    Returns:
      The list of outputs, and the last state.

    Raises:
      TypeError: no cell, or inputs that are no list.
      ValueError: no inputs; sizes that are not known; neither state nor dtype.

    Example:
      >>> cell = tf.nn.rnn_cell.BasicLSTMCell(8)
      >>> rows = tf.unstack(tf.placeholder(tf.float32, [None, 28, 28]), axis=1)
      >>> outputs, state = tf.nn.static_rnn(cell, rows, dtype=tf.float32)
    """
    assert_like_rnncell("cell", cell)
    _check_list(inputs)
    with variable_scope(scope or "rnn") as opened:
        cache_beside_readers(opened)
        batch = _batch_of(inputs)
        state = _first_state(cell, initial_state, batch[0], dtype)
        lengths, zero_output = None, None
        if sequence_length is not None:
            sequence_length = convert_to_tensor(sequence_length, name="sequence_length")
            if sequence_length.get_shape().ndims not in (None, 1):
                raise ValueError("sequence_length must be a vector of length batch_size")
            zero_output = _zero_output(cell, batch, state_dtype(dtype, state))
            each = cast(sequence_length, dtypes.int32)
            lengths = Lengths(each, reduce_min(each), reduce_max(each))
        outputs = []
        for time, step_input in enumerate(inputs):
            if time > 0:
                opened.reuse_variables()

            def call(step_input: Any = step_input, state: Any = state) -> Any:
                return cell(step_input, state)

            if lengths is None:
                output, state = call()
            else:
                output, state = step_within_lengths(time, lengths, zero_output, state, call)
            outputs.append(output)
        return outputs, state


@deprecated(
    None, "Please use `keras.layers.RNN(cell, stateful=True)`, which is equivalent to this API",
    _ORIGIN,
)  # fmt: skip
def static_state_saving_rnn(
    cell: Any,
    inputs: Sequence[Any],
    state_saver: Any,
    state_name: Any,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any]:
    """An unrolled recurrent net that takes its first state from an object and keeps its last there.

    Args:
      cell: a cell.
      inputs: a list of tensors of shape [batch, input size].
      state_saver: an object with `state(name)` and `save_state(name, value)`.
      state_name: the states' names, nested as the cell's `state_size` is.
      sequence_length, scope: see `tf.nn.static_rnn`.

    Returns:
      The list of outputs, and the last state; the last output and the state wait for the saving.

    Raises:
      ValueError: names and state differ in structure.
    """
    if is_nested(cell.state_size) != is_nested(state_name):
        raise ValueError(
            "state_name should be the same type as cell.state_size.  "
            f"state_name: {state_name}, cell.state_size: {cell.state_size}"
        )
    names, sizes = flatten(state_name), size_leaves(cell.state_size)
    if len(names) != len(sizes):
        raise ValueError(f"#elems(state_name) != #elems(state_size): {len(names)} vs. {len(sizes)}")
    first = pack_sizes(cell.state_size, [state_saver.state(name) for name in names])
    outputs, state = static_rnn(
        cell, inputs, initial_state=first, sequence_length=sequence_length, scope=scope
    )
    states = flatten(state)
    saved = [state_saver.save_state(name, each) for name, each in zip(names, states, strict=True)]
    with control_dependencies(saved):
        last = [identity(output) for output in flatten(outputs[-1])]
        outputs[-1] = pack_like(outputs[-1], last)
        return outputs, pack_like(state, [identity(each) for each in states])


@deprecated(
    None, "Please use `keras.layers.Bidirectional(keras.layers.RNN(cell, unroll=True))`, which is "
    "equivalent to this API", _ORIGIN,
)  # fmt: skip
def static_bidirectional_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Sequence[Any],
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> tuple[list[Any], Any, Any]:
    """Two unrolled recurrent nets, one of which reads the inputs from their end.

    Args:
      cell_fw, cell_bw: the cells.
      inputs: a list of tensors of shape [batch, input size].
      initial_state_fw, initial_state_bw, dtype, sequence_length: see `tf.nn.static_rnn`.
      scope: the variable scope; "bidirectional_rnn" if None.

    Returns:
      The list of outputs, those of both cells side by side, and the last state of each cell.

    Raises:
      TypeError: no cells, or inputs that are no list.
      ValueError: no inputs.
    """
    assert_like_rnncell("cell_fw", cell_fw)
    assert_like_rnncell("cell_bw", cell_bw)
    _check_list(inputs)
    with variable_scope(scope or "bidirectional_rnn"):
        with variable_scope("fw") as forward:
            outputs_fw, state_fw = static_rnn(
                cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope=forward
            )
        with variable_scope("bw") as backward:
            turned = _reversed(inputs, sequence_length)
            outputs_bw, state_bw = static_rnn(
                cell_bw, turned, initial_state_bw, dtype, sequence_length, scope=backward
            )
    outputs_bw = _reversed(outputs_bw, sequence_length)
    pairs = zip(flatten(outputs_fw), flatten(outputs_bw), strict=True)
    joined = [concat([forth, back], 1) for forth, back in pairs]
    return pack_like(outputs_fw, joined), state_fw, state_bw


def cache_beside_readers(scope: Any) -> None:
    """Variables are read where they are used, except inside loops."""
    context = get_default_graph()._get_control_flow_context()
    is_in_loop = context is not None and context.while_context is not None
    if not is_in_loop and scope.caching_device is None:
        scope.set_caching_device(lambda op: op.device)


def state_dtype(dtype: Any, state: Any) -> Any:
    """The dtype of a state's tensors.

    Args:
      dtype: it, if it was given.
      state: tensors, nested.

    Raises:
      ValueError: the state is empty, or its tensors differ.
    """
    if dtype is not None:
        return dtype
    found = [leaf.dtype for leaf in flatten(state)]
    if not found:
        raise ValueError("Unable to infer dtype from empty state.")
    if any(each != found[0] for each in found):
        raise ValueError(
            "State has tensors of different inferred_dtypes. Unable to infer a "
            "single representative dtype."
        )
    return found[0]


def _check_list(inputs: Any) -> None:
    if not is_nested(inputs):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")


def _batch_of(inputs: Any) -> tuple[Any, int | None]:
    """The batch's size, as an int or a tensor, and as it is known now."""
    leaves = flatten(inputs)
    first = leaves[0]
    if first.get_shape().ndims == 1:
        known = first.get_shape()[0]
    else:
        known = first.get_shape().with_rank_at_least(2)[0]
        for leaf in leaves:
            shape = leaf.get_shape().with_rank_at_least(2)
            known.merge_with(shape[0])
            for index, size in enumerate(shape.as_list()[1:]):
                if size is None:
                    raise ValueError(
                        f"Input size (dimension {index} of inputs) must be accessible via shape "
                        "inference, but saw value None."
                    )
    return known.value or shape_of(first)[0], known.value


def _first_state(cell: Any, given: Any, batch_size: Any, dtype: Any) -> Any:
    if given is not None:
        return given
    if not dtype:
        raise ValueError("If no initial_state is provided, dtype must be specified")
    return zero_state_of(cell, batch_size, dtype)


def zero_state_of(cell: Any, batch_size: Any, dtype: Any) -> Any:
    """A cell's first state."""
    if getattr(cell, "get_initial_state", None) is not None:
        return cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=dtype)
    return cell.zero_state(batch_size, dtype)


def _zero_output(cell: Any, batch: tuple[Any, int | None], dtype: Any) -> Any:
    def zero(size: Any) -> Tensor:
        made = zeros(stack(joined_sizes(batch[0], size)), dtype)
        made.set_shape(as_shape(static_sizes(as_shape([batch[1]]), size)))
        return made

    return pack_sizes(cell.output_size, [zero(size) for size in size_leaves(cell.output_size)])


def _reversed(inputs: Sequence[Any], lengths: Any) -> list[Any]:
    """The inputs from the end of each sequence."""
    if lengths is None:
        return list(reversed(inputs))
    columns = []
    for steps in zip(*(flatten(each) for each in inputs), strict=True):
        shape = unknown_shape(steps[0].get_shape().ndims)
        for step in steps:
            shape = shape.merge_with(step.get_shape())
            step.set_shape(shape)
        turned = unstack(reverse_sequence(stack(steps), lengths, 0, 1))
        for step in turned:
            step.set_shape(shape)
        columns.append(turned)
    return [
        pack_like(each, leaves)
        for each, leaves in zip(inputs, zip(*columns, strict=True), strict=True)
    ]
