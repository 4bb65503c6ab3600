"""prune_dead: drops instructions whose results nobody needs, and states nobody reads or writes.

Assumes nothing. Guarantees that every instruction left has an output that is a result, an update,
or an input of another one, or must run because it can fail the run, and that only states which are
read or written remain. Inside branches and loops the same; results of a branch, variables of a loop
that only they themselves need, and captures that nobody uses go.

    %a = Exp(%x)            %b = Neg(%x)
    %b = Neg(%x)      ->    return %b
    return %b
"""

from __future__ import annotations

from dataclasses import replace
from operator import is_

from jitgraph.ir.program import Instr, Program, Value
from jitgraph.passes.bodies import (
    without_unused_captures,
    without_unused_results,
    without_unused_variables,
)


def prune_dead(program: Program) -> Program:
    """Drops instructions whose results nobody needs, and states nobody reads or writes."""
    needed: set[Value] = {*program.live_out(), *(state for state, _ in program.updates)}
    kept: list[Instr] = []
    for each in reversed(program.instrs):
        if each.must_run or not needed.isdisjoint(each.outputs):
            instr = _pruned_inside(each, needed) if each.definition.bodies else each
            kept.append(instr)
            needed.update(instr.values)
    states = tuple(state for state in program.states if state in needed)
    is_same = len(kept) == len(program.instrs) and all(map(is_, reversed(kept), program.instrs))
    if is_same and len(states) == len(program.states):
        return program
    return replace(program, instrs=tuple(reversed(kept)), states=states)


def _pruned_inside(instr: Instr, needed: set[Value]) -> Instr:
    instr = without_unused_variables(without_unused_results(instr, needed), needed)
    bodies = [prune_dead(body) for body in instr.bodies]
    if any(new is not old for new, old in zip(bodies, instr.bodies, strict=True)):
        instr = instr.with_bodies(bodies)
    return without_unused_captures(instr)
