"""Rows combined by segment where segments rise: segment_sum, sparse_segment_sum and so on.

In: an instruction: rows, perhaps which of them are taken, the segment of each, rising. Out: one
step. Rows apply in order, so the outer iterations are the columns of a row. A segment's first row
is copied, so nothing is filled ahead but the segments without rows.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Value
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, is_one, product
from jitgraph.lowering.library.rows import are_known, note_known
from jitgraph.lowering.library.scatter import combined
from jitgraph.lowering.steps import KernelStep
from jitgraph.ops.definition import INDEX_OUT_OF_RANGE

_LEAST_COLUMNS = 16
_EMPTY = {"mul": "1"}
"""What a segment without rows holds; zero for all others."""
_FAIL = [f"            fail(args, {INDEX_OUT_OF_RANGE})", "            return"]


def rising_segments_steps(instr: Instr, fused: Fused, kind: str) -> list[KernelStep]:
    """Rows combined by segment."""
    data, ids = instr.values
    return [_step(instr, fused, kind, data, ids, None)]


def taken_segments_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """Rows named by indices summed by segment."""
    data, taken, ids = instr.values
    return [_step(instr, fused, "add", data, ids, taken)]


def _step(
    instr: Instr, fused: Fused, kind: str, data: Value, ids: Value, taken: Value | None
) -> KernelStep:
    result = instr.outputs[0]
    dtype = result.type.dtype
    (number,) = ids.type.dims
    count, inner = result.type.dims[0], product(result.type.dims[1:])
    arguments = Arguments(instr, fused)
    arguments.write("y", result)
    arguments.read("data", data)
    arguments.read("segments", ids)
    if taken is not None:
        arguments.read("taken", taken)
        arguments.word("limit", data.type.dims[0])
    for name, size in (("number", number), ("inner", inner), ("count", count)):
        arguments.word(name, size)
    constants, expression = combined(kind, dtype)
    empty = f"cast_{dtype.name}({_EMPTY.get(kind, '0')})"
    body = [
        *(f"    {name} = {text}" for name, text in constants),
        *_check_lines(fused, data, ids, taken, number, count),
        "    last = cast_int64(-1)",
        "    for i in range(number):",
        "        row = cast_int64(load(segments, 2, i))",
        f"        source = {'i' if taken is None else 'cast_int64(load(taken, 3, i))'}",
        "        if row != last:",
        "            for gap in range(last + 1, row):",
        *_row_lines(inner, 4, "gap", empty),
        *_row_lines(inner, 3, "row", "load(data, 1, {source})"),
        "            last = row",
        "            continue",
        *_row_lines(inner, 2, "row", expression, needs_old=True),
        "    for gap in range(last + 1, count):",
        *_row_lines(inner, 2, "gap", empty),
    ]
    grain = grain_of(number + count, _LEAST_COLUMNS)
    title = f"rising_segments_{kind}" if taken is None else "taken_segments"
    return arguments.step(title, body, inner, grain)


def _check_lines(
    fused: Fused, data: Value, ids: Value, taken: Value | None, number: object, count: object
) -> list[str]:
    """Nothing is written before all segments are known to rise from 0 and rows to exist."""
    note_known(fused, ids, (count,), number)
    lines = [
        "    previous = cast_int64(0)",
        "    for i in range(number):",
        "        row = cast_int64(load(segments, 2, i))",
        "        if row < previous or row >= count:",
        *_FAIL,
        "        previous = row",
    ]
    limits = data.type.dims[:1]
    if taken is None or are_known(fused, taken, limits, number):
        return lines
    note_known(fused, taken, limits, number)
    return [
        *lines,
        "        source = cast_int64(load(taken, 3, i))",
        "        if source < 0 or source >= limit:",
        *_FAIL,
    ]


def _row_lines(
    inner: object, depth: int, row: str, value: str, needs_old: bool = False
) -> list[str]:
    """Lines that store a value in each element of a row, or in a row of one element."""
    pad, place, source = "    " * depth, row, "source"
    lines = []
    if not is_one(inner):
        lines, pad = [f"{pad}for j in range(lo, hi):"], pad + "    "
        place, source = f"{row} * inner + j", "source * inner + j"
    if needs_old:
        lines += [f"{pad}now = load(y, 0, {place})", f"{pad}new = load(data, 1, {source})"]
    return [*lines, f"{pad}store(y, 0, {place}, {value.format(source=source)})"]
