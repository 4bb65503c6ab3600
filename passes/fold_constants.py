"""fold_constants: computes what does not depend on feeds, variables or sizes.

Assumes a typed program. Guarantees that no pure instruction is left whose inputs are all
constants, unless its result is large, or repeats elements: `BroadcastTo` of a number stays a view,
which costs nothing, and only what is computed from it is folded. The meaning is the op's own
reference. A branch whose predicate is a constant is replaced by the side that runs; constants are
made again inside the branches and loops that use them.

    %a = Const {2.0}
    %b = Const {3.0}        %c = Const {6.0}
    %c = Mul(%a, %b)   ->
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.errors import OpError
from jitgraph.ir.evaluate import run_reference
from jitgraph.ir.program import Host, Instr, Program, Value
from jitgraph.ir.sizes import Size
from jitgraph.ops.constants import CONST
from jitgraph.passes.bodies import settled, with_constants

MOST_ELEMENTS = 1 << 16
"""A folded constant may hold so many elements, or as many as its inputs do together."""


def fold_constants(program: Program) -> Program:
    """Computes what does not depend on feeds, variables or sizes."""
    known: dict[Value, np.ndarray] = {}
    names = program.names()
    instrs: list[Instr] = []
    for instr in program.instrs:
        if instr.definition is CONST:
            known[instr.outputs[0]] = instr.attrs["value"]
            instrs.append(instr)
            continue
        if instr.definition.bodies:
            instrs.extend(settled(with_constants(instr, known), known, names))
            continue
        folded = _folded(instr, known)
        if folded is None:
            instrs.append(instr)
            continue
        known.update(zip(instr.outputs, folded, strict=True))
        if _repeats(instr, folded, known):
            instrs.append(instr)
        else:
            instrs.extend(_constants(instr, folded))
    return program.with_instrs(instrs)


def _constants(instr: Instr, arrays: list[np.ndarray]) -> list[Instr]:
    return [
        Instr(CONST, (), (value,), {"value": array, "dtype": value.type.dtype}, instr.origin)
        for value, array in zip(instr.outputs, arrays, strict=True)
    ]


def _repeats(instr: Instr, arrays: list[np.ndarray], known: dict[Value, np.ndarray]) -> bool:
    """Whether a view shows elements of its source more than once."""
    return instr.definition.view is not None and arrays[0].size > known[instr.values[0]].size


def _folded(instr: Instr, known: dict[Value, np.ndarray]) -> list[np.ndarray] | None:
    definition = instr.definition
    if definition.reference is None or definition.stateful or not instr.inputs:
        return None
    if definition.check is not None or not _is_small(instr, known):
        return None
    inputs: list[Any] = []
    for given in instr.inputs:
        if isinstance(given, Host):
            if any(isinstance(item, Size) for item in given.items.reshape(-1)):
                return None
            inputs.append(given.items.astype(given.dtype.as_numpy_dtype))
        elif given in known:
            inputs.append(known[given])
        else:
            return None
    if any(isinstance(d, Size) for value in instr.outputs for d in value.type.dims):
        return None
    try:
        return run_reference(instr, inputs)
    except (ValueError, IndexError, OpError):
        return None  # it can't take these numbers, and tells so when it runs


def _is_small(instr: Instr, known: dict[Value, np.ndarray]) -> bool:
    given = sum(known[value].size for value in instr.values if value in known)
    made = 1
    for value in instr.outputs:
        for dim in value.type.dims:
            if isinstance(dim, Size):
                return False
            made *= dim
    return made <= max(MOST_ELEMENTS, given)
