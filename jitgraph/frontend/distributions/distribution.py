"""Distribution: what all distributions offer, made of what each one defines.

In: the underscored methods of a class (`_log_prob`, `_sample_n`, ...). Out: the public methods,
in TensorFlow's name scopes; those that are missing follow from others where they can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.frontend.distributions.divergences import cross_entropy, kl_divergence
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_exponential import exp, log, log1p
from jitgraph.ops.elementwise_powers import sqrt
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.reductions import reduce_prod
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.shapes import TensorShape


class ReparameterizationType:
    """Whether gradients flow through samples to the parameters."""

    def __init__(self, rep_type: str) -> None:
        self._rep_type = rep_type

    def __repr__(self) -> str:
        return f"<Reparameteriation Type: {self._rep_type}>"


FULLY_REPARAMETERIZED = ReparameterizationType("FULLY_REPARAMETERIZED")
NOT_REPARAMETERIZED = ReparameterizationType("NOT_REPARAMETERIZED")


class Distribution:
    """A distribution of tensors: a batch of independent ones, each over events of one shape.

    Args:
      dtype: dtype of an event.
      reparameterization_type: FULLY_REPARAMETERIZED or NOT_REPARAMETERIZED.
      validate_args: whether runs check parameters and values.
      allow_nan_stats: whether a statistic that isn't defined is NaN, else an error of the run.
      parameters: what it was made with.
      graph_parents: the tensors it depends on.
      name: the name scope of its operations; the class's name when None.

    Raises:
      ValueError: a parent isn't a tensor.
    """

    def __init__(
        self,
        dtype: Any,
        reparameterization_type: ReparameterizationType,
        validate_args: bool,
        allow_nan_stats: bool,
        parameters: dict[str, Any] | None = None,
        graph_parents: Sequence[Tensor] | None = None,
        name: str | None = None,
    ) -> None:
        parents = list(graph_parents or ())
        for number, parent in enumerate(parents):
            if not isinstance(parent, Tensor):
                raise ValueError(f"Graph parent item {number} is not a Tensor; {parent}.")
        if not name or not name.endswith("/"):
            with name_scope(name or type(self).__name__) as scope:
                name = scope
        self._dtype = dtypes.as_dtype(dtype)
        self._reparameterization_type = reparameterization_type
        self._validate_args, self._allow_nan_stats = validate_args, allow_nan_stats
        self._parameters = parameters or {}
        self._graph_parents = parents
        self._name = name

    @property
    def name(self) -> str:
        """Its name scope."""
        return self._name

    @property
    def dtype(self) -> DType:
        """The dtype of an event."""
        return self._dtype

    @property
    def parameters(self) -> dict[str, Any]:
        """What it was made with."""
        hidden = ("self", "__class__")
        return {name: item for name, item in self._parameters.items() if name not in hidden}

    @property
    def reparameterization_type(self) -> ReparameterizationType:
        """Whether gradients flow through samples."""
        return self._reparameterization_type

    @property
    def allow_nan_stats(self) -> bool:
        """Whether undefined statistics are NaN."""
        return self._allow_nan_stats

    @property
    def validate_args(self) -> bool:
        """Whether runs check parameters and values."""
        return self._validate_args

    @property
    def batch_shape(self) -> TensorShape:
        """The shape of the batch of distributions, as far as it is known."""
        return TensorShape(self._batch_shape())

    @property
    def event_shape(self) -> TensorShape:
        """The shape of one event, as far as it is known."""
        return TensorShape(self._event_shape())

    def copy(self, **override_parameters_kwargs: Any) -> Distribution:
        """The same distribution but for some parameters."""
        return type(self)(**{**self.parameters, **override_parameters_kwargs})

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Tensor:
        """The shape of the batch, as a tensor."""
        with self._name_scope(name):
            if self.batch_shape.is_fully_defined():
                return _sizes(self.batch_shape, "batch_shape")
            return self._batch_shape_tensor()

    def event_shape_tensor(self, name: str = "event_shape_tensor") -> Tensor:
        """The shape of an event, as a tensor."""
        with self._name_scope(name):
            if self.event_shape.is_fully_defined():
                return _sizes(self.event_shape, "event_shape")
            return self._event_shape_tensor()

    def is_scalar_event(self, name: str = "is_scalar_event") -> Tensor:
        """Whether an event is one number, as a tensor."""
        return self._is_scalar(self.event_shape, self.event_shape_tensor, name)

    def is_scalar_batch(self, name: str = "is_scalar_batch") -> Tensor:
        """Whether it is one distribution, as a tensor."""
        return self._is_scalar(self.batch_shape, self.batch_shape_tensor, name)

    def _is_scalar(self, known: TensorShape, sizes: Callable[[], Tensor], name: str) -> Tensor:
        from jitgraph.ops.comparison import equal

        with self._name_scope(name):
            if known.ndims is not None:
                return convert_to_tensor(known.ndims == 0, name=name)
            return equal(shape_of(sizes())[0], 0)

    def sample(self, sample_shape: Any = (), seed: int | None = None, name: str = "sample") -> Any:
        """Samples.

        Args:
          sample_shape: how many: a shape, which stands before those of the batch and the event.
          seed: as in `tf.random_normal`.
          name: the ops' name scope.
        """
        with self._name_scope(name, [sample_shape]):
            given = convert_to_tensor(sample_shape, dtype=dtypes.int32, name="sample_shape")
            vector, count = _as_vector(given)
            samples = self._sample_n(count, seed)
            inner = shape_of(samples)[1:]
            samples = reshape(samples, concat([vector, inner], 0))
            self._refine(samples, vector)
            return samples

    def _refine(self, samples: Tensor, sizes: Tensor) -> None:
        """Sets what is known of the shape of samples."""
        known = constant_value(sizes)
        first = TensorShape(None if known is None else [int(item) for item in known])
        samples.set_shape(first.concatenate(self.batch_shape).concatenate(self.event_shape))

    def log_prob(self, value: Any, name: str = "log_prob") -> Any:
        """The logarithm of the density (or of the probability) of values."""
        return self._of_value(value, name, self._log_prob, (self._prob, log))

    def prob(self, value: Any, name: str = "prob") -> Any:
        """The density (or the probability) of values."""
        return self._of_value(value, name, self._prob, (self._log_prob, exp))

    def log_cdf(self, value: Any, name: str = "log_cdf") -> Any:
        """The logarithm of the probability of a sample up to `value`."""
        return self._of_value(value, name, self._log_cdf, (self._cdf, log))

    def cdf(self, value: Any, name: str = "cdf") -> Any:
        """The probability of a sample up to `value`."""
        return self._of_value(value, name, self._cdf, (self._log_cdf, exp))

    def log_survival_function(self, value: Any, name: str = "log_survival_function") -> Any:
        """The logarithm of the probability of a sample above `value`."""
        other = (self.cdf, lambda below: log1p(-below))
        return self._of_value(value, name, self._log_survival_function, other)

    def survival_function(self, value: Any, name: str = "survival_function") -> Any:
        """The probability of a sample above `value`."""
        other = (self.cdf, lambda below: 1.0 - below)
        return self._of_value(value, name, self._survival_function, other)

    def quantile(self, value: Any, name: str = "quantile") -> Any:
        """The number below which a sample lies with probability `value`."""
        return self._of_value(value, name, self._quantile, None)

    def entropy(self, name: str = "entropy") -> Any:
        """The entropy, in nats."""
        return self._statistic(name, self._entropy)

    def mean(self, name: str = "mean") -> Any:
        """The mean."""
        return self._statistic(name, self._mean)

    def variance(self, name: str = "variance") -> Any:
        """The variance of each element."""
        from jitgraph.ops.arithmetic import square

        return self._statistic(name, self._variance, (self._stddev, square))

    def stddev(self, name: str = "stddev") -> Any:
        """The standard deviation of each element."""
        return self._statistic(name, self._stddev, (self._variance, sqrt))

    def covariance(self, name: str = "covariance") -> Any:
        """The matrix of covariances of an event's elements."""
        return self._statistic(name, self._covariance)

    def mode(self, name: str = "mode") -> Any:
        """The most likely event."""
        return self._statistic(name, self._mode)

    def cross_entropy(self, other: Distribution, name: str = "cross_entropy") -> Any:
        """The cross entropy with another distribution, whose divergence is registered."""
        allow = self.allow_nan_stats
        return self._statistic(name, lambda: cross_entropy(self, other, allow_nan_stats=allow))

    def kl_divergence(self, other: Distribution, name: str = "kl_divergence") -> Any:
        """The Kullback-Leibler divergence to another distribution, if registered."""
        allow = self.allow_nan_stats
        return self._statistic(name, lambda: kl_divergence(self, other, allow_nan_stats=allow))

    def _of_value(self, value: Any, name: str, own: Callable[..., Any], other: Any) -> Any:
        with self._name_scope(name, [value]):
            tensor = convert_to_tensor(value, name="value", preferred_dtype=self.dtype)
            return _first_of(lambda: own(tensor), other and (lambda: other[1](other[0](tensor))))

    def _statistic(self, name: str, own: Callable[[], Any], other: Any = None) -> Any:
        with self._name_scope(name):
            return _first_of(own, other and (lambda: other[1](other[0]())))

    @contextmanager
    def _name_scope(self, name: str, values: Sequence[Any] = ()) -> Iterator[str]:
        with name_scope(self.name), name_scope(name, values=[*values, *self._graph_parents]) as own:
            yield own

    def __str__(self) -> str:
        batch, event = self.batch_shape, self.event_shape
        parts = [f'"{self.name}"']
        parts += [f"batch_shape={batch}"] if batch.ndims is not None else []
        parts += [f"event_shape={event}"] if event.ndims is not None else []
        parts.append(f"dtype={self.dtype.name}")
        return f"tfp.distributions.{type(self).__name__}({', '.join(parts)})"

    def __repr__(self) -> str:
        return (
            f"<tfp.distributions.{type(self).__name__} '{self.name}' "
            f"batch_shape={self.batch_shape} event_shape={self.event_shape} "
            f"dtype={self.dtype.name}>"
        )

    def _batch_shape(self) -> Any:
        return TensorShape(None)

    def _event_shape(self) -> Any:
        return TensorShape(None)

    def _batch_shape_tensor(self) -> Tensor:
        raise self._missing("batch_shape_tensor")

    def _event_shape_tensor(self) -> Tensor:
        raise self._missing("event_shape_tensor")

    def _sample_n(self, n: Any, seed: int | None = None) -> Tensor:
        raise self._missing("sample_n")

    def _log_prob(self, value: Tensor) -> Any:
        raise self._missing("log_prob")

    def _prob(self, value: Tensor) -> Any:
        raise self._missing("prob")

    def _log_cdf(self, value: Tensor) -> Any:
        raise self._missing("log_cdf")

    def _cdf(self, value: Tensor) -> Any:
        raise self._missing("cdf")

    def _log_survival_function(self, value: Tensor) -> Any:
        raise self._missing("log_survival_function")

    def _survival_function(self, value: Tensor) -> Any:
        raise self._missing("survival_function")

    def _quantile(self, value: Tensor) -> Any:
        raise self._missing("quantile")

    def _entropy(self) -> Any:
        raise self._missing("entropy")

    def _mean(self) -> Any:
        raise self._missing("mean")

    def _variance(self) -> Any:
        raise self._missing("variance")

    def _stddev(self) -> Any:
        raise self._missing("stddev")

    def _covariance(self) -> Any:
        raise self._missing("covariance")

    def _mode(self) -> Any:
        raise self._missing("mode")

    def _missing(self, method: str) -> NotImplementedError:
        return NotImplementedError(f"{method} is not implemented: {type(self).__name__}")


def _first_of(own: Callable[[], Any], other: Callable[[], Any] | None) -> Any:
    try:
        return own()
    except NotImplementedError as missing:
        if other is None:
            raise
        try:
            return other()
        except NotImplementedError:
            raise missing from None


def _sizes(shape: TensorShape, name: str) -> Tensor:
    return convert_to_tensor(np.array(shape.as_list(), np.int32), name=name)


def _as_vector(sizes: Tensor) -> tuple[Tensor, Any]:
    """A shape given as a number or a vector, as a vector, and how many elements it has."""
    known = constant_value(sizes)
    count = reduce_prod(sizes) if known is None else np.prod(known, dtype=np.int32)
    if sizes.shape.ndims not in (0, 1, None):
        raise ValueError("Input is neither scalar nor vector.")
    if sizes.shape.ndims == 1:
        return sizes, count
    if known is not None:
        return convert_to_tensor(np.array([known], np.int32), name="sample_shape"), count
    return reshape(sizes, [1] if sizes.shape.ndims == 0 else [-1]), count
