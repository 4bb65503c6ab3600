"""tf.keras.metrics: what is told of a model's predictions while it trains.

In: targets and predictions of a batch. Out: tensors that are summed over batches, and the number
that the sums make: a mean, a share, an area.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.api import math, nn
from jitgraph.frontend.keras import losses
from jitgraph.frontend.keras.losses import weighted
from jitgraph.ops.casting import cast
from jitgraph.ops.reshaping import reshape, squeeze
from jitgraph.ops.shapes_of import size


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """The share along the last axis on the right side of a threshold."""
    chosen = cast(math.greater(y_pred, threshold), y_pred.dtype)
    return math.reduce_mean(
        cast(math.equal(cast(y_true, y_pred.dtype), chosen), dtypes.float32), axis=-1
    )


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Whether the likeliest class is right, of one-hot rows."""
    right = math.equal(math.argmax(y_true, axis=-1), math.argmax(y_pred, axis=-1))
    return cast(right, dtypes.float32)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """Whether the likeliest class is right, of classes given as integers."""
    ranks = y_true.get_shape().ndims, y_pred.get_shape().ndims
    if ranks[0] == ranks[1]:
        y_true = squeeze(y_true, [-1])
    found = cast(math.argmax(y_pred, axis=-1), y_true.dtype)
    return cast(math.equal(y_true, found), dtypes.float32)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Whether the right class is among the `k` likeliest, of one-hot rows."""
    return cast(nn.in_top_k(y_pred, math.argmax(y_true, axis=-1), k), dtypes.float32)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """Whether the right class is among the `k` likeliest, of classes given as integers."""
    classes = cast(reshape(y_true, [-1]), dtypes.int32)
    return cast(nn.in_top_k(y_pred, classes, k), dtypes.float32)


class Metric:
    """What is told of predictions: the base.

    A subclass has `sums`, the tensors of a batch that are added up, and `result_of`, the number
    that the sums make.

    Args:
      name: its name in logs and histories.
    """

    def __init__(self, name: str | None = None, **_: Any) -> None:
        self.name = name or type(self).__name__.lower()

    def sums(self, y_true: Any, y_pred: Any, weights: Any = None) -> Sequence[Any]:
        """The tensors of a batch."""
        raise NotImplementedError

    def result_of(self, sums: Sequence[Any]) -> Any:
        """The number that sums of such tensors make."""
        return sums[0] / sums[1] if sums[1] else np.float32(0.0)


class MeanOf(Metric):
    """The mean of a function over all examples.

    Args:
      function: of targets and predictions.
      name: its name; the function's if None.
    """

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        super().__init__(name or getattr(function, "__name__", "metric"))
        self.function = function

    def sums(self, y_true: Any, y_pred: Any, weights: Any = None) -> Sequence[Any]:
        """The sum and the number of the function's values, by their weights."""
        values = self.function(y_true, y_pred)
        if weights is None:
            return math.reduce_sum(values), cast(size(values), dtypes.float32)
        from jitgraph.ops.filling import ones_like

        counts = weighted(ones_like(values), weights)
        return math.reduce_sum(values * counts), math.reduce_sum(counts)


def _mean(function: Callable[..., Any], default: str) -> Any:
    class Named(MeanOf):
        def __init__(self, name: str | None = None, dtype: Any = None) -> None:
            super().__init__(function, name or default)

    Named.__doc__ = f"The mean of `{function.__name__}`."
    return Named


BinaryAccuracy = _mean(binary_accuracy, "binary_accuracy")
CategoricalAccuracy = _mean(categorical_accuracy, "categorical_accuracy")
SparseCategoricalAccuracy = _mean(sparse_categorical_accuracy, "sparse_categorical_accuracy")
TopKCategoricalAccuracy = _mean(top_k_categorical_accuracy, "top_k_categorical_accuracy")
MeanSquaredError = _mean(losses.mean_squared_error, "mean_squared_error")
MeanAbsoluteError = _mean(losses.mean_absolute_error, "mean_absolute_error")


class _Thresholded(Metric):
    def __init__(self, thresholds: Any = None, name: str | None = None, **_: Any) -> None:
        super().__init__(name)
        self.threshold = 0.5 if thresholds is None else float(thresholds)

    def _kinds(self, y_true: Any, y_pred: Any, weights: Any, of: Any) -> Sequence[Any]:
        chosen = math.greater(y_pred, self.threshold)
        real = math.not_equal(y_true, 0)
        other = of(chosen, real)
        both = cast(math.logical_and(chosen, real), dtypes.float32)
        rest = cast(other, dtypes.float32)
        return math.reduce_sum(weighted(both, weights)), math.reduce_sum(weighted(rest, weights))

    def result_of(self, sums: Sequence[Any]) -> Any:
        """The share."""
        total = sums[0] + sums[1]
        return sums[0] / total if total else np.float32(0.0)


