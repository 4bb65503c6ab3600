"""sink_transposes: what is done element by element is done before a transposition, not behind it.

Assumes a typed program, decomposed. Guarantees nothing for programs in which no transposition
becomes superfluous by it; in others transpositions stand behind the elementwise ops and reductions
that read them, so that those which undo each other meet.

    %t = Transpose(%x, [0, 2, 1])
    %e = Exp(%t)
    %s = Sum(%e, [2]) {keep_dims=True}     %e = Exp(%x)
    %d = RealDiv(%e, %s)                   %s = Sum(%e, [1]) {keep_dims=True}
    %y = Transpose(%d, [0, 2, 1])      ->  %y = RealDiv(%e, %s)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from jitgraph.ir.builder import Builder
from jitgraph.ir.program import Host, Instr, Operand, Program, Value
from jitgraph.passes.prune_dead import prune_dead
from jitgraph.passes.simplify_movement import simplify_movement

Order = tuple[int, ...]


def sink_transposes(program: Program) -> Program:
    """What is done element by element is done before a transposition, not behind it."""
    before = _count(program)
    if not before:
        return program
    sunk = prune_dead(simplify_movement(_Sinker(program).sunk()))
    return sunk if _count(sunk) < before else program


def _count(program: Program) -> int:
    """So many transpositions that move something."""
    return sum(_order(instr) is not None for instr in program.instrs)


def _order(instr: Instr) -> Order | None:
    """The axes of its source that a transposition's axes are; None for other instructions."""
    if instr.name != "Transpose" or type(instr.inputs[0]) is not Value:
        return None
    order = instr.inputs[1]
    if not isinstance(order, Host):
        return None
    rank = len(instr.outputs[0].type.dims)
    found = tuple(int(axis) % rank for axis in order.items.reshape(-1)) if rank else ()
    return None if found == tuple(range(rank)) else found


class _Sinker:
    """Goes through a program, and keeps in mind which values are others transposed."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.builder = Builder(program.names())
        self.turned: dict[Value, tuple[Value, Order]] = {}

    def sunk(self) -> Program:
        """The program with transpositions as late as they can be."""
        for instr in self.program.instrs:
            if not self._is_sunk(instr):
                self.builder.instrs.append(instr)
        return self.program.with_instrs(self.builder.instrs)

    def _is_sunk(self, instr: Instr) -> bool:
        self.builder.origin = instr.origin
        self.builder.base = instr.outputs[0].name if instr.outputs else instr.name
        order = _order(instr)
        if order is not None:
            self._compose(instr, order)
            return True
        if len(instr.outputs) != 1 or not any(value in self.turned for value in instr.values):
            return False
        if instr.definition.reduce is not None and isinstance(instr.inputs[1], Host):
            self._reduce(instr)
            return True
        return instr.definition.scalar is not None and self._map(instr)

    def _compose(self, instr: Instr, order: Order) -> None:
        source = instr.values[0]
        if source in self.turned:
            source, first = self.turned[source]
            order = tuple(first[axis] for axis in order)
        self._transpose(source, order, instr)

    def _transpose(self, source: Value, order: Order, instr: Instr) -> None:
        """Makes the instruction's output out of what it is before it is transposed."""
        made = self.builder.instruction_of("Transpose", (source, self.builder.sizes(order)))
        output = instr.outputs[0]
        self.builder.instrs.append(replace(made, outputs=(output,), origin=instr.origin))
        if order != tuple(range(len(order))):
            self.turned[output] = (source, order)

    def _map(self, instr: Instr) -> bool:
        rank = len(instr.outputs[0].type.dims)
        orders = {self.turned[v][1] for v in instr.values if v in self.turned}
        order = next(iter(orders))
        if len(orders) > 1 or len(order) != rank or len(instr.values) != len(instr.inputs):
            return False
        sources = [self._source(value, order) for value in instr.values]
        if any(source is None for source in sources):
            return False
        inputs: list[Operand] = [
            source if isinstance(source, Value) else self._reshaped(value, source)
            for value, source in zip(instr.values, sources, strict=True)
        ]
        self._transpose(self._again(instr, inputs, instr.attrs), order, instr)
        return True

    def _source(self, value: Value, order: Order) -> Value | Sequence[Any] | None:
        """The value before it was transposed; of another one the dims that it has then, if its
        elements keep their order; None if they don't."""
        if value in self.turned:
            return self.turned[value][0]
        dims = value.type.dims
        if not dims:
            return value
        padded = [1] * (len(order) - len(dims)) + list(dims)
        long = [axis for axis, dim in enumerate(padded) if not (isinstance(dim, int) and dim == 1)]
        if sorted(long, key=lambda axis: order[axis]) != long:
            return None
        found: list[Any] = [1] * len(order)
        for axis, dim in enumerate(padded):
            found[order[axis]] = dim
        return found

    def _reshaped(self, value: Value, dims: Sequence[Any] | None) -> Value:
        made = self.builder.instruction_of("Reshape", (value, self.builder.sizes(dims or ())))
        self.builder.instrs.append(made)
        return made.outputs[0]

    def _reduce(self, instr: Instr) -> None:
        source, order = self.turned[instr.values[0]]
        axes = instr.inputs[1]
        assert isinstance(axes, Host)
        reduced = {int(axis) % len(order) for axis in axes.items.reshape(-1)}
        moved = self.builder.sizes(sorted(order[axis] for axis in reduced))
        made = self._again(instr, [source, moved], instr.attrs)
        if instr.attrs["keep_dims"]:
            self._transpose(made, order, instr)
            return
        kept = [order[axis] for axis in range(len(order)) if axis not in reduced]
        self._transpose(made, tuple(sorted(kept).index(axis) for axis in kept), instr)

    def _again(self, instr: Instr, inputs: Sequence[Operand], attrs: Any) -> Value:
        """The output of the same op on other operands."""
        names = [self.builder.fresh(instr.outputs[0].name)]
        made = self.builder.instruction(instr.definition, inputs, dict(attrs), instr.origin, names)
        self.builder.instrs.append(made)
        return made.outputs[0]
