"""fold_scales: random numbers that are scaled and shifted are made so at once.

Assumes a typed program. Guarantees that where random numbers of which nothing else is made are
multiplied by a scalar and a scalar is added, one instruction does it all: no number is written
twice, and product and sum are each rounded, as TensorFlow's are. The op itself names the one that
does so. What is left without use is dropped by `prune_dead`.

    %u = PhiloxUniform(%state, [4])
    %m = Mul(%u, %scale)
    %y = AddV2(%m, %shift)     ->   %y = PhiloxUniformScaled(%state, [4], %scale, %shift)
"""

from __future__ import annotations

from jitgraph.ir.program import Instr, Program, Value
from jitgraph.ops.registry import REGISTRY


def fold_scales(program: Program) -> Program:
    """Random numbers that are scaled and shifted are made so at once."""
    if not any(instr.definition.scaled for instr in program.instrs):
        return program
    return program.with_instrs(_Folding(program).instrs())


class _Folding:
    """Puts what is scaled where the numbers are drawn, if scale and shift can be there: the state
    of the generator is then read before it is moved on."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.producers, self.uses = program.producers(), program.uses()
        self.made: set[Value] = {*program.feeds, *program.states}
        self.done: list[Instr] = []

    def instrs(self) -> list[Instr]:
        """The program's instructions, sums of scaled random numbers replaced."""
        folded = [(instr, self._folded(instr)) for instr in self.program.instrs]
        early = {scaled.inputs[0]: scaled for _, scaled in folded if scaled is not None}
        for instr, scaled in folded:
            self._add_early(early.get(instr.inputs[0]) if _draws(instr) else None)
            self._add(scaled or instr)
        return self.done

    def _add(self, instr: Instr) -> None:
        if not instr.outputs or not self.made.issuperset(instr.outputs):
            self.done.append(instr)
            self.made.update(instr.outputs)

    def _add_early(self, scaled: Instr | None) -> None:
        """Adds what is scaled, behind its constants, unless it waits for other operands."""
        if scaled is None:
            return
        waiting = [self.producers[x] for x in scaled.values if x not in self.made]
        if all(not instr.inputs for instr in waiting):
            for instr in (*waiting, scaled):
                self._add(instr)

    def _folded(self, total: Instr) -> Instr | None:
        """random(state, shape) * scale + shift = random_scaled(state, shape, scale, shift)"""
        for product, shift in _operands(total, 0.0):
            scaling = self.producers.get(product)
            if scaling is None or self.uses[product] != 1:
                continue
            for numbers, scale in _operands(scaling, 1.0):
                drawing = self.producers.get(numbers)
                if drawing is not None and self.uses[numbers] == 1 and _draws(drawing):
                    return _scaled(drawing, scale, shift, total)
        return None


def _draws(instr: Instr) -> bool:
    return instr.definition.scaled is not None


def _operands(instr: Instr, neutral: float) -> list[tuple[Value, Value]]:
    """The operands of a sum or product of floats with a scalar: what is changed, and the scalar."""
    definition = instr.definition
    if definition.neutral != neutral or not definition.commutative or len(instr.values) != 2:
        return []
    left, right = instr.values
    pairs = ((left, right), (right, left))
    return [(x, y) for x, y in pairs if y.type.rank == 0 and x.type == instr.outputs[0].type]


def _scaled(drawing: Instr, scale: Value, shift: Value, total: Instr) -> Instr:
    definition = REGISTRY[str(drawing.definition.scaled)]
    origin = (*drawing.origin, *total.origin)
    inputs = (*drawing.inputs, scale, shift)
    return Instr(definition, inputs, total.outputs, drawing.attrs, origin)
