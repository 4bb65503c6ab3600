"""Stage lowering: elementary functions without branches, so that loops over them vectorise.

In: a float. Out: the function's value, within the bounds of `vector_math.ULP_BOUNDS`, exact at
infinities, NaN and zeros. Read as float64; `vector_math` binds the same code over the constants
of float32, and over plain Python or Numba operations.

`select(c, a, b)` evaluates both sides. Products may be contracted with sums to fused ones, and
nothing else may be rearranged: where a product must be rounded on its own it is `fma(a, b, ZERO)`.
Adding ROUNDER rounds to an integer, which is then in the low bits of the sum.
"""

from __future__ import annotations

from typing import Any

from jitgraph.lowering.plain import (
    absolute,
    bits_of,
    copysign,
    float64_of_bits as of_bits,
    maximum,
    minimum,
    select,
    sqrt,
)
from jitgraph.lowering.plain_rare_calls import cos_if_far, sin_if_far, tan_if_far
from jitgraph.lowering.vector_math_float64 import (
    BIASED_ROUNDER,
    ERF_SPLIT,
    ERFC_MAX,
    EXP_MAX,
    EXP_MIN,
    EXPM1_MAX,
    EXPM1_MIN,
    EXPONENT_MASK,
    FOUR,
    HALF,
    HALF_PI_1,
    HALF_PI_2,
    HALF_TURN_SHIFT,
    HUGE,
    INFINITY,
    LN2,
    LN2_HI,
    LN2_LO,
    LOG2_E,
    LOG_OFFSET,
    MANTISSA_BITS,
    NAN,
    NEGLIGIBLE,
    ONE,
    ONE_BITS,
    PI_1,
    PI_2,
    QUARTER,
    ROUNDER,
    ROUNDER_BITS,
    SMALLEST_NORMAL,
    SQUARE_MASK,
    SUBNORMAL_EXPONENT,
    SUBNORMAL_SCALE,
    TANH_MAX,
    TANH_SPLIT,
    TWO,
    ZERO,
    asin_polynomial,
    atan_polynomial,
    cosine_polynomial,
    erf_polynomial,
    erfcx_polynomial,
    expm1_polynomial,
    sine_polynomial,
    sinh_polynomial,
)
from jitgraph.lowering.vector_math_wide import log_tail, quarter_turns

Float = Any
Bits = Any


def power_of_two(n: Float) -> Float:
    """2**n for an integral n whose power is a normal number."""
    return of_bits(bits_of(n + BIASED_ROUNDER) << MANTISSA_BITS)


def scaled(y: Float, n: Float) -> Float:
    """y * 2**n in two steps, right up to overflow and into subnormal numbers."""
    half = (n * HALF + ROUNDER) - ROUNDER
    return y * power_of_two(half) * power_of_two(n - half)


def clamped(x: Float, low: Float, high: Float) -> Float:
    """`x` between `low` and `high`; NaN stays."""
    return minimum(maximum(x, low), high)


def exp(x: Float) -> Float:
    """e**x."""
    x = clamped(x, EXP_MIN, EXP_MAX)
    n = (x * LOG2_E + ROUNDER) - ROUNDER
    r = (x - n * LN2_HI) - n * LN2_LO
    return scaled(ONE + (r + r * r * expm1_polynomial(r)), n)


def exp_of_sum(x: Float, tail: Float) -> Float:
    """e**(x + tail) for a tail that is small beside x."""
    x = clamped(x, EXP_MIN, EXP_MAX)
    n = ((x + tail) * LOG2_E + ROUNDER) - ROUNDER
    r = ((x - n * LN2_HI) - n * LN2_LO) + tail
    return scaled(ONE + (r + r * r * expm1_polynomial(r)), n)


def half_exp(x: Float) -> Float:
    """e**x / 2, which overflows later than e**x."""
    x = clamped(x, EXP_MIN, EXP_MAX)
    n = (x * LOG2_E + ROUNDER) - ROUNDER
    r = (x - n * LN2_HI) - n * LN2_LO
    return scaled(ONE + (r + r * r * expm1_polynomial(r)), n - ONE)


def expm1(x: Float) -> Float:
    """e**x - 1, exact to the last bits near zero."""
    a = clamped(x, EXPM1_MIN, EXPM1_MAX)
    n = (a * LOG2_E + ROUNDER) - ROUNDER
    r = (a - n * LN2_HI) - n * LN2_LO
    p = r + r * r * expm1_polynomial(r)
    half_power = power_of_two(n - ONE)
    y = TWO * (half_power * p + (half_power - HALF))
    return select(absolute(x) < NEGLIGIBLE, x, y)


