"""Stage frontend: metrics of classes: their confusion matrix, and means over classes.

In: labels and predictions as numbers of classes. Out: a matrix; or (value, update), as
`tf.metrics.mean`.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.frontend.check_ops import assert_less, assert_non_negative
from jitgraph.frontend.metrics.counters import (
    collected,
    metric_variable,
    outside_of_dependencies,
)
from jitgraph.frontend.metrics.means import Metric
from jitgraph.frontend.squeezing import remove_squeezable_dimensions
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import state
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal, greater, not_equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_division import div, div_no_nan
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.filling import ones, ones_like, zeros
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.matrices import diag_part
from jitgraph.ops.packing import stack
from jitgraph.ops.reductions import reduce_max, reduce_mean, reduce_sum
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.scatter import scatter_add
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import size
from jitgraph.ops.sparse_dense_elementwise import sparse_dense_sum
from jitgraph.ops.sparse_tensor import SparseTensor


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    dtype: DType = dtypes.int32,
    name: str | None = None,
    weights: Any = None,
) -> Tensor:
    """How often each class was taken for each: [num_classes, num_classes], a row for each label.

    Args:
      labels, predictions: numbers of classes, [n].
      num_classes: how many there are; one more than the largest number if None.
      dtype: the matrix's.
      name: the ops' name scope.
      weights: [n]; ones if None.

    Raises:
      errors.InvalidArgumentError: in a run, a number that is no class.

    Example:
      >>> tf.confusion_matrix([1, 2, 4], [2, 2, 4])
    """
    inputs = (predictions, labels, num_classes, weights)
    with name_scope(name, "confusion_matrix", inputs):
        labels, predictions = remove_squeezable_dimensions(
            convert_to_tensor(labels, name="labels"),
            convert_to_tensor(predictions, name="predictions"),
        )
        predictions = cast(predictions, dtypes.int64)
        labels = cast(labels, dtypes.int64)
        labels = _checked(labels, "labels")
        predictions = _checked(predictions, "predictions")
        if num_classes is None:
            num_classes = maximum(reduce_max(predictions), reduce_max(labels)) + 1
        else:
            limit = cast(num_classes, dtypes.int64)
            labels = _limited(labels, limit, "labels")
            predictions = _limited(predictions, limit, "predictions")
        if weights is not None:
            weights = convert_to_tensor(weights, name="weights")
            predictions.get_shape().assert_is_compatible_with(weights.get_shape())
            weights = cast(weights, dtype)
        sizes = stack([num_classes, num_classes])
        places = stack([labels, predictions], axis=1)
        values = ones_like(predictions, dtype) if weights is None else weights
        counted = SparseTensor(places, values, cast(sizes, dtypes.int64))
        return sparse_dense_sum(zeros(cast(sizes, dtypes.int32), dtype), counted)


def _checked(numbers: Tensor, title: str) -> Tensor:
    check = assert_non_negative(numbers, message=f"`{title}` contains negative values")
    checked: Tensor = with_dependencies([check], numbers)
    return checked


def _limited(numbers: Tensor, limit: Tensor, title: str) -> Tensor:
    check = assert_less(numbers, limit, message=f"`{title}` out of bound")
    checked: Tensor = with_dependencies([check], numbers)
    return checked


def mean_iou(
    labels: Any,
    predictions: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean over classes of intersection over union; the update gives the confusion matrix.

    Args:
      labels, predictions: tensors of numbers of classes, of the same shape.
      num_classes: how many there are.
      weights: of the same shape; ones if None.
      metrics_collections, updates_collections, name: as for `tf.metrics.mean`.
    """
    with variable_scope(name, "mean_iou", (predictions, labels, weights)):
        labels, predictions = convert_to_tensor(labels), convert_to_tensor(predictions)
        predictions.get_shape().assert_is_compatible_with(labels.get_shape())
        total, update = _gathered_confusions(labels, predictions, num_classes, weights)
        with outside_of_dependencies():
            value = _mean_iou(total)
        return collected(metrics_collections, value), collected(updates_collections, update)


def _gathered_confusions(
    labels: Tensor, predictions: Tensor, num_classes: Any, weights: Any
) -> tuple[Any, Tensor]:
    shape = [num_classes, num_classes]
    total = metric_variable(shape, dtypes.float64, name="total_confusion_matrix")
    predictions = cast(predictions, dtypes.int64)
    labels = cast(labels, dtypes.int64)
    num_classes = cast(num_classes, dtypes.int64)
    predictions, labels = _flat(predictions), _flat(labels)
    if weights is not None:
        weights = _flat(convert_to_tensor(weights))
    now = confusion_matrix(labels, predictions, num_classes, dtypes.float64, weights=weights)
    return total, state.assign_add(total._ref(), now)


def _flat(tensor: Tensor) -> Tensor:
    rank = tensor.get_shape().ndims
    return reshape(tensor, [-1]) if rank is None or rank > 1 else tensor


def _mean_iou(total: Any) -> Tensor:
    rows = cast(reduce_sum(total, 0), dtypes.float32)
    columns = cast(reduce_sum(total, 1), dtypes.float32)
    hits = cast(diag_part(total), dtypes.float32)
    union = rows + columns - hits
    number = reduce_sum(cast(not_equal(union, 0), dtypes.float32))
    union = where(greater(union, 0), union, ones_like(union))
    share = div(hits, union)
    return where(greater(number, 0), reduce_sum(share, name="mean_iou") / number, 0)


def mean_per_class_accuracy(
    labels: Any,
    predictions: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The mean over classes of how often they were found; arguments as for `mean_iou`."""
    with variable_scope(name, "mean_accuracy", (predictions, labels, weights)):
        labels = cast(labels, dtypes.int64)
        predictions = convert_to_tensor(predictions)
        labels, predictions = _flat(labels), _flat(predictions)
        predictions.get_shape().assert_is_compatible_with(labels.get_shape())
        total = metric_variable([num_classes], dtypes.float32, name="total")
        count = metric_variable([num_classes], dtypes.float32, name="count")
        each: Any = ones([size(labels)], dtypes.float32)
        if labels.dtype != predictions.dtype:
            predictions = cast(predictions, labels.dtype)
        is_right: Any = cast(equal(predictions, labels), dtypes.float32)
        if weights is not None:
            weights = cast(_flat(convert_to_tensor(weights)), dtypes.float32)
            is_right = is_right * weights
            each = each * weights
        more_total = scatter_add(total, labels, each)
        more_count = scatter_add(count, labels, is_right)
        with outside_of_dependencies():
            shares = div_no_nan(count, maximum(total, 0), name=None)
            value = reduce_mean(shares, name="mean_accuracy")
        update = div_no_nan(more_count, maximum(more_total, 0), name="update_op")
        return collected(metrics_collections, value), collected(updates_collections, update)
