"""Lowering, library: elements copied as integers of their size, so that few kernels serve all.

In: a dtype. Out: the element type to copy as, and how many such items an element takes.
"""

from __future__ import annotations

from jitgraph.dtypes import DType

_WIDEST = 8


def copied_item(dtype: DType) -> tuple[str, int]:
    """(element type, items an element) for copying elements of a dtype."""
    size = min(dtype.size, _WIDEST)
    return f"int{8 * size}", dtype.size // size
