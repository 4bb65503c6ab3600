"""The gradients of Switch and Merge, as TensorFlow 1.15 makes them: each becomes the other.

In: an operation of a branch and the gradients of its outputs. Out: the gradients of its inputs,
which run in the branch that ran.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes, errors
from jitgraph.graph import Operation, control_dependencies
from jitgraph.graph.control_flow_context import output_context
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.indexed_slices import IndexedSlices


def switch(op: Operation, *grads: Any) -> list[Any]:
    """The gradient of what a branch took: that of the branch, or zeros. A loop's Switch is met
    twice: first from what leaves the loop, then from what goes round."""
    from jitgraph.ops.control_flow import merge as merged, switch as switched

    context = op._control_flow_context
    if context is not None and context.is_while:
        return _loop_switch(op, *grads)
    if context is not None:
        if grads[1 - context.branch] is None:
            return [None, None]
        return [merged(grads, name="cond_grad")[0], None]
    false_grad = switched(grads[0], op._inputs[1])[0]
    true_grad = switched(grads[1], op._inputs[1])[1]
    return [merged([false_grad, true_grad])[0], None]


def _loop_switch(op: Operation, left: Any, round: Any) -> list[Any]:
    from jitgraph.ops.control_flow import merge as merged, next_iteration

    switches = _current(op).grad_state.switches
    known = switches.get(op)
    if known is not None:
        if round is not None:
            _close(known, round, next_iteration)
        return [None, None]
    if left is None:
        return [None, None]
    switches[op] = merged([left, left], name="b_switch")[0]
    return [switches[op], None]


def _close(known: Any, round: Any, next_iteration: Any) -> None:
    from jitgraph.ops.control_flow import as_slices

    if not isinstance(known, IndexedSlices):
        known.op._update_input(1, next_iteration(convert_to_tensor(round)))
        return
    given = as_slices(round)
    pairs: list[Any] = [(known.values, given.values), (known.indices, given.indices)]
    if known.dense_shape is not None:
        pairs.append((known.dense_shape, given.dense_shape))
    for merged, value in pairs:
        merged.op._update_input(1, next_iteration(value))


def merge(op: Operation, grad: Any, _: Any) -> list[Any]:
    """The gradient of a cond's result, given to the branch that made it; of a loop variable, to
    what went round, or to what entered."""
    from jitgraph.ops.comparison import equal
    from jitgraph.ops.control_flow import switch_ref_or_tensor

    context = output_context(op._inputs[0].op)
    if context is not None and context.is_while:
        return list(switch_ref_or_tensor(grad, _current(op).loop_pred))
    if context is not None:
        pred = _saved_predicate(op, context.pred)
        return list(switch_ref_or_tensor(grad, pred, name="cond_grad"))
    chosen = [equal(op._outputs[1], index) for index in range(len(op._inputs))]
    return [switch_ref_or_tensor(grad, each)[1] for each in chosen]


def _saved_predicate(op: Operation, pred: Any) -> Any:
    """A predicate as the loop of gradients knows it, if the branch is inside a loop."""
    current = op.graph._get_control_flow_context()
    state = getattr(current, "grad_state", None)
    if state is None:
        return pred
    if pred not in state.history:
        context = state.grad_context
        context.exit()
        saved = state.save(pred)
        context.enter()
        state.history[pred] = state.restored(saved, pred)
    return state.history[pred]


def go_round(op: Operation, grad: Any) -> list[Any]:
    """The gradient of NextIteration: the Switch's gradient makes the loop."""
    return [grad]


def leave(op: Operation, grad: Any) -> list[Any]:
    """The gradient of what leaves a loop enters the loop of gradients."""
    from jitgraph.ops.control_flow import enter as entered

    current, context = _current(op), op._control_flow_context
    if not current.back_prop:
        return [None]
    if context.grad_state is not None:
        raise TypeError("Second-order gradient for while loops not supported.")
    is_sparse = isinstance(grad, IndexedSlices)
    given = [grad.values, grad.indices, grad.dense_shape] if is_sparse else [grad]
    given = [each for each in given if each is not None]
    current.values.update(given)
    current.enter()
    names = [None] * 3 if is_sparse else ["b_exit"]
    made = [
        entered(each, current.name, False, current.parallel_iterations, name=name)
        for each, name in zip(given, names, strict=False)
    ]
    current.loop_enters.extend(made)
    current.exit()
    return [IndexedSlices(*made) if is_sparse else made[0]]


def enter(op: Operation, grad: Any) -> list[Any]:
    """The gradient of what enters a loop leaves the loop of gradients; that of what enters as it
    is, is summed over all iterations."""
    from jitgraph.ops.control_flow import loop_exit

    current = _current(op)
    if not current.back_prop or current.grad_state is None:
        return [grad]
    if op.get_attr("is_constant"):
        return [current.summed_over_iterations(op, grad)]
    if isinstance(grad, IndexedSlices):
        parts = [grad.values, grad.indices, grad.dense_shape]
        made = [loop_exit(each) for each in parts if each is not None]
        result: Any = IndexedSlices(*made)
    else:
        made = [loop_exit(grad)]
        result = made[0]
    current.loop_exits.extend(made)
    current.note_results(made)
    return [result]


def _current(op: Operation) -> Any:
    """The loop of gradients in which this is computed.

    Raises:
      errors.UnimplementedError: there is none.
    """
    current = op.graph._get_control_flow_context()
    if current is None or not current.is_while:
        raise _loop_gradient(op)
    return current


def plain_shape(tensor: Any) -> Any:
    """The shape as an op, even where it is known."""
    from jitgraph.ops.apply import apply
    from jitgraph.ops.shapes_of import SHAPE

    return apply(SHAPE, [tensor], {"out_type": dtypes.int32})


def zeros_outside_loop(op: Operation, index: int) -> Any:
    """Zeros like an output of `op`; like a branch's input only where the other branch runs."""
    from jitgraph.ops.apply import apply
    from jitgraph.ops.control_flow import switch as switched
    from jitgraph.ops.filling import zeros, zeros_like
    from jitgraph.ops.identities import identity
    from jitgraph.ops.shapes_of import SHAPE

    context = op._control_flow_context
    definition: Any = op.definition
    tensor = op._outputs[index]
    if definition.control != "switch" or context is None:
        return zeros_like(tensor, optimize=False)
    value = switched(op._inputs[0], context.pred)[1 - context.branch]
    pivot = identity(value)
    dims = apply(SHAPE, [value], {"out_type": dtypes.int32})
    with control_dependencies([pivot]):
        return zeros(dims, dtype=tensor.dtype.base_dtype)


def _loop_gradient(op: Operation) -> errors.UnimplementedError:
    text = f"{op.name}: a gradient inside a loop of what the loop began with can't be computed"
    return errors.UnimplementedError(None, op, errors.message_with_origin(text, op))
