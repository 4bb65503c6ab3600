"""Positions of extremes along an axis: [outer, axis, inner] -> [outer, inner], ArgMax and ArgMin.

In: an instruction with a host operand for the axis. Out: one step. The first of equal elements
counts; NaNs are passed over, as TensorFlow does; an axis without elements fails.
"""

from __future__ import annotations

from jitgraph.dtypes import DType
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

_BLOCK = 64


def argmax_steps(instr: Instr, fused: Fused, sign: str) -> list[KernelStep]:
    """The position of the element that is `sign` (">" or "<") all others."""
    x, y = instr.values[0], instr.outputs[0]
    axis = axis_of(instr.inputs[1], len(x.type.dims))
    outer, size, inner = split_at(x.type.dims, axis)
    arguments = Arguments(instr, fused)
    arguments.read("x", x)
    arguments.write("y", y)
    arguments.word("size", size)
    begin = _begin_line(x.type.dtype, sign)
    if is_one(inner):
        lines = ["        place = i * size", begin, *_row_lines(sign)]
    else:
        arguments.word("inner", inner)
        place = "i // inner * size * inner + i % inner"
        lines = [f"        place = {place}", begin, *_column_lines(sign)]
    body = [
        "    if size == 0:",
        f"        fail(args, {EMPTY_AXIS})",
        "        return",
        "    for i in range(lo, hi):",
        *lines,
        f"        store(y, 1, i, cast_{y.type.dtype.name}(found))",
    ]
    title = "argmax" if sign == ">" else "argmin"
    return [arguments.step(title, body, outer * inner, grain_of(size))]


def _begin_line(dtype: DType, sign: str) -> str:
    """The first element, or what every number beats: 1e999 is infinite."""
    worst = "load(x, 0, place)"
    if dtype.is_floating:
        worst = f"cast_{dtype.name}({'-' if sign == '>' else ''}1e999)"
    return f"        best, found = {worst}, 0"


def _column_lines(sign: str) -> list[str]:
    return [
        "        for k in range(size):",
        "            value = load(x, 0, place)",
        f"            if value {sign} best:",
        "                best, found = value, k",
        "            place += inner",
    ]


def _row_lines(sign: str) -> list[str]:
    """Blocks in which no element is better are passed over by vector comparisons."""
    return [
        f"        for start in range(0, size, {_BLOCK}):",
        f"            stop = min(size, start + {_BLOCK})",
        "            is_better = False",
        "            for k in range(start, stop):",
        f"                is_better = is_better | (load(x, 0, place + k) {sign} best)",
        "            if is_better:",
        "                for k in range(start, stop):",
        "                    value = load(x, 0, place + k)",
        f"                    if value {sign} best:",
        "                        best, found = value, k",
    ]
