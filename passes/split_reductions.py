"""split_reductions: reduces a large array to few numbers in two steps, so that all cores help.

Assumes reductions with known axes. Guarantees that a reduction over the leading axes (or all) of a
large array is one of `blocks` partial results, followed by a reduction of those. Which arrays are
large is decided by the sizes of the first call; the result holds for all sizes.

    %s = Sum(%x, [0, 1])   ->   %p = Sum(%x, [0, 1]) {blocks=n} ; %s = Sum(%p, [0])
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jitgraph.ir.builder import Builder
from jitgraph.ir.program import Host, Instr, Program, Type, Value
from jitgraph.ir.sizes import hint

LARGE = 1 << 15
BLOCK = 1 << 14

LARGE_WITH_COLUMNS = 1 << 17
MOST_COLUMNS = 1 << 10
"""Wider rows are cut into chunks of columns instead."""


def split_reductions(program: Program) -> Program:
    """Reduces a large array to few numbers in two steps."""
    if not any(_is_large(instr) for instr in program.instrs):
        return program
    builder = Builder(program.names())
    for instr in program.instrs:
        if _is_large(instr):
            _split(instr, builder)
        else:
            builder.instrs.append(instr)
    return program.with_instrs(builder.instrs)


def _is_large(instr: Instr) -> bool:
    if instr.definition.reduce is None or "blocks" in instr.attrs:
        return False
    dims = instr.inputs[0].type.dims
    axes = instr.inputs[1]
    if not dims or not isinstance(axes, Host):
        return False
    kept = _kept_axes(instr)
    longer = [axis for axis, dim in enumerate(dims) if not (isinstance(dim, int) and dim == 1)]
    columns = [axis for axis in longer if axis in kept]
    if not columns:
        return bool(_elements(dims, hinted=True) >= LARGE)
    rows = longer[: -len(columns)]
    if columns != longer[len(rows) :] or not rows:
        return False
    few = _elements([dims[axis] for axis in columns], hinted=True) <= MOST_COLUMNS
    return bool(few and _elements(dims, hinted=True) >= LARGE_WITH_COLUMNS)


def _kept_axes(instr: Instr) -> list[int]:
    source, axes = instr.inputs[0], instr.inputs[1]
    assert isinstance(axes, Host)
    rank = len(source.type.dims)
    reduced = {int(axis) % rank for axis in axes.items.reshape(-1)}
    return [axis for axis in range(rank) if axis not in reduced]


def _elements(dims: Any, *, hinted: bool) -> Any:
    total: Any = 1
    for dim in dims:
        total = total * (hint(dim) if hinted else dim)
    return total


def _split(instr: Instr, builder: Builder) -> None:
    source, result = instr.inputs[0], instr.outputs[0]
    blocks = (_elements(source.type.dims, hinted=False) + (BLOCK - 1)) // BLOCK
    kept = tuple(source.type.dims[axis] for axis in _kept_axes(instr))
    dtype = result.type.dtype
    partial = Value(builder.fresh(f"{result.name}.partial"), Type(dtype, (blocks, *kept)))
    attrs = {**instr.attrs, "keep_dims": False, "blocks": blocks}
    builder.instrs.append(replace(instr, outputs=(partial,), attrs=attrs))
    total = result
    if len(result.type.dims) != len(kept):
        total = Value(builder.fresh(f"{result.name}.total"), Type(dtype, kept))
    whole = {**instr.attrs, "keep_dims": False}
    inputs = (partial, builder.sizes([0]))
    builder.instrs.append(replace(instr, inputs=inputs, outputs=(total,), attrs=whole))
    if total is not result:
        reshape = builder.instruction_of("Reshape", (total, builder.sizes(result.type.dims)))
        builder.instrs.append(replace(reshape, outputs=(result,), origin=instr.origin))
