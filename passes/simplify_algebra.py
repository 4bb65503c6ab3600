"""simplify_algebra: rewrites arithmetic by identities that hold bit for bit.

Assumes folded constants. Guarantees that results keep every bit, also for NaN, infinities and
signed zero: `x + 0.0` stays (it turns -0.0 into 0.0), `x * 0.0` stays (NaN), `x - 0`, `x * 1`,
`x / 1` go. What is commutative, neutral, an involution or idempotent is said by the op.

    %one = Const {1.0}
    %y = Mul(%x, %one)      ->   return %x
    return %y
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph.ir.program import Host, Instr, Program, Value
from jitgraph.passes.known_values import KnownValues, has_type

Rule = Callable[[Instr, KnownValues], "Value | None"]


def simplify_algebra(program: Program) -> Program:
    """Rewrites arithmetic by identities that hold bit for bit."""
    known = KnownValues()
    new: dict[Value, Value] = {}
    instrs: list[Instr] = []
    for given in program.instrs:
        instr = given.substituted(new)
        simpler = _simplified(instr, known)
        if simpler is not None:
            new[instr.outputs[0]] = simpler
            continue
        instrs.append(instr)
        known.add(instr)
    return program.substitute(instrs, new) if new else program


def _simplified(instr: Instr, known: KnownValues) -> Value | None:
    definition = instr.definition
    if len(instr.outputs) != 1 or (definition.scalar is None and definition.reduce is None):
        return None
    for rule in RULES:
        found = rule(instr, known)
        if found is not None and has_type(found, instr.outputs[0]):
            return found
    return None


def neutral_right(instr: Instr, known: KnownValues) -> Value | None:
    """x - 0 = x ; x * 1 = x ; x / 1 = x ; x ** 1 = x"""
    if instr.definition.neutral is None or len(instr.inputs) != 2:
        return None
    left, right = instr.inputs
    return left if _is_neutral(instr, known.number(right)) else None  # type: ignore[return-value]


def neutral_left(instr: Instr, known: KnownValues) -> Value | None:
    """1 * x = x"""
    definition = instr.definition
    if not definition.commutative or definition.neutral is None or len(instr.inputs) != 2:
        return None
    left, right = instr.inputs
    return right if _is_neutral(instr, known.number(left)) else None  # type: ignore[return-value]


def _is_neutral(instr: Instr, number: Any) -> bool:
    """Of the floats, only -0.0 is neutral in a sum, and only +0.0 may be subtracted."""
    neutral = instr.definition.neutral
    if number is None or number != neutral:
        return False
    if neutral != 0 or not instr.outputs[0].type.dtype.is_floating:
        return True
    return bool(np.signbit(number)) == instr.definition.commutative


def involution(instr: Instr, known: KnownValues) -> Value | None:
    """f(f(x)) = x"""
    if not instr.definition.involution:
        return None
    maker = known.producer(instr.inputs[0])
    if maker is None or maker.definition is not instr.definition:
        return None
    return maker.inputs[0]  # type: ignore[return-value]


def idempotent(instr: Instr, known: KnownValues) -> Value | None:
    """max(x, x) = x ; select(c, x, x) = x"""
    if not instr.definition.idempotent or len(instr.inputs) < 2:
        return None
    left, right = instr.inputs[-2:]
    return left if left is right else None  # type: ignore[return-value]


def no_axes(instr: Instr, known: KnownValues) -> Value | None:
    """sum(x, axes=[]) = x"""
    axes = instr.inputs[1] if instr.definition.reduce is not None else None
    if not isinstance(axes, Host) or axes.items.size:
        return None
    return instr.inputs[0]  # type: ignore[return-value]


RULES: tuple[Rule, ...] = (no_axes, neutral_right, neutral_left, involution, idempotent)
