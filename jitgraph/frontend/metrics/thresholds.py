"""Stage frontend: metrics over thresholds: area under curves, counts and shares at each threshold.

In: labels, and predictions in [0, 1]. Out: (value, update), as `tf.metrics.mean`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.api import logging
from jitgraph.frontend.check_ops import assert_greater_equal, assert_less_equal
from jitgraph.frontend.metrics.counters import (
    collected,
    metric_variable,
    outside_of_dependencies,
    with_fitting_ranks,
)
from jitgraph.frontend.metrics.means import Metric
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.frontend.weights_broadcast import broadcast_weights
from jitgraph.graph import Tensor, control_dependencies
from jitgraph.ops import state
from jitgraph.ops.arguments import argmax, argmin
from jitgraph.ops.arithmetic import multiply
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal, greater
from jitgraph.ops.constants import constant
from jitgraph.ops.elementwise_division import div, div_no_nan
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_extrema import maximum, minimum
from jitgraph.ops.elementwise_rounding import abs as absolute
from jitgraph.ops.filling import ones_like
from jitgraph.ops.gathering import gather
from jitgraph.ops.identities import identity
from jitgraph.ops.logical import logical_and, logical_not
from jitgraph.ops.packing import stack
from jitgraph.ops.reductions import reduce_min, reduce_sum
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.scans import cumsum
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import shape
from jitgraph.ops.transposing import transpose

_SMALL = 1e-7
_KINDS = ("tp", "fn", "tn", "fp")
_NAMES = {
    "tp": "true_positives",
    "fn": "false_negatives",
    "tn": "true_negatives",
    "fp": "false_positives",
}
Counts = dict[str, Any]


def _counts_at(
    labels: Any, predictions: Any, thresholds: Sequence[float], weights: Any,
    kinds: Sequence[str] = _KINDS,
) -> tuple[Counts, Counts]:  # fmt: skip
    """(variables, updates) by kind: how often each answer was given at each threshold."""
    told = "predictions must be in [0, 1]"
    checks = [
        assert_greater_equal(predictions, cast(0.0, predictions.dtype), message=told),
        assert_less_equal(predictions, cast(1.0, predictions.dtype), message=told),
    ]
    with control_dependencies(checks):
        predictions, labels, weights = with_fitting_ranks(
            cast(predictions, dtypes.float32), cast(labels, dtypes.bool), weights
        )
    number = len(thresholds)
    column = reshape(predictions, [-1, 1])
    row = reshape(cast(labels, dtypes.bool), [1, -1])
    count: Any = column.get_shape().as_list()[0]
    if count is None:
        count = shape(column)[0]
    limits = tile(expand_dims(constant(thresholds), [1]), stack([1, count]))
    answers = {"positive": greater(tile(transpose(column), [number, 1]), limits)}
    if {"fn", "tn"} & set(kinds):
        answers["negative"] = logical_not(answers["positive"])
    truths = {"positive": tile(row, [number, 1])}
    if {"fp", "tn"} & set(kinds):
        truths["negative"] = logical_not(truths["positive"])
    factors = None
    if weights is not None:
        weights = broadcast_weights(cast(weights, dtypes.float32), predictions)
        factors = tile(reshape(weights, [1, -1]), [number, 1])
    pairs = {
        "tp": ("positive", "positive"),
        "fn": ("positive", "negative"),
        "tn": ("negative", "negative"),
        "fp": ("negative", "positive"),
    }
    values: Counts = {}
    updates: Counts = {}
    for kind in (kind for kind in _KINDS if kind in kinds):
        truth, answer = pairs[kind]
        values[kind] = metric_variable([number], dtypes.float32, name=_NAMES[kind])
        counted = cast(logical_and(truths[truth], answers[answer]), dtypes.float32)
        if factors is not None:
            counted = counted * factors
        updates[kind] = state.assign_add(values[kind]._ref(), reduce_sum(counted, 1))
    return values, updates


def _evenly(number: int) -> list[float]:
    """Thresholds from a little below 0 to a little above 1."""
    inner = [(i + 1) * 1.0 / (number - 1) for i in range(number - 2)]
    return [0.0 - _SMALL, *inner, 1.0 + _SMALL]


def auc(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    curve: str = "ROC",
    name: str | None = None,
    summation_method: str = "trapezoidal",
    thresholds: Sequence[float] | None = None,
) -> Metric:
    """The area under a curve, by a sum over thresholds.

    Args:
      labels: what is true, anything that casts to bool; predictions: in [0, 1].
      weights: of rank 0, or of the labels' rank with sizes 1 or the labels'; ones if None.
      num_thresholds: so many thresholds, evenly spaced; thresholds: others.
      metrics_collections, updates_collections, name: as for `tf.metrics.mean`.
      curve: "ROC": true over false positive rate; "PR": precision over recall.
      summation_method: "trapezoidal", "careful_interpolation" (for PR: J. Davis and M. Goadrich,
        "The relationship between precision-recall and ROC curves", ICML 2006), "minoring" or
        "majoring".

    Raises:
      ValueError: an unknown curve or method.
      errors.InvalidArgumentError: in a run, predictions out of [0, 1].
    """
    with variable_scope(name, "auc", (labels, predictions, weights)):
        if curve not in ("ROC", "PR"):
            raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
        if thresholds is not None:
            limits = [0.0 - _SMALL, *sorted(thresholds), 1.0 + _SMALL]
        else:
            limits = _evenly(num_thresholds)
        values, updates = _counts_at(labels, predictions, limits, weights)
        area = _area_rule(curve, summation_method, len(limits))
        with outside_of_dependencies():
            value = area(values, "value")
        collected(metrics_collections, value)
        return value, collected(updates_collections, area(updates, "update_op"))


def _area_rule(curve: str, method: str, number: int) -> Callable[[Counts, str], Tensor]:
    """The function of counts that gives the area."""
    small = 1.0e-6
    sums: dict[str, Callable[[Any], Any]] = {
        "trapezoidal": lambda y: (y[: number - 1] + y[1:]) / 2.0,
        "careful_interpolation": lambda y: (y[: number - 1] + y[1:]) / 2.0,
        "minoring": lambda y: minimum(y[: number - 1], y[1:]),
        "majoring": lambda y: maximum(y[: number - 1], y[1:]),
    }

    def area(counts: Counts, name: str) -> Tensor:
        tp, fn, tn, fp = (counts[kind] for kind in _KINDS)
        if curve == "PR" and method == "trapezoidal":
            logging.warning(
                "Trapezoidal rule is known to produce incorrect PR-AUCs; please switch to "
                '"careful_interpolation" instead.'
            )
        elif curve == "PR" and method == "careful_interpolation":
            return _interpolated(tp, fp, fn, number)
        recall = div(tp + small, tp + fn + small)
        if curve == "ROC":
            x, y = div(fp, fp + tn + small), recall
        else:
            x, y = recall, div(tp + small, tp + fp + small)
        if method not in sums:
            raise ValueError(f"Invalid summation_method: {method}")
        return reduce_sum(multiply(x[: number - 1] - x[1:], sums[method](y)), name=name)

    return area


def _interpolated(tp: Any, fp: Any, fn: Any, number: int) -> Tensor:
    """The area under precision over recall, interpolated between thresholds."""
    step = tp[: number - 1] - tp[1:]
    p = tp + fp
    slope = div_no_nan(step, maximum(p[: number - 1] - p[1:], 0), name="prec_slope")
    intercept = tp[1:] - multiply(slope, p[1:])
    ratio = where(
        logical_and(p[: number - 1] > 0, p[1:] > 0),
        div_no_nan(p[: number - 1], maximum(p[1:], 0), name="recall_relative_ratio"),
        ones_like(p[1:]),
    )
    parts = div_no_nan(
        slope * (step + intercept * log(ratio)),
        maximum(tp[1:] + fn[1:], 0),
        name="pr_auc_increment",
    )
    return reduce_sum(parts, name="interpolate_pr_auc")


def _counter(kind: str) -> Callable[..., Metric]:
    """The metric that counts one kind of answer at thresholds."""

    def function(
        labels: Any,
        predictions: Any,
        thresholds: Sequence[float],
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> Metric:
        with variable_scope(name, _NAMES[kind], (predictions, labels, weights)):
            values, updates = _counts_at(labels, predictions, thresholds, weights, (kind,))
            with outside_of_dependencies():
                value = identity(values[kind])
            collected(metrics_collections, value)
            return value, collected(updates_collections, updates[kind])

    function.__name__ = function.__qualname__ = f"{_NAMES[kind]}_at_thresholds"
    words = _NAMES[kind].replace("_", " ")
    function.__doc__ = f"The number of {words} at each threshold; arguments as for `auc`."
    return function


true_positives_at_thresholds = _counter("tp")
true_negatives_at_thresholds = _counter("tn")
false_positives_at_thresholds = _counter("fp")
false_negatives_at_thresholds = _counter("fn")


def _share(title: str, prefix: str, other: str) -> Callable[..., Metric]:
    """The metric that gives hits / (hits + others) at thresholds."""

    def function(
        labels: Any,
        predictions: Any,
        thresholds: Sequence[float],
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> Metric:
        with variable_scope(name, title, (predictions, labels, weights)):
            values, updates = _counts_at(labels, predictions, thresholds, weights, ("tp", other))

            def share(counts: Counts, own: str) -> Tensor:
                return div(
                    counts["tp"], _SMALL + counts["tp"] + counts[other], name=f"{prefix}_{own}"
                )

            with outside_of_dependencies():
                value = share(values, "value")
            collected(metrics_collections, value)
            return value, collected(updates_collections, share(updates, "update_op"))

    function.__name__ = function.__qualname__ = title
    function.__doc__ = f"The {prefix} at each threshold; arguments as for `auc`."
    return function


precision_at_thresholds = _share("precision_at_thresholds", "precision", "fp")
recall_at_thresholds = _share("recall_at_thresholds", "recall", "fn")


def sensitivity_at_specificity(
    labels: Any,
    predictions: Any,
    specificity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The share of true labels found at the threshold whose specificity is nearest to the given.

    Args:
      specificity: in [0, 1]; the others are those of `auc`.

    Raises:
      ValueError: `specificity` is out of range.
    """
    _check_share("specificity", specificity)
    title = "sensitivity_at_specificity"
    with variable_scope(name, title, (predictions, labels, weights)):
        values, updates = _counts_at(labels, predictions, _evenly(num_thresholds), weights)

        def sensitivity(counts: Counts, own: str) -> Tensor:
            tp, fn, tn, fp = (counts[kind] for kind in _KINDS)
            found = div(tn, tn + fp + _SMALL)
            index = cast(argmin(absolute(found - specificity), 0), dtypes.int32)
            hits, misses = gather(tp, index), gather(fn, index)
            return div(hits, hits + misses + _SMALL, own)

        with outside_of_dependencies():
            value = sensitivity(values, "value")
        collected(metrics_collections, value)
        return value, collected(updates_collections, sensitivity(updates, "update_op"))


