"""tf.keras.losses: functions, classes and words.

In: targets and predictions. Out: a loss for each example; from a class, their weighted mean.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.api import math, nn
from jitgraph.frontend.keras import backend
from jitgraph.frontend.keras.identifiers import resolved
from jitgraph.graph import name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.reshaping import expand_dims, squeeze


def _pair(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    y_pred = convert_to_tensor(y_pred)
    return cast(y_true, y_pred.dtype), y_pred


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of (y_pred - y_true)^2 along the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    return math.reduce_mean(math.squared_difference(y_pred, y_true), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of |y_pred - y_true| along the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    return math.reduce_mean(math.abs(y_pred - y_true), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """100 times the mean of |y_true - y_pred| / |y_true| along the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    scale = math.maximum(math.abs(y_true), backend.epsilon())
    return 100.0 * math.reduce_mean(math.abs((y_true - y_pred) / scale), axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """The mean squared difference of log(1 + y) along the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    first = math.log(math.maximum(y_pred, backend.epsilon()) + 1.0)
    second = math.log(math.maximum(y_true, backend.epsilon()) + 1.0)
    return math.reduce_mean(math.squared_difference(first, second), axis=-1)


def _signs(y_true: Any) -> Any:
    """Targets of -1 and 1; from zeros and ones, if there are no others.

    TensorFlow converts them only if all are zeros or ones; so does this.
    """
    from jitgraph.frontend.control_flow import cond

    is_zero, is_one = math.equal(y_true, 0), math.equal(y_true, 1)
    is_binary = math.reduce_all(math.logical_or(is_zero, is_one))
    return cond(is_binary, lambda: 2.0 * y_true - 1.0, lambda: y_true)


def hinge(y_true: Any, y_pred: Any) -> Any:
    """The mean of max(1 - y_true * y_pred, 0) along the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    return math.reduce_mean(math.maximum(1.0 - _signs(y_true) * y_pred, 0.0), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """The mean of max(1 - y_true * y_pred, 0)^2 along the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    found = math.square(math.maximum(1.0 - _signs(y_true) * y_pred, 0.0))
    return math.reduce_mean(found, axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """max(1 + the best wrong class - the right one, 0)."""
    y_true, y_pred = _pair(y_true, y_pred)
    right = math.reduce_sum(y_true * y_pred, axis=-1)
    wrong = math.reduce_max((1.0 - y_true) * y_pred, axis=-1)
    return math.maximum(0.0, wrong - right + 1.0)


def huber_loss(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    """Half the square of small errors, linear beyond `delta`."""
    y_true, y_pred = _pair(y_true, y_pred)
    error = math.abs(y_pred - y_true)
    quadratic = math.minimum(error, delta)
    return 0.5 * quadratic * quadratic + delta * (error - quadratic)


def logcosh(y_true: Any, y_pred: Any) -> Any:
    """The mean of log(cosh(y_pred - y_true)) along the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    x = y_pred - y_true
    return math.reduce_mean(x + nn.softplus(-2.0 * x) - math.log(2.0), axis=-1)


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0
) -> Any:
    """The cross entropy of probabilities.

    Args:
      y_true: probabilities, one-hot rows.
      y_pred: probabilities, or logits.
      from_logits: whether `y_pred` are logits.
      label_smoothing: the share that is spread over all classes.
    """
    y_true, y_pred = _pair(y_true, y_pred)
    convert_to_tensor(label_smoothing, y_pred.dtype)  # counted by the seeds of later operations
    if label_smoothing:
        classes = cast(backend.shape(y_true)[1], y_pred.dtype)
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / classes
    return backend.categorical_crossentropy(y_true, y_pred, from_logits)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """The cross entropy of classes given as integers.

    Args:
      y_true: classes.
      y_pred: probabilities, or logits.
      from_logits: whether `y_pred` are logits.
      axis: that of the classes, the last.
    """
    return backend.sparse_categorical_crossentropy(y_true, y_pred, from_logits, axis)


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0
) -> Any:
    """The mean cross entropy of yes and no along the last axis.

    Args:
      y_true: zeros and ones.
      y_pred: probabilities, or logits.
      from_logits: whether `y_pred` are logits.
      label_smoothing: the share that is drawn to one half.
    """
    y_true, y_pred = _pair(y_true, y_pred)
    convert_to_tensor(label_smoothing, y_pred.dtype)  # counted by the seeds of later operations
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    return math.reduce_mean(backend.binary_crossentropy(y_true, y_pred, from_logits), axis=-1)


def kullback_leibler_divergence(y_true: Any, y_pred: Any) -> Any:
    """The sum of y_true * log(y_true / y_pred) along the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    y_true = backend.clip(y_true, backend.epsilon(), 1)
    y_pred = backend.clip(y_pred, backend.epsilon(), 1)
    return math.reduce_sum(y_true * math.log(y_true / y_pred), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """The mean of y_pred - y_true * log(y_pred) along the last axis."""
    y_true, y_pred = _pair(y_true, y_pred)
    return math.reduce_mean(y_pred - y_true * math.log(y_pred + backend.epsilon()), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """The cosine of the angle between both."""
    y_true, y_pred = nn.l2_normalize(y_true, axis=axis), nn.l2_normalize(y_pred, axis=axis)
    return math.reduce_sum(y_true * y_pred, axis=axis)


mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence
cosine = cosine_proximity = cosine_similarity


class Loss:
    """A loss as an object: the base; a subclass has `call(y_true, y_pred)`.

    Args:
      reduction: "sum_over_batch_size" ("auto"), "sum" or "none".
      name: its name.
    """

    def __init__(self, reduction: str = "auto", name: str | None = None) -> None:
        self.reduction = reduction
        self.name = name

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The loss, of examples by their weights."""
        with name_scope(self.name or type(self).__name__.lower()):
            losses = weighted(self.call(y_true, y_pred), sample_weight)
            return reduced(losses, self.reduction)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each example; a subclass overrides it."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def get_config(self) -> dict[str, Any]:
        """The arguments by which it can be made again."""
        return {"reduction": self.reduction, "name": self.name}


