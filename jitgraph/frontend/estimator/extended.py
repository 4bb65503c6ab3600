"""Stage frontend: Estimators with metrics of one's own.

In: an Estimator, a function that makes metrics. Out: another Estimator of the same folder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.estimator.estimator import Estimator
from jitgraph.frontend.estimator.input_functions import argument_names
from jitgraph.frontend.estimator.model_spec import EstimatorSpec, ModeKeys

_MAY_TAKE = {"features", "labels", "predictions", "config"}


def add_metrics(estimator: Estimator, metric_fn: Callable[..., Any]) -> Estimator:
    """An Estimator as another one, with more metrics.

    Args:
      estimator: the other one.
      metric_fn: a function of some of features, labels, predictions and config, that gives
        metrics by name.

    Raises:
      ValueError: the function takes something else.

    Example:
      >>> def more(labels, predictions):
      ...     return {"off": tf.metrics.mean_absolute_error(labels, predictions["predictions"])}
      >>> model = tf.estimator.add_metrics(model, more)
    """
    names = argument_names(metric_fn)
    others = [name for name in names if name not in _MAY_TAKE]
    if others:
        raise ValueError(f"metric_fn ({metric_fn}) has following not expected args: {others}")

    def model(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        spec = estimator.model_fn(features, labels, mode, config)
        if mode != ModeKeys.EVAL:
            return spec
        given = {
            "features": features,
            "labels": labels,
            "predictions": spec.predictions,
            "config": config,
        }
        more = metric_fn(**{name: given[name] for name in names})
        return spec._replace(eval_metric_ops={**(spec.eval_metric_ops or {}), **more})

    start = estimator._warm_start_settings
    return Estimator(model, estimator.model_dir, estimator.config, warm_start_from=start)
