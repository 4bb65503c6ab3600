"""tf.debugging: what is finite, and checks."""

from __future__ import annotations

from jitgraph.frontend.assertions import Assert
from jitgraph.ops.elementwise_rounding import is_finite, is_inf, is_nan
from jitgraph.ops.numerics import (
    check_numerics,
    verify_tensor_all_finite as assert_all_finite,
)

__all__ = [
    "Assert",
    "assert_all_finite",
    "check_numerics",
    "is_finite",
    "is_inf",
    "is_nan",
]
