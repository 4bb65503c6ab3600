"""Stage lowering: the formulas that float64 has to itself.

In: a float64. Out: what `vector_math_formulas` calls by the same name in either precision
(`half_turns`, `log_tail`), and functions whose float32 version is the float64 one rounded.
"""

from __future__ import annotations

from typing import Any

from jitgraph.lowering.plain import absolute, bits_of, floor, fma, select
from jitgraph.lowering.plain import float64_of_bits as of_bits
from jitgraph.lowering.vector_math_float64 import (
    BIASED_ROUNDER,
    EXP_MAX,
    EXP_MIN,
    EXPONENT_MASK,
    HALF,
    HALF_PI_1,
    HALF_PI_2,
    HALF_PI_3,
    INFINITY,
    INVERSE_HALF_PI,
    INVERSE_PI,
    LN2_HI,
    LN2_LO,
    LOG2_E,
    LOG_OFFSET,
    MANTISSA_BITS,
    NAN,
    ONE,
    ONE_BITS,
    PI_1,
    PI_2,
    PI_3,
    POW_MAX,
    ROUNDER,
    ROUNDER_BITS,
    SMALLEST_NORMAL,
    SUBNORMAL_EXPONENT,
    SUBNORMAL_SCALE,
    THIRD_1,
    THIRD_2,
    TWO,
    ZERO,
    expm1_polynomial,
    log_ratio_polynomial,
    pow_ratio_polynomial,
    tan_cos_polynomial,
    tan_sin_polynomial,
)

Float = Any
Bits = Any


def log_tail(f: Float) -> Float:
    """log(1 + f) - f + f*f/2."""
    s = f / (TWO + f)
    z = s * s
    return s * (HALF * f * f + z * log_ratio_polynomial(z))


def half_turns(a: Float) -> tuple[Float, Bits]:
    """a - n*pi, and an integer whose lowest bit is that of n."""
    t = a * INVERSE_PI + ROUNDER
    minus_n = ROUNDER - t
    return fma(minus_n, PI_3, fma(minus_n, PI_2, fma(minus_n, PI_1, a))), bits_of(t)


def half_turns_shifted(a: Float) -> tuple[Float, Bits]:
    """a - (n - 1/2)*pi, and an integer whose lowest bit is that of n."""
    t = (a * INVERSE_PI + HALF) + ROUNDER
    minus_n = (ROUNDER - t) + HALF
    return fma(minus_n, PI_3, fma(minus_n, PI_2, fma(minus_n, PI_1, a))), bits_of(t)


def tan(x: Float) -> Float:
    """The tangent."""
    a = absolute(x)
    t = a * INVERSE_HALF_PI + ROUNDER
    minus_n = ROUNDER - t
    r = fma(minus_n, HALF_PI_3, fma(minus_n, HALF_PI_2, fma(minus_n, HALF_PI_1, a)))
    r = select(absolute(r) > ONE, ZERO, r)
    z = r * r
    sine = r + r * (z * tan_sin_polynomial(z))
    cosine = ONE - (HALF * z - z * z * tan_cos_polynomial(z))
    is_odd = (bits_of(t) & 1) != 0
    y = select(is_odd, -cosine, sine) / select(is_odd, sine, cosine)
    return of_bits(bits_of(y) ^ (bits_of(x) & bits_of(-ZERO)))


def exp_of_sum(x: Float, tail: Float) -> Float:
    """e**(x + tail) for a tail that is small beside x."""
    x = select(x < EXP_MIN, EXP_MIN, x)
    x = select(x > EXP_MAX, EXP_MAX, x)
    n = (x * LOG2_E + ROUNDER) - ROUNDER
    r = ((x - n * LN2_HI) - n * LN2_LO) + tail
    y = ONE + (r + r * r * expm1_polynomial(r))
    half = (n * HALF + ROUNDER) - ROUNDER
    first = of_bits(bits_of(half + BIASED_ROUNDER) << MANTISSA_BITS)
    return y * first * of_bits(bits_of((n - half) + BIASED_ROUNDER) << MANTISSA_BITS)


def log_in_two_parts(u: Float) -> tuple[Float, Float]:
    """log(u) for a positive finite u, as a sum good to about 2**-64."""
    is_subnormal = u < SMALLEST_NORMAL
    u = select(is_subnormal, u * SUBNORMAL_SCALE, u)
    bits = bits_of(u)
    biased = ((bits + LOG_OFFSET) >> MANTISSA_BITS) & EXPONENT_MASK
    f = of_bits(bits - (biased << MANTISSA_BITS) + ONE_BITS) - ONE
    n = of_bits(biased | ROUNDER_BITS) - BIASED_ROUNDER
    n = select(is_subnormal, n - SUBNORMAL_EXPONENT, n)
    half_log, half_rest = atanh_in_two_parts(f)
    power = n * LN2_HI
    high = power + TWO * half_log
    low = (power - high) + TWO * half_log
    return high, low + (TWO * half_rest + n * LN2_LO)


def atanh_in_two_parts(f: Float) -> tuple[Float, Float]:
    """atanh(s) = s + s**3*(1/3 + ...) with s = f / (2 + f), which is log(1 + f) / 2."""
    d = TWO + f
    d_rest = f - (d - TWO)
    s = f / d
    s_rest = (fma(-s, d, f) - s * d_rest) / d
    z = s * s
    z_rest = fma(s, s, -z) + TWO * s * s_rest
    q = pow_ratio_polynomial(z)
    third = fma(z, q, THIRD_1)
    third_rest = fma(z, q, THIRD_1 - third) + THIRD_2
    cube = z * s
    cube_rest = fma(z, s, -cube) + (z * s_rest + z_rest * s)
    high = fma(cube, third, s)
    low = fma(cube, third, s - high)
    return high, low + (cube * third_rest + cube_rest * third + s_rest)


def pow(x: Float, y: Float) -> Float:
    """x**y as IEEE 754 has it: 1 for y = 0 and for x = 1."""
    a = absolute(x)
    high, low = log_in_two_parts(a)
    high = select(a < INFINITY, high, a)
    high = select(a == ZERO, -INFINITY, high)
    high = select(a == ONE, ZERO, high)
    product = fma(y, high, ZERO)
    is_usual = absolute(product) < POW_MAX
    tail = select(is_usual, fma(y, high, -product) + y * low, ZERO)
    product = select((a == ONE) & (y == y), ZERO, product)
    size = exp_of_sum(product, tail)
    is_odd = (floor(y) == y) & (floor(HALF * y) != HALF * y)
    sign = select(is_odd, bits_of(x) & bits_of(-ZERO), bits_of(ZERO))
    signed = of_bits(bits_of(size) ^ sign)
    is_undefined = (x < ZERO) & (a < INFINITY) & (floor(y) != y)
    signed = select(is_undefined, NAN, signed)
    return select((x == ONE) | (y == ZERO), ONE, signed)
