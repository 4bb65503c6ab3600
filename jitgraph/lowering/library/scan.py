"""Running sums and products along an axis: [outer, axis, inner] -> the same shape.

In: an instruction with a host operand for the axis. Out: one step. The outer iterations are the
outer positions or, where these are fewer, the inner ones.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ir.program import Instr
from jitgraph.ir.sizes import hint
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import (
    Arguments,
    axis_of,
    grain_of,
    is_one,
    split_at,
)
from jitgraph.lowering.steps import KernelStep

_LEAST_COLUMNS = 16


def scan_steps(instr: Instr, fused: Fused, sign: str) -> list[KernelStep]:
    """Each element combined with all before it by `sign`, "+" or "*"."""
    x, y = instr.values[0], instr.outputs[0]
    dims, dtype = x.type.dims, x.type.dtype.name
    axis = axis_of(instr.inputs[1], len(dims))
    outer, size, inner = split_at(dims, axis)
    reverse, exclusive = bool(instr.attrs["reverse"]), bool(instr.attrs["exclusive"])
    arguments = Arguments(instr, fused)
    arguments.read("x", x)
    arguments.write("y", y)
    arguments.word("size", size)
    arguments.word("first", size - 1 if reverse else 0)
    arguments.word("ahead", -1 if reverse else 1)
    neutral = f"cast_{dtype}({0 if sign == '+' else 1})"
    title = "cumsum" if sign == "+" else "cumprod"
    if is_one(inner):
        body = _row_lines(dtype, sign, neutral, exclusive)
        return [arguments.step(title, body, outer, grain_of(size))]
    by_rows = hint(outer) >= hint(inner)
    arguments.word("outer", outer)
    arguments.word("inner", inner)
    body = [*_range_lines(by_rows), *_column_lines(dtype, sign, neutral, exclusive)]
    if by_rows:
        return [arguments.step(title, body, outer, grain_of(size * inner))]
    return [arguments.step(title, body, inner, grain_of(size * outer, _LEAST_COLUMNS))]


def _row_lines(dtype: str, sign: str, neutral: str, exclusive: bool) -> list[str]:
    """The elements of the axis lie one behind the other: the total stays in a register."""
    store = "            store(y, 1, place, total)"
    add = f"            total = cast_{dtype}(total {sign} load(x, 0, place))"
    return [
        "    for i in range(lo, hi):",
        "        place = i * size + first",
        f"        total = {neutral}",
        "        for k in range(size):",
        *((store, add) if exclusive else (add, store)),
        "            place += ahead",
    ]


def _range_lines(by_rows: bool) -> list[str]:
    rows, columns = ("lo, hi", "0, inner") if by_rows else ("0, outer", "lo, hi")
    return [f"    start, stop = {columns}", f"    for i in range({rows}):"]


def _column_lines(dtype: str, sign: str, neutral: str, exclusive: bool) -> list[str]:
    """Whole rows of columns at a time: each row from the one written before it."""
    taken = "place" if exclusive else "place + ahead * inner"
    first: Any = neutral if exclusive else "load(x, 0, place + j)"
    return [
        "        place = (i * size + first) * inner",
        "        if size > 0:",
        "            for j in range(start, stop):",
        f"                store(y, 1, place + j, {first})",
        "        for k in range(1, size):",
        f"            taken = {taken}",
        "            after = place + ahead * inner",
        "            for j in range(start, stop):",
        f"                total = load(y, 1, place + j) {sign} load(x, 0, taken + j)",
        f"                store(y, 1, after + j, cast_{dtype}(total))",
        "            place = after",
    ]
