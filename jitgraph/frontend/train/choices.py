"""Values chosen by conditions, for learning rates: all of them scalars that cost nothing.

In: conditions and values. Out: the value of the condition that holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph.dtypes import DType
from jitgraph.graph import Tensor
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.selection import where


def chosen(
    condition: Tensor, yes: Callable[[], Any], no: Callable[[], Any], dtype: DType
) -> Tensor:
    """`yes()` where the condition holds, else `no()`. Both are computed; one is taken."""
    return where(condition, convert_to_tensor(yes(), dtype), convert_to_tensor(no(), dtype))


def first_of(pairs: Sequence[tuple[Tensor, Tensor]], default: Tensor) -> Tensor:
    """The value of the condition that holds, `default` where none does."""
    found = default
    for condition, value in reversed(pairs):
        found = where(condition, value, found)
    return found
