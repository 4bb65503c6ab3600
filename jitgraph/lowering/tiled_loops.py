"""Tiled loops: a map that reads memory across its rows goes through it tile by tile.

In: the nest of a map. Out: loops around its body in which a tile of rows meets a tile of columns:
the cache lines that the rows of a tile read are used whole before they are dropped.
M. Lam, E. Rothberg, M. Wolf, "The cache performance and optimizations of blocked algorithms"
(1991); the sizes are measured: eight lines of one set fit the first-level cache.
"""

from __future__ import annotations

from collections.abc import Sequence

from jitgraph.lowering.access import same
from jitgraph.lowering.nest import Loop, Nest, Operand

ROWS, COLUMNS = 32, 8
MOST_ROWS, AREA = 256, 8192
"""Where columns are few, several tiles of rows come one after the other: longer runs are read, and
what is written stays in the first-level cache."""


def crossed_loop(nest: Nest) -> Loop | None:
    """The loop along which some operand lies contiguous, while the innermost loop jumps through
    it; None where there is none, or too few iterations."""
    if not nest.loops or _is_short(nest.loops[-1], COLUMNS):
        return None
    *outer, last = nest.loops
    jumping = [
        operand
        for operand in nest.operands
        if not any(same(_stride(operand, last), size) for size in (0, 1))
    ]
    for loop in outer:
        if not _is_short(loop, ROWS) and any(same(_stride(o, loop), 1) for o in jumping):
            return loop
    return None


def tiled(nest: Nest, rows: Loop, body: Sequence[str]) -> list[str]:
    """The loops of a map around its body, `rows` and the innermost loop in tiles."""
    *outer, columns = nest.loops
    before = outer[: outer.index(rows)]
    between = outer[outer.index(rows) + 1 :]
    lines, depth = nest.open(before, parallel=True) if before else ([], 1)
    first, last = ("lo", "hi") if not before else ("0", rows.size_name)
    row, column = rows.variable, columns.variable
    width = columns.size_name
    fitting = f"{AREA} // ({width} + 1) // {ROWS} * {ROWS}"
    lines += [
        _line(depth, f"block = max({ROWS}, min({MOST_ROWS}, {fitting}))"),
        _for(depth, "begin", f"{first}, {last}, block"),
    ]
    more, depth = nest.open(between, parallel=False, depth=depth + 1)
    whole = f"row + {ROWS} <= {last} and column + {COLUMNS} <= {width}"
    rest = (f"row, min(row + {ROWS}, {last})", f"column, min(column + {COLUMNS}, {width})")
    return [
        *lines,
        *more,
        _for(depth, "column", f"0, {width}, {COLUMNS}"),
        _for(depth + 1, "row", f"begin, min(begin + block, {last}), {ROWS}"),
        _line(depth + 2, f"if {whole}:"),
        _for(depth + 3, "r", str(ROWS)),
        _for(depth + 4, "c", str(COLUMNS)),
        _line(depth + 5, f"{row} = row + r"),
        _line(depth + 5, f"{column} = column + c"),
        *(_line(depth + 5, line) for line in body),
        _line(depth + 2, "else:"),
        _for(depth + 3, row, rest[0]),
        _for(depth + 4, column, rest[1]),
        *(_line(depth + 5, line) for line in body),
    ]


def _stride(operand: Operand, loop: Loop) -> object:
    return operand.strides.get(loop.axis, 0)


def _is_short(loop: Loop, least: int) -> bool:
    return isinstance(loop.size, int) and loop.size < least


def _for(depth: int, variable: str, bounds: str) -> str:
    return _line(depth, f"for {variable} in range({bounds}):")


def _line(depth: int, text: str) -> str:
    return "    " * depth + text
