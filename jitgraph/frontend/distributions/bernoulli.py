"""Bernoulli distributions: 1 with a given probability, else 0."""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.distributions.distribution import NOT_REPARAMETERIZED
from jitgraph.frontend.distributions.divergences import RegisterKL
from jitgraph.frontend.distributions.logits import logits_and_probs
from jitgraph.frontend.distributions.scalar_events import ScalarDistribution
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.activations import softplus
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import less
from jitgraph.ops.elementwise_exponential import sigmoid
from jitgraph.ops.elementwise_losses import sigmoid_cross_entropy_with_logits
from jitgraph.ops.filling import ones_like
from jitgraph.ops.identities import identity
from jitgraph.ops.random_numbers import random_uniform


class Bernoulli(ScalarDistribution):
    """1 or 0.

    Args:
      logits: the logarithm of the odds of 1; or
      probs: the probability of 1, a float tensor.
      dtype: dtype of the events.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Raises:
      ValueError: both are given, or none.

    Example:
      >>> tf.distributions.Bernoulli(probs=[0.2, 0.7]).mean().shape
      TensorShape([Dimension(2)])
    """

    _shaping = ("logits",)

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = dtypes.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Bernoulli",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name) as name:
            self._logits, self._probs = logits_and_probs(logits, probs, name, validate_args)
        super().__init__(
            dtype=dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._logits, self._probs],
            name=name,
        )

    @property
    def logits(self) -> Tensor:
        """The logarithm of the odds of 1."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """The probability of 1."""
        return self._probs

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        drawn = random_uniform(self._samples_shape(n), seed=seed, dtype=self.probs.dtype)
        return cast(less(drawn, self.probs), self.dtype)

    def _log_prob(self, value: Tensor) -> Any:
        event, logits = cast(value, self.logits.dtype), self.logits
        known = event.shape.is_fully_defined() and logits.shape.is_fully_defined()
        if not (known and event.shape == logits.shape):
            logits, event = ones_like(event) * logits, ones_like(logits) * event
        return -sigmoid_cross_entropy_with_logits(labels=event, logits=logits)

    def _entropy(self) -> Any:
        return -self.logits * (sigmoid(self.logits) - 1) + softplus(-self.logits)

    def _mean(self) -> Any:
        return identity(self.probs)

    def _variance(self) -> Any:
        return self._mean() * (1.0 - self.probs)

    def _mode(self) -> Any:
        return cast(self.probs > 0.5, self.dtype)


@RegisterKL(Bernoulli, Bernoulli)
def _bernoulli_divergence(a: Bernoulli, b: Bernoulli, name: str | None = None) -> Any:
    with name_scope(name, "kl_bernoulli_bernoulli", values=[a.logits, b.logits]):
        of_zero = softplus(-b.logits) - softplus(-a.logits)
        of_one = softplus(b.logits) - softplus(a.logits)
        return sigmoid(a.logits) * of_zero + sigmoid(-a.logits) * of_one
