"""cut_products: of a product of matrices only the rows and columns that are used are computed.

Assumes a typed program. Guarantees that no part of a product of two matrices, of which nothing else
is used, is cut out where the factors' rows, as they lie in memory, can be cut instead: they need no
copy. Each number is the same sum.

    %p = MatMul(%x, %w) {transpose_b=True}     ->   %part = Slice(%w, [28, 0], [128, 512])
    %y = Slice(%p, [0, 28], [s0, 128])              %y = MatMul(%x, %part) {transpose_b=True}
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jitgraph.ir.builder import Builder
from jitgraph.ir.program import Instr, Operand, Program, Value
from jitgraph.ir.sizes import known_equal
from jitgraph.ir.views import view_map


def cut_products(program: Program) -> Program:
    """Of a product of matrices only the rows and columns that are used are computed."""
    if not any(_is_product(instr) for instr in program.instrs):
        return program
    uses = program.uses()
    products = {
        instr.outputs[0]: instr
        for instr in program.instrs
        if _is_product(instr) and uses[instr.outputs[0]] == 1
    }
    cuts = {
        product: cut
        for cut in program.instrs
        if (product := _cut_product(cut, products)) is not None
    }
    if not cuts:
        return program
    builder = Builder(program.names())
    dropped = set(cuts.values())
    for instr in program.instrs:
        if instr in cuts:
            _add_product_of_parts(builder, cuts[instr], instr)
        elif instr not in dropped:
            builder.instrs.append(instr)
    return program.with_instrs(builder.instrs)


def _is_product(instr: Instr) -> bool:
    return bool(instr.definition.turned_by) and instr.outputs[0].type.rank == 2


def _cut_product(instr: Instr, products: dict[Value, Instr]) -> Instr | None:
    """The product of which this instruction cuts a part out that its factors can be cut to."""
    view = instr.definition.view
    if view is None or isinstance(view, str) or instr.inputs[0] not in products:
        return None
    product = products[instr.values[0]]
    if instr.outputs[0].type.rank != 2 or not _keeps_axes(instr):
        return None
    axes = _cut_axes(instr)
    return product if axes and all(_lies_by_rows(product, axis) for axis in axes) else None


def _keeps_axes(instr: Instr) -> bool:
    sources = view_map(instr).sources
    return all(
        step is not None and step[0] == axis and known_equal(step[1], 1)
        for axis, step in enumerate(sources)
    )


def _cut_axes(instr: Instr) -> list[int]:
    before, after = instr.values[0].type.dims, instr.outputs[0].type.dims
    return [axis for axis in (0, 1) if not known_equal(before[axis], after[axis])]


def _lies_by_rows(product: Instr, axis: int) -> bool:
    """Whether the rows or columns of the product are rows of that factor in memory."""
    return bool(product.attrs[product.definition.turned_by[axis]]) == bool(axis)


def _add_product_of_parts(builder: Builder, cut: Instr, product: Instr) -> None:
    builder.origin = cut.origin
    builder.base = f"{cut.outputs[0].name}.factor"
    factors: list[Operand] = list(product.inputs)
    offsets, dims = view_map(cut).offsets, cut.outputs[0].type.dims
    for axis in _cut_axes(cut):
        factors[axis] = _rows(builder, factors[axis], offsets[axis], dims[axis])
    origin = (*product.origin, *cut.origin)
    builder.instrs.append(
        replace(product, inputs=tuple(factors), outputs=cut.outputs, origin=origin)
    )


def _rows(builder: Builder, factor: Any, start: Any, count: Any) -> Value:
    begin, size = builder.sizes([start, 0]), builder.sizes([count, factor.type.dims[1]])
    rows: Value = builder.emit("Slice", factor, begin, size)
    return rows
