"""Distributions of counts: how often each class comes up in several draws.

In: the number of draws and what the classes' probabilities are, or are drawn from. Out: counts.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.distributions.distribution import NOT_REPARAMETERIZED, Distribution
from jitgraph.frontend.distributions.logits import logits_and_probs
from jitgraph.frontend.functional_ops import map_fn
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.diagonals import matrix_set_diag
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_incomplete import lbeta
from jitgraph.ops.elementwise_powers import sqrt
from jitgraph.ops.elementwise_special import lgamma
from jitgraph.ops.filling import ones_like
from jitgraph.ops.identities import identity
from jitgraph.ops.masking import one_hot
from jitgraph.ops.matmul import matmul
from jitgraph.ops.random_samples import multinomial, random_gamma
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.softmax import log_softmax
from jitgraph.ops.transposing import transpose


class Multinomial(Distribution):
    """How often each class comes up.

    Args:
      total_count: how many draws there are, a float tensor.
      logits: the logarithms of the odds of the classes, the last axis; or
      probs: their probabilities.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Raises:
      ValueError: both logits and probabilities are given, or none.

    Example:
      >>> tf.distributions.Multinomial(4.0, probs=[0.2, 0.3, 0.5]).mean().shape
      TensorShape([Dimension(3)])
    """

    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Multinomial",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[total_count, logits, probs]) as name:
            self._total_count = convert_to_tensor(total_count, name="total_count")
            self._logits, self._probs = logits_and_probs(
                logits, probs, name, validate_args, multidimensional=True
            )
            self._means: Tensor = self._total_count[..., None] * self._probs
        super().__init__(
            dtype=self._probs.dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._total_count, self._logits, self._probs],
            name=name,
        )

    @property
    def total_count(self) -> Tensor:
        """How many draws there are."""
        return self._total_count

    @property
    def logits(self) -> Tensor:
        """The logarithms of the odds."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """The probabilities."""
        return self._probs

    def _batch_shape(self) -> Any:
        return self._means.get_shape().with_rank_at_least(1)[:-1]

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of(self._means)[:-1]

    def _event_shape(self) -> Any:
        return self._means.get_shape().with_rank_at_least(1)[-1:]

    def _event_shape_tensor(self) -> Tensor:
        return shape_of(self._means)[-1:]

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        k = self.event_shape_tensor()[0]
        draws = cast(self.total_count, dtype=dtypes.int32)
        return drawn_counts(n, draws, self.logits, k, self.batch_shape_tensor(), seed, self.dtype)

    def _log_prob(self, value: Tensor) -> Any:
        unnormalized = reduce_sum(value * log_softmax(self.logits), -1)
        return unnormalized - -log_combinations(self.total_count, value)

    def _mean(self) -> Any:
        return identity(self._means)

    def _covariance(self) -> Any:
        probs = self.probs * ones_like(self.total_count)[..., None]
        products = -matmul(self._means[..., None], probs[..., None, :])
        return matrix_set_diag(products, self._variance())

    def _variance(self) -> Any:
        probs = self.probs * ones_like(self.total_count)[..., None]
        return self._means - self._means * probs


class DirichletMultinomial(Distribution):
    """How often each class comes up when their probabilities are drawn first.

    Args:
      total_count: how many draws there are, a float tensor.
      concentration: of the Dirichlet distribution of the probabilities.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Example:
      >>> tf.distributions.DirichletMultinomial(4.0, [1.0, 2.0]).mean().shape
      TensorShape([Dimension(2)])
    """

    def __init__(
        self,
        total_count: Any,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "DirichletMultinomial",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[total_count, concentration]) as name:
            self._total_count = convert_to_tensor(total_count, name="total_count")
            self._concentration = convert_to_tensor(concentration, name="concentration")
            self._total_concentration = reduce_sum(self._concentration, -1)
        super().__init__(
            dtype=self._concentration.dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._total_count, self._concentration],
            name=name,
        )

    @property
    def total_count(self) -> Tensor:
        """How many draws there are."""
        return self._total_count

    @property
    def concentration(self) -> Tensor:
        """Those of the probabilities' distribution."""
        return self._concentration

    @property
    def total_concentration(self) -> Tensor:
        """Their sums."""
        return self._total_concentration

    def _batch_shape(self) -> Any:
        return self._total_concentration.get_shape()

    def _batch_shape_tensor(self) -> Tensor:
        return shape_of(self._total_concentration)

    def _event_shape(self) -> Any:
        return self._concentration.get_shape().with_rank_at_least(1)[-1:]

    def _event_shape_tensor(self) -> Tensor:
        return shape_of(self._concentration)[-1:]

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        from jitgraph.frontend.distributions.scalar_events import new_seed

        k = self.event_shape_tensor()[0]
        draws = cast(self.total_count, dtype=dtypes.int32)
        alpha = self._mean_of_probs() * self._total_concentration[..., None]
        salted = new_seed(seed, "dirichlet_multinomial")
        gammas = random_gamma(shape=[n], alpha=alpha, dtype=self.dtype, seed=seed)
        batch = concat([[n], self.batch_shape_tensor()], 0)
        return drawn_counts(1, draws, log(gammas), k, batch, salted, self.dtype)[0]

    def _log_prob(self, value: Tensor) -> Any:
        together = lbeta(self.concentration + value) - lbeta(self.concentration)
        return together + log_combinations(self.total_count, value)

    def _mean_of_probs(self) -> Any:
        return self.concentration / self._total_concentration[..., None]

    def _mean(self) -> Any:
        return self.total_count[..., None] * self._mean_of_probs()

    def _covariance(self) -> Any:
        x = self._spread() * self._mean()
        products = -matmul(x[..., None], x[..., None, :])
        return matrix_set_diag(products, self._variance())

    def _variance(self) -> Any:
        spread = self._spread()
        x = spread * self._mean()
        return x * (self.total_count[..., None] * spread - x)

    def _spread(self) -> Any:
        c0 = self._total_concentration[..., None]
        return sqrt((1.0 + c0 / self.total_count[..., None]) / (1.0 + c0))


def drawn_counts(
    n: Any, draws: Any, logits: Any, classes: Any, batch: Any, seed: int | None, dtype: Any
) -> Tensor:
    """`n` counts of as many draws as are given, for each row of logits."""
    draws = ones_like(logits[..., 0], dtype=draws.dtype) * draws
    logits = ones_like(draws[..., None], dtype=logits.dtype) * logits
    rows = reshape(logits, [-1, classes])

    def one(args: Any) -> Tensor:
        row, count = args
        drawn = reshape(multinomial(row[None, ...], count, seed), shape=[n, -1])
        return reduce_sum(one_hot(drawn, depth=classes, dtype=dtype), axis=-2)

    counts = map_fn(one, [rows, n * reshape(draws, [-1])], dtype=dtype)
    sizes = concat([[n], batch, [classes]], 0)
    return reshape(transpose(counts, perm=[1, 0, 2]), sizes)


def log_combinations(n: Any, counts: Any) -> Any:
    """The logarithm of n! / (counts[0]! counts[1]! ...)."""
    with name_scope("log_combinations", values=[n, counts]):
        n = convert_to_tensor(n, name="n")
        counts = convert_to_tensor(counts, name="counts")
        all_orders = lgamma(n + 1)
        same = reduce_sum(lgamma(counts + 1), axis=[-1])
        return all_orders - same
