"""Stage lowering: pow of float64, which needs more digits inside than it returns.

In: float64. Out: the function's value. A product whose rounding error is taken up later is
written `fma(a, b, ZERO)`, so that it can't be contracted with the sum that follows.
"""

from __future__ import annotations

from typing import Any

from jitgraph.lowering.plain import (
    absolute,
    bits_of,
    float64_of_bits as of_bits,
    floor,
    fma,
    select,
)
from jitgraph.lowering.vector_math_float64 import (
    BIASED_ROUNDER,
    EXPONENT_MASK,
    HALF,
    INFINITY,
    LN2_HI,
    LN2_LO,
    LOG_OFFSET,
    MANTISSA_BITS,
    NAN,
    ONE,
    ONE_BITS,
    POW_MAX,
    ROUNDER_BITS,
    SMALLEST_NORMAL,
    SUBNORMAL_EXPONENT,
    SUBNORMAL_SCALE,
    THIRD_1,
    THIRD_2,
    TWO,
    ZERO,
    digamma_tail_polynomial,
    pow_ratio_polynomial,
)
from jitgraph.lowering.vector_math_formulas import exp_of_sum

Float = Any


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


def digamma_tail(z: Float) -> Float:
    """(log(x) - 1/(2*x) - digamma(x)) / z for z = 1/x**2."""
    return digamma_tail_polynomial(z)
