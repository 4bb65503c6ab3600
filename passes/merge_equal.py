"""merge_equal: computes the same thing once (common subexpressions).

Assumes pure instructions (state is explicit in a Program). Guarantees that no two instructions
left have the same op, inputs and attributes (private ones like `_class` set aside: they only say
where the user wanted it); random and other stateful ops are left alone.

    %a = Exp(%x)            %a = Exp(%x)
    %b = Exp(%x)            %c = Add(%a, %a)
    %c = Add(%a, %b)   ->
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.dtypes import DType
from jitgraph.ir.program import Host, Instr, Operand, Program, Value
from jitgraph.ir.sizes import Size, structural_key


def merge_equal(program: Program) -> Program:
    """Computes the same thing once."""
    seen: dict[Any, Instr] = {}
    new: dict[Value, Value] = {}
    instrs: list[Instr] = []
    for given in program.instrs:
        instr = given.substituted(new)
        key = None if instr.definition.stateful else _key(instr)
        first = None if key is None else seen.get(key)
        if first is not None:
            new.update(zip(instr.outputs, first.outputs, strict=True))
            continue
        if key is not None:
            seen[key] = instr
        instrs.append(instr)
    if len(instrs) == len(program.instrs):
        return program
    return program.substitute(instrs, new)


def _key(instr: Instr) -> Any:
    """Equal for instructions that compute the same; None where that can't be told."""
    operands = [id(given) if type(given) is Value else _host_key(given) for given in instr.inputs]
    if instr.definition.commutative and len(instr.values) == 2:
        operands.sort()
    attrs = [
        (name, _attribute_key(value))
        for name, value in sorted(instr.attrs.items())
        if not name.startswith("_")
    ]
    key = (instr.name, *operands, *attrs)
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _host_key(given: Operand) -> Any:
    items = tuple(map(_attribute_key, given.items.flat)) if isinstance(given, Host) else ()
    return ("host", given.type.dtype.name, given.type.dims, items)


def _attribute_key(value: Any) -> Any:
    if isinstance(value, DType):
        return ("dtype", value.name)
    if isinstance(value, np.ndarray):
        if value.dtype == object or value.size > 64:
            return ("array", id(value))
        return ("array", value.dtype.str, value.shape, value.tobytes())
    if isinstance(value, (tuple, list)):
        return tuple(map(_attribute_key, value))
    if isinstance(value, (str, bool, float)) or value is None:
        return (type(value).__name__, repr(value))
    if isinstance(value, (int, Size)):
        return ("size", structural_key(value))
    return ("object", id(value))
