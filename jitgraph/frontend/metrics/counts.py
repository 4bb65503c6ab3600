"""Stage frontend: metrics that count right and wrong answers: precision, recall and their parts.

In: labels and predictions as truth values, weights. Out: (value, update), as `tf.metrics.mean`.
All take the arguments of `true_positives`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.check_ops import assert_rank_in, assert_type
from jitgraph.frontend.metrics.counters import (
    collected,
    metric_variable,
    outside_of_dependencies,
    with_fitting_ranks,
)
from jitgraph.frontend.metrics.means import Metric
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import Tensor, control_dependencies
from jitgraph.ops import state
from jitgraph.ops.arithmetic import multiply
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal, greater
from jitgraph.ops.elementwise_division import div
from jitgraph.ops.identities import identity
from jitgraph.ops.logical import logical_and
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import rank


def _counter(title: str, label: bool, prediction: bool) -> Callable[..., Metric]:
    """The metric that counts one kind of answer."""

    def function(
        labels: Any,
        predictions: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> Metric:
        with variable_scope(name, title, (predictions, labels, weights)):
            predictions, labels, weights = with_fitting_ranks(
                *_as_truth(predictions, labels), weights
            )
            counted = logical_and(equal(labels, label), equal(predictions, prediction))
            return _count(counted, weights, metrics_collections, updates_collections)

    function.__name__ = function.__qualname__ = title
    function.__doc__ = f"""How often the label was {label} and the prediction {prediction}.

    Args:
      labels: what is true; predictions: what was predicted; anything that casts to bool.
      weights: of rank 0, or of the labels' rank with sizes 1 or the labels'; ones if None.
      metrics_collections, updates_collections, name: as for `tf.metrics.mean`.

    Returns:
      (value, update).
    """
    return function


def _as_truth(predictions: Any, labels: Any) -> tuple[Tensor, Tensor]:
    return cast(predictions, dtypes.bool), cast(labels, dtypes.bool)


def _count(values: Tensor, weights: Any, metrics: Any, updates: Any) -> Metric:
    assert_type(values, dtypes.bool)
    count = metric_variable([], dtypes.float32, name="count")
    numbers = cast(values, dtypes.float32)
    if weights is not None:
        with control_dependencies((assert_rank_in(weights, (0, rank(numbers))),)):
            weights = cast(weights, dtypes.float32)
            numbers = multiply(numbers, weights)
    with outside_of_dependencies():
        value = identity(count)
    collected(metrics, value)
    update = state.assign_add(count._ref(), reduce_sum(numbers))
    return value, collected(updates, update)


true_positives = _counter("true_positives", True, True)
true_negatives = _counter("true_negatives", False, False)
false_positives = _counter("false_positives", False, True)
false_negatives = _counter("false_negatives", True, False)


def precision(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The share of true predictions that were right, 0 where there were none.

    Arguments as for `true_positives`.

    Example:
      >>> value, update = tf.metrics.precision(labels, predictions)
    """
    return _share(
        "precision", false_positives, labels, predictions, weights,
        metrics_collections, updates_collections, name,
    )  # fmt: skip


def recall(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The share of true labels that were predicted, 0 where there were none.

    Arguments as for `true_positives`.
    """
    return _share(
        "recall", false_negatives, labels, predictions, weights,
        metrics_collections, updates_collections, name,
    )  # fmt: skip


def _share(
    title: str, others: Callable[..., Metric], labels: Any, predictions: Any, weights: Any,
    metrics: Any, updates: Any, name: str | None,
) -> Metric:  # fmt: skip
    with variable_scope(name, title, (predictions, labels, weights)):
        predictions, labels, weights = with_fitting_ranks(*_as_truth(predictions, labels), weights)
        hits, more_hits = true_positives(labels, predictions, weights)
        misses, more_misses = others(labels, predictions, weights)
        with outside_of_dependencies():
            value = _ratio(hits, misses, "value")
        collected(metrics, value)
        update = _ratio(more_hits, more_misses, "update_op")
        return value, collected(updates, update)


def _ratio(hits: Tensor, misses: Tensor, name: str) -> Tensor:
    return where(greater(hits + misses, 0), div(hits, hits + misses), 0, name)
