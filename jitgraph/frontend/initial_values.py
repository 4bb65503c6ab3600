"""Guards the initial value of a variable that depends on other variables.

In: the tensor given as initial value. Out: one that may run before those variables are
initialised, because it takes their initialised values. As in TensorFlow this is best effort.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import GraphKeys, Operation, Tensor

_VARIABLES = ("VariableV2",)
_LEFT_ALONE = ("IsVariableInitialized", "InitializedValue")


def guarded_initial_value(name: str, value: Tensor) -> Tensor:
    """`value` with every variable below it replaced by the variable's initialised value.

    Args:
      name: the name scope of the variable that is being made, "w/".
      value: its initial value.

    Returns:
      `value` itself where no variable is below it.
    """
    order = _ancestors(value.op)
    if not any(op.type in _VARIABLES for op in order):
        return value
    replaced: dict[Tensor, Tensor] = {}
    for op in order:
        _replace_outputs(op, name, replaced)
    return replaced.get(value, value)


def _ancestors(last: Operation) -> list[Operation]:
    """`last` and all that it takes its inputs from, in construction order."""
    found = {last}
    pending = [last]
    while pending:
        op = pending.pop()
        if op.type in _LEFT_ALONE:
            continue
        new = {tensor.op for tensor in op.inputs} - found
        found |= new
        pending.extend(new)
    return sorted(found, key=lambda op: op._id)


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
    return op.graph.create_op(
        op.type,
        inputs,
        tuple(tensor.dtype for tensor in op.outputs),
        tuple(tensor._dims for tensor in op.outputs),
        f"{op.name}_{name}",
        op._attrs,
        op.definition,
    )


def _initialized_value_of(op: Operation) -> Any:
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES):
        for variable in op.graph.get_collection(key):
            if getattr(variable, "op", None) is op and hasattr(variable, "initialized_value"):
                return variable.initialized_value()
    return None
