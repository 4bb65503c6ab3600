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
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from jitgraph.ir.builder import Builder
from jitgraph.ir.program import Instr, Program
from jitgraph.passes.known_values import KnownValues, has_type

Rule = Callable[[Instr, Any, Builder], "Instr | None"]


def reduce_strength(program: Program) -> Program:
    """Replaces an op by a cheaper one where a constant operand allows it."""
    known = KnownValues()
    builder = Builder(program.names())
    for instr in program.instrs:
        cheaper = _cheaper(instr, known, builder)
        builder.instrs.append(instr if cheaper is None else cheaper)
        known.add(instr)
    return program.with_instrs(builder.instrs)


def _cheaper(instr: Instr, known: KnownValues, builder: Builder) -> Instr | None:
    if len(instr.values) != 2 or len(instr.outputs) != 1:
        return None
    number = known.number(instr.values[1])
    if number is None or not has_type(instr.values[0], instr.outputs[0]):
        return None
    for rule in RULES:
        found = rule(instr, number, builder)
        if found is not None:
            return replace(found, outputs=instr.outputs, origin=instr.origin)
    return None


def small_power(instr: Instr, number: Any, builder: Builder) -> Instr | None:
    """x ** 2 = x * x    (rounded once; Pow may be off by one in the last place)"""
    op = instr.definition.with_constant.get(float(number))
    return None if op is None else builder.instruction_of(op, instr.values[:1])


def exact_reciprocal(instr: Instr, number: Any, builder: Builder) -> Instr | None:
    """x / 2**k = x * 2**-k"""
    product, dtype = instr.definition.product, instr.outputs[0].type.dtype
    if product is None or not dtype.is_floating or not _has_exact_reciprocal(number, dtype):
        return None
    builder.base, builder.origin = f"{instr.outputs[0].name}.reciprocal", instr.origin
    reciprocal = builder.constant(1.0 / float(number), dtype)
    return builder.instruction_of(product, (instr.values[0], reciprocal))


def _has_exact_reciprocal(number: Any, dtype: Any) -> bool:
    """Whether it is a power of two whose reciprocal is a normal number of the dtype."""
    value = float(number)
    if not math.isfinite(value) or abs(math.frexp(value)[0]) != 0.5:
        return False
    return float(abs(1.0 / value)) <= float(dtype.max) and abs(value) <= float(dtype.max) / 4


RULES: tuple[Rule, ...] = (small_power, exact_reciprocal)