def log_of_positive(u: Float, correction: Float) -> Float:
    """log(u) + correction for a positive finite u."""
    is_subnormal = u < SMALLEST_NORMAL
    u = select(is_subnormal, u * SUBNORMAL_SCALE, u)
    bits = bits_of(u)
    biased = ((bits + LOG_OFFSET) >> MANTISSA_BITS) & EXPONENT_MASK
    f = of_bits(bits - (biased << MANTISSA_BITS) + ONE_BITS) - ONE
    n = of_bits(biased | ROUNDER_BITS) - BIASED_ROUNDER
    n = select(is_subnormal, n - SUBNORMAL_EXPONENT, n)
    half_square = HALF * f * f
    return n * LN2_HI + (f - (half_square - (log_tail(f) + (n * LN2_LO + correction))))


def log(x: Float) -> Float:
    """The natural logarithm."""
    y = select(x < INFINITY, log_of_positive(x, ZERO), x)
    return select(x <= ZERO, select(x == ZERO, -INFINITY, NAN), y)


def log1p(x: Float) -> Float:
    """log(1 + x), exact to the last bits near zero."""
    u = ONE + x
    lost = select(x > ONE, ONE - (u - x), x - (u - ONE))
    y = select(x < INFINITY, log_of_positive(u, lost / u), x)
    y = select(x <= -ONE, select(x == -ONE, -INFINITY, NAN), y)
    return select(absolute(x) < NEGLIGIBLE, x, y)


def tanh(x: Float) -> Float:
    """The hyperbolic tangent, by powers e**(-2|x|): q near zero, 1 - q beyond."""
    size = absolute(x)
    a = -TWO * minimum(size, TANH_MAX)
    n = (a * LOG2_E + ROUNDER) - ROUNDER
    r = (a - n * LN2_HI) - n * LN2_LO
    p = r + r * r * expm1_polynomial(r)
    power = power_of_two(n)
    is_large = size > TANH_SPLIT
    e = power * p + select(is_large, power, power - ONE)
    q = select(is_large, TWO * e, -e) / (e + select(is_large, ONE, TWO))
    y = select(is_large, ONE - q, q)
    return copysign(select(size < NEGLIGIBLE, size, y), x)


def sigmoid(x: Float) -> Float:
    """1 / (1 + e**-x)."""
    e = exp(-absolute(x))
    return select(x < ZERO, e, ONE) / (ONE + e)


def softplus(x: Float) -> Float:
    """log(1 + e**x)."""
    e = exp(-absolute(x))
    u = ONE + e
    return maximum(x, ZERO) + log_of_positive(u, (e - (u - ONE)) / u)


def log_sigmoid(x: Float) -> Float:
    """log(1 / (1 + e**-x))."""
    return -softplus(-x)


def erfc_of_positive(a: Float) -> Float:
    """erfc(a) = e**(-a*a) * erfcx(a) for a not negative."""
    a = minimum(a, ERFC_MAX)
    h = erfcx_polynomial((a - FOUR) / (a + FOUR)) / (ONE + TWO * a)
    high = of_bits(bits_of(a) & SQUARE_MASK)
    rest = (a - high) * (a + high)
    return exp_of_sum(-high * high, -rest) * h


def erfc(x: Float) -> Float:
    """The complementary error function."""
    a = absolute(x)
    y = erfc_of_positive(a)
    y = select(x < ZERO, TWO - y, y)
    return select(a < HALF, ONE - (x + x * erf_polynomial(x * x)), y)


def erf(x: Float) -> Float:
    """The error function."""
    a = absolute(x)
    y = copysign(ONE - erfc_of_positive(a), x)
    return select(a < ERF_SPLIT, x + x * erf_polynomial(x * x), y)


def sine_and_cosine(r: Float) -> tuple[Float, Float]:
    """Those of |r| up to pi/4; of 0, if the argument was too large to be reduced to that."""
    r = select(absolute(r) > ONE, ZERO, r)
    z = r * r
    return r + r * (z * sine_polynomial(z)), ONE - (HALF * z - z * z * cosine_polynomial(z))


