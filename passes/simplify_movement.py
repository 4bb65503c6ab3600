"""simplify_movement: drops movement that moves nothing.

Assumes a typed program. Guarantees that no view is left whose result has the elements of its
source in the same order and shape: identities, reshapes to the same shape, full slices.

    %y = Identity(%x)
    %z = Reshape(%y, [s0, 10])    ->   return %x      where %x: [s0, 10]
    return %z
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Program, Value
from jitgraph.ir.sizes import known_equal
from jitgraph.ir.views import view_map


def simplify_movement(program: Program) -> Program:
    """Drops movement that moves nothing."""
    new: dict[Value, Value] = {}
    instrs: list[Instr] = []
    for given in program.instrs:
        instr = given.substituted(new)
        source = _source(instr)
        if source is None:
            instrs.append(instr)
        else:
            new[instr.outputs[0]] = source
    return program.substitute(instrs, new) if new else program


def _source(instr: Instr) -> Value | None:
    view = instr.definition.view
    if view is None or type(instr.inputs[0]) is not Value:
        return None
    source = instr.inputs[0]
    if view == "identity":
        return source
    before, after = source.type.dims, instr.outputs[0].type.dims
    if len(before) != len(after) or not all(map(known_equal, before, after)):
        return None
    if view == "reshape" or _moves_nothing(instr):
        return source
    return None


def _moves_nothing(instr: Instr) -> bool:
    found = view_map(instr)
    starts = all(known_equal(offset, 0) for offset in found.offsets)
    return starts and all(
        step is not None and step[0] == axis and known_equal(step[1], 1)
        for axis, step in enumerate(found.sources)
    )
