"""prune_dead: drops instructions whose results nobody needs.

Assumes nothing. Guarantees that every instruction left has an output that is a result, an update,
or an input of another one, and that only states which are read or written remain.

    %a = Exp(%x)            %b = Neg(%x)
    %b = Neg(%x)      ->    return %b
    return %b
"""

from __future__ import annotations

from dataclasses import replace

from jitgraph.ir.program import Program, Value


def prune_dead(program: Program) -> Program:
    """Drops instructions whose results nobody needs."""
    needed: set[Value] = set(program.live_out())
    kept = []
    for instr in reversed(program.instrs):
        if any(value in needed for value in instr.outputs):
            kept.append(instr)
            needed.update(instr.values)
    if len(kept) == len(program.instrs):
        return program
    return replace(program, instrs=tuple(reversed(kept)))
