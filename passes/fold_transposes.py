"""fold_transposes: a product reads a transposed operand as it lies, by its own attribute.

Assumes a typed program. Guarantees that no operand of a matrix product only exchanges the last two
axes of another value, where the op has an attribute that does the same.

    %t = Transpose(%w, [1, 0])
    %y = MatMul(%x, %t) {transpose_b=False}   ->   %y = MatMul(%x, %w) {transpose_b=True}
"""

from __future__ import annotations

from dataclasses import replace

from jitgraph.ir.program import Instr, Operand, Program, Value
from jitgraph.ir.sizes import known_equal
from jitgraph.ir.views import view_map


def fold_transposes(program: Program) -> Program:
    """A product reads a transposed operand as it lies, by its own attribute."""
    if not any(instr.definition.turned_by for instr in program.instrs):
        return program
    sources = {
        instr.outputs[0]: instr.values[0] for instr in program.instrs if _exchanges_last_axes(instr)
    }
    if not sources:
        return program
    return program.with_instrs(_turned(instr, sources) for instr in program.instrs)


def _exchanges_last_axes(instr: Instr) -> bool:
    view = instr.definition.view
    rank = instr.outputs[0].type.rank if instr.outputs else 0
    if view is None or isinstance(view, str) or rank < 2 or instr.values[0].type.rank != rank:
        return False
    found = view_map(instr)
    order = [*range(rank - 2), rank - 1, rank - 2]
    walks = all(
        step is not None and step[0] == axis and known_equal(step[1], 1)
        for step, axis in zip(found.sources, order, strict=True)
    )
    starts = all(known_equal(offset, 0) for offset in found.offsets)
    return walks and starts and _has_turned_dims(instr)


def _has_turned_dims(instr: Instr) -> bool:
    """Whether nothing is cut off."""
    *outer, rows, columns = instr.values[0].type.dims
    return all(map(known_equal, instr.outputs[0].type.dims, (*outer, columns, rows)))


def _turned(instr: Instr, sources: dict[Value, Value]) -> Instr:
    definition = instr.definition
    if not definition.turned_by:
        return instr
    if definition.turns_conjugate and instr.outputs[0].type.dtype.is_complex:
        return instr
    inputs: list[Operand] = list(instr.inputs)
    attrs = dict(instr.attrs)
    for index, attr in enumerate(definition.turned_by):
        given = inputs[index]
        while type(given) is Value and given in sources:
            given, attrs[attr] = sources[given], not attrs[attr]
        inputs[index] = given
    if all(new is old for new, old in zip(inputs, instr.inputs, strict=True)):
        return instr
    return replace(instr, inputs=tuple(inputs), attrs=attrs)
