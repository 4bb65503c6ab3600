"""Distributions whose events are numbers and whose batch is their parameters', broadcast.

In: the parameters. Out: the shapes, and those of samples.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.distributions.distribution import Distribution
from jitgraph.graph import Tensor
from jitgraph.ops.assembling import concat
from jitgraph.ops.constants import constant
from jitgraph.ops.filling import fill
from jitgraph.ops.selection import where_v2
from jitgraph.ops.shape_arithmetic import broadcast_dynamic_shape, broadcast_static_shape
from jitgraph.ops.shapes_of import shape as shape_of


class ScalarDistribution(Distribution):
    """A distribution of numbers; `_shaping` names the parameters that give the batch its shape."""

    _shaping: tuple[str, ...] = ()

    def _batch_shape(self) -> Any:
        first, *rest = (getattr(self, name) for name in self._shaping)
        found = first.get_shape()
        for parameter in rest:
            found = broadcast_static_shape(found, parameter.get_shape())
        return found

    def _batch_shape_tensor(self) -> Tensor:
        first, *rest = (getattr(self, name) for name in self._shaping)
        found = shape_of(first)
        for parameter in rest:
            found = broadcast_dynamic_shape(found, shape_of(parameter))
        return found

    def _event_shape(self) -> Any:
        return []

    def _event_shape_tensor(self) -> Tensor:
        return constant([], dtype=dtypes.int32)

    def _samples_shape(self, n: Any) -> Tensor:
        return concat([[n], self.batch_shape_tensor()], 0)


def or_nan(is_defined: Callable[[], Tensor], value: Any, sizes: Any, dtype: Any) -> Tensor:
    """`value` where it is defined, else NaN."""
    nan = fill(sizes, np.array(np.nan, dtype.as_numpy_dtype), name="nan")
    return where_v2(is_defined(), value, nan)


def new_seed(seed: int | None, salt: str) -> int | None:
    """A seed for a second generator: TensorFlow's, made of the first one's and a word."""
    if seed is None:
        return None
    digest = hashlib.md5(f"{seed}{salt}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) & 0x7FFFFFFF
