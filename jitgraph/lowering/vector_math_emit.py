"""Stage lowering: a formula → an LLVM function inside the kernel that calls it.

In: a bound formula of vector math, which has no branches. Out: a Numba intrinsic. The formula is
run once a kernel on traced values, whose operators emit instructions: Numba has nothing to type,
so that the first kernel with a function costs no more than the second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from jitgraph.lowering import plain, rare_calls, scalar_intrinsics
from jitgraph.lowering.intrinsics import DOUBLE, FLOAT

_FLAGS = ("contract",)
_INTEGERS = {32: types.int32, 64: types.int64}
_FLOATS = {FLOAT: types.float32, DOUBLE: types.float64}


@dataclass(frozen=True, eq=False)
class Traced:
    """A value of the LLVM function being written; NumPy scalars beside it are constants."""

    builder: ir.IRBuilder
    value: ir.Value

    __array_ufunc__ = None

    @property
    def is_float(self) -> bool:
        """Whether it is a float, not an integer or a truth value."""
        return self.value.type in _FLOATS

    def _operand(self, other: Any) -> ir.Value:
        return other.value if isinstance(other, Traced) else _constant(self.value.type, other)

    def _binary(self, other: Any, name: str, swapped: bool = False) -> Traced:
        a, b = self.value, self._operand(other)
        if swapped:
            a, b = b, a
        if self.is_float:
            return self._made(getattr(self.builder, f"f{name}")(a, b, flags=_FLAGS))
        return self._made(getattr(self.builder, name)(a, b))

    def _compare(self, other: Any, how: str) -> Traced:
        a, b = self.value, self._operand(other)
        if self.is_float:
            return self._made(self.builder.fcmp_ordered(how, a, b))
        return self._made(self.builder.icmp_signed(how, a, b))

    def _made(self, value: ir.Value) -> Traced:
        return Traced(self.builder, value)

    def __add__(self, other: Any) -> Traced:
        return self._binary(other, "add")

    def __radd__(self, other: Any) -> Traced:
        return self._binary(other, "add", swapped=True)

    def __sub__(self, other: Any) -> Traced:
        return self._binary(other, "sub")

    def __rsub__(self, other: Any) -> Traced:
        return self._binary(other, "sub", swapped=True)

    def __mul__(self, other: Any) -> Traced:
        return self._binary(other, "mul")

    def __rmul__(self, other: Any) -> Traced:
        return self._binary(other, "mul", swapped=True)

    def __truediv__(self, other: Any) -> Traced:
        return self._binary(other, "div")

    def __rtruediv__(self, other: Any) -> Traced:
        return self._binary(other, "div", swapped=True)

    def __neg__(self) -> Traced:
        return self._made(self.builder.fneg(self.value))

    def __and__(self, other: Any) -> Traced:
        return self._made(self.builder.and_(self.value, self._operand(other)))

    def __or__(self, other: Any) -> Traced:
        return self._made(self.builder.or_(self.value, self._operand(other)))

    def __xor__(self, other: Any) -> Traced:
        return self._made(self.builder.xor(self.value, self._operand(other)))

    def __lshift__(self, other: Any) -> Traced:
        return self._made(self.builder.shl(self.value, self._operand(other)))

    def __rshift__(self, other: Any) -> Traced:
        return self._made(self.builder.ashr(self.value, self._operand(other)))

    def __lt__(self, other: Any) -> Traced:
        return self._compare(other, "<")

    def __le__(self, other: Any) -> Traced:
        return self._compare(other, "<=")

    def __gt__(self, other: Any) -> Traced:
        return self._compare(other, ">")

    def __ge__(self, other: Any) -> Traced:
        return self._compare(other, ">=")

    def __eq__(self, other: object) -> Any:
        return self._compare(other, "==")

    def __ne__(self, other: object) -> Any:
        if self.is_float:
            return self._made(self.builder.fcmp_unordered("!=", self.value, self._operand(other)))
        return self._compare(other, "!=")

    def __bool__(self) -> bool:
        raise TypeError("a formula of vector math must not branch: use select")


def _constant(kind: ir.Type, value: Any) -> ir.Value:
    return kind(float(value)) if kind in _FLOATS else kind(int(value))


def _kind(value: ir.Value) -> Any:
    return _FLOATS.get(value.type) or _INTEGERS.get(value.type.width, types.boolean)


def _operation(name: str, emit: Callable[..., Any]) -> Callable[..., Any]:
    """`emit(builder, kind, *values)` on traced values; the plain operation on constants."""
    evaluate = plain.namespace()[name]

    def operation(*operands: Any) -> Any:
        traced = next((x for x in reversed(operands) if isinstance(x, Traced)), None)
        if traced is None:
            return evaluate(*operands)
        values = [
            x.value if isinstance(x, Traced) else _constant(traced.value.type, x) for x in operands
        ]
        return Traced(traced.builder, emit(traced.builder, _kind(traced.value), *values))

    return operation


def _select(condition: Any, a: Any, b: Any) -> Any:
    kind = next((x.value.type for x in (a, b) if isinstance(x, Traced)), None)
    if kind is None:
        kind = DOUBLE if np.asarray(a).dtype == np.float64 else FLOAT
    a, b = (x.value if isinstance(x, Traced) else _constant(kind, x) for x in (a, b))
    return Traced(condition.builder, condition.builder.select(condition.value, a, b))


def _emit_bits_of(builder: Any, kind: Any, x: Any) -> Any:
    return builder.bitcast(x, ir.IntType(32 if x.type == FLOAT else 64))


def _cast(name: str, target: ir.Type, emit_name: str) -> Callable[..., Any]:
    def emit(builder: Any, kind: Any, x: Any) -> Any:
        return x if x.type == target else getattr(builder, emit_name)(x, target)

    return _operation(name, emit)


def operations() -> dict[str, Callable[..., Any]]:
    """What formulas call besides each other."""
    return {
        **{name: _operation(name, emit) for name, emit in scalar_intrinsics.EMITTERS.items()},
        **{name: _operation(name, emit) for name, emit in rare_calls.EMITTERS.items()},
        "select": _select,
        "bits_of": _operation("bits_of", _emit_bits_of),
        "float32_of_bits": _operation("float32_of_bits", lambda b, kind, x: b.bitcast(x, FLOAT)),
        "float64_of_bits": _operation("float64_of_bits", lambda b, kind, x: b.bitcast(x, DOUBLE)),
        "cast_float32": _cast("cast_float32", FLOAT, "fptrunc"),
        "cast_float64": _cast("cast_float64", DOUBLE, "fpext"),
        "cast_int32": _cast("cast_int32", ir.IntType(32), "trunc"),
    }


def emitted(formula: Callable[..., Any], dtype_name: str, arity: int) -> Any:
    """An intrinsic that calls the LLVM function made from `formula`."""
    kind = getattr(types, dtype_name)
    name = f"jitgraph_{formula.__name__}"

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.call(_function(builder.module, name, formula, dtype_name, arity), values)

    @intrinsic
    def unary(typing: Any, x: Any) -> Any:
        return kind(kind), emit

    @intrinsic
    def binary(typing: Any, x: Any, y: Any) -> Any:
        return kind(kind, kind), emit

    return unary if arity == 1 else binary


def _function(
    module: ir.Module, name: str, formula: Callable[..., Any], dtype_name: str, arity: int
) -> ir.Function:
    known = module.globals.get(name)
    if known is not None:
        return known
    real = FLOAT if dtype_name == "float32" else DOUBLE
    function = ir.Function(module, ir.FunctionType(real, [real] * arity), name)
    function.linkage = "internal"
    function.attributes.add("alwaysinline")
    builder = ir.IRBuilder(function.append_basic_block())
    result = formula(*(Traced(builder, argument) for argument in function.args))
    builder.ret(result.value)
    return function