class Precision(_Thresholded):
    """Which share of those predicted above a threshold is right."""

    def sums(self, y_true: Any, y_pred: Any, weights: Any = None) -> Sequence[Any]:
        """Those rightly and wrongly predicted."""
        return self._kinds(
            y_true, y_pred, weights, lambda p, t: math.logical_and(p, math.logical_not(t))
        )


class Recall(_Thresholded):
    """Which share of the real ones is predicted above a threshold."""

    def sums(self, y_true: Any, y_pred: Any, weights: Any = None) -> Sequence[Any]:
        """Those found and missed."""
        return self._kinds(
            y_true, y_pred, weights, lambda p, t: math.logical_and(math.logical_not(p), t)
        )


class AUC(Metric):
    """The area below the curve of the found share over the wrongly found one.

    Args:
      num_thresholds: how many points of the curve are computed.
      name: its name.
    """

    def __init__(self, num_thresholds: int = 200, name: str | None = None, **_: Any) -> None:
        super().__init__(name or "auc")
        inner = [(i + 1) / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        self.thresholds = np.array([-1e-7, *inner, 1.0 + 1e-7], np.float32)

    def sums(self, y_true: Any, y_pred: Any, weights: Any = None) -> Sequence[Any]:
        """For each threshold those found, those wrongly found; all real, all others."""
        real = reshape(cast(math.not_equal(y_true, 0), dtypes.float32), [1, -1])
        above = math.greater(reshape(y_pred, [1, -1]), self.thresholds[:, None])
        chosen = cast(above, dtypes.float32)
        return (
            math.reduce_sum(chosen * real, 1),
            math.reduce_sum(chosen * (1.0 - real), 1),
            math.reduce_sum(real),
            math.reduce_sum(1.0 - real),
        )

    def result_of(self, sums: Sequence[Any]) -> Any:
        """The area by trapezoids."""
        found, wrong, real, others = sums
        y, x = found / max(real, 1e-7), wrong / max(others, 1e-7)
        return float(np.sum((x[:-1] - x[1:]) * (y[:-1] + y[1:]) / 2.0))


_ACCURACIES = ("accuracy", "acc")
_NAMED: dict[str, Callable[..., Any]] = {
    **losses._NAMED,
    "binary_accuracy": binary_accuracy,
    "categorical_accuracy": categorical_accuracy,
    "sparse_categorical_accuracy": sparse_categorical_accuracy,
    "top_k_categorical_accuracy": top_k_categorical_accuracy,
    "sparse_top_k_categorical_accuracy": sparse_top_k_categorical_accuracy,
}
_CLASSES: dict[str, Callable[..., Any]] = {"AUC": AUC, "Precision": Precision, "Recall": Recall}


def get(identifier: Any) -> Any:
    """A metric's function or object, from itself or its word.

    Args:
      identifier: "mae", a function of targets and predictions, or a `Metric`.

    Raises:
      ValueError: an unknown word.
    """
    return losses.resolved(identifier, _NAMED, "metric function", makes=False)


def metric_of(identifier: Any, loss: Any, y_true: Any, y_pred: Any) -> Metric:
    """The metric that a word, function or object given to `compile` means for an output.

    Raises:
      ValueError: an unknown word.
    """
    if isinstance(identifier, Metric):
        return identifier
    if identifier in _ACCURACIES:
        return MeanOf(_accuracy_for(loss, y_true, y_pred), "acc")
    if identifier in ("crossentropy", "ce"):
        return MeanOf(loss if callable(loss) else losses.get(loss), identifier)
    if isinstance(identifier, str) and identifier in _CLASSES:
        return _CLASSES[identifier]()  # type: ignore[no-any-return]
    function = get(identifier)
    return MeanOf(function)


def _accuracy_for(loss: Any, y_true: Any, y_pred: Any) -> Callable[..., Any]:
    """By the shapes of an output and its target, binary, of one-hot rows or of integers."""
    function = getattr(loss, "function", None) or getattr(type(loss), "function", None) or loss
    width = y_pred.get_shape().as_list()[-1] if y_pred.get_shape().ndims else None
    if width == 1 or function is losses.binary_crossentropy:
        return binary_accuracy
    if function is losses.sparse_categorical_crossentropy:
        return sparse_categorical_accuracy
    target = y_true.get_shape().as_list()[-1] if y_true.get_shape().ndims else None
    if target == 1 and width != 1:
        return sparse_categorical_accuracy
    return categorical_accuracy
