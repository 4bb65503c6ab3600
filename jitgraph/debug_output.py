"""What the compiler tells on standard error while it works: the ladder JITGRAPH_DEBUG.

In: what was asked for and what each stage made. Out: lines for people. 1: one line a compilation;
2: the passes too, each one's program verified; 3: programs; 4: the kernels' sources; 5: their LLVM
code.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from jitgraph.ir.printer import print_program
from jitgraph.ir.program import Program
from jitgraph.lowering.lower import Lowered
from jitgraph.lowering.steps import KernelStep

COMPILATIONS, PASSES, PROGRAMS, SOURCES, LLVM = 1, 2, 3, 4, 5
MOST_NAMES = 4


def tell_trace(level: int, program: Program) -> None:
    """The program as it was traced."""
    if level >= PROGRAMS:
        _tell(f"traced\n{print_program(program)}")


def tell_pass(level: int, name: str, before: Program, after: Program, seconds: float) -> None:
    """What one pass did; the program if it changed."""
    if level >= PASSES:
        counts = f"{len(before.instrs)} -> {len(after.instrs)} ops"
        _tell(f"  {name}: {counts}, {1e6 * seconds:.0f} us")
    if level >= PROGRAMS:
        text = print_program(after)
        _tell(text if text != print_program(before) else "  the same program")


def tell_compilation(
    level: int,
    fetches: Sequence[Any],
    lowered: Lowered,
    kernels: Sequence[Any],
    seconds: Mapping[str, float],
) -> None:
    """What was compiled, of what, how long it took; the sources; the LLVM code."""
    if level < COMPILATIONS:
        return
    codes = {step.code.source: step.code for step in lowered.steps if isinstance(step, KernelStep)}
    names = ", ".join(fetch.name for fetch in fetches[:MOST_NAMES])
    more = f" and {len(fetches) - MOST_NAMES} more" if len(fetches) > MOST_NAMES else ""
    made = f"{len(lowered.steps)} steps by {len(codes)} kernels"
    times = ", ".join(f"{stage} {1e3 * each:.1f} ms" for stage, each in seconds.items())
    _tell(f"compiled {names}{more}: {made}; {times}")
    if level >= SOURCES:
        for code in codes.values():
            _tell(code.source)
    if level >= LLVM:
        for kernel in {kernel.key: kernel for kernel in kernels}.values():
            _tell(kernel.llvm_ir())


def _tell(text: str) -> None:
    print(f"[jitgraph] {text.rstrip()}", file=sys.stderr)
