"""Stage frontend: metrics that are means over all that was seen.

In: values, weights. Out: (value, update): a tensor that reads the metric, and one that counts the
values of this run and gives the metric behind it. All take the arguments of `mean`.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.metrics.counters import (
    collected,
    metric_variable,
    outside_of_dependencies,
    with_fitting_ranks,
)
from jitgraph.frontend.squeezing import remove_squeezable_dimensions
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.frontend.weights_broadcast import broadcast_weights
from jitgraph.graph import Tensor, control_dependencies
from jitgraph.ops import state
from jitgraph.ops.arithmetic import multiply, squared_difference, subtract
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal, less
from jitgraph.ops.elementwise_division import div, div_no_nan
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.elementwise_powers import sqrt
from jitgraph.ops.elementwise_rounding import abs as absolute
from jitgraph.ops.filling import ones_like, zeros_like
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import size

Metric = tuple[Tensor, Tensor]


def mean(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean of all values of all runs.

    Args:
      values: a tensor of any shape.
      weights: of rank 0, or of the values' rank with sizes 1 or the values'; ones if None.
      metrics_collections: collections that the value joins.
      updates_collections: collections that the update joins.
      name: the variables' and ops' scope.

    Returns:
      (value, update): the mean so far, and an op that counts the values of this run and gives the
      mean behind it. `tf.local_variables_initializer()` begins anew.

    Raises:
      ValueError: weights that don't fit.

    Example:
      >>> value, update = tf.metrics.mean(losses)
      >>> sess.run(tf.local_variables_initializer())
      >>> for batch in batches:
      ...     sess.run(update, {x: batch})
      >>> sess.run(value)
    """
    with variable_scope(name, "mean", (values, weights)):
        values = cast(values, dtypes.float32)
        total = metric_variable([], dtypes.float32, name="total")
        count = metric_variable([], dtypes.float32, name="count")
        if weights is None:
            number = cast(size(values), dtypes.float32)
        else:
            values, weights = _weighted(values, weights)
            number = reduce_sum(weights)
        more_total = state.assign_add(total._ref(), reduce_sum(values))
        with control_dependencies([values]):
            more_count = state.assign_add(count._ref(), number)
        return _ratio(
            total, count, more_total, more_count, metrics_collections, updates_collections
        )


def _weighted(values: Tensor, weights: Any) -> tuple[Tensor, Tensor]:
    values, _, weights = with_fitting_ranks(values, None, weights)
    weights = broadcast_weights(cast(weights, dtypes.float32), values)
    return multiply(values, weights), weights


def _ratio(
    total: Any, count: Any, more_total: Any, more_count: Any, values: Any, updates: Any
) -> Metric:
    with outside_of_dependencies():
        value = div_no_nan(total, maximum(count, 0), name="value")
    collected(values, value)
    update = div_no_nan(more_total, maximum(more_count, 0), name="update_op")
    return value, collected(updates, update)


def mean_tensor(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean of each element over all runs; arguments as for `mean`, values of a known shape."""
    with variable_scope(name, "mean", (values, weights)):
        values = cast(values, dtypes.float32)
        total = metric_variable(values.get_shape(), dtypes.float32, name="total_tensor")
        count = metric_variable(values.get_shape(), dtypes.float32, name="count_tensor")
        number = ones_like(values)
        if weights is not None:
            values, weights = _weighted(values, weights)
            number = multiply(number, weights)
        more_total = state.assign_add(total._ref(), values)
        with control_dependencies([values]):
            more_count = state.assign_add(count._ref(), number)
        return _ratio(
            total, count, more_total, more_count, metrics_collections, updates_collections
        )


def accuracy(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """How often predictions are the labels.

    Args:
      labels: what is true; predictions: what was predicted, of the same shape.
      weights, metrics_collections, updates_collections, name: as for `mean`.

    Example:
      >>> value, update = tf.metrics.accuracy(labels, tf.argmax(logits, 1))
    """
    predictions, labels, weights = with_fitting_ranks(predictions, labels, weights)
    predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    if labels.dtype != predictions.dtype:
        predictions = cast(predictions, labels.dtype)
    is_right = cast(equal(predictions, labels), dtypes.float32)
    return mean(is_right, weights, metrics_collections, updates_collections, name or "accuracy")


def mean_absolute_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean of |predictions - labels|; arguments as for `accuracy`."""
    predictions, labels, weights = with_fitting_ranks(predictions, labels, weights)
    errors = absolute(predictions - labels)
    own = name or "mean_absolute_error"
    return mean(errors, weights, metrics_collections, updates_collections, own)


def mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean of (predictions - labels)²; arguments as for `accuracy`."""
    predictions, labels, weights = with_fitting_ranks(predictions, labels, weights)
    errors = squared_difference(labels, predictions)
    own = name or "mean_squared_error"
    return mean(errors, weights, metrics_collections, updates_collections, own)


def root_mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The root of the mean of (predictions - labels)²; arguments as for `accuracy`."""
    predictions, labels, weights = with_fitting_ranks(predictions, labels, weights)
    own = name or "root_mean_squared_error"
    squared, more = mean_squared_error(labels, predictions, weights, None, None, own)
    with outside_of_dependencies():
        value = sqrt(squared)
    collected(metrics_collections, value)
    return value, collected(updates_collections, sqrt(more))


def mean_relative_error(
    labels: Any,
    predictions: Any,
    normalizer: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean of |labels - predictions| / normalizer, 0 where that is 0.

    The other arguments are those of `accuracy`.
    """
    predictions, labels, weights = with_fitting_ranks(predictions, labels, weights)
    predictions, normalizer = remove_squeezable_dimensions(predictions, normalizer)
    predictions.get_shape().assert_is_compatible_with(normalizer.get_shape())
    is_zero = equal(normalizer, 0.0)
    errors = where(is_zero, zeros_like(labels), div(absolute(labels - predictions), normalizer))
    own = name or "mean_relative_error"
    return mean(errors, weights, metrics_collections, updates_collections, own)


def mean_cosine_distance(
    labels: Any,
    predictions: Any,
    dim: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean of 1 - cos of the angle between vectors along `dim`, which have length one.

    The other arguments are those of `accuracy`.
    """
    predictions, labels, weights = with_fitting_ranks(predictions, labels, weights)
    products = multiply(predictions, labels)
    distances = reduce_sum(products, axis=[dim], keepdims=True)
    own = name or "mean_cosine_distance"
    found, more = mean(distances, weights, None, None, own)
    value = subtract(1.0, found)
    update = subtract(1.0, more)
    return collected(metrics_collections, value), collected(updates_collections, update)


def percentage_below(
    values: Any,
    threshold: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The share of values below a threshold; the other arguments are those of `mean`."""
    is_below = cast(less(values, threshold), dtypes.float32)
    own = name or "percentage_below_threshold"
    return mean(is_below, weights, metrics_collections, updates_collections, own)
