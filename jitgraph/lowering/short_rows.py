"""Short rows: a map over rows of a few elements goes through several rows at once.

In: the values of a map whose innermost loop is too short for vectors, beside an operand that is the
same in every row, such as a bias of six channels. Out: loops over blocks of rows, each one loop
over all elements of the block, with what repeats written out once for a whole block; and the usual
loops for the rows that are left.
"""

from __future__ import annotations

from collections.abc import Callable

from jitgraph.ir.sizes import hint
from jitgraph.lowering.access import same
from jitgraph.lowering.kernel_values import KernelValues
from jitgraph.lowering.nest import Loop, Nest, Operand
from jitgraph.ops.internal import IOTA

ROWS = 16
"""Rows in a block: whatever a row's length, vectors fill a block exactly."""

_SHORTEST, _LONGEST = 2, 15
_LEAST_ROWS = 1024
"""By the sizes of the first call: for fewer rows a kernel of their length isn't worth compiling."""

Points = Callable[[], list[str]]
"""Writes the lines of one point of the loops."""


def has_short_rows(values: KernelValues) -> bool:
    """Whether a map's rows are short, and at least one operand is the same in all of them."""
    loops, operands = values.nest.loops, values.nest.operands
    if len(loops) < 2 or not _is_between(loops[-1].size, _SHORTEST, _LONGEST):
        return False
    if hint(loops[-2].size) < _LEAST_ROWS:
        return False
    if any(instr.definition is IOTA for instr in values.schedule.region.instrs):
        return False
    repeated = [o for o in operands if _is_repeated(o, loops[-2], loops[-1])]
    rest = [o for o in operands if o not in repeated and not _is_fixed(o, loops[-2], loops[-1])]
    return bool(repeated) and all(_is_flat(o, loops[-2], loops[-1]) for o in rest)


def short_rows_body(values: KernelValues, points: Points) -> list[str]:
    """The loops of a map with short rows.

    Args:
      values: the writer of values; `points` writes the lines of one point by it.
    """
    nest = values.nest
    *outer, rows, last = nest.loops
    lines, depth = nest.open(outer, parallel=True) if outer else ([], 1)
    first, stop = ("0", rows.size_name) if outer else ("lo", "hi")
    pad, row = "    " * depth, rows.variable
    values.places = _places(nest, rows, last)
    lines += [pad + line for line in _repeated_lines(values, rows, last)]
    lines += [
        f"{pad}whole = {first} + ({stop} - {first}) // {ROWS} * {ROWS}",
        f"{pad}for {row} in range({first}, whole, {ROWS}):",
        f"{pad}    for k in range({ROWS * last.size}):",
        *(f"{pad}        {line}" for line in points()),
    ]
    values.places = {}
    lines += [
        f"{pad}for {row} in range(whole, {stop}):",
        f"{pad}    for {last.variable} in range({last.size_name}):",
        *(f"{pad}        {line}" for line in points()),
    ]
    return lines


def _places(nest: Nest, rows: Loop, last: Loop) -> dict[int, tuple[str, int, str]]:
    """For each operand by number how a block's element k is read: name, number, index."""
    found = {}
    for operand in nest.operands:
        if _is_repeated(operand, rows, last):
            found[operand.number] = (_name(operand), operand.number + len(nest.operands), "k")
        elif _is_flat(operand, rows, last):
            parts = [*_outer_parts(nest, operand), f"{rows.variable} * {last.size} + k"]
            found[operand.number] = (operand.name, operand.number, " + ".join(parts))
    return found


def _outer_parts(nest: Nest, operand: Operand) -> list[str]:
    """What the loops around rows add to an operand's index."""
    parts = []
    for loop in nest.loops[:-2]:
        stride = operand.strides.get(loop.axis, 0)
        if same(stride, 1):
            parts.append(loop.variable)
        elif not same(stride, 0):
            parts.append(f"{loop.variable} * {nest.names[operand.number, loop.axis]}")
    return parts


def _repeated_lines(values: KernelValues, rows: Loop, last: Loop) -> list[str]:
    """Writes out what is the same in every row for a whole block."""
    nest, lines = values.nest, []
    for operand in nest.operands:
        if not _is_repeated(operand, rows, last):
            continue
        local = f"local_{operand.dtype.name}"
        values.names.update((local, "load", "store"))
        name, number = _name(operand), operand.number + len(nest.operands)
        place = f"{rows.variable} * {last.size} + {last.variable}"
        lines += [
            f"{name} = {local}({ROWS * last.size})",
            f"for {rows.variable} in range({ROWS}):",
            f"    for {last.variable} in range({last.size}):",
            f"        element = load({operand.name}, {operand.number}, {nest.index(operand)})",
            f"        store({name}, {number}, {place}, element)",
        ]
    return lines


def _name(operand: Operand) -> str:
    return f"{operand.name}_rows"


def _is_between(size: object, least: int, most: int) -> bool:
    return isinstance(size, int) and least <= size <= most


def _is_repeated(operand: Operand, rows: Loop, last: Loop) -> bool:
    strides = [operand.strides.get(loop.axis, 0) for loop in (rows, last)]
    return not operand.is_output and same(strides[0], 0) and not same(strides[1], 0)


def _is_fixed(operand: Operand, rows: Loop, last: Loop) -> bool:
    strides = [operand.strides.get(loop.axis, 0) for loop in (rows, last)]
    return not operand.is_output and same(strides[0], 0) and same(strides[1], 0)


def _is_flat(operand: Operand, rows: Loop, last: Loop) -> bool:
    strides = [operand.strides.get(loop.axis, 0) for loop in (rows, last)]
    return same(strides[0], last.size) and same(strides[1], 1)
