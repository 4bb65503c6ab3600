"""Stage frontend: ready-made models that are deep and linear at once.

In: columns of features for either part, options. Out: Estimators.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph.frontend.estimator.choices import (
    check_features,
    chosen_optimizer,
    input_partitioner,
    linear_rate,
)
from jitgraph.frontend.estimator.estimator import Estimator
from jitgraph.frontend.estimator.heads import Head, RegressionHead, class_head
from jitgraph.frontend.estimator.model_spec import EstimatorSpec
from jitgraph.frontend.estimator.networks import deep_logits, linear_logits, summarise
from jitgraph.frontend.losses.weighted import Reduction
from jitgraph.frontend.partitioned_variables import min_max_variable_partitioner
from jitgraph.frontend.train.global_step import get_global_step
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import GraphKeys, Operation, Tensor, control_dependencies, get_collection
from jitgraph.ops.activations import relu
from jitgraph.ops.identities import group
from jitgraph.ops.state import assign_add

_DEEP_RATE = 0.001
_LINEAR_RATE = 0.005


@dataclass(frozen=True)
class _DeepPart:
    """The deep part's options."""

    columns: Any
    optimizer: Any
    hidden_units: Sequence[int] | None
    activation: Any
    dropout: float | None
    batch_norm: bool

    def built(
        self, features: Mapping[str, Any], mode: str, units: int, partitioner: Any
    ) -> _Part | None:
        if not self.columns:
            return None
        optimizer = chosen_optimizer(self.optimizer, _DEEP_RATE)
        if not self.hidden_units:
            raise ValueError(
                "dnn_hidden_units must be defined when dnn_feature_columns is specified."
            )
        own = min_max_variable_partitioner(max_partitions=0)
        with variable_scope("dnn", values=tuple(features.values()), partitioner=own) as scope:
            logits = deep_logits(
                features,
                mode,
                units,
                self.hidden_units,
                tuple(self.columns),
                self.activation,
                self.dropout,
                self.batch_norm,
                partitioner,
            )
        return _Part(logits, optimizer, scope.name)


@dataclass(frozen=True)
class _LinearPart:
    """The linear part's options."""

    columns: Any
    optimizer: Any
    combiner: str

    def built(self, features: Mapping[str, Any], units: int, partitioner: Any) -> _Part | None:
        if not self.columns:
            return None
        columns = tuple(self.columns)
        optimizer = chosen_optimizer(self.optimizer, linear_rate(len(columns), _LINEAR_RATE))
        values = tuple(features.values())
        with variable_scope("linear", values=values, partitioner=partitioner) as scope:
            logits = linear_logits(features, units, columns, self.combiner)
            summarise(logits, scope.name)
        return _Part(logits, optimizer, scope.name)


@dataclass(frozen=True)
class _Part:
    """A part's logits and how its variables learn."""

    logits: Tensor
    optimizer: Any
    scope: str

    def step(self, loss: Tensor) -> Any:
        variables = get_collection(GraphKeys.TRAINABLE_VARIABLES, scope=self.scope)
        return self.optimizer.minimize(loss, var_list=variables)