def signed(y: Float, bits: Bits) -> Float:
    """`y` with its sign turned if the sign bit of `bits` is set."""
    return of_bits(bits_of(y) ^ (bits & bits_of(-ZERO)))


def sin(x: Float) -> Float:
    """The sine."""
    r, turns = quarter_turns(absolute(x))
    sine, cosine = sine_and_cosine(r)
    y = select((turns & 1) != 0, cosine, sine)
    return sin_if_far(signed(y, (turns << HALF_TURN_SHIFT) ^ bits_of(x)), x)


def cos(x: Float) -> Float:
    """The cosine."""
    r, turns = quarter_turns(absolute(x))
    sine, cosine = sine_and_cosine(r)
    y = select((turns & 1) != 0, sine, cosine)
    return cos_if_far(signed(y, (turns + 1) << HALF_TURN_SHIFT), x)


def tan(x: Float) -> Float:
    """The tangent."""
    r, turns = quarter_turns(absolute(x))
    sine, cosine = sine_and_cosine(r)
    is_odd = (turns & 1) != 0
    y = select(is_odd, -cosine, sine) / select(is_odd, sine, cosine)
    return tan_if_far(signed(y, bits_of(x)), x)


def sinh(x: Float) -> Float:
    """The hyperbolic sine."""
    a = absolute(x)
    z = a * a
    e = half_exp(a)
    y = select(a < ONE, a + a * (z * sinh_polynomial(z)), e - QUARTER / e)
    return copysign(y, x)


def cosh(x: Float) -> Float:
    """The hyperbolic cosine."""
    e = half_exp(absolute(x))
    return e + QUARTER / e


def asin_of_small(t: Float) -> Float:
    """asin(t) for |t| up to 1/2."""
    z = t * t
    return t + t * (z * asin_polynomial(z))


def asin(x: Float) -> Float:
    """The inverse sine."""
    a = absolute(x)
    is_large = a > HALF
    p = asin_of_small(select(is_large, sqrt(HALF - HALF * a), a))
    return copysign(select(is_large, (HALF_PI_1 - TWO * p) + HALF_PI_2, p), x)


def acos(x: Float) -> Float:
    """The inverse cosine."""
    a = absolute(x)
    is_large = a > HALF
    p = asin_of_small(select(is_large, sqrt(HALF - HALF * a), x))
    large = select(x > ZERO, TWO * p, (PI_1 - TWO * p) + PI_2)
    return select(is_large, large, HALF_PI_1 - (p - HALF_PI_2))


def atan_of_small(t: Float) -> Float:
    """atan(t) for t between 0 and 1."""
    z = t * t
    return t + t * (z * atan_polynomial(z))


def atan(x: Float) -> Float:
    """The inverse tangent."""
    a = absolute(x)
    is_large = a > ONE
    p = atan_of_small(select(is_large, ONE / a, a))
    return copysign(select(is_large, (HALF_PI_1 - p) + HALF_PI_2, p), x)


def atan2(y: Float, x: Float) -> Float:
    """The angle of the point (x, y)."""
    a, b = absolute(x), absolute(y)
    is_steep = b > a
    high, low = select(is_steep, b, a), select(is_steep, a, b)
    t = select(low == high, select(high == ZERO, ZERO, ONE), low / high)
    p = atan_of_small(t)
    p = select(is_steep, (HALF_PI_1 - p) + HALF_PI_2, p)
    p = select(bits_of(x) < 0, (PI_1 - p) + PI_2, p)
    return copysign(select((x == x) & (y == y), p, NAN), y)


def asinh(x: Float) -> Float:
    """The inverse hyperbolic sine."""
    a = absolute(x)
    is_huge = a > HUGE
    w = a + a * a / (ONE + sqrt(a * a + ONE))
    y = log1p(select(is_huge, a, w)) + select(is_huge, LN2, ZERO)
    return copysign(y, x)


def acosh(x: Float) -> Float:
    """The inverse hyperbolic cosine."""
    t = x - ONE
    is_huge = x > HUGE
    w = t + sqrt(t * (t + TWO))
    y = log1p(select(is_huge, x, w)) + select(is_huge, LN2, ZERO)
    return select(x < ONE, NAN, y)


def atanh(x: Float) -> Float:
    """The inverse hyperbolic tangent."""
    a = absolute(x)
    return copysign(HALF * log1p(TWO * a / (ONE - a)), x)


def rsqrt(x: Float) -> Float:
    """1 / sqrt(x)."""
    return ONE / sqrt(x)
