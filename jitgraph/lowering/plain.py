"""Stage lowering, plain Python flavour of the names that kernel sources use.

In: nothing. Out: `namespace()`: the names of `intrinsics.namespace()` over NumPy scalars and real
addresses, so that a kernel source runs without being compiled, in tests and under a debugger.
`args` may be anything that gives integers by index. Values overflow as NumPy scalars do: run a
source under `np.errstate(all="ignore")`.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np

from jitgraph.lowering import plain_rare_calls
from jitgraph.lowering.elements import ELEMENTS, Element

Words = Any
Scalar = Any


@dataclass(frozen=True)
class Pointer:
    """The address of elements of one dtype."""

    element: Element
    address: int


def value_dtype(element: Element) -> np.dtype[Any]:
    """The NumPy dtype in which values of a dtype are computed."""
    return np.dtype(element.computed)


def _memory_dtype(element: Element) -> np.dtype[Any]:
    if element.kind == "bool" or (element.bits == 16 and element.kind == "float"):
        return np.dtype(f"uint{element.bits}")
    return np.dtype(element.name)


def decode(element: Element, word: Scalar) -> Scalar:
    """What lies in memory → the value computed with."""
    if element.name == "float16":
        return np.float32(word.view(np.float16))
    if element.name == "bfloat16":
        return (np.uint32(word) << np.uint32(16)).view(np.float32)
    return np.bool_(word != 0) if element.kind == "bool" else word


def encode(element: Element, value: Scalar) -> Scalar:
    """A computed value → what lies in memory."""
    if element.name == "float16":
        return np.float16(np.float32(value)).view(np.uint16)
    if element.name == "bfloat16":
        return _bfloat16_bits(np.float32(value))
    return _memory_dtype(element).type(value)


def _bfloat16_bits(value: np.float32) -> np.uint16:
    bits = int(value.view(np.uint32))
    if np.isnan(value):
        return np.uint16((bits & 0x80000000 | 0x7FC00000) >> 16)
    return np.uint16((bits + 0x7FFF + (bits >> 16 & 1)) >> 16)


def _cells(address: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    memory = memoryview((ctypes.c_char * dtype.itemsize).from_address(address))
    return np.frombuffer(memory, dtype)


def _pointer(element: Element, args: Words, k: int) -> Pointer:
    return Pointer(element, int(args[k]))


@dataclass(frozen=True)
class _Local(Pointer):
    """Elements that a kernel holds itself."""

    held: np.ndarray[Any, Any]


def _local(element: Element, count: int) -> Pointer:
    held = np.zeros(count, _memory_dtype(element))
    return _Local(element, held.ctypes.data, held)


def _immediate(element: Element, args: Words, k: int) -> Scalar:
    words = np.array([int(args[k]), int(args[k + 1]) if element.bits > 64 else 0], np.int64)
    return decode(element, words.view(_memory_dtype(element))[0])


def load(pointer: Pointer, k: int, index: int) -> Scalar:
    """Element `index` of operand `k`."""
    dtype = _memory_dtype(pointer.element)
    return decode(pointer.element, _cells(pointer.address + int(index) * dtype.itemsize, dtype)[0])


def store(pointer: Pointer, k: int, index: int, value: Scalar) -> None:
    """Set element `index` of operand `k`."""
    dtype = _memory_dtype(pointer.element)
    cells = _cells(pointer.address + int(index) * dtype.itemsize, dtype)
    cells[0] = encode(pointer.element, value)


def fail(args: Words, reason: int) -> None:
    """Report bad data: `args[1] | reason` in the status word."""
    _cells(int(args[0]), np.dtype(np.int64))[0] = int(args[1]) | int(reason)


def _like(dtype: np.dtype[Any], value: int) -> Scalar:
    """A Python integer wrapped to `dtype`."""
    bits = dtype.itemsize * 8
    return np.array(value & (1 << bits) - 1, f"uint{bits}").view(dtype)[()]


def _unify(*values: Scalar) -> list[Scalar]:
    dtype = np.result_type(*(np.asarray(value).dtype for value in values))
    return [dtype.type(value) for value in values]


def reduce_add(a: Scalar, b: Scalar) -> Scalar:
    """a + b."""
    a, b = _unify(a, b)
    return a + b if a.dtype.kind in "fc" else _like(a.dtype, int(a) + int(b))


def reduce_mul(a: Scalar, b: Scalar) -> Scalar:
    """a * b."""
    a, b = _unify(a, b)
    return a * b if a.dtype.kind in "fc" else _like(a.dtype, int(a) * int(b))


def maximum(a: Scalar, b: Scalar) -> Scalar:
    """The greater; NaN if either is; +0 is greater than -0."""
    a, b = _unify(a, b)
    if a == b:
        return b if np.signbit(a) else a
    return np.maximum(a, b)


def minimum(a: Scalar, b: Scalar) -> Scalar:
    """The lesser; NaN if either is; -0 is less than +0."""
    a, b = _unify(a, b)
    if a == b:
        return b if np.signbit(b) else a
    return np.minimum(a, b)


def fma(a: Scalar, b: Scalar, c: Scalar) -> Scalar:
    """a*b + c, rounded once (float32: by way of float64)."""
    a, b, c = _unify(a, b, c)
    if a.dtype.kind != "f":
        return _like(a.dtype, int(a) * int(b) + int(c))
    plain_sum = a * b + c
    if not np.isfinite(plain_sum):
        return plain_sum
    exact = _exact(a) * _exact(b) + _exact(c)
    return a.dtype.type(float(exact)) if exact else plain_sum


def _exact(x: Scalar) -> Fraction:
    return Fraction(float(x))


def trunc_div(a: Scalar, b: Scalar) -> Scalar:
    """The quotient rounded towards zero, wrapped."""
    a, b = _unify(a, b)
    quotient = abs(int(a)) // abs(int(b))
    return _like(a.dtype, quotient if (a < 0) == (b < 0) else -quotient)


def trunc_mod(a: Scalar, b: Scalar) -> Scalar:
    """The rest of `trunc_div`: it has the sign of `a`."""
    a, b = _unify(a, b)
    rest = abs(int(a)) % abs(int(b))
    return _like(a.dtype, -rest if a < 0 else rest)


def floor_div(a: Scalar, b: Scalar) -> Scalar:
    """The quotient rounded down, wrapped."""
    a, b = _unify(a, b)
    return _like(a.dtype, int(a) // int(b))


def floor_mod(a: Scalar, b: Scalar) -> Scalar:
    """The rest of `floor_div`: it has the sign of `b`."""
    a, b = _unify(a, b)
    return _like(a.dtype, int(a) % int(b))


def _shift_amount(a: Scalar, b: Scalar) -> int:
    width: int = a.dtype.itemsize * 8
    return min(max(int(b), 0), width - 1)


def shift_left(a: Scalar, b: Scalar) -> Scalar:
    """a << b, the amount clamped to the width."""
    a, b = _unify(a, b)
    return _like(a.dtype, int(a) << _shift_amount(a, b))


def shift_right(a: Scalar, b: Scalar) -> Scalar:
    """a >> b with the sign, the amount clamped to the width."""
    a, b = _unify(a, b)
    return _like(a.dtype, int(a) >> _shift_amount(a, b))


def popcount(x: Scalar) -> np.uint8:
    """How many bits of the two's complement are set."""
    (x,) = _unify(x)
    return np.uint8((int(x) & (1 << x.dtype.itemsize * 8) - 1).bit_count())


