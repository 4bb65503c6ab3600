"""tf.debugging: what is finite, and checks."""

from __future__ import annotations

from jitgraph.ops.elementwise_rounding import is_finite, is_inf, is_nan

__all__ = [
    "is_finite",
    "is_inf",
    "is_nan",
]
