"""Stage lowering: remainders of floats, exact for every pair.

In: a float32 or float64. Out: x - n * y, where n is x / y rounded towards zero or down. One
quotient tells n if it has no more digits than a float; else the C library is asked.
"""

from __future__ import annotations

from typing import Any

from jitgraph.lowering.plain import absolute, copysign, floor, fma, select
from jitgraph.lowering.plain_rare_calls import remainder_if_wrong
from jitgraph.lowering.vector_math_float64 import ZERO

Float = Any


def fmod(x: Float, y: Float) -> Float:
    """The remainder with the sign of x."""
    a, b = absolute(x), absolute(y)
    rest = fma(-floor(a / b), b, a)
    rest = select(rest < ZERO, rest + b, rest)
    return copysign(remainder_if_wrong(rest, a, b), x)


def floor_fmod(x: Float, y: Float) -> Float:
    """The remainder with the sign of y."""
    rest = fmod(x, y)
    is_moved = ((x < ZERO) ^ (y < ZERO)) & (rest != ZERO)
    return select(is_moved, rest + y, rest)
