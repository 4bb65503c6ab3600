"""prune_dead: drops instructions whose results nobody needs, and states nobody reads or writes.

Assumes nothing. Guarantees that every instruction left has an output that is a result, an update,
or an input of another one, or must run because it can fail the run, and that only states which are
read or written remain.

    %a = Exp(%x)            %b = Neg(%x)
    %b = Neg(%x)      ->    return %b
    return %b
"""

from __future__ import annotations

from dataclasses import replace

from jitgraph.ir.program import Program, Value


def prune_dead(program: Program) -> Program:
    """Drops instructions whose results nobody needs, and states nobody reads or writes."""
    needed: set[Value] = {*program.live_out(), *(state for state, _ in program.updates)}
    kept = []
    for instr in reversed(program.instrs):
        if instr.must_run or not needed.isdisjoint(instr.outputs):
            kept.append(instr)
            needed.update(instr.values)
    states = tuple(state for state in program.states if state in needed)
    if len(kept) == len(program.instrs) and len(states) == len(program.states):
        return program
    return replace(program, instrs=tuple(reversed(kept)), states=states)
