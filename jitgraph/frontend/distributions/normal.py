"""Normal distributions: by mean and standard deviation, and of vectors of independent numbers."""

from __future__ import annotations

import math
from typing import Any

from jitgraph.frontend.check_ops import assert_positive, assert_same_float_dtype
from jitgraph.frontend.distributions.distribution import FULLY_REPARAMETERIZED
from jitgraph.frontend.distributions.divergences import RegisterKL
from jitgraph.frontend.distributions.scalar_events import ScalarDistribution
from jitgraph.frontend.distributions.special_functions import log_ndtr, ndtr, ndtri
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.arithmetic import square, squared_difference
from jitgraph.ops.constants import constant
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.filling import ones_like
from jitgraph.ops.identities import identity
from jitgraph.ops.random_numbers import random_normal


class Normal(ScalarDistribution):
    """Normal numbers.

    Args:
      loc: the mean, a float tensor.
      scale: the standard deviation, which broadcasts with it.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Raises:
      ValueError: they are of different dtypes.

    Example:
      >>> tf.distributions.Normal(0.0, [1.0, 2.0]).sample(3).shape
      TensorShape([Dimension(3), Dimension(2)])
    """

    _shaping = ("loc", "scale")

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Normal",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[loc, scale]) as name:
            checks = [assert_positive(scale)] if validate_args else []
            with control_dependencies(checks):
                self._loc = identity(loc, name="loc")
                self._scale = identity(scale, name="scale")
                assert_same_float_dtype([self._loc, self._scale])
        super().__init__(
            dtype=self._scale.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._loc, self._scale],
            name=name,
        )

    @property
    def loc(self) -> Tensor:
        """The mean."""
        return self._loc

    @property
    def scale(self) -> Tensor:
        """The standard deviation."""
        return self._scale

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        shape = self._samples_shape(n)
        drawn = random_normal(shape, mean=0.0, stddev=1.0, dtype=self.loc.dtype, seed=seed)
        return drawn * self.scale + self.loc

    def _log_prob(self, value: Tensor) -> Any:
        unnormalized = -0.5 * square(self._standardized(value))
        return unnormalized - (0.5 * math.log(2.0 * math.pi) + log(self.scale))

    def _log_cdf(self, value: Tensor) -> Any:
        return log_ndtr(self._standardized(value))

    def _cdf(self, value: Tensor) -> Any:
        return ndtr(self._standardized(value))

    def _log_survival_function(self, value: Tensor) -> Any:
        return log_ndtr(-self._standardized(value))

    def _survival_function(self, value: Tensor) -> Any:
        return ndtr(-self._standardized(value))

    def _quantile(self, value: Tensor) -> Any:
        z = ndtri(value)
        with name_scope("reconstruct", values=[z]):
            return z * self.scale + self.loc

    def _entropy(self) -> Any:
        scale = self.scale * ones_like(self.loc)
        return 0.5 * math.log(2.0 * math.pi * math.e) + log(scale)

    def _mean(self) -> Any:
        return self.loc * ones_like(self.scale)

    def _stddev(self) -> Any:
        return self.scale * ones_like(self.loc)

    def _mode(self) -> Any:
        return self._mean()

    def _standardized(self, value: Tensor) -> Any:
        with name_scope("standardize", values=[value]):
            return (value - self.loc) / self.scale


@RegisterKL(Normal, Normal)
def _normal_divergence(a: Normal, b: Normal, name: str | None = None) -> Any:
    with name_scope(name, "kl_normal_normal", [a.loc, b.loc]):
        one, two = constant(1, dtype=a.dtype), constant(2, dtype=a.dtype)
        half = constant(0.5, dtype=a.dtype)
        variance_a, variance_b = square(a.scale), square(b.scale)
        ratio = variance_a / variance_b
        apart = squared_difference(a.loc, b.loc) / (two * variance_b)
        return apart + half * (ratio - one - log(ratio))
