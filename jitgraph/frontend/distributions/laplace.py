"""Laplace distributions: exponential to both sides of a place."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jitgraph.frontend.check_ops import assert_positive, assert_same_float_dtype
from jitgraph.frontend.distributions.distribution import FULLY_REPARAMETERIZED
from jitgraph.frontend.distributions.scalar_events import ScalarDistribution
from jitgraph.frontend.distributions.special_functions import log_cdf_laplace
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.elementwise_exponential import exp, log, log1p
from jitgraph.ops.elementwise_rounding import abs, sign
from jitgraph.ops.filling import zeros_like
from jitgraph.ops.identities import identity
from jitgraph.ops.random_numbers import random_uniform


class Laplace(ScalarDistribution):
    """Numbers around `loc`, exp(-|x - loc| / scale) / (2 scale).

    Args:
      loc: the place of the peak, a float tensor.
      scale: the mean distance from it.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Raises:
      ValueError: they are of different dtypes.

    Example:
      >>> tf.distributions.Laplace(0.0, 1.0).log_prob([1.0, 2.0]).shape
      TensorShape([Dimension(2)])
    """

    _shaping = ("loc", "scale")

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Laplace",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[loc, scale]) as name:
            checks = [assert_positive(scale)] if validate_args else []
            with control_dependencies(checks):
                self._loc = identity(loc, name="loc")
                self._scale = identity(scale, name="scale")
                assert_same_float_dtype([self._loc, self._scale])
        super().__init__(
            dtype=self._loc.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._loc, self._scale],
            name=name,
        )

    @property
    def loc(self) -> Tensor:
        """The place of the peak."""
        return self._loc

    @property
    def scale(self) -> Tensor:
        """The mean distance from it."""
        return self._scale

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        kind = self.dtype.as_numpy_dtype
        drawn = random_uniform(
            shape=self._samples_shape(n),
            minval=np.nextafter(kind(-1.0), kind(0.0)),
            maxval=1.0,
            dtype=self.dtype,
            seed=seed,
        )
        return self.loc - self.scale * sign(drawn) * log1p(-abs(drawn))

    def _log_prob(self, value: Tensor) -> Any:
        return -abs(self._standardized(value)) - (math.log(2.0) + log(self.scale))

    def _log_cdf(self, value: Tensor) -> Any:
        return log_cdf_laplace(self._standardized(value))

    def _log_survival_function(self, value: Tensor) -> Any:
        return log_cdf_laplace(-self._standardized(value))

    def _cdf(self, value: Tensor) -> Any:
        z = self._standardized(value)
        return 0.5 + 0.5 * sign(z) * (1.0 - exp(-abs(z)))

    def _entropy(self) -> Any:
        return math.log(2.0) + 1.0 + log(self.scale + zeros_like(self.loc))

    def _mean(self) -> Any:
        return self.loc + zeros_like(self.scale)

    def _stddev(self) -> Any:
        return math.sqrt(2.0) * self.scale + zeros_like(self.loc)

    def _mode(self) -> Any:
        return self._mean()

    def _standardized(self, value: Tensor) -> Any:
        return (value - self.loc) / self.scale
