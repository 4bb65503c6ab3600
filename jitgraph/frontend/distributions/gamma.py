"""Gamma distributions, and exponential ones, which are those of concentration 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.frontend.check_ops import assert_less, assert_positive, assert_same_float_dtype
from jitgraph.frontend.distributions.distribution import FULLY_REPARAMETERIZED
from jitgraph.frontend.distributions.divergences import RegisterKL
from jitgraph.frontend.distributions.scalar_events import ScalarDistribution, or_nan
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.arithmetic import square
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_exponential import log, xlogy
from jitgraph.ops.elementwise_incomplete import igamma
from jitgraph.ops.elementwise_powers import sqrt
from jitgraph.ops.elementwise_special import digamma, lgamma
from jitgraph.ops.filling import ones
from jitgraph.ops.identities import identity, with_dependencies
from jitgraph.ops.random_numbers import random_uniform
from jitgraph.ops.random_samples import random_gamma
from jitgraph.ops.shapes_of import shape as shape_of


class Gamma(ScalarDistribution):
    """Positive numbers x, likely as x ** (concentration - 1) exp(-x rate).

    Args:
      concentration, rate: positive float tensors that broadcast.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Raises:
      ValueError: they are of different dtypes.

    Example:
      >>> tf.distributions.Gamma(3.0, [1.0, 2.0]).mean().shape
      TensorShape([Dimension(2)])
    """

    _shaping = ("concentration", "rate")

    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Gamma",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[concentration, rate]) as name:
            given = (concentration, rate)
            checks = [assert_positive(each) for each in given] if validate_args else []
            with control_dependencies(checks):
                self._concentration = identity(concentration, name="concentration")
                self._rate = identity(rate, name="rate")
                assert_same_float_dtype([self._concentration, self._rate])
        super().__init__(
            dtype=self._concentration.dtype,
            reparameterization_type=FULLY_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._concentration, self._rate],
            name=name,
        )

    @property
    def concentration(self) -> Tensor:
        """The exponent of the density, plus one."""
        return self._concentration

    @property
    def rate(self) -> Tensor:
        """How fast it falls off."""
        return self._rate

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        return random_gamma(
            shape=[n], alpha=self.concentration, beta=self.rate, dtype=self.dtype, seed=seed
        )

    def _log_prob(self, value: Tensor) -> Any:
        return self._log_unnormalized(value) - self._log_normalization()

    def _cdf(self, value: Tensor) -> Any:
        return igamma(self.concentration, self.rate * self._checked(value))

    def _log_unnormalized(self, value: Tensor) -> Any:
        value = self._checked(value)
        return xlogy(self.concentration - 1.0, value) - self.rate * value

    def _log_normalization(self) -> Any:
        return lgamma(self.concentration) - self.concentration * log(self.rate)

    def _entropy(self) -> Any:
        shape = self.concentration
        return shape - log(self.rate) + lgamma(shape) + ((1.0 - shape) * digamma(shape))

    def _mean(self) -> Any:
        return self.concentration / self.rate

    def _variance(self) -> Any:
        return self.concentration / square(self.rate)

    def _stddev(self) -> Any:
        return sqrt(self.concentration) / self.rate

    def _mode(self) -> Any:
        mode = (self.concentration - 1.0) / self.rate
        if self.allow_nan_stats:
            sizes = self.batch_shape_tensor()
            return or_nan(lambda: self.concentration > 1.0, mode, sizes, self.dtype)
        said = "mode not defined when any concentration <= 1"
        check = assert_less(ones([], self.dtype), self.concentration, message=said)
        return with_dependencies([check], mode)

    def _checked(self, value: Tensor) -> Tensor:
        assert_same_float_dtype(tensors=[value], dtype=self.dtype)
        if not self.validate_args:
            return value
        found: Tensor = with_dependencies([assert_positive(value)], value)
        return found


class Exponential(Gamma):
    """Positive numbers x, likely as exp(-x rate).

    Args:
      rate: a positive float tensor.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Example:
      >>> tf.distributions.Exponential(2.0).sample(4).shape
      TensorShape([Dimension(4)])
    """

    def __init__(
        self,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Exponential",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[rate]) as name:
            rate = convert_to_tensor(rate, name="rate")
        super().__init__(
            concentration=ones([], dtype=rate.dtype),
            rate=rate,
            allow_nan_stats=allow_nan_stats,
            validate_args=validate_args,
            name=name,
        )
        self._parameters = parameters
        self._graph_parents.append(self._rate)

    def _log_survival_function(self, value: Tensor) -> Any:
        return self._log_prob(value) - log(self._rate)

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        drawn = random_uniform(
            concat([[n], shape_of(self._rate)], 0),
            minval=np.finfo(self.dtype.as_numpy_dtype).tiny,
            maxval=1.0,
            seed=seed,
            dtype=self.dtype,
        )
        return -log(drawn) / self._rate


@RegisterKL(Gamma, Gamma)
def _gamma_divergence(a: Gamma, b: Gamma, name: str | None = None) -> Any:
    given = [a.concentration, a.rate, b.concentration, b.rate]
    with name_scope(name, "kl_gamma_gamma", values=given):
        return (
            ((a.concentration - b.concentration) * digamma(a.concentration))
            + lgamma(b.concentration)
            - lgamma(a.concentration)
            + b.concentration * log(a.rate)
            - b.concentration * log(b.rate)
            + a.concentration * (b.rate / a.rate - 1.0)
        )
