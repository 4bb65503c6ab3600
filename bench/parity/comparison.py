"""How far two results are apart, in units in the last place of the result's dtype.

In: jitgraph's array, TensorFlow's. Out: the worst distance (infinite where one is nan or infinite
and the other isn't) or what is wrong with shape or dtype.
"""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

FLUSHES = ("float32", "float64", "bfloat16", "complex64", "complex128")
"""TensorFlow's kernels take and give zero for denormal numbers of these."""


def misfit(found: Any, wanted: Any) -> str | None:
    """How shape or dtype differ, or None."""
    if found.shape != wanted.shape:
        return f"shape {found.shape}, TensorFlow's {wanted.shape}"
    if found.dtype != wanted.dtype:
        return f"dtype {found.dtype}, TensorFlow's {wanted.dtype}"
    return None


def distances(found: Any, wanted: Any, least: float | None = None) -> np.ndarray:
    """Each element's distance: in units of its own last place, or of `least`'s if that is larger;
    without `least` in units of the largest element's last place.

    Signs of zero and kinds of nan are not compared. Results that would be denormal may be zero.
    """
    kind = _kind(wanted.dtype)
    if kind is None:
        return np.where(found == wanted, 0.0, np.inf)
    left, right = found.astype(kind), wanted.astype(kind)
    same = (left == right) | (np.isnan(left) & np.isnan(right))
    finite = np.isfinite(left) & np.isfinite(right)
    size = np.where(finite, np.abs(right), 0.0)
    scale = np.maximum(size, size.max(initial=0.0) if least is None else least)
    ends = _ends(wanted.dtype)
    with np.errstate(all="ignore"):
        gap = np.abs(np.where(finite, left - right, 0.0))
        unit = np.exp2(np.floor(np.log2(np.maximum(scale, ends.smallest_normal)))) * ends.eps
        result = np.where(same, 0.0, np.where(finite, gap / unit, np.inf))
    if wanted.dtype.name in FLUSHES:
        result[finite & (np.abs(left) <= ends.smallest_normal) & (size <= ends.smallest_normal)] = 0
    return result


def unless_flushed(found: Any, wanted: Any) -> np.ndarray:
    """Distances for denormal inputs, which come first, the same inputs flushed to zero second.

    Where TensorFlow makes no difference between the two, it flushed: nothing to compare with.
    """
    half = len(wanted) // 2
    result = distances(found, wanted, least=0.0)
    flushed = distances(wanted[:half], wanted[half:], least=0.0) == 0
    result[:half][flushed] = 0
    return result


def _kind(dtype: Any) -> Any:
    if dtype.kind == "c":
        return np.complex128
    return np.float64 if dtype.kind == "f" or dtype.name == "bfloat16" else None


def _ends(dtype: Any) -> Any:
    parts = {"complex64": np.float32, "complex128": np.float64}
    return ml_dtypes.finfo(parts.get(dtype.name, dtype))
