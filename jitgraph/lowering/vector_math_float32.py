"""Stage lowering: the numbers of float32 vector math.

In: nothing. Out: the constants and polynomials over which `vector_math_formulas` is bound for
float32: the names are those of `vector_math_float64`. Polynomials are minimax fits.
"""

from __future__ import annotations

import numpy as np

from jitgraph.lowering.polynomial import Polynomial

FLOAT = np.float32

ZERO = FLOAT(0.0)
QUARTER = FLOAT(0.25)
HALF = FLOAT(0.5)
ONE = FLOAT(1.0)
TWO = FLOAT(2.0)
FOUR = FLOAT(4.0)
INFINITY = FLOAT(np.inf)
NAN = FLOAT(np.nan)
MANTISSA_BITS = 23
EXPONENT_MASK = 0xFF
HALF_TURN_SHIFT = 30
ONE_BITS = np.int32(0x3F800000)
LOG_OFFSET = np.int32(0x4AFB0D)
SQUARE_MASK = np.int32(-4096)
ROUNDER = FLOAT(12582912.0)
ROUNDER_BITS = np.int32(0x4B400000)
BIASED_ROUNDER = FLOAT(12583039.0)
SMALLEST_NORMAL = FLOAT(1.1754944e-38)
SUBNORMAL_SCALE = FLOAT(3.3554432e07)
SUBNORMAL_EXPONENT = FLOAT(25.0)
NEGLIGIBLE = FLOAT(7.450581e-09)
HUGE = FLOAT(6.7108864e07)
EXP_MIN = FLOAT(-104.5)
EXP_MAX = FLOAT(89.5)
EXPM1_MIN = FLOAT(-18.0)
EXPM1_MAX = FLOAT(88.8)
TANH_MAX = FLOAT(10.0)
ERFC_MAX = FLOAT(10.6)
TANH_SPLIT = FLOAT(0.75)
ERF_SPLIT = FLOAT(0.9)
ERF_MAX = FLOAT(3.92)
LOG2_E = FLOAT(1.442695)
LN2_HI = FLOAT(0.69314575)
LN2_LO = FLOAT(1.4286068e-06)
LN2 = FLOAT(0.6931472)
PI_1 = FLOAT(3.1415927)
PI_2 = FLOAT(-8.742278e-08)
HALF_PI_1 = FLOAT(1.5707964)
HALF_PI_2 = FLOAT(-4.371139e-08)

# (expm1(r) - r) / r**2, |r| < ln(2)/2
expm1_polynomial = Polynomial(
    FLOAT,
    (
        0.49999997,
        0.16666542,
        0.041667193,
        0.008366688,
        0.0013883419,
    ),
)
# (log1p(f) - f + f**2/2) / f**3, 1+f between sqrt(1/2) and sqrt(2)
log_tail_polynomial = Polynomial(
    FLOAT,
    (
        0.33333313,
        -0.2500001,
        0.20002124,
        -0.1666801,
        0.14219464,
        -0.1240528,
        0.118885644,
        -0.116777584,
        0.06748252,
    ),
)
# (sin(r) - r) / r**3 in z, |r| < pi/4
sine_polynomial = Polynomial(
    FLOAT,
    (
        -0.16666667,
        0.008333329,
        -0.00019839311,
        2.7181159e-06,
    ),
)
# (cos(r) - 1 + z/2) / z**2 in z, |r| < pi/4
cosine_polynomial = Polynomial(
    FLOAT,
    (
        0.041666668,
        -0.0013888883,
        2.4799461e-05,
        -2.720576e-07,
    ),
)
# (atan(t) - t) / t**3 in z, |t| < 1
atan_polynomial = Polynomial(
    FLOAT,
    (
        -0.333333,
        0.1999855,
        -0.14264268,
        0.10952323,
        -0.084038466,
        0.05796421,
        -0.031184208,
        0.010917875,
        -0.0017943167,
    ),
)
# (asin(t) - t) / t**3 in z, |t| < 1/2
asin_polynomial = Polynomial(
    FLOAT,
    (
        0.16666752,
        0.07495294,
        0.045470946,
        0.024176018,
        0.042173486,
    ),
)
# (sinh(t) - t) / t**3 in z, |t| < 1
sinh_polynomial = Polynomial(
    FLOAT,
    (
        0.16666667,
        0.00833335,
        0.0001983616,
        2.8169582e-06,
    ),
)
# erf(t)/t - 1 in z, |t| < 0.9
erf_polynomial = Polynomial(
    FLOAT,
    (
        0.12837917,
        -0.37612635,
        0.11283715,
        -0.026860509,
        0.0052038603,
        -0.00081756443,
        8.5130996e-05,
    ),
)
# (1 + 2*a) * exp(a**2) * erfc(a) in t = (a - 4)/(a + 4)
erfcx_polynomial = Polynomial(
    FLOAT,
    (
        1.2329952,
        -0.13962112,
        0.0153796235,
        0.06809715,
        -0.10103815,
        0.09373186,
        -0.0663413,
        0.037165266,
        -0.01614369,
        0.0050894693,
        -0.0008380416,
        -0.0003676463,
        8.142496e-05,
    ),
)

# In float64, with the accuracy that a float32 result needs:
# (2**r - 1) / r, |r| < 1/2
exp2_short_polynomial = Polynomial(
    np.float64,
    (
        0.693147206965625,
        0.24022651374209125,
        0.05550326326748776,
        0.009618000613106832,
        0.001340084218104587,
        0.00015477187010004483,
    ),
)
# log2((1 + s)/(1 - s)) / s in z, |s| < 0.1716
log2_short_polynomial = Polynomial(
    np.float64,
    (
        2.8853900817901477,
        0.9617966732745518,
        0.5770835964458532,
        0.4116720920279937,
        0.34074080380917376,
    ),
)

# erf(t)/t as a quotient of polynomials in z, |t| < 3.92
erf_numerator = Polynomial(
    FLOAT,
    (
        1.1283791065216064,
        0.19040732085704803,
        0.05274884030222893,
        0.0037656547501683235,
        0.0002848837757483125,
        2.0500833670666907e-06,
    ),
)
erf_denominator = Polynomial(
    FLOAT,
    (
        1.0,
        0.5020768642425537,
        0.11410947144031525,
        0.014969293028116226,
        0.0011625450570136309,
        3.8091726310085505e-05,
    ),
)