def select(condition: Scalar, a: Scalar, b: Scalar) -> Scalar:
    """`a` if `condition` else `b`; both are evaluated."""
    a, b = _unify(a, b)
    return a if condition else b


def sqrt(x: Scalar) -> Scalar:
    """The square root."""
    return np.sqrt(x)


def floor(x: Scalar) -> Scalar:
    """Rounded down."""
    return np.floor(x)


def rint(x: Scalar) -> Scalar:
    """Rounded to the nearest integer, halves to even."""
    return np.rint(x)


def copysign(x: Scalar, y: Scalar) -> Scalar:
    """The size of `x` with the sign of `y`."""
    return np.copysign(x, y)


def sign(x: Scalar) -> Scalar:
    """-1, 0 or 1; a zero or NaN is returned as it is."""
    (x,) = _unify(x)
    return x if x != x or x == 0 else x.dtype.type(1 if x > 0 else -1)


def absolute(x: Scalar) -> Scalar:
    """|x|; the least integer stays as it is."""
    (x,) = _unify(x)
    return np.abs(x) if x.dtype.kind in "fc" else _like(x.dtype, abs(int(x)))


def bits_of(x: Scalar) -> Scalar:
    """The bits of a float as an integer of its width."""
    return x.view(np.int32 if x.dtype == np.float32 else np.int64)


