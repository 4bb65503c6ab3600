"""lower: Program -> steps: kernels with their arguments, and host steps, in order.

In: an optimised program. Out: a `Lowered` program: every value that must lie in memory has a step
that writes it, every kernel its canonical source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jitgraph.ir.program import Instr, Program, Value
from jitgraph.lowering.assembly import assembly_steps
from jitgraph.lowering.bodies import body_steps
from jitgraph.lowering.emit import emit
from jitgraph.lowering.fuse import Fused, Node, Single, fuse
from jitgraph.lowering.library import library_steps
from jitgraph.lowering.region import Region
from jitgraph.lowering.steps import HostStep, Step


@dataclass(frozen=True, eq=False)
class Lowered:
    """A lowered program.

    Attributes:
      program: what was lowered.
      steps: in the order in which they run.
      fused: where each value lies; constants; immediates.
      results: for each result of the program the value that holds it, each in a buffer of its own.
      updates: (state, value that becomes its contents).
    """

    program: Program
    steps: tuple[Step, ...]
    fused: Fused
    results: tuple[Value, ...]
    updates: tuple[tuple[Value, Value], ...]


def lower(program: Program) -> Lowered:
    """Forms regions and gives every step its kernel. See `fuse` and `emit`."""
    fused = fuse(program)
    steps = lowered_steps(fused)
    return Lowered(program, tuple(steps), fused, tuple(fused.results), tuple(fused.updates))


def lowered_steps(fused: Fused) -> list[Step]:
    """The steps of a program or of one inside it."""
    needed = _needed(fused)
    steps: list[Step] = []
    for node in fused.steps():
        steps.extend(_steps_of(node, fused, needed))
    return steps


def _steps_of(node: Node, fused: Fused, needed: set[Value]) -> list[Step]:
    if isinstance(node, Region):
        return [emit(node, fused, needed)]
    if node.kind == "library":
        return list(library_steps(node.instr, fused))
    if node.kind == "assembly":
        return list(assembly_steps(node.instr, fused))
    if node.kind == "bodies":
        return body_steps(node.instr, fused, lowered_steps)
    return [_host_step(node.instr, fused)]


def _host_step(instr: Instr, fused: Fused) -> HostStep:
    reads = tuple(dict.fromkeys(fused.access(value).base for value in instr.values))
    return HostStep(instr, reads, tuple(instr.outputs), "has no native lowering")


def _needed(fused: Fused) -> set[Value]:
    """Values read outside the node that makes them: these must lie in memory."""
    needed: set[Value] = {*fused.results, *(value for _, value in fused.updates)}
    for node in fused.steps():
        made = node.made if isinstance(node, Region) else set(node.instr.outputs)
        for instr in node.instrs if isinstance(node, Region) else [node.instr]:
            for given in instr.values:
                if _is_read_from_memory(node, given, fused):
                    base = fused.access(given).base
                    if base not in made or isinstance(node, Single):
                        needed.add(base)
    return needed | _unread_of_must_run(fused.program)


def _unread_of_must_run(program: Program) -> set[Value]:
    """What nobody reads of instructions that run nevertheless: stored, so that a kernel has it."""
    read = {value for instr in program.instrs for value in instr.values}
    made = (instr.outputs for instr in program.instrs if instr.definition.must_run)
    return {value for outputs in made for value in outputs if value not in read}


def _is_read_from_memory(node: Any, given: Value, fused: Fused) -> bool:
    if isinstance(node, Region):
        return given not in fused.immediates and node.source(given) not in node.made
    return True
