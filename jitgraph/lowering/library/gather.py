"""Gathering: rows of a tensor picked along one axis (GatherV2), or by index vectors (GatherNd).

In: an instruction; indices are checked while they are used. Out: one step. The first is [outer,
axis, inner] with indices [n] -> [outer, n, inner]; the second [rows, inner] -> [n, inner].
Elements are copied as integers of their size.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ir.program import Instr
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.library.arguments import (
    Arguments,
    axis_of,
    fixed,
    grain_of,
    is_one,
    product,
)
from jitgraph.lowering.library.items import copied_item
from jitgraph.lowering.library.rows import add_limits, must_check, row_lines
from jitgraph.lowering.steps import KernelStep


def gather_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """Rows along one axis; `batch_dims` leading dimensions are shared with the indices."""
    params, indices = instr.values
    dims, picked = params.type.dims, indices.type.dims
    axis = axis_of(instr.inputs[2], len(dims))
    batch = int(instr.attrs.get("batch_dims", 0))
    batch = batch + len(picked) if batch < 0 else batch
    outer, inner = product(dims[batch:axis]), product(dims[axis + 1 :])
    if is_one(outer) and batch == 0:
        return [_rows_step(instr, fused, (dims[axis],), product(picked), inner)]
    arguments, inner = _operands(instr, fused, (dims[axis],), inner)
    number = product(picked[batch:])
    arguments.word("number", number)
    arguments.word("outer", outer)
    base = "place // outer * number + " if batch else ""
    loop = [*row_lines(1, f"{base}k"), "        row += place * limit0", *_copy_lines(inner)]
    body = [
        "    i = lo",
        "    while i < hi:",
        "        place = i // number",
        "        first = i - place * number",
        "        for k in range(first, min(number, first + hi - i)):",
        *(f"    {line}" for line in loop),
        "            i += 1",
    ]
    count = product(dims[:axis]) * number
    return [arguments.step("gather", body, count, grain_of(inner))]


def gather_nd_steps(instr: Instr, fused: Fused) -> list[KernelStep]:
    """Slices named by index vectors, the last axis of the indices."""
    params, indices = instr.values
    dims, picked = params.type.dims, indices.type.dims
    depth = fixed(picked[-1])
    inner = product(dims[depth:])
    return [_rows_step(instr, fused, dims[:depth], product(picked[:-1]), inner)]


def _rows_step(
    instr: Instr, fused: Fused, limits: tuple[Any, ...], number: Any, inner: Any
) -> KernelStep:
    arguments, inner = _operands(instr, fused, limits, inner)
    is_checked = must_check(fused, instr.values[1], limits, number)
    rows = row_lines(len(limits), "i", is_checked=is_checked)
    lines = ["    for i in range(lo, hi):", *rows, *_copy_lines(inner)]
    return arguments.step("gather", lines, number, grain_of(inner))


def _operands(
    instr: Instr, fused: Fused, limits: tuple[Any, ...], inner: Any
) -> tuple[Arguments, Any]:
    """The arguments that all forms share, and the items of a row."""
    params, indices = instr.values
    item, parts = copied_item(params.type.dtype)
    arguments = Arguments(instr, fused)
    arguments.read("x", params, item)
    arguments.read("where", indices)
    arguments.write("y", instr.outputs[0], item)
    arguments.word("inner", inner * parts)
    add_limits(arguments, limits)
    return arguments, inner * parts


def _copy_lines(inner: Any) -> list[str]:
    if is_one(inner):
        return ["        store(y, 2, i, load(x, 0, row))"]
    return [
        "        for j in range(inner):",
        "            store(y, 2, i * inner + j, load(x, 0, row * inner + j))",
    ]
