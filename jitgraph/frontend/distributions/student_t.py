"""Student's t-distributions: normal numbers over a random scale, with heavy tails."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jitgraph.frontend.check_ops import assert_less, assert_positive, assert_same_float_dtype
from jitgraph.frontend.distributions.distribution import FULLY_REPARAMETERIZED
from jitgraph.frontend.distributions.scalar_events import ScalarDistribution, new_seed, or_nan
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.arithmetic import square
from jitgraph.ops.assembling import concat
from jitgraph.ops.comparison import greater, less
from jitgraph.ops.elementwise_exponential import log, log1p
from jitgraph.ops.elementwise_incomplete import betainc, lbeta
from jitgraph.ops.elementwise_powers import rsqrt
from jitgraph.ops.elementwise_rounding import abs
from jitgraph.ops.elementwise_special import digamma, lgamma
from jitgraph.ops.filling import fill, ones, ones_like
from jitgraph.ops.identities import identity, with_dependencies
from jitgraph.ops.random_numbers import random_normal
from jitgraph.ops.random_samples import random_gamma
from jitgraph.ops.selection import where_v2
from jitgraph.ops.shape_arithmetic import broadcast_dynamic_shape, broadcast_static_shape
from jitgraph.ops.shapes_of import shape as shape_of


class StudentT(ScalarDistribution):
    """Numbers around `loc`, likely as (1 + ((x - loc) / scale)² / df) ** -((df + 1) / 2).

    Args:
      df: the degrees of freedom, a positive float tensor.
      loc, scale: place and width, which broadcast with it.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Raises:
      ValueError: they are of different dtypes.

    Example:
      >>> tf.distributions.StudentT(3.0, 0.0, [1.0, 2.0]).sample().shape
      TensorShape([Dimension(2)])
    """

    def __init__(
        self,
        df: Any,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "StudentT",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[df, loc, scale]) as name:
            checks = [assert_positive(df)] if validate_args else []
            with control_dependencies(checks):
                self._df = identity(df, name="df")
                self._loc = identity(loc, name="loc")
                self._scale = identity(scale, name="scale")
                assert_same_float_dtype((self._df, self._loc, self._scale))
        super().__init__(
            dtype=self._scale.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._df, self._loc, self._scale],
            name=name,
        )

    @property
    def df(self) -> Tensor:
        """The degrees of freedom."""
        return self._df

    @property
    def loc(self) -> Tensor:
        """The place of the peak."""
        return self._loc

    @property
    def scale(self) -> Tensor:
        """The width."""
        return self._scale

    def _batch_shape(self) -> Any:
        places = broadcast_static_shape(self.df.get_shape(), self.loc.get_shape())
        return broadcast_static_shape(places, self.scale.get_shape())

    def _batch_shape_tensor(self) -> Tensor:
        freedom = shape_of(self.df)
        return broadcast_dynamic_shape(
            freedom, broadcast_dynamic_shape(shape_of(self.loc), shape_of(self.scale))
        )

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        normal = random_normal(self._samples_shape(n), dtype=self.dtype, seed=seed)
        df = self.df * self._ones()
        other = new_seed(seed, "student_t")
        gamma = random_gamma([n], 0.5 * df, beta=0.5, dtype=self.dtype, seed=other)
        found: Tensor = normal * rsqrt(gamma / df) * self.scale + self.loc
        return found

    def _ones(self) -> Tensor:
        return ones(self.batch_shape_tensor(), dtype=self.dtype)

    def _log_prob(self, value: Tensor) -> Any:
        y = (value - self.loc) / self.scale
        unnormalized = -0.5 * (self.df + 1.0) * log1p(y**2.0 / self.df)
        return unnormalized - self._log_normalization()

    def _log_normalization(self) -> Any:
        return (
            log(abs(self.scale))
            + 0.5 * log(self.df)
            + 0.5 * math.log(math.pi)
            + lgamma(0.5 * self.df)
            - lgamma(0.5 * (self.df + 1.0))
        )

    def _cdf(self, value: Tensor) -> Any:
        y = (value - self.loc) / abs(self.scale)
        below = 0.5 * betainc(0.5 * self.df, 0.5, self.df / (y**2.0 + self.df))
        return where_v2(less(y, 0.0), below, 1.0 - below)

    def _entropy(self) -> Any:
        one = self._ones()[..., None]
        both = concat([one * self.df[..., None], one], -1) / 2.0
        return (
            log(abs(self.scale))
            + 0.5 * log(self.df)
            + lbeta(both)
            + 0.5 * (self.df + 1.0) * (digamma(0.5 * (self.df + 1.0)) - digamma(0.5 * self.df))
        )

    def _mean(self) -> Any:
        return self._where_defined(self.loc * self._ones(), "mean")

    def _variance(self) -> Any:
        above = where_v2(greater(self.df, 2.0), self.df - 2.0, ones_like(self.df))
        finite = self._ones() * square(self.scale) * self.df / above
        infinity = np.array(np.inf, dtype=self.dtype.as_numpy_dtype)
        is_finite = self.df > fill(self.batch_shape_tensor(), self.dtype.as_numpy_dtype(2.0))
        unbounded = fill(self.batch_shape_tensor(), infinity, name="inf")
        return self._where_defined(where_v2(is_finite, finite, unbounded), "variance")

    def _where_defined(self, value: Any, name: str) -> Any:
        """A statistic that needs more than one degree of freedom."""
        if self.allow_nan_stats:
            is_defined = greater(self.df, self._ones())
            return or_nan(lambda: is_defined, value, self.batch_shape_tensor(), self.dtype)
        said = f"{name} not defined for components of df <= 1"
        check = assert_less(ones([], dtype=self.dtype), self.df, message=said)
        return with_dependencies([check], value)

    def _mode(self) -> Any:
        return identity(self.loc)
