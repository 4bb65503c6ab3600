"""raw_rnn: a recurrent net as a loop whose inputs and end a function decides.

In: a cell and a function that is called before each step. Out: arrays of what it emits, the last
state, and what the function carried along.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.recurrent.cell import assert_like_rnncell
from jitgraph.frontend.recurrent.dynamic import element_shape
from jitgraph.frontend.recurrent.state_shapes import joined_sizes, pack_sizes, size_leaves
from jitgraph.frontend.recurrent.static import cache_beside_readers
from jitgraph.frontend.structures import assert_same_structure, flatten, pack_like
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.frontend.while_loop import while_loop
from jitgraph.graph import colocate_with
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import zeros
from jitgraph.ops.logical import logical_not, logical_or
from jitgraph.ops.reductions import reduce_all
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.tensor_array import TensorArray

LoopFunction = Callable[[Any, Any, Any, Any], Any]


def raw_rnn(
    cell: Any,
    loop_fn: LoopFunction,
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    scope: Any = None,
) -> tuple[Any, Any, Any]:
    """A recurrent net as a loop that `loop_fn` steers.

    Args:
      cell: a cell.
      loop_fn: a function of (time, cell_output, cell_state, loop_state), all but the time None at
        first, that returns (elements_finished, next_input, next_cell_state, emit_output,
        next_loop_state). At first `emit_output` tells shapes and dtypes of what is emitted (None:
        the cell's output), and `next_cell_state` is the first state.
      parallel_iterations, swap_memory: accepted.
      scope: the variable scope; "rnn" if None.

    Returns:
      Arrays of what was emitted, the last state, and the last loop state.

    Raises:
      TypeError: no cell, or no function.
      ValueError, TypeError: structures that differ from the first ones.

    Example:
      >>> x = tf.TensorArray(tf.float32, 5).unstack(tf.ones([5, 2, 3]))
      >>> cell = tf.nn.rnn_cell.GRUCell(4)
      >>> def steer(time, output, state, carried):
      ...     state = cell.zero_state(2, tf.float32) if output is None else state
      ...     is_over = time >= 5
      ...     following = tf.cond(is_over, lambda: tf.zeros([2, 3]), lambda: x.read(time))
      ...     return tf.fill([2], is_over), following, state, output, None
      >>> outputs, state, _ = tf.nn.raw_rnn(cell, steer)
      >>> outputs.stack()
      <tf.Tensor 'TensorArrayStack/TensorArrayGatherV3:0' shape=(?, 2, 4) dtype=float32>
    """
    assert_like_rnncell("cell", cell)
    if not callable(loop_fn):
        raise TypeError("loop_fn must be a callable")
    with variable_scope(scope or "rnn") as opened:
        cache_beside_readers(opened)
        time = constant(0, dtype=dtypes.int32)
        finished, first_input, state, emitted, carried = loop_fn(time, None, None, None)
        leaves = flatten(first_input)
        loop_state = carried if carried is not None else constant(0, dtype=dtypes.int32)
        known_batch = _known_batch(leaves)
        batch_size = shape_of(leaves[0])[0] if known_batch is None else known_batch
        assert_same_structure(state, cell.state_size)
        state = pack_like(state, [convert_to_tensor(leaf) for leaf in flatten(state)])
        structure, sizes, kinds = _emitted(emitted, cell, flatten(state)[0].dtype)
        arrays = [
            TensorArray(
                kind,
                size=0,
                dynamic_size=True,
                element_shape=element_shape(known_batch, size),
                name=f"rnn_output_{index}",
            )
            for index, (kind, size) in enumerate(zip(kinds, sizes, strict=True))
        ]
        zero = [
            zeros(joined_sizes(batch_size, size), kind)
            for size, kind in zip(sizes, kinds, strict=True)
        ]
        body = _body(cell, loop_fn, pack_sizes(structure, zero))
        found = while_loop(
            lambda _, finished, *others: logical_not(reduce_all(finished)),
            body,
            loop_vars=[
                time, finished, first_input, pack_sizes(structure, arrays), state, loop_state
            ],
            parallel_iterations=parallel_iterations or 32,
            swap_memory=swap_memory,
        )  # fmt: skip
        emit_arrays, last, last_carried = found[-3:]
        return emit_arrays, last, None if carried is None else last_carried


def _body(cell: Any, loop_fn: LoopFunction, zero_emit: Any) -> Callable[..., Any]:
    def body(
        time: Any, finished: Any, step_input: Any, arrays: Any, state: Any, carried: Any
    ) -> Any:
        output, cell_state = cell(step_input, state)
        assert_same_structure(state, cell_state)
        assert_same_structure(cell.output_size, output)
        next_time = time + 1
        now_finished, next_input, next_state, emit, next_carried = loop_fn(
            next_time, output, cell_state, carried
        )
        assert_same_structure(state, next_state)
        assert_same_structure(step_input, next_input)
        assert_same_structure(arrays, emit)
        emit = _selected(finished, zero_emit, emit)
        next_state = _selected(finished, state, next_state)
        pairs = zip(flatten(arrays), flatten(emit), strict=True)
        arrays = pack_like(arrays, [array.write(time, each) for array, each in pairs])
        finished = logical_or(finished, now_finished)
        next_carried = carried if next_carried is None else next_carried
        return next_time, finished, next_input, arrays, next_state, next_carried

    return body


def _selected(finished: Any, current: Any, candidate: Any) -> Any:
    def select(old: Any, new: Any) -> Any:
        if isinstance(old, TensorArray) or old.get_shape().ndims == 0:
            return new
        with colocate_with(new):
            return where(finished, old, new)

    pairs = zip(flatten(current), flatten(candidate), strict=True)
    return pack_like(candidate, [select(old, new) for old, new in pairs])


def _known_batch(leaves: list[Any]) -> int | None:
    sizes = [leaf.get_shape()[0] for leaf in leaves]
    for size in sizes[1:]:
        sizes[0].merge_with(size)
    return sizes[0].value  # type: ignore[no-any-return]


def _emitted(emitted: Any, cell: Any, dtype: Any) -> tuple[Any, list[Any], list[Any]]:
    """Structure, sizes and dtypes of what a step emits."""
    if emitted is None:
        sizes = size_leaves(cell.output_size)
        return cell.output_size, sizes, [dtype] * len(sizes)
    leaves = flatten(emitted)
    sizes = [
        leaf.get_shape() if leaf.get_shape().is_fully_defined() else shape_of(leaf)
        for leaf in leaves
    ]
    return emitted, sizes, [leaf.dtype for leaf in leaves]
