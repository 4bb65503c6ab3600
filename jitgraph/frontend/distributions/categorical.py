"""Categorical distributions: one of several classes."""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.cross_entropy_losses import sparse_softmax_cross_entropy_with_logits
from jitgraph.frontend.distributions.distribution import NOT_REPARAMETERIZED, Distribution
from jitgraph.frontend.distributions.divergences import RegisterKL
from jitgraph.frontend.distributions.logits import logits_and_probs
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.arguments import argmax
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import ones, ones_like, zeros_like
from jitgraph.ops.identities import identity
from jitgraph.ops.masking import sequence_mask
from jitgraph.ops.random_samples import multinomial
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import rank, shape as shape_of
from jitgraph.ops.softmax import log_softmax, softmax
from jitgraph.ops.transposing import transpose


class Categorical(Distribution):
    """A class, by its number.

    Args:
      logits: the logarithms of the odds of the classes, the last axis; or
      probs: their probabilities, a float tensor.
      dtype: dtype of the numbers.
      validate_args, allow_nan_stats, name: as in `Distribution`.

    Raises:
      ValueError: both are given, or none.

    Example:
      >>> tf.distributions.Categorical(probs=[0.2, 0.7, 0.1]).sample(5).shape
      TensorShape([Dimension(5)])
    """

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = dtypes.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Categorical",
    ) -> None:
        parameters = dict(locals())
        with name_scope(name, values=[logits, probs]) as name:
            self._logits, self._probs = logits_and_probs(
                logits, probs, name, validate_args, multidimensional=True
            )
            self._measure()
        super().__init__(
            dtype=dtype,
            reparameterization_type=NOT_REPARAMETERIZED,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            parameters=parameters,
            graph_parents=[self._logits, self._probs],
            name=name,
        )

    def _measure(self) -> None:
        """Makes the tensors of its sizes, constants where they are known."""
        known = self._logits.get_shape().with_rank_at_least(1)
        if known.ndims is not None:
            self._batch_rank: Any = constant(known.ndims - 1, dtypes.int32, name="batch_rank")
        else:
            with name_scope("batch_rank"):
                self._batch_rank = rank(self._logits) - 1
        sizes = shape_of(self._logits, name="logits_shape")
        if known.ndims is not None and known.as_list()[-1] is not None:
            self._event_size: Any = constant(known.as_list()[-1], dtypes.int32, name="event_size")
        else:
            with name_scope("event_size"):
                self._event_size = sizes[self._batch_rank]
        if known[:-1].is_fully_defined():
            batch = known[:-1].as_list()
            self._batch_sizes: Any = constant(batch, dtypes.int32, name="batch_shape")
        else:
            with name_scope("batch_shape"):
                self._batch_sizes = sizes[:-1]

    @property
    def event_size(self) -> Tensor:
        """How many classes there are."""
        found: Tensor = self._event_size
        return found

    @property
    def logits(self) -> Tensor:
        """The logarithms of the odds."""
        return self._logits

    @property
    def probs(self) -> Tensor:
        """The probabilities."""
        return self._probs

    def _batch_shape(self) -> Any:
        return self.logits.get_shape()[:-1]

    def _batch_shape_tensor(self) -> Tensor:
        return identity(self._batch_sizes)

    def _event_shape(self) -> Any:
        return []

    def _event_shape_tensor(self) -> Tensor:
        return constant([], dtype=dtypes.int32)

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        is_matrix = self.logits.get_shape().ndims == 2
        rows = self.logits if is_matrix else reshape(self.logits, [-1, self.event_size])
        kind = dtypes.int64 if self.dtype.size > 4 else dtypes.int32
        drawn = multinomial(rows, n, seed=seed, output_dtype=kind)
        drawn = reshape(transpose(drawn), concat([[n], self.batch_shape_tensor()], 0))
        return cast(drawn, self.dtype)

    def _log_prob(self, value: Tensor) -> Any:
        classes, logits = self._matched(value, self.logits)
        return -sparse_softmax_cross_entropy_with_logits(labels=classes, logits=logits)

    def _cdf(self, value: Tensor) -> Any:
        classes, probs = self._matched(value, self.probs)
        rows = reshape(probs, (-1, self._event_size))
        is_below = sequence_mask(reshape(classes, [-1]), self._event_size)
        total = reduce_sum(where(is_below, rows, zeros_like(rows)), axis=-1)
        return reshape(total, shape_of(classes))

    def _matched(self, value: Tensor, parameters: Any) -> tuple[Any, Any]:
        """Numbers of classes and parameters, broadcast to each other."""
        classes: Any = convert_to_tensor(value, name="k")
        if classes.dtype.is_floating:
            classes = cast(classes, dtypes.int32)
        elif not classes.dtype.is_integer:
            raise TypeError(
                f"`value` should have integer `dtype` or `self.dtype` ({self.dtype.base_dtype!r})"
            )
        batch = parameters.shape[:-1]
        known = batch.is_fully_defined() and classes.shape.is_fully_defined()
        if known and batch == classes.shape:
            return classes, parameters
        parameters = parameters * ones_like(classes[..., None], dtype=parameters.dtype)
        classes = classes * ones(shape_of(parameters)[:-1], dtype=classes.dtype)
        if parameters.shape.ndims is not None:
            classes.set_shape(parameters.shape[:-1])
        return classes, parameters

    def _entropy(self) -> Any:
        return -reduce_sum(log_softmax(self.logits) * self.probs, axis=-1)

    def _mode(self) -> Any:
        found = cast(argmax(self.logits, axis=self._batch_rank), self.dtype)
        found.set_shape(self.batch_shape)
        return found


@RegisterKL(Categorical, Categorical)
def _categorical_divergence(a: Categorical, b: Categorical, name: str | None = None) -> Any:
    with name_scope(name, "kl_categorical_categorical", values=[a.logits, b.logits]):
        apart = log_softmax(a.logits) - log_softmax(b.logits)
        return reduce_sum(softmax(a.logits) * apart, axis=-1)
