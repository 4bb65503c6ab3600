"""Beta distributions: of numbers between 0 and 1."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.check_ops import assert_less, assert_positive, assert_same_float_dtype
from jitgraph.frontend.distributions.distribution import FULLY_REPARAMETERIZED
from jitgraph.frontend.distributions.divergences import RegisterKL
from jitgraph.frontend.distributions.scalar_events import ScalarDistribution, new_seed, or_nan
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_exponential import log1p, xlogy
from jitgraph.ops.elementwise_incomplete import betainc
from jitgraph.ops.elementwise_special import digamma, lgamma
from jitgraph.ops.filling import ones, ones_like
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.logical import logical_and
from jitgraph.ops.random_samples import random_gamma


class Beta(ScalarDistribution):
    """Numbers x, likely as x ** (concentration1 - 1) (1 - x) ** (concentration0 - 1).

    Args:
      concentration1, concentration0: positive float tensors that broadcast.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Raises:
      ValueError: they are of different dtypes.

    Example:
      >>> tf.distributions.Beta(2.0, [1.0, 3.0]).mean().shape
      TensorShape([Dimension(2)])
    """

    _shaping = ("total_concentration",)

    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Beta",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[concentration1, concentration0]) as name:
            ones_side = convert_to_tensor(concentration1, name="concentration1")
            self._concentration1 = positive(ones_side, validate_args)
            zeros_side = convert_to_tensor(concentration0, name="concentration0")
            self._concentration0 = positive(zeros_side, validate_args)
            assert_same_float_dtype([self._concentration1, self._concentration0])
            self._total: Tensor = self._concentration1 + self._concentration0
        super().__init__(
            dtype=self._total.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._concentration1, self._concentration0, self._total],
            name=name,
        )

    @property
    def concentration1(self) -> Tensor:
        """The exponent of x, plus one."""
        return self._concentration1

    @property
    def concentration0(self) -> Tensor:
        """The exponent of 1 - x, plus one."""
        return self._concentration0

    @property
    def total_concentration(self) -> Tensor:
        """Both, added up."""
        return self._total

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        first = ones_like(self._total, dtype=self.dtype) * self.concentration1
        second = ones_like(self._total, dtype=self.dtype) * self.concentration0
        other = new_seed(seed, "beta")
        drawn = random_gamma(shape=[n], alpha=first, dtype=self.dtype, seed=seed)
        found: Tensor = drawn / (
            drawn + random_gamma(shape=[n], alpha=second, dtype=self.dtype, seed=other)
        )
        return found

    def _log_prob(self, value: Tensor) -> Any:
        return self._log_unnormalized(value) - self._log_normalization()

    def _cdf(self, value: Tensor) -> Any:
        return betainc(self.concentration1, self.concentration0, value)

    def _log_unnormalized(self, value: Tensor) -> Any:
        x = self._checked(value)
        left = xlogy(self.concentration1 - 1.0, x)
        return left + (self.concentration0 - 1.0) * log1p(-x)

    def _log_normalization(self) -> Any:
        sides = lgamma(self.concentration1) + lgamma(self.concentration0)
        return sides - lgamma(self._total)

    def _entropy(self) -> Any:
        one, zero, total = self.concentration1, self.concentration0, self._total
        return (
            self._log_normalization()
            - (one - 1.0) * digamma(one)
            - (zero - 1.0) * digamma(zero)
            + ((total - 2.0) * digamma(total))
        )

    def _mean(self) -> Any:
        return self._concentration1 / self._total

    def _variance(self) -> Any:
        return self._mean() * (1.0 - self._mean()) / (1.0 + self._total)

    def _mode(self) -> Any:
        mode = (self.concentration1 - 1.0) / (self._total - 2.0)
        if self.allow_nan_stats:
            sizes = self.batch_shape_tensor()
            return or_nan(self._has_mode, mode, sizes, self.dtype)
        one = ones([], dtype=self.dtype)
        sides = ("concentration1", "concentration0")
        checks = [
            assert_less(one, getattr(self, side), message=f"Mode undefined for {side} <= 1.")
            for side in sides
        ]
        return with_dependencies(checks, mode)

    def _has_mode(self) -> Tensor:
        return logical_and(self.concentration1 > 1.0, self.concentration0 > 1.0)

    def _checked(self, x: Tensor) -> Tensor:
        if not self.validate_args:
            return x
        one = ones([], self.dtype)
        checks = [
            assert_positive(x, message="sample must be positive"),
            assert_less(x, one, message="sample must be less than `1`."),
        ]
        found: Tensor = with_dependencies(checks, x)
        return found


def positive(concentration: Tensor, is_checked: bool) -> Tensor:
    """A concentration that fails the run where it isn't positive, if it is checked."""
    if not is_checked:
        return concentration
    said = "Concentration parameter must be positive."
    found: Tensor = with_dependencies([assert_positive(concentration, message=said)], concentration)
    return found


@RegisterKL(Beta, Beta)
def _beta_divergence(a: Beta, b: Beta, name: str | None = None) -> Any:
    parameters = ("concentration1", "concentration0", "total_concentration")
    given = [getattr(each, parameter) for each in (a, b) for parameter in parameters]
    with name_scope(name, "kl_beta_beta", values=given):
        after, before = b._log_normalization(), a._log_normalization()
        total: Any = after - before
        for parameter in parameters[:2]:
            mine, other = getattr(a, parameter), getattr(b, parameter)
            total = total - digamma(mine) * (other - mine)
        mine, other = a.total_concentration, b.total_concentration
        return total + digamma(mine) * (other - mine)
