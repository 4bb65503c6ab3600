"""What a gradient adds to loops: counters of iterations, and sums over all of them.

In: the context of a loop. Out: ops named and ordered as TensorFlow 1.15's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jitgraph.graph import Operation, Tensor
from jitgraph.ops.arithmetic import add, subtract
from jitgraph.ops.constants import constant
from jitgraph.ops.control_flow import enter, loop_cond, loop_exit, merge, next_iteration, switch
from jitgraph.ops.indexed_slices import IndexedSlices


@contextmanager
def inside(context: Any) -> Iterator[None]:
    """A block whose operations belong to a context, if there is one."""
    if context is None:
        yield
        return
    context.enter()
    try:
        yield
    finally:
        context.exit()


@contextmanager
def outside(context: Any) -> Iterator[None]:
    """A block within a context's whose operations do not belong to it."""
    context.exit()
    try:
        yield
    finally:
        context.enter()


def _entered(context: Any, value: Tensor, name: str, keeps_shape: bool = True) -> Tensor:
    context.values.add(value)
    tensor = enter(
        value, context.name, False, context.parallel_iterations, keeps_shape=keeps_shape, name=name
    )
    context.loop_enters.append(tensor)
    return tensor


def _left(context: Any, tensor: Tensor, name: str) -> Tensor:
    left = loop_exit(tensor, name=name)
    context.loop_exits.append(left)
    context.note_results([left])
    return left


def count_forward(context: Any, outer_state: Any) -> tuple[Tensor, Tensor]:
    """Counts a loop's iterations: (how many there were, the number behind each).

    Args:
      context: the loop; outer_state: what is known of the gradient of the loop around.
    """
    start = constant(0, name="f_count")
    if outer_state is not None:
        start.op._add_control_input(outer_state.forward_index.op.inputs[0].op)
    with inside(context):
        entered = _entered(context, start, "f_count")
        merged = merge([entered, entered])[0]
        off, on = switch(merged, context.loop_pred)
        following = next_iteration(add(on, 1))
        merged.op._update_input(1, following)
        total = _left(context, off, "f_count")
    return total, following


def count_backward(context: Any, total: Tensor, outer_state: Any) -> Tensor:
    """Makes a loop go round as often as `total` says; gives the number left behind each time.

    Args:
      context: the loop of gradients, empty; outer_state: of the loop around.
    """
    one = constant(1, name="b_count")
    with inside(context):
        entered = _entered(context, total, "b_count")
        merged = merge([entered, entered])[0]
        context._pivot_for_pred = merged
        context.loop_pred = loop_cond(merged >= one, name="b_count")
        off, on = switch(merged, context.loop_pred)
        index = subtract(on, one)
        context._pivot_for_body = index
        following = next_iteration(index)
        merged.op._update_input(1, following)
        zero = _left(context, off, "b_count")
        if outer_state is not None:
            outer_state.grad_sync._add_control_input(zero.op)
    return following


def summed_over_iterations(context: Any, op: Operation, grad: Any) -> Any:
    """The sum of the gradients of what a loop takes from outside.

    Args:
      context: the loop of gradients, entered.
      op: the Enter op of the loop that is differentiated.
      grad: the gradient of one iteration.
    """
    if isinstance(grad, IndexedSlices):
        return _collected(context, op, grad)
    with outside(context):
        start = _zeros(context, op, grad)
    entered = _entered(context, start, "b_acc")
    merged = merge([entered, entered], name="b_acc")[0]
    off, on = switch(merged, context.loop_pred)
    following = next_iteration(add(on, grad))
    merged.op._update_input(1, following)
    return _left(context, off, "b_acc")


def _zeros(context: Any, op: Operation, grad: Tensor) -> Tensor:
    from jitgraph.ops.filling import zeros

    shape, outer = grad.get_shape(), context.outer_context
    if shape.is_fully_defined():
        with inside(outer):
            return constant(0, grad.dtype, shape=shape, name="b_acc")
    value = op.inputs[0]
    is_nested = outer is not None and outer.is_while and outer.grad_state is not None
    if not is_nested:
        with inside(outer):
            return zeros(_shape(value), grad.dtype)  # type: ignore[no-any-return]
    state = context.grad_state
    with inside(state.forward_context.outer_context):
        dims = _shape(value)
    saved = state.outer_state.save(dims)
    with inside(outer):
        real = state.outer_state.restored(saved, dims)
        return zeros(real, grad.dtype)  # type: ignore[no-any-return]


def _shape(tensor: Tensor) -> Tensor:
    from jitgraph import dtypes
    from jitgraph.ops.apply import apply
    from jitgraph.ops.shapes_of import SHAPE

    found: Tensor = apply(SHAPE, [tensor], {"out_type": dtypes.int32})
    return found


def _collected(context: Any, op: Operation, grad: IndexedSlices) -> IndexedSlices:
    """The rows of all iterations, one behind the other."""
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.elementwise_extrema import maximum

    with outside(context), inside(context.outer_context):
        starts = _first_rows(op, grad)
    entered = [_entered(context, each, "b_acc", keeps_shape=False) for each in starts]
    entered[0].set_shape([None])
    dims = starts[1].get_shape()._dims
    if dims is not None:
        entered[1].set_shape([None, *dims[1:]])
    merged = [merge([each, each], name="b_acc")[0] for each in entered]
    switched = [switch(each, context.loop_pred) for each in merged]
    nexts = [
        concat([pair[1], given], 0)
        for pair, given in zip(switched, (grad.indices, grad.values), strict=False)
    ]
    if len(starts) > 2:
        nexts.append(maximum(grad.dense_shape, switched[2][1]))
    again = [next_iteration(each) for each in nexts]
    for each, following in zip(merged, again, strict=True):
        each.op._update_input(1, following)
    left = [loop_exit(pair[0], name="b_acc") for pair in switched]
    context.loop_exits.extend(left)
    context.note_results(left)
    return IndexedSlices(left[1], left[0], left[2] if len(left) > 2 else None)


def _first_rows(op: Operation, grad: IndexedSlices) -> list[Tensor]:
    """One row of zeros, its index, and the shape's start."""
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.filling import zeros, zeros_like

    shape = grad.values.get_shape()
    if shape.is_fully_defined():
        values = constant(0, grad.values.dtype, shape=[1, *shape.as_list()[1:]], name="b_acc")
    else:
        values = zeros(concat([[1], _shape(op.inputs[0])[1:]], 0), dtype=grad.values.dtype)
    found = [constant([0], grad.indices.dtype), values]
    if grad.dense_shape is not None:
        if grad.dense_shape.get_shape().is_fully_defined():
            dense = grad.dense_shape
            found.append(constant(0, dense.dtype, shape=dense.get_shape()))
        else:
            found.append(zeros_like(_shape(op.inputs[0]), optimize=False))
    return found
