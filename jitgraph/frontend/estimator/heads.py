"""Stage frontend: heads of models: from logits to losses, metrics, predictions, exports.

In: logits, labels. Out: an EstimatorSpec for each mode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from jitgraph import dtypes
from jitgraph.dtypes import float32
from jitgraph.frontend.estimator.export_outputs import (
    DEFAULT_KEY,
    ClassificationOutput,
    ExportOutput,
    PredictOutput,
    RegressionOutput,
)
from jitgraph.frontend.estimator.head_checks import (
    check_classes,
    checked_labels,
    checked_logits,
    in_range,
    weights_of,
)
from jitgraph.frontend.estimator.model_spec import LOSS, EstimatorSpec, ModeKeys
from jitgraph.frontend.losses.classification import sparse_softmax_cross_entropy
from jitgraph.frontend.losses.regression import mean_squared_error
from jitgraph.frontend.losses.weighted import Reduction, compute_weighted_loss
from jitgraph.frontend.metrics.counts import precision, recall
from jitgraph.frontend.metrics.means import accuracy, mean
from jitgraph.frontend.metrics.thresholds import auc
from jitgraph.frontend.summaries.functions import scalar
from jitgraph.frontend.train.global_step import get_global_step
from jitgraph.frontend.weights_broadcast import broadcast_weights
from jitgraph.graph import GraphKeys, Tensor, get_collection, name_scope
from jitgraph.ops.arguments import argmax
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.elementwise_exponential import sigmoid
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.elementwise_losses import sigmoid_cross_entropy_with_logits
from jitgraph.ops.elementwise_sums import add_n
from jitgraph.ops.filling import ones_like, zeros_like
from jitgraph.ops.identities import group
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.softmax import softmax
from jitgraph.ops.string_numbers import as_string

AVERAGE_LOSS = "average_loss"
REGULARIZATION_LOSS = "regularization_loss"
Predictions = dict[str, Any]


class Losses(NamedTuple):
    """The loss of a batch: summed up, of each example, the examples' weights, their labels."""

    total: Tensor
    each: Tensor
    weights: Any
    labels: Tensor


