"""Lowering, library: the lines that turn an index vector into the number of a row.

In: how many leading dimensions an index vector names. Out: source lines that leave the row's number
in `row`, or fail when an index is out of range.
"""

from __future__ import annotations

from jitgraph.lowering.library.arguments import Arguments
from jitgraph.ops.definition import INDEX_OUT_OF_RANGE


def add_limits(arguments: Arguments, dims: tuple[object, ...]) -> None:
    """The sizes of the dimensions that are indexed, as arguments `limit0`, `limit1`, ..."""
    for position, dim in enumerate(dims):
        arguments.word(f"limit{position}", dim)


def row_lines(depth: int, number: str, *, drops_negative: bool = False) -> list[str]:
    """Lines, within a loop, that set `row` from the index vector of this number."""
    if depth == 0:
        return ["        row = 0"]
    lines = []
    for position in range(depth):
        place = number if depth == 1 else f"{depth} * ({number}) + {position}"
        lines.append(f"        index{position} = cast_int64(load(where, 1, {place}))")
        if drops_negative:
            lines += [f"        if index{position} < 0:", "            continue"]
        lines += [
            f"        if index{position} < 0 or index{position} >= limit{position}:",
            f"            fail(args, {INDEX_OUT_OF_RANGE})",
            "            return",
        ]
    row = "index0"
    for position in range(1, depth):
        row = f"({row}) * limit{position} + index{position}"
    return [*lines, f"        row = {row}"]