class _Combined(Estimator):
    """The logits of a deep part and of a linear one, added, with a head."""

    def __init__(
        self,
        head: Head,
        deep: _DeepPart,
        linear: _LinearPart,
        model_dir: Any,
        partitioner: Any,
        config: Any,
        warm_start_from: Any,
    ) -> None:
        if not deep.columns and not linear.columns:
            raise ValueError(
                "Either linear_feature_columns or dnn_feature_columns must be defined."
            )

        def model(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
            check_features(features)
            units, own = head.logits_dimension, partitioner or input_partitioner()
            both = (deep.built(features, mode, units, own), linear.built(features, units, own))
            parts = [part for part in both if part is not None]
            logits = parts[0].logits
            for part in parts[1:]:
                logits = logits + part.logits
            step = _step(parts)
            return head.create_estimator_spec(features, mode, logits, labels, train_op_fn=step)

        super().__init__(model, model_dir, config, warm_start_from=warm_start_from)


class DNNLinearCombinedClassifier(_Combined):
    """Classes, told by a network of dense layers and by a linear model, added.

    Args:
      linear_feature_columns: columns of numbers and of categories, for the linear model.
      linear_optimizer: its Optimizer, a function that gives one, or its name.
      dnn_feature_columns: columns of numbers, for the network.
      dnn_optimizer: its Optimizer, a function that gives one, or its name.
      dnn_hidden_units: how wide its layers are.
      dnn_activation_fn: the layers' function.
      dnn_dropout: the share of numbers left out in training.
      linear_sparse_combiner: how weights of several categories are combined.
      model_dir, n_classes, weight_column, label_vocabulary, input_layer_partitioner, config,
        warm_start_from, loss_reduction, batch_norm: as for DNNClassifier.

    Raises:
      ValueError: there are no columns at all.

    Example:
      >>> wide = [tf.feature_column.categorical_column_with_identity("k", 5)]
      >>> deep = [tf.feature_column.numeric_column("x")]
      >>> model = tf.estimator.DNNLinearCombinedClassifier(
      ...     linear_feature_columns=wide, dnn_feature_columns=deep, dnn_hidden_units=[8])
    """

    def __init__(
        self,
        model_dir: Any = None,
        linear_feature_columns: Any = None,
        linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None,
        dnn_optimizer: Any = "Adagrad",
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Callable[..., Any] | None = relu,
        dnn_dropout: float | None = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Sequence[str] | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        batch_norm: bool = False,
        linear_sparse_combiner: str = "sum",
    ) -> None:
        super().__init__(
            class_head(n_classes, weight_column, label_vocabulary, loss_reduction),
            _DeepPart(
                dnn_feature_columns,
                dnn_optimizer,
                dnn_hidden_units,
                dnn_activation_fn,
                dnn_dropout,
                batch_norm,
            ),
            _LinearPart(linear_feature_columns, linear_optimizer, linear_sparse_combiner),
            model_dir,
            input_layer_partitioner,
            config,
            warm_start_from,
        )


class DNNLinearCombinedRegressor(_Combined):
    """Numbers, told by a network of dense layers and by a linear model, added.

    Args:
      label_dimension: how many numbers an example has.
      model_dir, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer,
        dnn_hidden_units, dnn_activation_fn, dnn_dropout, weight_column, input_layer_partitioner,
        config, warm_start_from, loss_reduction, batch_norm, linear_sparse_combiner: as for
        DNNLinearCombinedClassifier.

    Raises:
      ValueError: there are no columns at all.

    Example:
      >>> columns = [tf.feature_column.numeric_column("x")]
      >>> model = tf.estimator.DNNLinearCombinedRegressor(linear_feature_columns=columns)
    """

    def __init__(
        self,
        model_dir: Any = None,
        linear_feature_columns: Any = None,
        linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None,
        dnn_optimizer: Any = "Adagrad",
        dnn_hidden_units: Sequence[int] | None = None,
        dnn_activation_fn: Callable[..., Any] | None = relu,
        dnn_dropout: float | None = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        batch_norm: bool = False,
        linear_sparse_combiner: str = "sum",
    ) -> None:
        super().__init__(
            RegressionHead(weight_column, label_dimension, loss_reduction),
            _DeepPart(
                dnn_feature_columns,
                dnn_optimizer,
                dnn_hidden_units,
                dnn_activation_fn,
                dnn_dropout,
                batch_norm,
            ),
            _LinearPart(linear_feature_columns, linear_optimizer, linear_sparse_combiner),
            model_dir,
            input_layer_partitioner,
            config,
            warm_start_from,
        )


def _step(parts: Sequence[_Part]) -> Callable[[Tensor], Operation]:
    """How all parts learn in one step."""

    def step(loss: Tensor) -> Operation:
        count = get_global_step()
        learnt = group(*[part.step(loss) for part in parts])
        with control_dependencies([learnt]):
            return assign_add(count, 1).op

    return step
