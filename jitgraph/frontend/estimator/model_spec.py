"""Stage frontend: what a model function gives to an Estimator.

In: tensors and operations of one mode. Out: an EstimatorSpec, checked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from jitgraph.frontend.estimator.export_outputs import checked_export_outputs
from jitgraph.frontend.monitored.scaffold import Scaffold
from jitgraph.frontend.monitored.session_hooks import SessionRunHook
from jitgraph.frontend.structures import flatten
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Operation, Tensor, get_default_graph
from jitgraph.ops.reshaping import reshape

LOSS = "loss"


class ModeKeys:
    """What a model function is asked to build."""

    TRAIN = "train"
    EVAL = "eval"
    PREDICT = "infer"


class _Fields(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metric_ops: Any
    export_outputs: Any
    training_chief_hooks: Any
    training_hooks: Any
    scaffold: Any
    evaluation_hooks: Any
    prediction_hooks: Any


class EstimatorSpec(_Fields):
    """What an Estimator runs in one mode.

    Args:
      mode: one of ModeKeys.
      predictions: a tensor, or a dict of them; needed to predict.
      loss: a scalar tensor; needed to train and to evaluate.
      train_op: what a step of training runs; needed to train.
      eval_metric_ops: a dict of (value, update), as functions of tf.metrics give them.
      export_outputs: a dict of ExportOutputs; one of the predictions if None.
      training_chief_hooks, training_hooks, evaluation_hooks, prediction_hooks: SessionRunHooks.
      scaffold: a Scaffold.

    Raises:
      ValueError: something is missing, of another shape, or of another graph.
      TypeError: something is of a wrong type.

    Example:
      >>> def model_fn(features, labels, mode):
      ...     predicted = tf.layers.dense(features, 1)
      ...     if mode == tf.estimator.ModeKeys.PREDICT:
      ...         return tf.estimator.EstimatorSpec(mode, predictions=predicted)
      ...     loss = tf.losses.mean_squared_error(labels, predicted)
      ...     step = tf.train.get_global_step()
      ...     op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, step)
      ...     return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=op)
    """

    __slots__ = ()

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: Any = None,
        export_outputs: Any = None,
        training_chief_hooks: Any = None,
        training_hooks: Any = None,
        scaffold: Any = None,
        evaluation_hooks: Any = None,
        prediction_hooks: Any = None,
    ) -> EstimatorSpec:
        train_op = _checked_train_op(train_op, mode)
        loss = _checked_loss(loss, mode)
        predictions = _checked_predictions(predictions, mode)
        if mode == ModeKeys.PREDICT:
            export_outputs = checked_export_outputs(export_outputs, predictions)
        hooks = [
            _checked_hooks(given)
            for given in (training_hooks, evaluation_hooks, prediction_hooks, training_chief_hooks)
        ]
        return super().__new__(
            cls,
            mode=mode,
            predictions=predictions,
            loss=loss,
            train_op=train_op,
            eval_metric_ops=_checked_metrics(eval_metric_ops),
            export_outputs=export_outputs,
            training_chief_hooks=hooks[3],
            training_hooks=hooks[0],
            scaffold=_checked_scaffold(scaffold),
            evaluation_hooks=hooks[1],
            prediction_hooks=hooks[2],
        )

    def _replace(self, **kwds: Any) -> EstimatorSpec:
        """Another one, with some fields changed."""
        if kwds.get("mode", self.mode) != self.mode:
            raise ValueError("mode of EstimatorSpec cannot be changed.")
        return EstimatorSpec(**{**self._asdict(), **kwds})


def _check_graph(title: str, item: Any, shown: str) -> None:
    if item.graph is not get_default_graph():
        raise ValueError(
            f'{title} with "{shown}" must be from the default graph. Possible causes of this '
            f"error include: \n\n1) {title} was created outside the context of the default graph."
            "\n\n2) The object passed through to EstimatorSpec was not created in the most recent "
            'call to "model_fn".'
        )


def _checked_tensor(item: Any, title: str) -> Any:
    if not isinstance(item, (Tensor, Variable)):
        raise TypeError(f"{title} must be Tensor, given: {item}")
    return item


def _checked_train_op(op: Any, mode: str) -> Any:
    if op is None:
        if mode == ModeKeys.TRAIN:
            raise ValueError("Missing train_op.")
        return None
    if not isinstance(op, (Operation, Tensor, Variable)):
        raise TypeError(f"train_op must be Operation or Tensor, given: {op}")
    found = op.op if isinstance(op, Variable) else op
    _check_graph("train_op", found, found.name)
    return found


def _checked_loss(loss: Any, mode: str) -> Any:
    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError("Missing loss.")
        return None
    shape = _checked_tensor(loss, "loss").get_shape()
    if shape.num_elements() not in (None, 1):
        raise ValueError(f"Loss must be scalar, given: {loss}")
    if not shape.is_compatible_with([]):
        loss = reshape(loss, [])
    _check_graph("loss", loss, loss.name)
    return loss


def _checked_predictions(predictions: Any, mode: str) -> Any:
    if predictions is None:
        if mode == ModeKeys.PREDICT:
            raise ValueError("Missing predictions.")
        return {}
    if not isinstance(predictions, dict):
        tensor = _checked_tensor(predictions, "predictions")
        _check_graph("prediction values", tensor, tensor.name)
        return tensor
    for key, value in predictions.items():
        _checked_tensor(value, f"predictions[{key}]")
        _check_graph("prediction values", value, f"{key}: {value.name}")
    return dict(predictions)


def _checked_hooks(hooks: Any) -> tuple[SessionRunHook, ...]:
    found = tuple(hooks or ())
    for hook in found:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f"All hooks must be SessionRunHook instances, given: {hook}")
    return found


def _checked_metrics(metrics: Any) -> dict[str, Any]:
    if metrics is None:
        return {}
    if not isinstance(metrics, dict):
        raise TypeError(f"eval_metric_ops must be a dict, given: {metrics}")
    for key, value in metrics.items():
        if not isinstance(value, tuple) or len(value) != 2:
            raise TypeError(
                "Values of eval_metric_ops must be (metric_value, update_op) tuples, given: "
                f"{value} for key: {key}"
            )
        for item in flatten(value):
            _check_graph("eval_metric_ops", item, f"{key}: {item.name}")
    return metrics


def _checked_scaffold(scaffold: Any) -> Scaffold:
    found = scaffold or Scaffold()
    if not isinstance(found, Scaffold):
        raise TypeError(f"scaffold must be tf.train.Scaffold. Given: {scaffold}")
    return found
