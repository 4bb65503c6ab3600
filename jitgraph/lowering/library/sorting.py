"""Rows sorted whole: [rows, size] -> values in descending order and where they stood, TopKV2.

In: an instruction whose k is the size. Out: one step. Short runs are sorted by insertion, then
merged, run by run twice as long, between the outputs and two arrays beside them. Of equal elements
the earlier one comes first: merging is stable. D. Knuth, "The Art of Computer Programming", 5.2.4.
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Type, Value
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import Arguments, grain_of, product
from jitgraph.lowering.steps import KernelStep

RUN = 16

_INSERT = """\
for start in range(0, size, {run}):
    for j in range(start, min(size, start + {run})):
        value, at = load(x, 0, row + j), j
        while at > start and load({values}, {number}, row + at - 1) < value:
            store({values}, {number}, row + at, load({values}, {number}, row + at - 1))
            store({places}, {number} + 1, row + at, load({places}, {number} + 1, row + at - 1))
            at -= 1
        store({values}, {number}, row + at, value)
        store({places}, {number} + 1, row + at, cast_int32(j))
"""

_MERGE = """\
for start in range(0, size, 2 * run):
    left, right = row + start, row + min(size, start + run)
    middle, stop = right, row + min(size, start + 2 * run)
    for to in range(left, stop):
        is_right = right < stop
        if is_right and left < middle:
            is_right = load({values}, {number}, right) > load({values}, {number}, left)
        source = right if is_right else left
        store({to_values}, {to_number}, to, load({values}, {number}, source))
        store({to_places}, {to_number} + 1, to, load({places}, {number} + 1, source))
        right += 1 if is_right else 0
        left += 0 if is_right else 1
"""

_OUTPUTS = {"values": "y", "places": "where", "number": "1"}
_BESIDE = {"values": "other", "places": "other_where", "number": "3"}


def sort_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """All elements of each row in descending order, and where they stood."""
    x, (values, places) = instr.values[0], instr.outputs
    dims = x.type.dims
    arguments = Arguments(instr, fused)
    arguments.read("x", x)
    arguments.write("y", values)
    arguments.write("where", places)
    for name, like in (("other", values), ("other_where", places)):
        beside = Value(f"{like.name}.{name}", Type(like.type.dtype, like.type.dims))
        arguments.write(name, beside)
    arguments.word("size", dims[-1])
    body = [
        "    for i in range(lo, hi):",
        "        row, passes, run = i * size, 0, " + str(RUN),
        "        while run < size:",
        "            run, passes = 2 * run, passes + 1",
        "        if passes % 2 == 0:",
        *_lines(_INSERT, _OUTPUTS),
        "        else:",
        *_lines(_INSERT, _BESIDE),
        "        run = " + str(RUN),
        "        while run < size:",
        "            if passes % 2 == 0:",
        *_lines(_MERGE, _between(_OUTPUTS, _BESIDE), 4),
        "            else:",
        *_lines(_MERGE, _between(_BESIDE, _OUTPUTS), 4),
        "            run, passes = 2 * run, passes - 1",
    ]
    return [arguments.step("sort", body, product(dims[:-1]), grain_of(16 * dims[-1]))]


def _between(source: dict[str, str], target: dict[str, str]) -> dict[str, str]:
    return {**source, **{f"to_{name}": text for name, text in target.items()}}


def _lines(text: str, names: dict[str, str], depth: int = 3) -> list[str]:
    filled = text.format(run=RUN, **names).splitlines()
    return ["    " * depth + line for line in filled]
