"""Normal distributions of vectors whose elements are independent."""

from __future__ import annotations

import math
from typing import Any

from jitgraph.frontend.check_ops import assert_positive, assert_same_float_dtype
from jitgraph.frontend.distributions.distribution import FULLY_REPARAMETERIZED, Distribution
from jitgraph.frontend.distributions.divergences import RegisterKL
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.arithmetic import square
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.diagonals import matrix_diag
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_rounding import abs
from jitgraph.ops.filling import ones_like, zeros_like
from jitgraph.ops.identities import identity
from jitgraph.ops.random_numbers import random_normal
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.shapes_of import shape as shape_of


class MultivariateNormalDiag(Distribution):
    """Vectors of independent normal numbers.

    Args:
      loc: the means, a float tensor whose last axis is the vectors'; zeros when None.
      scale_diag: the standard deviations; ones when None.
      scale_identity_multiplier: a number that all deviations are multiplied with.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Raises:
      ValueError: neither means nor deviations are given.

    Example:
      >>> tf.contrib.distributions.MultivariateNormalDiag([0.0, 1.0], [1.0, 2.0]).sample(3).shape
      TensorShape([Dimension(3), Dimension(2)])
    """

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiag",
    ) -> None:
        parameters = dict(locals())
        if loc is None and scale_diag is None:
            raise ValueError("MultivariateNormalDiag needs loc or scale_diag.")
        with name_scope(name, values=[loc, scale_diag, scale_identity_multiplier]) as name:
            places = None if loc is None else convert_to_tensor(loc, name="loc")
            scale: Any = ones_like(places) if scale_diag is None else scale_diag
            scale = convert_to_tensor(scale, name="scale_diag")
            if scale_identity_multiplier is not None:
                scale = scale * convert_to_tensor(scale_identity_multiplier, dtype=scale.dtype)
            with control_dependencies([assert_positive(abs(scale))] if validate_args else []):
                scale = identity(scale)
            places = zeros_like(scale) if places is None else places
            assert_same_float_dtype([places, scale])
            self._loc: Tensor = places + zeros_like(scale)
            self._scale: Tensor = scale + zeros_like(places)
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
        """The means."""
        return self._loc

    @property
    def scale_diag(self) -> Tensor:
        """The standard deviations."""
        return self._scale

    def _batch_shape(self) -> Any:
        return self._loc.get_shape()[:-1]

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of(self._loc)[:-1]

    def _event_shape(self) -> Any:
        return self._loc.get_shape()[-1:]

    def _event_shape_tensor(self) -> Tensor:
        return shape_of(self._loc)[-1:]

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        sizes = concat([[n], shape_of(self._loc)], 0)
        drawn = random_normal(sizes, dtype=self.dtype, seed=seed)
        return drawn * self._scale + self._loc

    def _log_prob(self, value: Tensor) -> Any:
        z = (value - self._loc) / self._scale
        each = -0.5 * square(z) - 0.5 * math.log(2.0 * math.pi) - log(abs(self._scale))
        return reduce_sum(each, -1)

    def _entropy(self) -> Any:
        each = 0.5 * math.log(2.0 * math.pi * math.e) + log(abs(self._scale))
        return reduce_sum(each, -1)

    def _mean(self) -> Any:
        return identity(self._loc)

    def _variance(self) -> Any:
        return square(self._scale)

    def _stddev(self) -> Any:
        return abs(self._scale)

    def _covariance(self) -> Any:
        return matrix_diag(square(self._scale))

    def _mode(self) -> Any:
        return identity(self._loc)


@RegisterKL(MultivariateNormalDiag, MultivariateNormalDiag)
def _diagonal_divergence(
    a: MultivariateNormalDiag, b: MultivariateNormalDiag, name: str | None = None
) -> Any:
    with name_scope(name, "kl_mvn", values=[a.loc, a.scale_diag, b.loc, b.scale_diag]):
        ratio = square(a.scale_diag / b.scale_diag)
        apart = square((b.loc - a.loc) / b.scale_diag)
        return 0.5 * reduce_sum(ratio + apart - 1.0 - log(ratio), -1)
