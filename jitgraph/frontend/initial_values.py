"""Guards the initial value of a variable that depends on other variables.

In: the tensor given as initial value. Out: one that may run before those variables are
initialised, because it takes their initialised values. As in TensorFlow this is best effort.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import GraphKeys, Operation, Tensor
from jitgraph.ops.apply import output_dtypes
from jitgraph.ops.control_flow import SWITCH

_VARIABLES = ("VariableV2",)
_LEFT_ALONE = ("IsVariableInitialized",)


def guarded_initial_value(name: str, value: Tensor) -> Tensor:
    """`value` with every variable below it replaced by the variable's initialised value.

    Args:
      name: the name scope of the variable that is being made, "w/".
      value: its initial value.

    Returns:
      `value` itself where no variable is below it, or a loop.
    """
    order = _inputs_first(value.op)
    if order is None or not any(op.type in _VARIABLES for op in order):
        return value
    replaced: dict[Tensor, Tensor] = {}
    for op in order:
        _replace_outputs(op, name, replaced)
    return replaced.get(value, value)


def _inputs_first(last: Operation) -> list[Operation] | None:
    """`last` and all that it takes its inputs from, each behind its inputs in their order; None
    where they go round in a loop."""
    order: dict[Operation, None] = {}
    begun: set[Operation] = set()
    stack = [(last, False)]
    while stack:
        op, is_ready = stack.pop()
        if is_ready:
            order[op] = None
        elif op not in order:
            if op in begun:
                return None
            begun.add(op)
            stack.append((op, True))
            if op.type not in _LEFT_ALONE:
                stack.extend((t.op, False) for t in reversed(op.inputs) if t.op not in order)
    return list(order)


def _replace_outputs(op: Operation, name: str, replaced: dict[Tensor, Tensor]) -> None:
    if op.type in _LEFT_ALONE:
        return
    if op.type in _VARIABLES:
        initialized = _initialized_value_of(op)
        if initialized is not None:
            replaced[op.outputs[0]] = initialized
        return
    if not any(tensor in replaced for tensor in op.inputs):
        return
    replaced.update(zip(op.outputs, _rebuilt(op, name, replaced).outputs, strict=True))


def _rebuilt(op: Operation, name: str, replaced: dict[Tensor, Tensor]) -> Operation:
    inputs = tuple(replaced.get(tensor, tensor) for tensor in op.inputs)
    definition = SWITCH if op.type == "RefSwitch" else op.definition
    return op.graph.create_op(
        definition.name,
        inputs,
        output_dtypes(definition, op._attrs),
        tuple(tensor._dims for tensor in op.outputs),
        f"{op.name}_{name}",
        op._attrs,
        definition,
    )


def _initialized_value_of(op: Operation) -> Any:
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES):
        for variable in op.graph.get_collection(key):
            if getattr(variable, "op", None) is op and hasattr(variable, "initialized_value"):
                return variable.initialized_value()
    return None
