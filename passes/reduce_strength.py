"""reduce_strength: replaces an op by a cheaper one where a constant operand allows it.

Assumes folded constants. Guarantees that no division by a power of two is left, and no op with a
constant for which the op itself names a cheaper one. Results keep every bit, but for powers:
`x ** 2.0` becomes `x * x`, which is rounded once, where `Pow` may be off by one in the last place.

    %two = Const {2.0}
    %y = Pow(%x, %two)       ->   %y = Square(%x)
    %z = RealDiv(%y, %two)        %c = Const {0.5} ; %z = Mul(%y, %c)
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jitgraph.dtypes import DType
from jitgraph.ir.builder import Builder
from jitgraph.ir.operand_attributes import told_by_operands
from jitgraph.ir.program import Instr, Program, Value
from jitgraph.ops.registry import REGISTRY
from jitgraph.passes.known_values import KnownValues, has_type


def reduce_strength(program: Program) -> Program:
    """Replaces an op by a cheaper one where a constant operand allows it."""
    known = KnownValues()
    builder = Builder(program.names())
    reciprocals = _Reciprocals(builder)
    for instr in program.instrs:
        known.add(instr)
        cheaper = _cheaper(instr, known, reciprocals)
        builder.instrs.append(instr if cheaper is None else cheaper)
    return program.with_instrs(builder.instrs)


class _Reciprocals:
    """The constants 1/c made so far, each once."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._made: dict[tuple[float, str], Value] = {}

    def of(self, number: float, instr: Instr) -> Value:
        """1/number, in the dtype that `instr` computes."""
        dtype = instr.outputs[0].type.dtype
        key = number, dtype.name
        if key not in self._made:
            self._builder.base = f"{instr.outputs[0].name}.reciprocal"
            self._builder.origin = instr.origin
            self._made[key] = self._builder.constant(1.0 / number, dtype)
        return self._made[key]


def _cheaper(instr: Instr, known: KnownValues, reciprocals: _Reciprocals) -> Instr | None:
    definition = instr.definition
    if not definition.with_constant and definition.product is None:
        return None
    number = known.number(instr.values[1])
    if number is None or not has_type(instr.values[0], instr.outputs[0]):
        return None
    return small_power(instr, number) or exact_reciprocal(instr, number, reciprocals)


def small_power(instr: Instr, number: Any) -> Instr | None:
    """x ** 2 = x * x    (rounded once; Pow may be off by one in the last place)"""
    op = instr.definition.with_constant.get(float(number))
    return None if op is None else _replaced(instr, op, instr.values[:1])


def exact_reciprocal(instr: Instr, number: Any, reciprocals: _Reciprocals) -> Instr | None:
    """x / 2**k = x * 2**-k"""
    product = instr.definition.product
    if product is None or not _has_exact_reciprocal(number, instr.outputs[0].type.dtype):
        return None
    return _replaced(instr, product, (instr.values[0], reciprocals.of(float(number), instr)))


def _replaced(instr: Instr, op: str, inputs: tuple[Value, ...]) -> Instr:
    """Another op, of the same type, that makes the outputs of `instr`."""
    definition = REGISTRY[op]
    attrs = told_by_operands(definition, inputs, {})
    return Instr(definition, inputs, instr.outputs, attrs, instr.origin)


def _has_exact_reciprocal(number: Any, dtype: DType) -> bool:
    """Whether it is a power of two whose reciprocal is a normal number of the float dtype."""
    value = float(number)
    if not dtype.is_floating or not math.isfinite(value) or abs(math.frexp(value)[0]) != 0.5:
        return False
    return bool(abs(1.0 / value) <= dtype.max) and bool(abs(value) <= np.float64(dtype.max) / 4)
