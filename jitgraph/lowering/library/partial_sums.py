"""Partial sums, one of each worker, added up.

In: an instruction and the sums, [worker, element]. Out: the step that makes their total.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Value
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, product
from jitgraph.lowering.steps import KernelStep

_SUMMED_AT_ONCE = 1024


def sum_step(instr: Instr, fused: Fused, sums: Value, dw: Value, splits: int) -> KernelStep:
    """Adds up partial sums."""
    arguments = Arguments(instr, fused)
    arguments.read("sums", sums)
    arguments.write("dw", dw)
    arguments.word("size", product(dw.type.dims))
    arguments.word("splits", splits)
    body = [
        f"    for start in range(lo, hi, {_SUMMED_AT_ONCE}):",
        f"        stop = min(hi, start + {_SUMMED_AT_ONCE})",
        "        for i in range(start, stop):",
        "            store(dw, 1, i, load(sums, 0, i))",
        "        for split in range(1, splits):",
        "            for i in range(start, stop):",
        "                more = load(sums, 0, split * size + i)",
        "                store(dw, 1, i, load(dw, 1, i) + more)",
    ]
    return arguments.step("add_partial_sums", body, product(dw.type.dims), grain_of(splits))
