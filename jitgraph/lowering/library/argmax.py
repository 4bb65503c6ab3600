"""Positions of extremes along an axis: [outer, axis, inner] -> [outer, inner], ArgMax and ArgMin.

In: an instruction with a host operand for the axis. Out: one step. The first of equal elements
counts; NaNs are passed over, as TensorFlow does; an axis without elements fails.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import (
    Arguments,
    axis_of,
    grain_of,
    is_one,
    split_at,
)
from jitgraph.lowering.steps import KernelStep
from jitgraph.ops.definition import EMPTY_AXIS


def argmax_steps(instr: Instr, fused: Fused, sign: str) -> list[KernelStep]:
    """The position of the element that is `sign` (">" or "<") all others."""
    x, y = instr.values[0], instr.outputs[0]
    axis = axis_of(instr.inputs[1], len(x.type.dims))
    outer, size, inner = split_at(x.type.dims, axis)
    arguments = Arguments(instr, fused)
    arguments.read("x", x)
    arguments.write("y", y)
    arguments.word("size", size)
    place, ahead = "i * size", "1"
    if not is_one(inner):
        arguments.word("inner", inner)
        place, ahead = "i // inner * size * inner + i % inner", "inner"
    is_better = f"value {sign} best"
    if x.type.dtype.is_floating:
        is_better += " or (best != best and value == value)"
    body = [
        "    if size == 0:",
        f"        fail(args, {EMPTY_AXIS})",
        "        return",
        "    for i in range(lo, hi):",
        f"        place = {place}",
        "        best, found = load(x, 0, place), 0",
        "        for k in range(1, size):",
        f"            place += {ahead}",
        "            value = load(x, 0, place)",
        f"            if {is_better}:",
        "                best, found = value, k",
        f"        store(y, 1, i, cast_{y.type.dtype.name}(found))",
    ]
    title = "argmax" if sign == ">" else "argmin"
    return [arguments.step(title, body, outer * inner, grain_of(size))]
