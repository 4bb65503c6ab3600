"""Stage lowering, Numba flavour: scalar operations whose meaning Python's operators don't have.

In: nothing. Out: `namespace()`, joined to that of `intrinsics`. All are branch-free, so that the
loops around them vectorise. Imports Numba: import it only where something is compiled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from jitgraph.lowering.elements import ELEMENTS, Element
from jitgraph.lowering.intrinsics import DOUBLE, FLOAT, decode, encode, value_type

_REASSOCIATE = ("reassoc", "contract")
Emit = Callable[..., Any]


def _llvm_call(builder: Any, name: str, *values: Any) -> Any:
    suffix = {FLOAT: "f32", DOUBLE: "f64"}.get(values[0].type) or f"i{values[0].type.width}"
    kind = ir.FunctionType(values[0].type, [value.type for value in values])
    function = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.{suffix}")
    return builder.call(function, values)


def _same_type(emit: Emit, arity: int) -> Any:
    """An intrinsic over `arity` operands of one type, to which they are converted."""

    def typed(typing: Any, *operands: Any) -> Any:
        unified = typing.unify_types(*(types.unliteral(operand) for operand in operands))
        if unified is None:
            return None

        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return emit(builder, unified, *values)

        return unified(*[unified] * arity), code

    return _ARITIES[arity](typed)


def _unary(typed: Any) -> Any:
    @intrinsic
    def unary(typing: Any, x: Any) -> Any:
        return typed(typing, x)

    return unary


def _binary(typed: Any) -> Any:
    @intrinsic
    def binary(typing: Any, a: Any, b: Any) -> Any:
        return typed(typing, a, b)

    return binary


def _ternary(typed: Any) -> Any:
    @intrinsic
    def ternary(typing: Any, a: Any, b: Any, c: Any) -> Any:
        return typed(typing, a, b, c)

    return ternary


_ARITIES = {1: _unary, 2: _binary, 3: _ternary}


def _is_signed(numba_type: Any) -> bool:
    return bool(getattr(numba_type, "signed", False))


def _parts(builder: Any, value: Any) -> list[Any]:
    return [builder.extract_value(value, i) for i in range(2)]


def _emit_reduce_add(builder: Any, kind: Any, a: Any, b: Any) -> Any:
    if isinstance(kind, types.Complex):
        pairs = zip(_parts(builder, a), _parts(builder, b), strict=True)
        sums = [builder.fadd(x, y, flags=_REASSOCIATE) for x, y in pairs]
        return cgutils.pack_struct(builder, sums)
    if isinstance(kind, types.Float):
        return builder.fadd(a, b, flags=_REASSOCIATE)
    return builder.add(a, b)


def _emit_reduce_mul(builder: Any, kind: Any, a: Any, b: Any) -> Any:
    if isinstance(kind, types.Complex):
        return _complex_product(builder, a, b)
    if isinstance(kind, types.Float):
        return builder.fmul(a, b, flags=_REASSOCIATE)
    return builder.mul(a, b)


def _complex_product(builder: Any, a: Any, b: Any) -> Any:
    (ar, ai), (br, bi) = _parts(builder, a), _parts(builder, b)
    real = builder.fsub(builder.fmul(ar, br), builder.fmul(ai, bi))
    imag = builder.fadd(builder.fmul(ar, bi), builder.fmul(ai, br))
    return cgutils.pack_struct(builder, [real, imag])


def _emit_extremum(float_name: str, comparison: str) -> Emit:
    def emit(builder: Any, kind: Any, a: Any, b: Any) -> Any:
        if isinstance(kind, types.Float):
            return _llvm_call(builder, float_name, a, b)
        compare = builder.icmp_signed if _is_signed(kind) else builder.icmp_unsigned
        return builder.select(compare(comparison, a, b), a, b)

    return emit


def _emit_fma(builder: Any, kind: Any, a: Any, b: Any, c: Any) -> Any:
    if isinstance(kind, types.Float):
        return _llvm_call(builder, "fma", a, b, c)
    return builder.add(builder.mul(a, b), c)


def _emit_float(name: str) -> Emit:
    return lambda builder, kind, *values: _llvm_call(builder, name, *values)


@intrinsic
def _absolute(typing: Any, x: Any) -> Any:
    kind = types.unliteral(x)
    result = kind.underlying_float if isinstance(kind, types.Complex) else kind

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return _emit_absolute(builder, kind, values[0])

    return result(kind), emit


def _hypotenuse(builder: Any, z: Any) -> Any:
    """|z| without overflow: the greater part times sqrt(1 + (lesser/greater)**2)."""
    a, b = (_llvm_call(builder, "fabs", part) for part in _parts(builder, z))
    is_greater = builder.fcmp_ordered(">", a, b)
    high, low = builder.select(is_greater, a, b), builder.select(is_greater, b, a)
    ratio = builder.fdiv(low, high)
    root = _llvm_call(builder, "sqrt", builder.fadd(a.type(1.0), builder.fmul(ratio, ratio)))
    is_zero = builder.fcmp_ordered("==", builder.fadd(a, b), a.type(0.0))
    size = builder.select(is_zero, a, builder.fmul(high, root))
    infinity = a.type(float("inf"))
    is_infinite = builder.or_(*(builder.fcmp_ordered("==", p, infinity) for p in (a, b)))
    return builder.select(is_infinite, infinity, size)


def _emit_absolute(builder: Any, kind: Any, x: Any) -> Any:
    if isinstance(kind, types.Complex):
        return _hypotenuse(builder, x)
    if isinstance(kind, types.Float):
        return _llvm_call(builder, "fabs", x)
    if not _is_signed(kind):
        return x
    return builder.select(builder.icmp_signed("<", x, x.type(0)), builder.neg(x), x)


def _emit_sign(builder: Any, kind: Any, x: Any) -> Any:
    if isinstance(kind, types.Float):
        one = _llvm_call(builder, "copysign", x.type(1.0), x)
        is_moved = builder.fcmp_ordered("one", x, x.type(0.0))
        return builder.select(is_moved, one, x)
    above = builder.zext(_compare(builder, kind, ">", x, x.type(0)), x.type)
    if not _is_signed(kind):
        return above
    below = builder.zext(_compare(builder, kind, "<", x, x.type(0)), x.type)
    return builder.sub(above, below)


def _compare(builder: Any, kind: Any, how: str, a: Any, b: Any) -> Any:
    compare = builder.icmp_signed if _is_signed(kind) else builder.icmp_unsigned
    return compare(how, a, b)


def _divisor(builder: Any, kind: Any, b: Any) -> tuple[Any, Any]:
    """The divisor without the values that trap, 0 and -1, and whether it was one of them."""
    if not _is_signed(kind):
        special = builder.icmp_unsigned("==", b, b.type(0))
    else:
        special = builder.icmp_unsigned("<", builder.add(b, b.type(1)), b.type(2))
    return builder.select(special, b.type(1), b), special


def _emit_trunc_div(builder: Any, kind: Any, a: Any, b: Any) -> Any:
    safe, special = _divisor(builder, kind, b)
    if not _is_signed(kind):
        return builder.udiv(a, safe)
    return builder.select(special, builder.neg(a), builder.sdiv(a, safe))


def _emit_trunc_mod(builder: Any, kind: Any, a: Any, b: Any) -> Any:
    safe, _ = _divisor(builder, kind, b)
    return builder.srem(a, safe) if _is_signed(kind) else builder.urem(a, safe)


def _emit_floor_mod(builder: Any, kind: Any, a: Any, b: Any) -> Any:
    rest = _emit_trunc_mod(builder, kind, a, b)
    if not _is_signed(kind):
        return rest
    return builder.select(_is_off(builder, rest, b), builder.add(rest, b), rest)


def _emit_floor_div(builder: Any, kind: Any, a: Any, b: Any) -> Any:
    quotient = _emit_trunc_div(builder, kind, a, b)
    if not _is_signed(kind):
        return quotient
    rest = builder.sub(a, builder.mul(quotient, b))
    lower = builder.sub(quotient, quotient.type(1))
    return builder.select(_is_off(builder, rest, b), lower, quotient)


def _is_off(builder: Any, rest: Any, b: Any) -> Any:
    """Whether the truncated quotient is one above the floored one."""
    differs = builder.icmp_signed("<", builder.xor(rest, b), rest.type(0))
    return builder.and_(differs, builder.icmp_signed("!=", rest, rest.type(0)))


def _shift_amount(builder: Any, kind: Any, amount: Any) -> Any:
    top = amount.type(amount.type.width - 1)
    amount = builder.select(_compare(builder, kind, ">", amount, top), top, amount)
    return builder.select(_compare(builder, kind, "<", amount, top.type(0)), top.type(0), amount)


def _emit_shift_left(builder: Any, kind: Any, a: Any, b: Any) -> Any:
    return builder.shl(a, _shift_amount(builder, kind, b))


def _emit_shift_right(builder: Any, kind: Any, a: Any, b: Any) -> Any:
    amount = _shift_amount(builder, kind, b)
    return builder.ashr(a, amount) if _is_signed(kind) else builder.lshr(a, amount)


@intrinsic
def _popcount(typing: Any, x: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        count = _llvm_call(builder, "ctpop", values[0])
        return builder.trunc(count, ir.IntType(8)) if count.type.width > 8 else count

    return types.uint8(types.unliteral(x)), emit


@intrinsic
def _select(typing: Any, condition: Any, a: Any, b: Any) -> Any:
    unified = typing.unify_types(types.unliteral(a), types.unliteral(b))

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.select(*values)

    return unified(types.boolean, unified, unified), emit


def _predicate(emit: Emit) -> Any:
    @intrinsic
    def predicate(typing: Any, x: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            parts = values
            if isinstance(x, types.Complex):
                parts = _parts(builder, values[0])
            return emit(builder, *parts)

        return types.boolean(x), code

    return predicate


def _emit_is_nan(builder: Any, *parts: Any) -> Any:
    return builder.fcmp_unordered("uno", parts[0], parts[-1])


def _emit_is_inf(builder: Any, *parts: Any) -> Any:
    tests = [_magnitude_test(builder, "oeq", part) for part in parts]
    return tests[0] if len(tests) == 1 else builder.or_(*tests)


def _emit_is_finite(builder: Any, *parts: Any) -> Any:
    tests = [_magnitude_test(builder, "olt", part) for part in parts]
    return tests[0] if len(tests) == 1 else builder.and_(*tests)


def _magnitude_test(builder: Any, how: str, part: Any) -> Any:
    magnitude = _llvm_call(builder, "fabs", part)
    return builder.fcmp_ordered(
        how[1:].replace("eq", "==").replace("lt", "<"), magnitude, part.type(float("inf"))
    )


@intrinsic
def _bits_of(typing: Any, x: Any) -> Any:
    integer = types.int32 if x == types.float32 else types.int64

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.bitcast(values[0], ir.IntType(integer.bitwidth))

    return integer(x), emit


def _float_from_bits(numba_type: Any, integer: Any, llvm_type: Any) -> Any:
    @intrinsic
    def from_bits(typing: Any, bits: Any) -> Any:
        def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return builder.bitcast(values[0], llvm_type)

        return numba_type(integer), emit

    return from_bits


@intrinsic
def _real(typing: Any, z: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.extract_value(values[0], 0)

    return z.underlying_float(z), emit


@intrinsic
def _imag(typing: Any, z: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.extract_value(values[0], 1)

    return z.underlying_float(z), emit


@intrinsic
def _conj(typing: Any, z: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        real, imag = _parts(builder, values[0])
        return cgutils.pack_struct(builder, [real, builder.fneg(imag)])

    return z(z), emit


@intrinsic
def _complex_of(typing: Any, real: Any, imag: Any) -> Any:
    part = typing.unify_types(types.unliteral(real), types.unliteral(imag))
    result = types.complex64 if part == types.float32 else types.complex128
    part = result.underlying_float

    def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return cgutils.pack_struct(builder, values)

    return result(part, part), emit


def _cast_intrinsic(element: Element) -> Any:
    @intrinsic
    def cast(typing: Any, x: Any) -> Any:
        source = types.unliteral(x)
        result = value_type(element.name)

        def emit(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            return _convert(context, builder, source, element, values[0])

        return result(source), emit

    return cast


def _convert(context: Any, builder: Any, source: Any, element: Element, value: Any) -> Any:
    if element.kind == "complex":
        return context.cast(builder, value, source, value_type(element.name))
    if isinstance(source, types.Complex):
        if element.kind == "bool":
            real, imag = (_is_nonzero(builder, part) for part in _parts(builder, value))
            return builder.or_(real, imag)
        value, source = builder.extract_value(value, 0), source.underlying_float
    if element.kind == "bool":
        return value if source == types.boolean else _is_nonzero(builder, value)
    if element.kind == "float":
        return _to_float(context, builder, source, element, value)
    if isinstance(source, types.Float):
        return _float_to_integer(builder, element, value)
    return _resize(builder, source, element, value)


def _is_nonzero(builder: Any, value: Any) -> Any:
    if isinstance(value.type, ir.IntType):
        return builder.icmp_unsigned("!=", value, value.type(0))
    return builder.fcmp_unordered("!=", value, value.type(0.0))


def _to_float(context: Any, builder: Any, source: Any, element: Element, value: Any) -> Any:
    target = FLOAT if element.computed == "float32" else DOUBLE
    if isinstance(source, types.Float):
        wide = (
            value
            if value.type == target
            else (builder.fpext if target == DOUBLE else builder.fptrunc)(value, target)
        )
    elif _is_signed(source):
        wide = builder.sitofp(value, target)
    else:
        wide = builder.uitofp(value, target)
    if element.bits == 16:
        return decode(builder, element, encode(builder, element, wide))
    return wide


def _resize(builder: Any, source: Any, element: Element, value: Any) -> Any:
    target = ir.IntType(element.bits)
    if value.type.width == element.bits:
        return value
    if value.type.width > element.bits:
        return builder.trunc(value, target)
    return (builder.sext if _is_signed(source) else builder.zext)(value, target)


def _float_to_integer(builder: Any, element: Element, value: Any) -> Any:
    """C truncation as x86 does it: what does not fit gives the least value of the register."""
    if element.name == "uint64":
        return _float_to_uint64(builder, value)
    width = 64 if element.bits == 64 or element.name == "uint32" else 32
    wide = _truncate(builder, value, width)
    return wide if width == element.bits else builder.trunc(wide, ir.IntType(element.bits))


def _truncate(builder: Any, value: Any, width: int) -> Any:
    integer, limit = ir.IntType(width), float(1 << (width - 1))
    above = builder.fcmp_ordered(">=", value, value.type(-limit))
    fits = builder.and_(above, builder.fcmp_ordered("<", value, value.type(limit)))
    return builder.select(fits, builder.fptosi(value, integer), integer(-(1 << (width - 1))))


def _float_to_uint64(builder: Any, value: Any) -> Any:
    limit = value.type(float(1 << 63))
    low = _truncate(builder, value, 64)
    high = _truncate(builder, builder.fsub(value, limit), 64)
    high = builder.xor(high, high.type(-(1 << 63)))
    return builder.select(builder.fcmp_unordered("<", value, limit), low, high)


_UNARY = {
    "sign": _emit_sign,
    "sqrt": _emit_float("sqrt"),
    "floor": _emit_float("floor"),
    "ceil": _emit_float("ceil"),
    "rint": _emit_float("rint"),
    "trunc": _emit_float("trunc"),
}
_BINARY = {
    "reduce_add": _emit_reduce_add,
    "reduce_mul": _emit_reduce_mul,
    "maximum": _emit_extremum("maximum", ">"),
    "minimum": _emit_extremum("minimum", "<"),
    "copysign": _emit_float("copysign"),
    "floor_div": _emit_floor_div,
    "floor_mod": _emit_floor_mod,
    "trunc_div": _emit_trunc_div,
    "trunc_mod": _emit_trunc_mod,
    "shift_left": _emit_shift_left,
    "shift_right": _emit_shift_right,
}


EMITTERS: dict[str, Emit] = {
    **_UNARY,
    **_BINARY,
    "fma": _emit_fma,
    "absolute": _emit_absolute,
}
"""How to emit each operation on operands of one type: `emit(builder, numba_type, *values)`."""


def _casts() -> dict[str, Any]:
    """`cast_float32` and the like; `float32` is the same, as kernel sources spell literals."""
    casts = {element.name: _cast_intrinsic(element) for element in ELEMENTS.values()}
    return {**casts, **{f"cast_{name}": cast for name, cast in casts.items()}}


def namespace() -> dict[str, Any]:
    """Every scalar intrinsic by the name that kernel sources call it."""
    return {
        **{name: _same_type(emit, 1) for name, emit in _UNARY.items()},
        **{name: _same_type(emit, 2) for name, emit in _BINARY.items()},
        **_casts(),
        "absolute": _absolute,
        "abs": _absolute,
        "fma": _same_type(_emit_fma, 3),
        "select": _select,
        "popcount": _popcount,
        "is_nan": _predicate(_emit_is_nan),
        "is_inf": _predicate(_emit_is_inf),
        "is_finite": _predicate(_emit_is_finite),
        "bits_of": _bits_of,
        "float32_of_bits": _float_from_bits(types.float32, types.int32, FLOAT),
        "float64_of_bits": _float_from_bits(types.float64, types.int64, DOUBLE),
        "real": _real,
        "imag": _imag,
        "conj": _conj,
        "complex_of": _complex_of,
        "complex": _complex_of,
    }