class LossFunction(Loss):
    """A loss of a function, and arguments for it."""

    function: Any = None

    def __init__(self, reduction: str = "auto", name: str | None = None, **kwargs: Any) -> None:
        super().__init__(reduction, name or type(self).function.__name__)
        self._kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each example."""
        return type(self).function(y_true, y_pred, **self._kwargs)


class MeanSquaredError(LossFunction):
    """See `mean_squared_error`."""

    function = staticmethod(mean_squared_error)


class MeanAbsoluteError(LossFunction):
    """See `mean_absolute_error`."""

    function = staticmethod(mean_absolute_error)


class MeanAbsolutePercentageError(LossFunction):
    """See `mean_absolute_percentage_error`."""

    function = staticmethod(mean_absolute_percentage_error)


class MeanSquaredLogarithmicError(LossFunction):
    """See `mean_squared_logarithmic_error`."""

    function = staticmethod(mean_squared_logarithmic_error)


class Hinge(LossFunction):
    """See `hinge`."""

    function = staticmethod(hinge)


class SquaredHinge(LossFunction):
    """See `squared_hinge`."""

    function = staticmethod(squared_hinge)


class CategoricalHinge(LossFunction):
    """See `categorical_hinge`."""

    function = staticmethod(categorical_hinge)


class LogCosh(LossFunction):
    """See `logcosh`."""

    function = staticmethod(logcosh)


class Poisson(LossFunction):
    """See `poisson`."""

    function = staticmethod(poisson)


class KLDivergence(LossFunction):
    """See `kullback_leibler_divergence`."""

    function = staticmethod(kullback_leibler_divergence)


class Huber(LossFunction):
    """See `huber_loss`."""

    function = staticmethod(huber_loss)

    def __init__(
        self, delta: float = 1.0, reduction: str = "auto", name: str | None = None
    ) -> None:
        super().__init__(reduction, name, delta=delta)


class _CrossEntropy(LossFunction):
    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0,
        reduction: str = "auto",
        name: str | None = None,
    ) -> None:
        smoothing = {"label_smoothing": label_smoothing} if label_smoothing else {}
        super().__init__(reduction, name, from_logits=from_logits, **smoothing)


class BinaryCrossentropy(_CrossEntropy):
    """See `binary_crossentropy`."""

    function = staticmethod(binary_crossentropy)


class CategoricalCrossentropy(_CrossEntropy):
    """See `categorical_crossentropy`."""

    function = staticmethod(categorical_crossentropy)


class SparseCategoricalCrossentropy(LossFunction):
    """See `sparse_categorical_crossentropy`."""

    function = staticmethod(sparse_categorical_crossentropy)

    def __init__(
        self, from_logits: bool = False, reduction: str = "auto", name: str | None = None
    ) -> None:
        super().__init__(reduction, name, from_logits=from_logits)


def weighted(losses: Any, sample_weight: Any) -> Any:
    """Losses times weights, of as many axes as the losses."""
    if sample_weight is None:
        return losses
    weights = cast(sample_weight, losses.dtype)
    ranks = losses.get_shape().ndims, weights.get_shape().ndims
    if ranks[1] == ranks[0] + 1 and weights.get_shape().as_list()[-1] == 1:
        weights = squeeze(weights, [-1])
    for _ in range(ranks[0] - ranks[1]):
        weights = expand_dims(weights, -1)
    return losses * weights


def reduced(losses: Any, reduction: str) -> Any:
    """One loss of many.

    Raises:
      ValueError: an unknown reduction.
    """
    if reduction == "none":
        return losses
    if reduction == "sum":
        return math.reduce_sum(losses)
    if reduction not in ("auto", "sum_over_batch_size"):
        raise ValueError(f"Invalid Reduction Key {reduction}.")
    from jitgraph.ops.shapes_of import size

    total = math.reduce_sum(losses)
    return math.divide_no_nan(total, cast(size(losses), losses.dtype))


_FUNCTIONS = (
    mean_squared_error, mean_absolute_error, mean_absolute_percentage_error,
    mean_squared_logarithmic_error, hinge, squared_hinge, categorical_hinge, logcosh, huber_loss,
    categorical_crossentropy, sparse_categorical_crossentropy, binary_crossentropy,
    kullback_leibler_divergence, poisson, cosine_similarity,
)  # fmt: skip
_NAMED: dict[str, Callable[..., Any]] = {
    **{function.__name__: function for function in _FUNCTIONS},
    **dict.fromkeys(("mse", "MSE"), mean_squared_error),
    **dict.fromkeys(("mae", "MAE"), mean_absolute_error),
    **dict.fromkeys(("mape", "MAPE"), mean_absolute_percentage_error),
    **dict.fromkeys(("msle", "MSLE"), mean_squared_logarithmic_error),
    **dict.fromkeys(("kld", "KLD"), kullback_leibler_divergence),
    **dict.fromkeys(("cosine", "cosine_proximity"), cosine_similarity),
}


def get(identifier: Any) -> Any:
    """A loss, from itself or its word; None for None.

    Args:
      identifier: "mse", a function of targets and predictions, or a `Loss`.

    Raises:
      ValueError: an unknown word.
    """
    return resolved(identifier, _NAMED, "loss function", makes=False)