def float32_of_bits(bits: Scalar) -> np.float32:
    """The float32 with these bits."""
    return np.int32(bits).view(np.float32)


def float64_of_bits(bits: Scalar) -> np.float64:
    """The float64 with these bits."""
    return np.int64(bits).view(np.float64)


def complex_of(real: Scalar, imag: Scalar) -> Scalar:
    """real + imag*i; a product with i would spoil infinities."""
    real, imag = _unify(real, imag)
    dtype = np.complex64 if real.dtype == np.float32 else np.complex128
    return np.array([real, imag], real.dtype).view(dtype)[0]


def _cast(element: Element, x: Scalar) -> Scalar:
    (x,) = _unify(x)
    if element.kind == "bool":
        return np.bool_(x != 0)
    if x.dtype.kind == "c" and element.kind != "complex":
        x = x.real
    if element.kind in ("int", "uint"):
        dtype = value_dtype(element)
        return _like(dtype, _truncated(x, element) if x.dtype.kind == "f" else int(x))
    value = value_dtype(element).type(x)
    return decode(element, encode(element, value)) if element.bits == 16 else value


def _truncated(x: Scalar, element: Element) -> int:
    """C truncation as x86 does it, before the low bits are taken."""
    width = 64 if element.bits == 64 or element.name == "uint32" else 32
    least = -(1 << width - 1)
    if not np.isfinite(x):
        return 0 if element.name == "uint64" and x == np.inf else least
    whole = int(x)
    if element.name == "uint64" and whole >= 1 << 63:
        return whole if whole < 1 << 64 else 0
    return whole if least <= whole < -least else least


@cache
def namespace() -> dict[str, Callable[..., Any]]:
    """Every name of `intrinsics.namespace()`, in plain Python."""
    public = (
        load, store, fail, reduce_add, reduce_mul, maximum, minimum, fma, trunc_div, trunc_mod,
        floor_div, floor_mod, shift_left, shift_right, popcount, select, sqrt, floor, rint,
        copysign, sign, absolute, bits_of, float32_of_bits, float64_of_bits, complex_of,
    )  # fmt: skip
    from_numpy: dict[str, Callable[..., Any]] = {
        "ceil": np.ceil, "trunc": np.trunc, "is_nan": np.isnan, "is_inf": np.isinf,
        "is_finite": np.isfinite,
        "real": np.real, "imag": np.imag, "conj": np.conj, "abs": absolute, "complex": complex_of,
    }  # fmt: skip
    names: dict[str, Callable[..., Any]] = {f.__name__: f for f in public}
    names.update(from_numpy)
    names.update({name: getattr(plain_rare_calls, name) for name in plain_rare_calls.NAMES})
    for element in ELEMENTS.values():
        names[f"ptr_{element.name}"] = partial(_pointer, element)
        names[f"local_{element.name}"] = partial(_local, element)
        names[f"imm_{element.name}"] = partial(_immediate, element)
        names[element.name] = names[f"cast_{element.name}"] = partial(_cast, element)
    return names
