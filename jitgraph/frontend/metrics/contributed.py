"""tf.contrib.metrics: tf.metrics under the names of 2016, with predictions before labels.

In: predictions and labels. Out: pairs of a value and the operation that updates it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.api import metrics
from jitgraph.graph import Tensor, name_scope
from jitgraph.graph.deprecation import deprecated
from jitgraph.ops.arithmetic import multiply
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal
from jitgraph.ops.elementwise_division import div
from jitgraph.ops.filling import ones_like
from jitgraph.ops.reductions import reduce_mean, reduce_sum

_ORIGIN = "tensorflow.contrib.metrics.python.ops.metric_ops"

Streaming = Callable[..., Any]


def _streaming(function: Streaming, name: str | None = None) -> Streaming:
    """The metric under its former name; predictions come first where there are labels."""
    signature = inspect.signature(function)
    order = list(signature.parameters)
    is_switched = order[:2] == ["labels", "predictions"]
    text = f"Please switch to tf.metrics.{function.__name__}."
    if is_switched:
        order[:2] = ["predictions", "labels"]
        text += " Note that the order of the labels and predictions arguments has been switched."

    @wraps(function)
    def streaming(*args: Any, **kwargs: Any) -> Any:
        return function(**dict(zip(order, args, strict=False)), **kwargs)

    streaming.__name__ = streaming.__qualname__ = f"streaming_{name or function.__name__}"
    ordered = [signature.parameters[each] for each in order]
    streaming.__signature__ = signature.replace(parameters=ordered)  # type: ignore[attr-defined]
    return deprecated(None, text, _ORIGIN)(streaming)


streaming_accuracy = _streaming(metrics.accuracy)
streaming_auc = _streaming(metrics.auc)
streaming_false_negatives = _streaming(metrics.false_negatives)
streaming_false_negatives_at_thresholds = _streaming(metrics.false_negatives_at_thresholds)
streaming_false_positives = _streaming(metrics.false_positives)
streaming_false_positives_at_thresholds = _streaming(metrics.false_positives_at_thresholds)
streaming_mean = _streaming(metrics.mean)
streaming_mean_absolute_error = _streaming(metrics.mean_absolute_error)
streaming_mean_cosine_distance = _streaming(metrics.mean_cosine_distance)
streaming_mean_iou = _streaming(metrics.mean_iou)
streaming_mean_relative_error = _streaming(metrics.mean_relative_error)
streaming_mean_squared_error = _streaming(metrics.mean_squared_error)
streaming_mean_tensor = _streaming(metrics.mean_tensor)
streaming_percentage_less = _streaming(metrics.percentage_below, "percentage_less")
streaming_precision = _streaming(metrics.precision)
streaming_precision_at_thresholds = _streaming(metrics.precision_at_thresholds)
streaming_recall = _streaming(metrics.recall)
streaming_recall_at_thresholds = _streaming(metrics.recall_at_thresholds)
streaming_root_mean_squared_error = _streaming(metrics.root_mean_squared_error)
streaming_sensitivity_at_specificity = _streaming(metrics.sensitivity_at_specificity)
streaming_specificity_at_sensitivity = _streaming(metrics.specificity_at_sensitivity)
streaming_true_negatives = _streaming(metrics.true_negatives)
streaming_true_negatives_at_thresholds = _streaming(metrics.true_negatives_at_thresholds)
streaming_true_positives = _streaming(metrics.true_positives)
streaming_true_positives_at_thresholds = _streaming(metrics.true_positives_at_thresholds)


def accuracy(
    predictions: Tensor, labels: Tensor, weights: Any = None, name: str | None = None
) -> Tensor:
    """The share of predictions that are right, of one batch.

    Args:
      predictions, labels: bools, integers or strings of one dtype and shape.
      weights: a number for each; all count alike when None.
      name: the ops' name scope.

    Raises:
      ValueError: other dtypes.

    Example:
      >>> tf.contrib.metrics.accuracy(tf.constant([1, 2]), tf.constant([1, 3]))
      <tf.Tensor 'accuracy/Mean:0' shape=() dtype=float32>
    """
    kind = labels.dtype
    if not (kind.is_integer or kind in (dtypes.bool, dtypes.string)):
        raise ValueError(f"Labels should have bool, integer, or string dtype, not {kind!r}")
    if not kind.is_compatible_with(predictions.dtype):
        raise ValueError(
            "Dtypes of predictions and labels should match. Given: predictions "
            f"({predictions.dtype!r}) and labels ({kind!r})"
        )
    with name_scope(name, "accuracy", [predictions, labels]):
        right = cast(equal(predictions, labels), dtypes.float32)
        if weights is None:
            return reduce_mean(right)
        right = multiply(right, weights)
        count = multiply(weights, ones_like(right))
        return div(reduce_sum(right), reduce_sum(count))


def aggregate_metrics(*value_update_tuples: tuple[Any, Any]) -> tuple[list[Any], list[Any]]:
    """A list of values and one of updates, of pairs of them.

    Raises:
      ValueError: there are none.
    """
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples, strict=True)
    return list(values), list(updates)


def aggregate_metric_map(
    names_to_tuples: Mapping[str, tuple[Any, Any]],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """A dict of values and one of updates, of a dict of pairs of them.

    Example:
      >>> values, updates = tf.contrib.metrics.aggregate_metric_map(
      ...     {"mean": tf.metrics.mean([1.0, 2.0])})
      >>> list(values)
      ['mean']
    """
    pairs = names_to_tuples.items()
    return {n: pair[0] for n, pair in pairs}, {n: pair[1] for n, pair in pairs}
