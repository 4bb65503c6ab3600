"""What is known of the value of an operation when its operands lie within bounds.

In and out: `Bounds`, (least, greatest), None for what is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeGuard

Bounds = tuple[int | None, int | None]


def all_known(values: list[int | None]) -> TypeGuard[list[int]]:
    return None not in values


def both(left: Bounds, right: Bounds) -> Bounds:
    """The bounds of what lies within both."""
    return greatest(left, right)[0], least(left, right)[1]


def quotient(dividend: Bounds, divisor: Bounds) -> Bounds:
    (low, high), (smallest, most) = dividend, divisor
    if smallest is None or smallest <= 0:
        return None, None
    if low is not None:
        low = low // smallest if low < 0 else (0 if most is None else low // most)
    if high is not None:
        high = high // smallest if high >= 0 else (-1 if most is None else high // most)
    return low, high


def remainder(dividend: Bounds, divisor: Bounds) -> Bounds:
    if divisor[0] is None or divisor[0] <= 0:
        return None, None
    nonnegative = dividend[0] is not None and dividend[0] >= 0
    tops = [dividend[1] if nonnegative else None, None if divisor[1] is None else divisor[1] - 1]
    return 0, min((top for top in tops if top is not None), default=None)


def least(left: Bounds, right: Bounds) -> Bounds:
    lows = [left[0], right[0]]
    highs = [high for high in (left[1], right[1]) if high is not None]
    return min(lows) if all_known(lows) else None, min(highs, default=None)


def greatest(left: Bounds, right: Bounds) -> Bounds:
    lows = [low for low in (left[0], right[0]) if low is not None]
    highs = [left[1], right[1]]
    return max(lows, default=None), max(highs) if all_known(highs) else None


BOUNDS_OF: dict[str, Callable[[Bounds, Bounds], Bounds]] = {
    "//": quotient,
    "%": remainder,
    "min": least,
    "max": greatest,
}
