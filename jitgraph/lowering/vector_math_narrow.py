"""Stage lowering: the formulas that float32 has to itself.

In: a float32. Out: what `vector_math_formulas` calls by the same name in either precision, and
functions that are cheapest to get right in float64: their results are rounded once.
"""

from __future__ import annotations

from typing import Any

from jitgraph.lowering import vector_math_float64 as wide_numbers
from jitgraph.lowering import vector_math_formulas as formulas
from jitgraph.lowering import vector_math_gamma as gamma
from jitgraph.lowering import vector_math_wide as wide
from jitgraph.lowering.plain import namespace
from jitgraph.lowering.vector_math_float32 import log_tail_polynomial

Float = Any
Bits = Any

cast_float32 = namespace()["cast_float32"]
cast_float64 = namespace()["cast_float64"]
cast_int32 = namespace()["cast_int32"]
fma = namespace()["fma"]
bits_of = namespace()["bits_of"]
WIDE_INVERSE_PI = wide_numbers.INVERSE_PI
WIDE_ROUNDER = wide_numbers.ROUNDER
WIDE_HALF = wide_numbers.HALF
WIDE_PI_1 = wide_numbers.PI_1
WIDE_PI_2 = wide_numbers.PI_2
wide_pow = wide.pow
wide_tan = wide.tan
wide_asinh = formulas.asinh
wide_acosh = formulas.acosh
wide_atanh = formulas.atanh
wide_lgamma = gamma.lgamma
wide_digamma = gamma.digamma


def log_tail(f: Float) -> Float:
    """log(1 + f) - f + f*f/2."""
    return f * f * f * log_tail_polynomial(f)


def half_turns(a: Float) -> tuple[Float, Bits]:
    """a - n*pi, and an integer whose lowest bit is that of n."""
    w = cast_float64(a)
    t = w * WIDE_INVERSE_PI + WIDE_ROUNDER
    minus_n = WIDE_ROUNDER - t
    r = fma(minus_n, WIDE_PI_2, fma(minus_n, WIDE_PI_1, w))
    return cast_float32(r), cast_int32(bits_of(t))


def half_turns_shifted(a: Float) -> tuple[Float, Bits]:
    """a - (n - 1/2)*pi, and an integer whose lowest bit is that of n."""
    w = cast_float64(a)
    t = (w * WIDE_INVERSE_PI + WIDE_HALF) + WIDE_ROUNDER
    minus_n = (WIDE_ROUNDER - t) + WIDE_HALF
    r = fma(minus_n, WIDE_PI_2, fma(minus_n, WIDE_PI_1, w))
    return cast_float32(r), cast_int32(bits_of(t))


def tan(x: Float) -> Float:
    """The tangent."""
    return cast_float32(wide_tan(cast_float64(x)))


def pow(x: Float, y: Float) -> Float:
    """x**y as IEEE 754 has it: 1 for y = 0 and for x = 1."""
    return cast_float32(wide_pow(cast_float64(x), cast_float64(y)))


def asinh(x: Float) -> Float:
    """The inverse hyperbolic sine."""
    return cast_float32(wide_asinh(cast_float64(x)))


def acosh(x: Float) -> Float:
    """The inverse hyperbolic cosine."""
    return cast_float32(wide_acosh(cast_float64(x)))


def atanh(x: Float) -> Float:
    """The inverse hyperbolic tangent."""
    return cast_float32(wide_atanh(cast_float64(x)))


def lgamma(x: Float) -> Float:
    """log(|gamma(x)|)."""
    return cast_float32(wide_lgamma(cast_float64(x)))


def digamma(x: Float) -> Float:
    """The derivative of log(gamma(x))."""
    return cast_float32(wide_digamma(cast_float64(x)))
