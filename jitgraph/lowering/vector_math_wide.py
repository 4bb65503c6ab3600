"""Stage lowering: the parts of formulas that float64 has to itself.

In: a float64. Out: what `vector_math_formulas` calls by the same name in either precision.
`vector_math_narrow` has the float32 versions.
"""

from __future__ import annotations

from typing import Any

from jitgraph.lowering.plain import bits_of, fma
from jitgraph.lowering.vector_math_float64 import (
    HALF,
    INVERSE_PI,
    PI_1,
    PI_2,
    PI_3,
    ROUNDER,
    TWO,
    log_ratio_polynomial,
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
