"""Stage lowering, plain Python flavour of `rare_calls`: a fast result, or the exact one.

In: a formula's result and its arguments, NumPy scalars. Out: that result, or, where it may be
wrong, what the C library gives.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Float = Any

NAMES = ("sin_if_far", "cos_if_far", "tan_if_far", "remainder_if_wrong")

FARTHEST = 2.0**45
"""The greatest angle that formulas of vector math reduce."""


def _if_far(exact: Callable[[Any], Any]) -> Callable[[Float, Float], Float]:
    def chosen(fast: Float, x: Float) -> Float:
        return type(fast)(exact(np.float64(x))) if abs(x) > FARTHEST else fast

    return chosen


sin_if_far = _if_far(np.sin)
cos_if_far = _if_far(np.cos)
tan_if_far = _if_far(np.tan)


def remainder_if_wrong(fast: Float, x: Float, y: Float) -> Float:
    """`fast` if it can be the remainder of x / y, neither of which is negative."""
    return fast if 0 <= fast < y else np.fmod(x, y)
