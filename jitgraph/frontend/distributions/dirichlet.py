"""Dirichlet distributions: of vectors of positive numbers that add up to 1."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.check_ops import (
    assert_less,
    assert_near,
    assert_positive,
    assert_rank_at_least,
)
from jitgraph.frontend.distributions.distribution import FULLY_REPARAMETERIZED, Distribution
from jitgraph.frontend.distributions.divergences import RegisterKL
from jitgraph.frontend.distributions.scalar_events import or_nan
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.diagonals import matrix_set_diag
from jitgraph.ops.elementwise_exponential import xlogy
from jitgraph.ops.elementwise_incomplete import lbeta
from jitgraph.ops.elementwise_powers import rsqrt
from jitgraph.ops.elementwise_special import digamma
from jitgraph.ops.filling import ones
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.matmul import matmul
from jitgraph.ops.random_samples import random_gamma
from jitgraph.ops.reductions import reduce_all, reduce_sum
from jitgraph.ops.shapes_of import shape as shape_of


class Dirichlet(Distribution):
    """Vectors x, likely as the product of x[i] ** (concentration[i] - 1).

    Args:
      concentration: a float tensor of positive numbers; the last axis is that of the events.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Example:
      >>> tf.distributions.Dirichlet([1.0, 2.0, 3.0]).sample(2).shape
      TensorShape([Dimension(2), Dimension(3)])
    """

    def __init__(
        self,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Dirichlet",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[concentration]) as name:
            given = convert_to_tensor(concentration, name="concentration")
            self._concentration = _checked_concentration(given) if validate_args else given
            self._total = reduce_sum(self._concentration, -1)
        super().__init__(
            dtype=self._concentration.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._concentration, self._total],
            name=name,
        )

    @property
    def concentration(self) -> Tensor:
        """The exponents, plus one."""
        return self._concentration

    @property
    def total_concentration(self) -> Tensor:
        """Their sums."""
        return self._total

    def _batch_shape(self) -> Any:
        return self._total.get_shape()

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of(self._total)

    def _event_shape(self) -> Any:
        return self._concentration.get_shape().with_rank_at_least(1)[-1:]

    def _event_shape_tensor(self) -> Tensor:
        return shape_of(self._concentration)[-1:]

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        drawn = random_gamma(shape=[n], alpha=self.concentration, dtype=self.dtype, seed=seed)
        found: Tensor = drawn / reduce_sum(drawn, -1, keepdims=True)
        return found

    def _log_prob(self, value: Tensor) -> Any:
        value = self._checked(value)
        unnormalized = reduce_sum(xlogy(self.concentration - 1.0, value), -1)
        return unnormalized - lbeta(self.concentration)

    def _entropy(self) -> Any:
        k = cast(self.event_shape_tensor()[0], self.dtype)
        normalization = lbeta(self.concentration)
        left = normalization + ((self._total - k) * digamma(self._total))
        each = (self.concentration - 1.0) * digamma(self.concentration)
        return left - reduce_sum(each, axis=-1)

    def _mean(self) -> Any:
        return self.concentration / self._total[..., None]

    def _covariance(self) -> Any:
        x = self._spread() * self._mean()
        products = -matmul(x[..., None], x[..., None, :])
        return matrix_set_diag(products, self._variance())

    def _variance(self) -> Any:
        spread = self._spread()
        x = spread * self._mean()
        return x * (spread - x)

    def _spread(self) -> Any:
        return rsqrt(1.0 + self._total[..., None])

    def _mode(self) -> Any:
        k = cast(self.event_shape_tensor()[0], self.dtype)
        mode = (self.concentration - 1.0) / (self._total[..., None] - k)
        if self.allow_nan_stats:
            has_mode = lambda: reduce_all(self.concentration > 1.0, axis=-1, keepdims=True)  # noqa: E731
            return or_nan(has_mode, mode, shape_of(mode), self.dtype)
        said = "Mode undefined when any concentration <= 1"
        check = assert_less(ones([], self.dtype), self.concentration, message=said)
        return with_dependencies([check], mode)

    def _checked(self, x: Tensor) -> Tensor:
        if not self.validate_args:
            return x
        said = "sample last-dimension must sum to `1`"
        checks = [
            assert_positive(x, message="samples must be positive"),
            assert_near(ones([], dtype=self.dtype), reduce_sum(x, -1), message=said),
        ]
        found: Tensor = with_dependencies(checks, x)
        return found


def _checked_concentration(concentration: Tensor) -> Tensor:
    said = "Concentration parameter must"
    sizes = shape_of(concentration)
    checks = [
        assert_positive(concentration, message=f"{said} be positive."),
        assert_rank_at_least(concentration, 1, message=f"{said} have >=1 dimensions."),
        assert_less(1, sizes[-1], message=f"{said} have event_size >= 2."),
    ]
    found: Tensor = with_dependencies(checks, concentration)
    return found


@RegisterKL(Dirichlet, Dirichlet)
def _dirichlet_divergence(a: Dirichlet, b: Dirichlet, name: str | None = None) -> Any:
    with name_scope(name, "kl_dirichlet_dirichlet", values=[a.concentration, b.concentration]):
        of_sum = digamma(reduce_sum(a.concentration, axis=-1, keepdims=True))
        expected = digamma(a.concentration) - of_sum
        apart = a.concentration - b.concentration
        total = reduce_sum(apart * expected, axis=-1)
        return total - lbeta(a.concentration) + lbeta(b.concentration)
