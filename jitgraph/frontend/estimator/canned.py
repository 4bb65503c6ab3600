"""Stage frontend: ready-made models: deep ones and linear ones.

In: columns of features, options. Out: Estimators.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph.frontend.estimator.choices import (
    DEEP_RATE,
    LINEAR_RATE,
    check_features,
    chosen_optimizer,
    input_partitioner,
    linear_rate,
)
from jitgraph.frontend.estimator.estimator import Estimator
from jitgraph.frontend.estimator.heads import Head, RegressionHead, class_head
from jitgraph.frontend.estimator.model_spec import EstimatorSpec
from jitgraph.frontend.estimator.networks import (
    deep_logits,
    linear_logits,
)
from jitgraph.frontend.losses.weighted import Reduction
from jitgraph.frontend.partitioned_variables import min_max_variable_partitioner
from jitgraph.frontend.train.ftrl import FtrlOptimizer
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.ops.activations import relu


class _Deep(Estimator):
    """A network of dense layers with a head."""

    def __init__(
        self,
        head: Head,
        hidden_units: Sequence[int],
        feature_columns: Any,
        model_dir: Any,
        optimizer: Any,
        activation_fn: Any,
        dropout: float | None,
        input_layer_partitioner: Any,
        config: Any,
        warm_start_from: Any,
        batch_norm: bool,
    ) -> None:
        columns = tuple(feature_columns or ())

        def model(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
            chosen = chosen_optimizer(optimizer, DEEP_RATE)
            check_features(features)
            own = min_max_variable_partitioner(max_partitions=0)
            with variable_scope("dnn", values=tuple(features.values()), partitioner=own):
                logits = deep_logits(
                    features,
                    mode,
                    head.logits_dimension,
                    hidden_units,
                    columns,
                    activation_fn,
                    dropout,
                    batch_norm,
                    input_layer_partitioner or input_partitioner(),
                )
                return head.create_estimator_spec(features, mode, logits, labels, chosen)

        super().__init__(model, model_dir, config, warm_start_from=warm_start_from)


class DNNClassifier(_Deep):
    """Classes, told by a network of dense layers.

    Args:
      hidden_units: how wide the layers are.
      feature_columns: columns of numbers.
      model_dir, config, warm_start_from: as for Estimator.
      n_classes: how many classes there are.
      weight_column: the name of the feature that tells examples' weights.
      label_vocabulary: the classes' names, where labels are names.
      optimizer: an Optimizer, a function that gives one, or its name.
      activation_fn: the layers' function.
      dropout: the share of numbers left out in training.
      input_layer_partitioner: divides the columns' variables.
      loss_reduction: one of `tf.losses.Reduction`.
      batch_norm: whether layers are normalised.

    Example:
      >>> columns = [tf.feature_column.numeric_column("x", shape=4)]
      >>> model = tf.estimator.DNNClassifier([10, 10], columns, n_classes=3)
    """

    def __init__(
        self,
        hidden_units: Sequence[int],
        feature_columns: Any,
        model_dir: Any = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Sequence[str] | None = None,
        optimizer: Any = "Adagrad",
        activation_fn: Callable[..., Any] | None = relu,
        dropout: float | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        batch_norm: bool = False,
    ) -> None:
        head = class_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(
            head,
            hidden_units,
            feature_columns,
            model_dir,
            optimizer,
            activation_fn,
            dropout,
            input_layer_partitioner,
            config,
            warm_start_from,
            batch_norm,
        )


class DNNRegressor(_Deep):
    """Numbers, told by a network of dense layers.

    Args:
      label_dimension: how many numbers an example has.
      hidden_units, feature_columns, model_dir, weight_column, optimizer, activation_fn, dropout,
        input_layer_partitioner, config, warm_start_from, loss_reduction, batch_norm: as for
        DNNClassifier.

    Example:
      >>> columns = [tf.feature_column.numeric_column("x")]
      >>> model = tf.estimator.DNNRegressor([10, 10], columns)
    """

    def __init__(
        self,
        hidden_units: Sequence[int],
        feature_columns: Any,
        model_dir: Any = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        optimizer: Any = "Adagrad",
        activation_fn: Callable[..., Any] | None = relu,
        dropout: float | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        batch_norm: bool = False,
    ) -> None:
        super().__init__(
            RegressionHead(weight_column, label_dimension, loss_reduction),
            hidden_units,
            feature_columns,
            model_dir,
            optimizer,
            activation_fn,
            dropout,
            input_layer_partitioner,
            config,
            warm_start_from,
            batch_norm,
        )


class _Linear(Estimator):
    """A linear model with a head."""

    def __init__(
        self,
        head: Head,
        feature_columns: Any,
        model_dir: Any,
        optimizer: Any,
        config: Any,
        partitioner: Any,
        warm_start_from: Any,
        sparse_combiner: str,
    ) -> None:
        columns = tuple(feature_columns or ())

        def model(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
            check_features(features)
            own = partitioner or input_partitioner()
            with variable_scope("linear", values=tuple(features.values()), partitioner=own):
                logits = linear_logits(features, head.logits_dimension, columns, sparse_combiner)
                rate = linear_rate(len(columns))
                chosen = chosen_optimizer(
                    optimizer or FtrlOptimizer(learning_rate=rate), LINEAR_RATE
                )
                return head.create_estimator_spec(features, mode, logits, labels, chosen)

        super().__init__(model, model_dir, config, warm_start_from=warm_start_from)


class LinearClassifier(_Linear):
    """Classes, told by a linear model.

    Args:
      feature_columns: columns of numbers and of categories.
      partitioner: divides the variables.
      sparse_combiner: how weights of several categories are combined: "sum", "mean", "sqrtn".
      model_dir, n_classes, weight_column, label_vocabulary, optimizer, config, warm_start_from,
        loss_reduction: as for DNNClassifier.

    Example:
      >>> columns = [tf.feature_column.numeric_column("x")]
      >>> model = tf.estimator.LinearClassifier(columns)
    """

    def __init__(
        self,
        feature_columns: Any,
        model_dir: Any = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Sequence[str] | None = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        partitioner: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        sparse_combiner: str = "sum",
    ) -> None:
        head = class_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(
            head,
            feature_columns,
            model_dir,
            optimizer,
            config,
            partitioner,
            warm_start_from,
            sparse_combiner,
        )


class LinearRegressor(_Linear):
    """Numbers, told by a linear model.

    Args:
      label_dimension: how many numbers an example has.
      feature_columns, model_dir, weight_column, optimizer, config, partitioner, warm_start_from,
        loss_reduction, sparse_combiner: as for LinearClassifier.

    Example:
      >>> columns = [tf.feature_column.numeric_column("x")]
      >>> model = tf.estimator.LinearRegressor(columns)
    """

    def __init__(
        self,
        feature_columns: Any,
        model_dir: Any = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        partitioner: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = Reduction.SUM,
        sparse_combiner: str = "sum",
    ) -> None:
        super().__init__(
            RegressionHead(weight_column, label_dimension, loss_reduction),
            feature_columns,
            model_dir,
            optimizer,
            config,
            partitioner,
            warm_start_from,
            sparse_combiner,
        )
