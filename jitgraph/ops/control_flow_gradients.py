"""The gradients of Switch and Merge, as TensorFlow 1.15 makes them: each becomes the other.

In: an operation of a branch and the gradients of its outputs. Out: the gradients of its inputs,
which run in the branch that ran.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes, errors
from jitgraph.graph import Operation, control_dependencies
from jitgraph.graph.control_flow_context import output_context


def switch(op: Operation, *grads: Any) -> list[Any]:
    """The gradient of what a branch took: that of the branch, or zeros."""
    from jitgraph.ops.control_flow import merge as merged, switch as switched

    context = op._control_flow_context
    if context is not None and context.is_while:
        raise _loop_gradient(op)
    if context is not None:
        if grads[1 - context.branch] is None:
            return [None, None]
        return [merged(grads, name="cond_grad")[0], None]
    false_grad = switched(grads[0], op._inputs[1])[0]
    true_grad = switched(grads[1], op._inputs[1])[1]
    return [merged([false_grad, true_grad])[0], None]


def merge(op: Operation, grad: Any, _: Any) -> list[Any]:
    """The gradient of a cond's result, given to the branch that made it."""
    from jitgraph.ops.comparison import equal
    from jitgraph.ops.control_flow import switch_ref_or_tensor

    context = output_context(op._inputs[0].op)
    if context is not None and context.is_while:
        raise _loop_gradient(op)
    if context is not None:
        return list(switch_ref_or_tensor(grad, context.pred, name="cond_grad"))
    chosen = [equal(op._outputs[1], index) for index in range(len(op._inputs))]
    return [switch_ref_or_tensor(grad, each)[1] for each in chosen]


def through_loop(op: Operation, grad: Any) -> list[Any]:
    """What enters, goes round in and leaves a loop has no gradient yet."""
    raise _loop_gradient(op)


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
    text = f"{op.name}: gradients of while loops are not there yet"
    return errors.UnimplementedError(None, op, errors.message_with_origin(text, op))
