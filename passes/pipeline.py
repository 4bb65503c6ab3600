"""The passes, in order. The one place that says which rewriting happens, and when.

In: a traced program. Out: the program that is fused and lowered. Everything about running passes
(verifying, timing, printing, comparing) hangs on the observer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from jitgraph.ir.program import Program
from jitgraph.passes.cut_products import cut_products
from jitgraph.passes.decompose_ops import decompose_ops
from jitgraph.passes.fold_constants import fold_constants
from jitgraph.passes.fold_scales import fold_scales
from jitgraph.passes.fold_transposes import fold_transposes
from jitgraph.passes.merge_equal import merge_equal
from jitgraph.passes.prune_dead import prune_dead
from jitgraph.passes.reduce_strength import reduce_strength
from jitgraph.passes.simplify_algebra import simplify_algebra
from jitgraph.passes.simplify_movement import simplify_movement
from jitgraph.passes.sink_transposes import sink_transposes
from jitgraph.passes.split_reductions import split_reductions

Pass = Callable[[Program], Program]

PIPELINE: tuple[Pass, ...] = (
    prune_dead,  # first: what no fetch needs is not worth a look
    decompose_ops,  # before the rest: the parts of compositions are what rules match
    fold_constants,  # before the algebra: it makes the constants that the rules look for
    simplify_algebra,
    fold_scales,  # behind the algebra: it has dropped scales of 1 and shifts of 0
    reduce_strength,
    sink_transposes,  # behind the rewriting: what it leaves is elementwise, or stays
    simplify_movement,  # before the transposes: it drops the identities between them and products
    fold_transposes,
    cut_products,  # behind the transposes: they say whose rows are whose in memory
    merge_equal,  # after all rewriting: it compares what is left
    prune_dead,  # last but one: the rules leave their inputs behind
    split_reductions,  # last: it fits the program to the machine, and hides what sums are
)


@dataclass(frozen=True)
class PassRecord:
    """What one pass did.

    Attributes:
      name: the pass.
      before, after: the programs.
      seconds: the time it took.
    """

    name: str
    before: Program
    after: Program
    seconds: float


Observer = Callable[[PassRecord], None]


def run_passes(program: Program, observer: Observer | None = None) -> Program:
    """Runs the pipeline.

    Args:
      program: what `trace` made.
      observer: called after every pass.
    """
    for each in PIPELINE:
        start = time.perf_counter()
        after = _everywhere(each, program)
        if observer is not None:
            observer(PassRecord(each.__name__, program, after, time.perf_counter() - start))
        program = after
    return program


def _everywhere(each: Pass, program: Program) -> Program:
    """The pass on a program and on those inside its branches and loops, which come first."""
    if any(instr.definition.bodies for instr in program.instrs):
        program = program.with_instrs(
            instr.with_bodies([_everywhere(each, body) for body in instr.bodies])
            if instr.definition.bodies
            else instr
            for instr in program.instrs
        )
    return each(program)
