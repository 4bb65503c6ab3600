"""Uniform distributions over intervals."""

from __future__ import annotations

import math
from typing import Any

from jitgraph.frontend.check_ops import assert_less, assert_same_float_dtype
from jitgraph.frontend.distributions.distribution import FULLY_REPARAMETERIZED
from jitgraph.frontend.distributions.scalar_events import ScalarDistribution
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.arithmetic import square
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_rounding import is_nan
from jitgraph.ops.filling import ones, ones_like, zeros, zeros_like
from jitgraph.ops.identities import identity
from jitgraph.ops.logical import logical_or
from jitgraph.ops.random_numbers import random_uniform
from jitgraph.ops.selection import where_v2
from jitgraph.ops.shape_arithmetic import broadcast_dynamic_shape
from jitgraph.ops.shapes_of import shape as shape_of


class Uniform(ScalarDistribution):
    """Numbers from `low`, included, to `high`, excluded.

    Args:
      low, high: the bounds, float tensors that broadcast.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Raises:
      ValueError: they are of different dtypes.

    Example:
      >>> tf.distributions.Uniform(0.0, [1.0, 2.0]).mean().shape
      TensorShape([Dimension(2)])
    """

    _shaping = ("low", "high")

    def __init__(
        self,
        low: Any = 0.0,
        high: Any = 1.0,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Uniform",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[low, high]) as name:
            said = "uniform not defined when low >= high."
            checks = [assert_less(low, high, message=said)] if validate_args else []
            with control_dependencies(checks):
                self._low = identity(low, name="low")
                self._high = identity(high, name="high")
                assert_same_float_dtype([self._low, self._high])
        super().__init__(
            dtype=self._low.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._low, self._high],
            name=name,
        )

    @property
    def low(self) -> Tensor:
        """The lower bound."""
        return self._low

    @property
    def high(self) -> Tensor:
        """The upper bound."""
        return self._high

    def range(self, name: str = "range") -> Any:
        """How far the bounds are apart."""
        with self._name_scope(name):
            return self.high - self.low

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        drawn = random_uniform(shape=self._samples_shape(n), dtype=self.dtype, seed=seed)
        found: Tensor = self.low + self.range() * drawn
        return found

    def _prob(self, value: Tensor) -> Any:
        x = value * ones(self.batch_shape_tensor(), dtype=value.dtype)
        is_unknown = is_nan(x)
        is_outside = logical_or(x < self.low, x >= self.high)
        density = where_v2(is_outside, zeros_like(x), ones_like(x) / self.range())
        return where_v2(is_unknown, x, density)

    def _cdf(self, value: Tensor) -> Any:
        sizes = broadcast_dynamic_shape(shape_of(value), self.batch_shape_tensor())
        nothing, all_of_it = zeros(sizes, dtype=self.dtype), ones(sizes, dtype=self.dtype)
        x = value * all_of_it
        is_below = value < self.low
        up_to_high = where_v2(is_below, nothing, (x - self.low) / self.range())
        return where_v2(value >= self.high, all_of_it, up_to_high)

    def _entropy(self) -> Any:
        return log(self.range())

    def _mean(self) -> Any:
        return (self.low + self.high) / 2.0

    def _variance(self) -> Any:
        return square(self.range()) / 12.0

    def _stddev(self) -> Any:
        return self.range() / math.sqrt(12.0)
