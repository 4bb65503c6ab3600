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
from jitgraph.ir.sizes import known_equal
from jitgraph.ops.constants import CONST


class _Known:
    """What the rules may ask of an instruction's inputs."""

    def __init__(self) -> None:
        self.producers: dict[Value, Instr] = {}

    def add(self, instr: Instr) -> None:
        self.producers.update(dict.fromkeys(instr.outputs, instr))

    def constant(self, value: Any) -> Any:
        """The one number that all elements of a constant are, None if there is no such."""
        maker = self.producers.get(value)
        if maker is None or maker.definition is not CONST:
            return None
        array = maker.attrs["value"]
        if array.size != 1 or array.dtype.kind not in "biuf":
            return None
        return array.reshape(-1)[0]


Rule = Callable[[Instr, _Known], "Value | None"]


def simplify_algebra(program: Program) -> Program:
    """Rewrites arithmetic by identities that hold bit for bit."""
    known = _Known()
    new: dict[Value, Value] = {}
    instrs: list[Instr] = []
    for instr in program.instrs:
        if new and any(given in new for given in instr.values):
            inputs = [new.get(x, x) if type(x) is Value else x for x in instr.inputs]
            instr = instr.with_inputs(inputs)
        simpler = _simplified(instr, known)
        if simpler is not None:
            new[instr.outputs[0]] = simpler
            continue
        instrs.append(instr)
        known.add(instr)
    return program.substitute(instrs, new) if new else program


def _simplified(instr: Instr, known: _Known) -> Value | None:
    definition = instr.definition
    if len(instr.outputs) != 1 or (definition.scalar is None and definition.reduce is None):
        return None
    for rule in RULES:
        found = rule(instr, known)
        if found is not None and _has_type(found, instr.outputs[0]):
            return found
    return None


def _has_type(found: Value, wanted: Value) -> bool:
    return found.type.dtype is wanted.type.dtype and _same_dims(found, wanted)


def _same_dims(left: Value, right: Value) -> bool:
    dims = left.type.dims, right.type.dims
    return len(dims[0]) == len(dims[1]) and all(map(known_equal, *dims))


def neutral_right(instr: Instr, known: _Known) -> Value | None:
    """x - 0 = x ; x * 1 = x ; x / 1 = x ; x ** 1 = x"""
    if instr.definition.neutral is None or len(instr.inputs) != 2:
        return None
    left, right = instr.inputs
    return left if _is_neutral(instr, known.constant(right)) else None  # type: ignore[return-value]


def neutral_left(instr: Instr, known: _Known) -> Value | None:
    """1 * x = x"""
    if not instr.definition.commutative or instr.definition.neutral is None:
        return None
    left, right = instr.inputs
    return right if _is_neutral(instr, known.constant(left)) else None  # type: ignore[return-value]


def _is_neutral(instr: Instr, number: Any) -> bool:
    if number is None or number != instr.definition.neutral:
        return False
    if not instr.outputs[0].type.dtype.is_floating:
        return True
    is_sum = instr.definition.neutral == 0 and instr.definition.commutative
    return not is_sum or bool(np.signbit(number))


def involution(instr: Instr, known: _Known) -> Value | None:
    """f(f(x)) = x"""
    if not instr.definition.involution:
        return None
    maker = known.producers.get(instr.inputs[0])  # type: ignore[arg-type]
    if maker is None or maker.definition is not instr.definition:
        return None
    return maker.inputs[0]  # type: ignore[return-value]


def idempotent(instr: Instr, known: _Known) -> Value | None:
    """max(x, x) = x"""
    if not instr.definition.idempotent or len(instr.inputs) != 2:
        return None
    left, right = instr.inputs
    return left if left is right else None  # type: ignore[return-value]


def no_axes(instr: Instr, known: _Known) -> Value | None:
    """sum(x, axes=[]) = x"""
    axes = instr.inputs[1] if instr.definition.reduce is not None else None
    if not isinstance(axes, Host) or axes.items.size:
        return None
    return instr.inputs[0]  # type: ignore[return-value]


RULES: tuple[Rule, ...] = (no_axes, neutral_right, neutral_left, involution, idempotent)