class Head:
    """From logits to losses, metrics, predictions and exports; subclasses say how.

    Args:
      logits_dimension: how many logits an example has.
      weight_column: the name of the feature that tells examples' weights, or its column.
      loss_reduction: one of `tf.losses.Reduction`, not NONE.

    Raises:
      ValueError: another reduction.
    """

    def __init__(self, logits_dimension: int, weight_column: Any, loss_reduction: str) -> None:
        if loss_reduction not in Reduction.all() or loss_reduction == Reduction.NONE:
            raise ValueError(f"Invalid loss_reduction: {loss_reduction}")
        self.logits_dimension = logits_dimension
        self._weight_column = weight_column
        self._reduction = loss_reduction

    def _predictions(self, logits: Tensor) -> Predictions:
        """What is predicted, by name."""
        raise NotImplementedError

    def _exports(self, predictions: Predictions) -> dict[str, ExportOutput]:
        """What a served model gives."""
        raise NotImplementedError

    def _each_loss(self, labels: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
        """The loss of each example, and the labels as numbers."""
        raise NotImplementedError

    def _metrics(self, predictions: Predictions, losses: Losses) -> dict[str, Any]:
        """Metrics by name."""
        raise NotImplementedError

    def create_loss(self, features: Mapping[str, Any], logits: Tensor, labels: Any) -> Losses:
        """The loss of a batch."""
        given = checked_labels(labels, logits, self._labels_dimension)
        each, known = self._each_loss(given, logits)
        weights = weights_of(features, self._weight_column, logits)
        total = compute_weighted_loss(each, weights=weights, reduction=self._reduction)
        return Losses(total, each, weights, known)

    @property
    def _labels_dimension(self) -> int:
        return 1

    def create_estimator_spec(
        self,
        features: Mapping[str, Any],
        mode: str,
        logits: Any,
        labels: Any = None,
        optimizer: Any = None,
        train_op_fn: Callable[[Tensor], Any] | None = None,
        regularization_losses: Sequence[Tensor] | None = None,
    ) -> EstimatorSpec:
        """What an Estimator runs in one mode.

        Args:
          features: the features; mode: one of ModeKeys.
          logits: what the model gives; labels: the labels, needed to train and to evaluate.
          optimizer: an Optimizer; train_op_fn: or a function of the loss that gives the step.
          regularization_losses: losses that are added.

        Raises:
          ValueError: none or both ways to train are given, or logits and labels don't fit.
        """
        with name_scope(None, "head"):
            known, predictions = self._predicted(logits)
            if mode == ModeKeys.PREDICT:
                exports = self._exports(predictions)
                return EstimatorSpec(mode, predictions=predictions, export_outputs=exports)
            losses = self.create_loss(features, known, labels)
            added = add_n(list(regularization_losses)) if regularization_losses else None
            total = losses.total if added is None else add_n([losses.total, added])
            if mode == ModeKeys.TRAIN:
                op = _train_op(total, optimizer, train_op_fn)
                average = self._average(losses)
        if mode == ModeKeys.EVAL:
            with name_scope(None, "metrics"):
                metrics = self._metrics(predictions, losses)
                if added is not None:
                    metrics[REGULARIZATION_LOSS] = mean(added, name=REGULARIZATION_LOSS)
            return EstimatorSpec(mode, predictions=predictions, loss=total, eval_metric_ops=metrics)
        with name_scope(""):
            scalar(LOSS, total)
            if average is not None:
                scalar(AVERAGE_LOSS, average)
            if added is not None:
                scalar(REGULARIZATION_LOSS, added)
        return EstimatorSpec(mode, predictions=predictions, loss=total, train_op=op)

    def _predicted(self, logits: Any) -> tuple[Tensor, Predictions]:
        """The checked logits, and what is predicted."""
        known = checked_logits(logits, self.logits_dimension)
        with name_scope(None, "predictions", [known]):
            return known, self._predictions(known)

    def _average(self, losses: Losses) -> Tensor | None:
        if self._reduction != Reduction.SUM:
            return None
        count = reduce_sum(losses.weights * ones_like(losses.each))
        average: Tensor = losses.total / count
        return average


class MultiClassHead(Head):
    """One of several classes, by softmax.

    Args:
      n_classes: how many, above 2.
      weight_column, loss_reduction: as for Head.
      label_vocabulary: the classes' names, where labels are names.

    Raises:
      ValueError: less than three classes, or names that are no list.
    """

    def __init__(
        self,
        n_classes: int,
        weight_column: Any = None,
        label_vocabulary: Sequence[str] | None = None,
        loss_reduction: str = Reduction.SUM,
    ) -> None:
        if n_classes is None:
            raise ValueError("n_classes cannot be None")
        if n_classes <= 2:
            raise ValueError(f"n_classes must be > 2: {n_classes}.")
        check_classes(n_classes)
        _check_vocabulary(label_vocabulary, ValueError, "a list or a tuple")
        super().__init__(n_classes, weight_column, loss_reduction)
        self._names = label_vocabulary

    def _predictions(self, logits: Tensor) -> Predictions:
        all_ids, all_names = _all_classes(logits, self.logits_dimension, self._names)
        ids = expand_dims(argmax(logits, axis=-1, name="class_ids"), axis=-1)
        names = _named(ids, self._names)
        return {
            "logits": logits,
            "probabilities": softmax(logits, name="probabilities"),
            "class_ids": ids,
            "classes": names,
            "all_class_ids": all_ids,
            "all_classes": all_names,
        }

    def _exports(self, predictions: Predictions) -> dict[str, ExportOutput]:
        scores = predictions["probabilities"]
        chosen = ClassificationOutput(
            scores, _class_rows(scores, self.logits_dimension, self._names)
        )
        predicted = PredictOutput(predictions)
        return {DEFAULT_KEY: chosen, "classification": chosen, "predict": predicted}

    def _each_loss(self, labels: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
        if self._names is None and not labels.dtype.is_integer:
            raise ValueError(f"Labels dtype should be integer. Instead got {labels.dtype}.")
        if self._names is not None and labels.dtype != dtypes.string:
            raise ValueError(
                "Labels dtype should be string if there is a vocabulary. Instead got "
                f"{labels.dtype}"
            )
        ids = in_range(_numbered(labels, self._names), self.logits_dimension)
        each = sparse_softmax_cross_entropy(ids, logits, reduction=Reduction.NONE)
        return expand_dims(each, axis=-1), ids

    def _metrics(self, predictions: Predictions, losses: Losses) -> dict[str, Any]:
        ids, weights = predictions["class_ids"], losses.weights
        return {
            AVERAGE_LOSS: mean(losses.each, weights, name=AVERAGE_LOSS),
            "accuracy": accuracy(losses.labels, ids, weights, name="accuracy"),
        }


class BinaryHead(Head):
    """One of two classes, by a logistic function.

    Args:
      weight_column, loss_reduction: as for Head.
      label_vocabulary: the classes' names, where labels are names.

    Raises:
      TypeError: names that are no list.
    """

    def __init__(
        self,
        weight_column: Any = None,
        label_vocabulary: Sequence[str] | None = None,
        loss_reduction: str = Reduction.SUM,
    ) -> None:
        _check_vocabulary(label_vocabulary, TypeError, "a list or tuple")
        super().__init__(1, weight_column, loss_reduction)
        self._names = label_vocabulary

    def _predicted(self, logits: Any) -> tuple[Tensor, Predictions]:
        with name_scope(None, "predictions", [logits]):
            known = checked_logits(logits, self.logits_dimension)
            return known, self._predictions(known)

    def _predictions(self, logits: Tensor) -> Predictions:
        logistic = sigmoid(logits, name="logistic")
        both = concat((zeros_like(logits), logits), axis=-1, name="two_class_logits")
        probabilities = softmax(both, name="probabilities")
        ids = expand_dims(argmax(both, axis=-1, name="class_ids"), axis=-1)
        all_ids, all_names = _all_classes(logits, 2, self._names)
        return {
            "logits": logits,
            "logistic": logistic,
            "probabilities": probabilities,
            "class_ids": ids,
            "classes": _named(ids, self._names),
            "all_class_ids": all_ids,
            "all_classes": all_names,
        }

    def _exports(self, predictions: Predictions) -> dict[str, ExportOutput]:
        scores = predictions["probabilities"]
        chosen = ClassificationOutput(scores, _class_rows(scores, 2, self._names))
        return {
            DEFAULT_KEY: chosen,
            "classification": chosen,
            "regression": RegressionOutput(predictions["logistic"]),
            "predict": PredictOutput(predictions),
        }

    def _each_loss(self, labels: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
        known = in_range(cast(_numbered(labels, self._names), float32), 2)
        return sigmoid_cross_entropy_with_logits(labels=known, logits=logits), known

    def _metrics(self, predictions: Predictions, losses: Losses) -> dict[str, Any]:
        _, each, weights, labels = losses
        ids, logistic = predictions["class_ids"], predictions["logistic"]
        spread = broadcast_weights(weights, labels)
        of_labels = mean(labels, spread, name="label/mean")
        return {
            AVERAGE_LOSS: mean(each, weights, name=AVERAGE_LOSS),
            "accuracy": accuracy(labels, ids, weights, name="accuracy"),
            "precision": precision(labels, ids, weights, name="precision"),
            "recall": recall(labels, ids, weights, name="recall"),
            "prediction/mean": mean(logistic, spread, name="prediction/mean"),
            "label/mean": of_labels,
            "accuracy_baseline": _greater_share(of_labels),
            "auc": auc(labels, logistic, spread, name="auc"),
            "auc_precision_recall": auc(
                labels, logistic, spread, curve="PR", name="auc_precision_recall"
            ),
        }


class RegressionHead(Head):
    """Numbers, by their squared distance.

    Args:
      weight_column, loss_reduction: as for Head.
      label_dimension: how many numbers an example has.

    Raises:
      ValueError: less than one number.
    """

    def __init__(
        self,
        weight_column: Any = None,
        label_dimension: int = 1,
        loss_reduction: str = Reduction.SUM,
    ) -> None:
        if label_dimension < 1:
            raise ValueError(f"Invalid label_dimension {label_dimension}.")
        super().__init__(label_dimension, weight_column, loss_reduction)

    @property
    def _labels_dimension(self) -> int:
        return self.logits_dimension

    def _predictions(self, logits: Tensor) -> Predictions:
        return {"predictions": logits}

    def _exports(self, predictions: Predictions) -> dict[str, ExportOutput]:
        found = RegressionOutput(predictions["predictions"])
        return {DEFAULT_KEY: found, "regression": found, "predict": PredictOutput(predictions)}

    def _each_loss(self, labels: Tensor, logits: Tensor) -> tuple[Tensor, Tensor]:
        known = cast(labels, float32)
        return mean_squared_error(known, logits, reduction=Reduction.NONE), known

    def _metrics(self, predictions: Predictions, losses: Losses) -> dict[str, Any]:
        predicted = predictions["predictions"]
        spread = broadcast_weights(losses.weights, predicted)
        return {
            AVERAGE_LOSS: mean(losses.each, losses.weights),
            "prediction/mean": mean(predicted, spread, name="prediction/mean"),
            "label/mean": mean(losses.labels, losses.weights),
        }


def class_head(n_classes: int, weight_column: Any, names: Any, reduction: str) -> Head:
    """The head of a classifier."""
    if n_classes == 2:
        return BinaryHead(weight_column, names, reduction)
    return MultiClassHead(n_classes, weight_column, names, reduction)


def _check_vocabulary(names: Any, kind: type[Exception], wanted: str) -> None:
    if names is not None and not isinstance(names, (list, tuple)):
        raise kind(f"label_vocabulary should be {wanted}. Given type: {type(names)}")


def _train_op(loss: Tensor, optimizer: Any, function: Any) -> Any:
    if optimizer is not None and function is not None:
        raise ValueError("train_op_fn and optimizer cannot both be set.")
    if optimizer is None and function is None:
        raise ValueError("train_op_fn and optimizer cannot both be None.")
    minimize = function or (lambda each: optimizer.minimize(each, global_step=get_global_step()))
    op = minimize(loss)
    updates = get_collection(GraphKeys.UPDATE_OPS)
    return group(op, *updates) if updates else op


def _all_classes(logits: Tensor, count: int, names: Any) -> tuple[Tensor, Tensor]:
    rows = shape_of(logits)[0]
    ids = tile(expand_dims(range_of(count), axis=0), [rows, 1])
    return ids, _class_rows(logits, count, names)


def _class_rows(logits: Tensor, count: int, names: Any) -> Tensor:
    """The names of all classes, for each example."""
    rows = shape_of(logits)[0]
    listed = list(names) if names else as_string(range_of(count))
    return tile(expand_dims(listed, axis=0), [rows, 1])


def _named(ids: Tensor, names: Any) -> Any:
    if not names:
        return as_string(ids, name="str_classes")
    from jitgraph.frontend.lookup.index_tables import index_to_string_table_from_tensor

    table = index_to_string_table_from_tensor(list(names), name="class_string_lookup")
    return table.lookup(ids)


def _numbered(labels: Tensor, names: Any) -> Any:
    if names is None:
        return labels
    from jitgraph.frontend.lookup.index_tables import index_table_from_tensor

    return index_table_from_tensor(tuple(names), name="class_id_lookup").lookup(labels)


def _greater_share(labels_mean: Any) -> tuple[Tensor, Tensor]:
    """How often the more frequent class is right."""
    value, update = labels_mean
    with name_scope(None, "accuracy_baseline", [value, update]):
        return (
            maximum(value, 1.0 - value, name="value"),
            maximum(update, 1 - update, name="update_op"),
        )
