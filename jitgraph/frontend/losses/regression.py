"""Stage frontend: losses of predictions that are numbers.

In: labels and predictions of one shape, weights. Out: a scalar, added to the collection of losses.
All take the arguments of `absolute_difference`.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.losses.weighted import (
    Reduction,
    add_loss,
    compute_weighted_loss,
    num_present,
)
from jitgraph.frontend.weights_broadcast import assert_broadcastable
from jitgraph.graph import GraphKeys, Tensor, control_dependencies, name_scope
from jitgraph.ops.arithmetic import add, multiply, square, squared_difference, subtract
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_division import div_no_nan
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_extrema import maximum, minimum
from jitgraph.ops.elementwise_rounding import abs as absolute
from jitgraph.ops.filling import zeros_like
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import rank

_BY_WEIGHTS = Reduction.SUM_BY_NONZERO_WEIGHTS


def require(**given: Any) -> None:
    """Raises ValueError for an argument that is None, by its name."""
    for name, value in given.items():
        if value is None:
            raise ValueError(f"{name} must not be None.")


def as_floats(labels: Any, predictions: Any) -> tuple[Tensor, Tensor]:
    """(predictions, labels) as float32, of shapes that may be the same.

    Raises:
      ValueError: their shapes differ.
    """
    predictions = cast(predictions, dtypes.float32)
    labels = cast(labels, dtypes.float32)
    predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    return predictions, labels


def absolute_difference(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:
    """The mean of |predictions - labels|.

    Args:
      labels: what is true; predictions: what was predicted, of the same shape.
      weights: of rank 0, or of the labels' rank with sizes 1 or the labels'.
      scope: the ops' name scope.
      loss_collection: the collection it joins.
      reduction: one of `tf.losses.Reduction`.

    Raises:
      ValueError: an argument is None, or shapes don't fit.

    Example:
      >>> loss = tf.losses.absolute_difference(labels, predictions)
    """
    require(labels=labels, predictions=predictions)
    with name_scope(scope, "absolute_difference", (predictions, labels, weights)) as scope:
        predictions, labels = as_floats(labels, predictions)
        losses = absolute(subtract(predictions, labels))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:
    """The mean of (predictions - labels)²; arguments as for `absolute_difference`."""
    require(labels=labels, predictions=predictions)
    with name_scope(scope, "mean_squared_error", (predictions, labels, weights)) as scope:
        predictions, labels = as_floats(labels, predictions)
        losses = squared_difference(predictions, labels)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def huber_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    delta: float = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:
    """The mean of e²/2 for errors up to `delta`, of delta·(e - delta/2) for larger ones.

    P. J. Huber, "Robust estimation of a location parameter", Annals of Statistics 53, 1964. The
    other arguments are those of `absolute_difference`.
    """
    require(labels=labels, predictions=predictions)
    with name_scope(scope, "huber_loss", (predictions, labels, weights)) as scope:
        predictions, labels = as_floats(labels, predictions)
        size = absolute(subtract(predictions, labels))
        quadratic = minimum(size, delta)
        linear = subtract(size, quadratic)
        half = convert_to_tensor(0.5, dtype=quadratic.dtype)
        losses = add(multiply(half, multiply(quadratic, quadratic)), multiply(delta, linear))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def log_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:
    """The mean of -labels·log(p + epsilon) - (1 - labels)·log(1 - p + epsilon).

    The other arguments are those of `absolute_difference`; predictions are probabilities.
    """
    require(labels=labels, predictions=predictions)
    with name_scope(scope, "log_loss", (predictions, labels, weights)) as scope:
        predictions, labels = as_floats(labels, predictions)
        losses = -multiply(labels, log(predictions + epsilon)) - multiply(
            (1 - labels), log(1 - predictions + epsilon)
        )
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def cosine_distance(
    labels: Any,
    predictions: Any,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = _BY_WEIGHTS,
    dim: int | None = None,
) -> Tensor:
    """The mean of 1 - cos of the angle between vectors along `axis`, which have length one.

    `dim` is the old name of `axis`; the other arguments are those of `absolute_difference`.
    """
    axis = dim if axis is None else axis
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    require(labels=labels, predictions=predictions)
    with name_scope(scope, "cosine_distance_loss", (predictions, labels, weights)) as scope:
        predictions, labels = as_floats(labels, predictions)
        products = multiply(predictions, labels)
        losses = 1 - reduce_sum(products, axis=(axis,), keepdims=True)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_pairwise_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
) -> Tensor:
    """The mean over pairs of elements of an example of the squared error of their difference.

    Arguments as for `absolute_difference`; a weight for each example at most.
    """
    require(labels=labels, predictions=predictions)
    inputs = (predictions, labels, weights)
    with name_scope(scope, "mean_pairwise_squared_error", inputs) as scope:
        weights = cast(weights, dtypes.float32)
        labels = cast(labels, dtypes.float32)
        with control_dependencies((assert_broadcastable(weights, labels),)):
            loss = _pairwise(labels, predictions, weights)
            add_loss(loss, loss_collection)
            return loss


def _pairwise(labels: Tensor, predictions: Any, weights: Tensor) -> Tensor:
    predictions = cast(predictions, dtypes.float32)
    predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    errors = subtract(predictions, labels)
    axis = range_of(1, rank(errors))
    squares = reduce_sum(square(errors), axis=axis, keepdims=True)
    count = num_present(errors, weights, per_batch=True)
    first = 2.0 * div_no_nan(squares, maximum(count - 1, 0), name="value")
    total = reduce_sum(errors, axis=axis, keepdims=True)
    squared = square(total)
    pairs = maximum(multiply(count, count - 1), 0)
    second = 2.0 * div_no_nan(squared, pairs, name="value")
    loss = reduce_sum(multiply(first - second, weights))
    return where(reduce_sum(count) > 0, loss, zeros_like(loss), name="value")
