"""Lowering, library: the lines that turn an index vector into the number of a row.

In: how many leading dimensions an index vector names. Out: source lines that leave the row's number
in `row`, or fail when an index is out of range. What a step has checked, later steps needn't: a run
ends behind the first step that fails.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ir.program import Value
from jitgraph.ir.sizes import Size
from jitgraph.lowering.access import same
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments
from jitgraph.ops.definition import INDEX_OUT_OF_RANGE


def add_limits(arguments: Arguments, dims: tuple[object, ...]) -> None:
    """The sizes of the dimensions that are indexed, as arguments `limit0`, `limit1`, ..."""
    for position, dim in enumerate(dims):
        arguments.word(f"limit{position}", dim)


def must_check(fused: Fused, indices: Value, limits: tuple[Any, ...], number: Any) -> bool:
    """Whether no step so far has checked that this many index vectors are within limits; from now
    on one has."""
    if are_known(fused, indices, limits, number):
        return False
    note_known(fused, indices, limits, number)
    return True


def are_known(fused: Fused, indices: Value, limits: tuple[Any, ...], number: Any) -> bool:
    """Whether this many index vectors are known to be within limits."""
    access = fused.access(indices)
    for base, offset, count, most in fused.checked_rows:
        is_it = base is access.base and same(offset, access.offset) and same(count, number)
        if is_it and len(most) == len(limits) and all(map(_is_within, most, limits)):
            return True
    return False


def note_known(fused: Fused, indices: Value, limits: tuple[Any, ...], number: Any) -> None:
    """Notes that this many index vectors are within limits."""
    access = fused.access(indices)
    fused.checked_rows.append((access.base, access.offset, number, limits))


def _is_within(most: Any, limit: Any) -> bool:
    """Whether what is below `most` is below `limit`."""
    if isinstance(most, Size) or isinstance(limit, Size):
        return same(most, limit)
    return bool(most <= limit)


def row_lines(
    depth: int, number: str, *, drops_negative: bool = False, is_checked: bool = True
) -> list[str]:
    """Lines, within a loop, that set `row` from the index vector of this number."""
    if depth == 0:
        return ["        row = 0"]
    lines = []
    for position in range(depth):
        place = number if depth == 1 else f"{depth} * ({number}) + {position}"
        lines.append(f"        index{position} = cast_int64(load(where, 1, {place}))")
        if not is_checked:
            continue
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
