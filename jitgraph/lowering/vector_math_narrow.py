"""Stage lowering: the formulas that float32 has to itself.

In: a float32. Out: what `vector_math_formulas` calls by the same name in either precision, and
functions that are cheapest to get right in float64: their results are rounded once.
"""

from __future__ import annotations

from typing import Any

from jitgraph.lowering import vector_math_float64 as wide
from jitgraph.lowering.plain import (
    absolute,
    bits_of,
    float64_of_bits,
    floor,
    fma,
    maximum,
    minimum,
    namespace,
    select,
)
from jitgraph.lowering.vector_math_float32 import (
    ERF_MAX,
    ONE,
    erf_denominator,
    erf_numerator,
    exp2_short_polynomial,
    log2_short_polynomial,
    log_tail_polynomial,
)
from jitgraph.lowering.vector_math_gamma import digamma as wide_digamma, lgamma as wide_lgamma

Float = Any
Bits = Any

cast_float32 = namespace()["cast_float32"]
cast_float64 = namespace()["cast_float64"]
cast_int32 = namespace()["cast_int32"]
WIDE_ZERO = wide.ZERO
WIDE_HALF = wide.HALF
WIDE_ONE = wide.ONE
WIDE_TWO = wide.TWO
WIDE_INFINITY = wide.INFINITY
WIDE_NAN = wide.NAN
WIDE_MANTISSA_BITS = wide.MANTISSA_BITS
WIDE_EXPONENT_MASK = wide.EXPONENT_MASK
WIDE_ONE_BITS = wide.ONE_BITS
WIDE_LOG_OFFSET = wide.LOG_OFFSET
WIDE_ROUNDER = wide.ROUNDER
WIDE_ROUNDER_BITS = wide.ROUNDER_BITS
WIDE_BIASED_ROUNDER = wide.BIASED_ROUNDER
WIDE_INVERSE_HALF_PI = wide.INVERSE_HALF_PI
WIDE_HALF_PI_1 = wide.HALF_PI_1
WIDE_HALF_PI_2 = wide.HALF_PI_2
POW_LIMIT = wide.FLOAT(300.0)


def log_tail(f: Float) -> Float:
    """log(1 + f) - f + f*f/2."""
    return f * f * f * log_tail_polynomial(f)


def quarter_turns(a: Float) -> tuple[Float, Bits]:
    """a - n*pi/2, and an integer whose lowest bits are those of n."""
    w = cast_float64(a)
    t = w * WIDE_INVERSE_HALF_PI + WIDE_ROUNDER
    minus_n = WIDE_ROUNDER - t
    r = fma(minus_n, WIDE_HALF_PI_2, fma(minus_n, WIDE_HALF_PI_1, w))
    return cast_float32(r), cast_int32(bits_of(t))


def log2_of_widened(a: Float) -> Float:
    """log2(a) to 36 bits, for a float64 that is zero, infinite or a normal number above 0."""
    bits = bits_of(a)
    biased = ((bits + WIDE_LOG_OFFSET) >> WIDE_MANTISSA_BITS) & WIDE_EXPONENT_MASK
    f = float64_of_bits(bits - (biased << WIDE_MANTISSA_BITS) + WIDE_ONE_BITS) - WIDE_ONE
    n = float64_of_bits(biased | WIDE_ROUNDER_BITS) - WIDE_BIASED_ROUNDER
    s = f / (WIDE_TWO + f)
    y = n + s * log2_short_polynomial(s * s)
    y = select(a == WIDE_ZERO, -WIDE_INFINITY, y)
    return select(a < WIDE_INFINITY, y, a)


def exp2_of_product(t: Float) -> Float:
    """2**t to 28 bits, from 0 to infinity when rounded to float32."""
    t = minimum(maximum(t, -POW_LIMIT), POW_LIMIT)
    n = (t + WIDE_ROUNDER) - WIDE_ROUNDER
    r = t - n
    power = float64_of_bits(bits_of(n + WIDE_BIASED_ROUNDER) << WIDE_MANTISSA_BITS)
    return power + power * (r * exp2_short_polynomial(r))


def pow(x: Float, y: Float) -> Float:
    """x**y as IEEE 754 has it: 1 for y = 0 and for x = 1."""
    v, w = cast_float64(x), cast_float64(y)
    a = absolute(v)
    t = w * log2_of_widened(a)
    t = select((a == WIDE_ONE) & (w == w), WIDE_ZERO, t)
    size = exp2_of_product(t)
    half = WIDE_HALF * w
    is_whole = floor(w) == w
    is_odd = is_whole & (floor(half) != half)
    is_negative = bits_of(v) < 0
    signed = select(is_odd & is_negative, -size, size)
    is_undefined = (v < WIDE_ZERO) & (a < WIDE_INFINITY) & (floor(w) != w)
    signed = select(is_undefined, WIDE_NAN, signed)
    return cast_float32(select((v == WIDE_ONE) | (w == WIDE_ZERO), WIDE_ONE, signed))


def lgamma(x: Float) -> Float:
    """log(|gamma(x)|)."""
    return cast_float32(wide_lgamma(cast_float64(x)))


def digamma(x: Float) -> Float:
    """The derivative of log(gamma(x))."""
    return cast_float32(wide_digamma(cast_float64(x)))


def erf(x: Float) -> Float:
    """The error function: one quotient of polynomials, a third of the time of the exact way."""
    t = minimum(maximum(x, -ERF_MAX), ERF_MAX)
    z = t * t
    y = t * erf_numerator(z) / erf_denominator(z)
    return select(absolute(x) < ERF_MAX, y, minimum(maximum(x, -ONE), ONE))
