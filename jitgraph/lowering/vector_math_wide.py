"""Stage lowering: the parts of formulas that float64 has to itself.

In: a float64. Out: what `vector_math_formulas` calls by the same name in either precision.
`vector_math_narrow` has the float32 versions.
"""

from __future__ import annotations

from typing import Any

from jitgraph.lowering.plain import bits_of, fma
from jitgraph.lowering.vector_math_float64 import (
    HALF,
    HALF_PI_1,
    HALF_PI_2,
    HALF_PI_3,
    INVERSE_HALF_PI,
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


def quarter_turns(a: Float) -> tuple[Float, Bits]:
    """a - n*pi/2, and an integer whose lowest bits are those of n."""
    t = a * INVERSE_HALF_PI + ROUNDER
    minus_n = ROUNDER - t
    r = fma(minus_n, HALF_PI_2, fma(minus_n, HALF_PI_1, a))
    return fma(minus_n, HALF_PI_3, r), bits_of(t)