def specificity_at_sensitivity(
    labels: Any,
    predictions: Any,
    sensitivity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> Metric:
    """The share of false labels found at the threshold whose sensitivity is nearest to the given.

    Args:
      sensitivity: in [0, 1]; the others are those of `auc`.

    Raises:
      ValueError: `sensitivity` is out of range.
    """
    _check_share("sensitivity", sensitivity)
    title = "specificity_at_sensitivity"
    with variable_scope(name, title, (predictions, labels, weights)):
        values, updates = _counts_at(labels, predictions, _evenly(num_thresholds), weights)

        def specificity(counts: Counts, own: str) -> Tensor:
            tp, fn, tn, fp = (counts[kind] for kind in _KINDS)
            found = div(tp, tp + fn + _SMALL)
            index = _nearest(found, sensitivity)
            hits, misses = gather(tn, index), gather(fp, index)
            return div(hits, hits + misses + _SMALL, own)

        with outside_of_dependencies():
            value = specificity(values, "value")
        collected(metrics_collections, value)
        return value, collected(updates_collections, specificity(updates, "update_op"))


def _nearest(found: Tensor, wanted: float) -> Tensor:
    """The last place where `found` is nearest to `wanted`."""
    least = reduce_min(absolute(found - wanted))
    are_least = cast(equal(absolute(found - wanted), least), dtypes.int64)
    return cast(argmax(cumsum(are_least), 0), dtypes.int32)


def _check_share(name: str, value: float) -> None:
    if value < 0 or value > 1:
        raise ValueError(f"`{name}` must be in the range [0, 1].")
