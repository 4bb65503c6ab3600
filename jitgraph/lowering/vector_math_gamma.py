"""Stage lowering: lgamma and digamma of float64; loops over them do not vectorise.

In: a float64. Out: the function's value. The bounds of `vector_math.ULP_BOUNDS` do not hold beside
their zeros, where the error is small only as an absolute number.
"""

from __future__ import annotations

from math import inf, isinf, lgamma as libm_lgamma
from typing import Any

from jitgraph.lowering.plain import floor, rint
from jitgraph.lowering.vector_math_float64 import (
    INFINITY,
    ONE,
    PI_1,
    ZERO,
)
from jitgraph.lowering.vector_math_formulas import log, tan
from jitgraph.lowering.vector_math_power import digamma_tail

Float = Any
_ASYMPTOTIC = 10.0


def c_lgamma(x: Float) -> Float:
    """lgamma of the C library, infinite at its poles as C has it."""
    if isinf(x) or (x <= 0.0 and x == floor(x)):
        return inf
    return libm_lgamma(x)


def lgamma(x: Float) -> Float:
    """log(|gamma(x)|)."""
    return c_lgamma(x)


def digamma(x: Float) -> Float:
    """The derivative of log(gamma(x)): by recurrence to 10 and more, then asymptotically.

    At its poles it is infinity, as TensorFlow has it.
    """
    if not x < INFINITY:
        return x
    if x <= ZERO and floor(x) == x:
        return INFINITY
    total = ZERO
    if x < ZERO:
        total = -PI_1 / tan(PI_1 * (x - rint(x)))
        x = ONE - x
    while x < _ASYMPTOTIC:
        total = total - ONE / x
        x = x + ONE
    z = ONE / (x * x)
    return total + (log(x) - (ONE / (x + x) + z * digamma_tail(z)))
