"""What is allowed: tolerances in units in the last place, and intended differences with reasons.

In: nothing. Out: two literal tables and the look-ups in them.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

EXACT = 0.0
ARITHMETIC = 16.0
"""2e-6 relative in float32."""
HALF = {"float16": 2.0, "bfloat16": 2.0}
GRADIENT = 4.0
"""Gradients are made of several ops: this many times the op's own tolerance."""

TOLERANCES: dict[str, float] = {}
"""Ops that are allowed more (or less) than ARITHMETIC."""

DIFFERENCES: dict[str, str] = {}
"""Intended differences: "op/stage/kind/dtype of the first input" as a pattern, and why."""


def tolerance(op: str, is_movement: bool, dtype: str, stage: str) -> float:
    """The distance that is allowed."""
    if is_movement and stage == "value":
        return EXACT
    allowed = TOLERANCES.get(op, HALF.get(dtype, ARITHMETIC))
    return allowed * GRADIENT if stage == "gradient" else allowed


def intended(op: str, stage: str, kind: str, dtype: str) -> str | None:
    """The pattern of the intended difference that covers this, or None."""
    place = f"{op}/{stage}/{kind}/{dtype}"
    return next((pattern for pattern in DIFFERENCES if fnmatchcase(place, pattern)), None)
