"""Stage frontend: the simplest ready-made models, that know labels alone.

In: options. Out: Estimators.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.frontend.estimator.choices import chosen_optimizer
from jitgraph.frontend.estimator.estimator import Estimator
from jitgraph.frontend.estimator.heads import Head, RegressionHead, class_head
from jitgraph.frontend.estimator.model_spec import EstimatorSpec
from jitgraph.frontend.estimator.networks import constant_logits
from jitgraph.frontend.feature_columns.numeric import NumericColumn
from jitgraph.frontend.losses.weighted import Reduction
from jitgraph.frontend.train.global_step import get_global_step
from jitgraph.graph import Tensor

_RATE = 0.3


class _Baseline(Estimator):
    """The same logits for all examples, with a head."""

    def __init__(
        self, head: Head, model_dir: Any, weight_column: Any, optimizer: Any, config: Any
    ) -> None:
        def step(loss: Tensor) -> Any:
            chosen = chosen_optimizer(optimizer, _RATE)
            return chosen.minimize(loss, global_step=get_global_step())

        def model(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
            logits = constant_logits(features, head.logits_dimension, _key(weight_column))
            return head.create_estimator_spec(features, mode, logits, labels, train_op_fn=step)

        super().__init__(model, model_dir, config)


class BaselineClassifier(_Baseline):
    """Classes, by how frequent they are.

    Args:
      model_dir, config: as for Estimator.
      n_classes, weight_column, label_vocabulary, optimizer, loss_reduction: as for DNNClassifier.

    Example:
      >>> model = tf.estimator.BaselineClassifier(n_classes=3)
    """

    def __init__(
        self,
        model_dir: Any = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Sequence[str] | None = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        loss_reduction: str = Reduction.SUM,
    ) -> None:
        head = class_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(head, model_dir, weight_column, optimizer, config)


class BaselineRegressor(_Baseline):
    """Numbers, by their mean.

    Args:
      model_dir, config: as for Estimator.
      label_dimension: how many numbers an example has.
      weight_column, optimizer, loss_reduction: as for DNNClassifier.

    Example:
      >>> model = tf.estimator.BaselineRegressor()
    """

    def __init__(
        self,
        model_dir: Any = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        loss_reduction: str = Reduction.SUM,
    ) -> None:
        head = RegressionHead(weight_column, label_dimension, loss_reduction)
        super().__init__(head, model_dir, weight_column, optimizer, config)


def _key(weight_column: Any) -> str | None:
    """The name of the feature with the examples' weights."""
    if weight_column is None or isinstance(weight_column, str):
        return weight_column
    if not isinstance(weight_column, NumericColumn):
        raise TypeError(
            "Weight column must be either a string or _NumericColumn. Given type: "
            f"{type(weight_column)}."
        )
    return weight_column.key
