"""tf.contrib.tpu's Estimator where there is no TPU: the same script runs on the processors.

In: a model function that gives TPUEstimatorSpecs, batch sizes. Out: an Estimator whose functions
get `params["batch_size"]`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from jitgraph.frontend.api import logging
from jitgraph.frontend.estimator.estimator import Estimator
from jitgraph.frontend.estimator.input_functions import argument_names
from jitgraph.frontend.estimator.model_spec import EstimatorSpec, ModeKeys
from jitgraph.frontend.estimator.tpu_config import TPURunConfig, require_positive
from jitgraph.frontend.monitored.session_hooks import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
)
from jitgraph.frontend.monitored.training_hooks import StepCounterHook
from jitgraph.frontend.train.optimizer import Optimizer

_RESERVED = ("batch_size", "context", "use_tpu")


class _Fields(NamedTuple):
    mode: str
    predictions: Any
    loss: Any
    train_op: Any
    eval_metrics: Any
    export_outputs: Any
    scaffold_fn: Any
    host_call: Any
    training_hooks: Any
    evaluation_hooks: Any
    prediction_hooks: Any


class TPUEstimatorSpec(_Fields):
    """What a TPUEstimator runs in one mode.

    Args:
      eval_metrics: a function of tensors that gives a dict of (value, update), and the tensors, a
        list or a dict.
      scaffold_fn: a function that gives a Scaffold.
      host_call: a function and its tensors, run beside each step.
      mode, predictions, loss, train_op, export_outputs, training_hooks, evaluation_hooks,
        prediction_hooks: as for `tf.estimator.EstimatorSpec`.

    Raises:
      ValueError: `eval_metrics` or `host_call` is no pair of a function and tensors.
      TypeError: hooks that are none.

    Example:
      >>> spec = tf.contrib.tpu.TPUEstimatorSpec("infer", predictions=tf.ones([2]))
      >>> spec.as_estimator_spec().mode
      'infer'
    """

    __slots__ = ()

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metrics: Any = None,
        export_outputs: Any = None,
        scaffold_fn: Callable[[], Any] | None = None,
        host_call: Any = None,
        training_hooks: Any = None,
        evaluation_hooks: Any = None,
        prediction_hooks: Any = None,
    ) -> TPUEstimatorSpec:
        _check_call("eval_metrics", eval_metrics)
        _check_call("host_call", host_call)
        hooks = [tuple(each or ()) for each in (training_hooks, evaluation_hooks, prediction_hooks)]
        for hook in (hook for each in hooks for hook in each):
            if not isinstance(hook, SessionRunHook):
                raise TypeError(f"All hooks must be SessionRunHook instances, given: {hook}")
        return super().__new__(
            cls, mode, predictions, loss, train_op, eval_metrics, export_outputs, scaffold_fn,
            host_call, *hooks,
        )  # fmt: skip

    def as_estimator_spec(self) -> EstimatorSpec:
        """The EstimatorSpec for a run without TPU."""
        metrics = None if self.eval_metrics is None else _called(*self.eval_metrics)
        hooks: tuple[SessionRunHook, ...] = ()
        if self.host_call is not None:
            hooks = (_HostCallHook(_called(*self.host_call)),)
        return EstimatorSpec(
            mode=self.mode,
            predictions=self.predictions,
            loss=self.loss,
            train_op=self.train_op,
            eval_metric_ops=metrics,
            export_outputs=self.export_outputs,
            scaffold=self.scaffold_fn() if self.scaffold_fn else None,
            training_hooks=self.training_hooks + hooks,
            evaluation_hooks=self.evaluation_hooks + hooks,
            prediction_hooks=self.prediction_hooks + hooks,
        )


def _check_call(name: str, given: Any) -> None:
    if given is None:
        return
    if not isinstance(given, (tuple, list)):
        raise ValueError(f"{name} should be tuple or list")
    if len(given) != 2:
        raise ValueError(f"{name} should have two elements.")
    if not callable(given[0]):
        raise TypeError(f"{name}[0] should be callable.")
    if not isinstance(given[1], (tuple, list, dict)):
        raise ValueError(f"{name}[1] should be tuple or list, or dict.")


def _called(function: Callable[..., Any], tensors: Any) -> Any:
    return function(**tensors) if isinstance(tensors, dict) else function(*tensors)


class _HostCallHook(SessionRunHook):
    """Runs what a host call gave beside each step."""

    def __init__(self, tensors: Any) -> None:
        self._tensors = tensors

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._tensors)


class _ExamplesPerSecondHook(StepCounterHook):
    """Logs the examples a second, too."""

    def __init__(self, batch_size: int, every_n_steps: int, output_dir: str | None) -> None:
        super().__init__(every_n_steps=every_n_steps, output_dir=output_dir)
        self._batch_size = batch_size

    def _tell(self, speed: float, step: int) -> None:
        super()._tell(speed, step)
        if self._writer is not None:
            from jitgraph import protos

            summary = protos.Summary()
            summary.value.add(tag="examples/sec", simple_value=speed * self._batch_size)
            self._writer.add_summary(summary, step)
        logging.info("examples/sec: %g", speed * self._batch_size)


class TPUEstimator(Estimator):
    """An Estimator for TPUs that runs on the processors.

    Args:
      model_fn: a function of features, labels, mode and params that gives a TPUEstimatorSpec.
      model_dir: the folder of checkpoints and summaries.
      config: a `tf.contrib.tpu.RunConfig`.
      params: a dict that the functions get, together with `batch_size` and `use_tpu`.
      use_tpu: False: there is no TPU.
      train_batch_size, eval_batch_size, predict_batch_size: the `batch_size` in each mode.
      batch_axis, eval_on_tpu, export_to_tpu, export_to_cpu, embedding_config_spec: accepted.
      warm_start_from: a checkpoint, or WarmStartSettings, to begin with.

    Raises:
      ValueError: no such RunConfig, parameters of reserved names.
      NotImplementedError: a TPU is asked for.

    Example:
      >>> def model_fn(features, labels, mode, params):
      ...     predicted = tf.layers.dense(features, 1)
      ...     return tf.contrib.tpu.TPUEstimatorSpec(mode, predictions=predicted)
      >>> model = tf.contrib.tpu.TPUEstimator(
      ...     model_fn, config=tf.contrib.tpu.RunConfig(), use_tpu=False, train_batch_size=8)
    """

    def __init__(
        self,
        model_fn: Callable[..., Any],
        model_dir: Any = None,
        config: TPURunConfig | None = None,
        params: Any = None,
        use_tpu: bool = True,
        train_batch_size: int | None = None,
        eval_batch_size: int | None = None,
        predict_batch_size: int | None = None,
        batch_axis: Any = None,
        eval_on_tpu: bool = True,
        export_to_tpu: bool = True,
        export_to_cpu: bool = True,
        warm_start_from: Any = None,
        embedding_config_spec: Any = None,
    ) -> None:
        if not isinstance(config, TPURunConfig):
            raise ValueError("`config` must be provided with type `tpu_config.RunConfig`")
        if params is not None and any(key in params for key in _RESERVED):
            raise ValueError(f"{_RESERVED} are reserved keys but existed in params {params}.")
        if use_tpu:
            raise NotImplementedError(
                "There is no TPU here: give TPUEstimator use_tpu=False, and it runs on this "
                "machine's processors."
            )
        self._sizes = {
            ModeKeys.TRAIN: train_batch_size,
            ModeKeys.EVAL: eval_batch_size,
            ModeKeys.PREDICT: predict_batch_size,
        }
        for mode, size in self._sizes.items():
            require_positive(f"{mode} batch size", size)
        self._every = config.log_step_count_steps
        quiet = config.replace(log_step_count_steps=None)
        super().__init__(model_fn, model_dir, quiet, params or {}, warm_start_from)

    def _params_of_input(self, input_fn: Callable[..., Any], mode: str) -> Any:
        if "params" not in argument_names(input_fn):
            raise ValueError(
                f"input_fn ({input_fn}) does not include params argument, required by TPUEstimator "
                'to pass batch size as params["batch_size"]'
            )
        return self._sized(mode)

    def _params_of_model(self, mode: str) -> Any:
        found = self._sized(mode)
        found["use_tpu"] = False
        return found

    def _sized(self, mode: str) -> Any:
        found = self.params
        if self._sizes[mode] is not None:
            found["batch_size"] = self._sizes[mode]
        return found

    def _as_spec(self, found: Any, mode: str) -> Any:
        logging.info("Running %s on CPU", mode)
        spec = found.as_estimator_spec() if isinstance(found, TPUEstimatorSpec) else found
        size = self._sizes[ModeKeys.TRAIN]
        if mode != ModeKeys.TRAIN or size is None or self._every is None:
            return spec
        folder = self._model_dir if self._config.save_summary_steps else None
        hook = _ExamplesPerSecondHook(size, self._every, folder)
        return spec._replace(training_hooks=(*spec.training_hooks, hook))


class CrossShardOptimizer(Optimizer):
    """An optimizer that adds up the gradients of all TPU cores; without TPU, what it wraps.

    Args:
      opt: the optimizer; reduction, name, group_assignment: accepted.

    Example:
      >>> optimizer = tf.contrib.tpu.CrossShardOptimizer(tf.train.AdamOptimizer())
      >>> optimizer.get_slot_names()
      []
    """

    def __init__(
        self,
        opt: Optimizer,
        reduction: Any = None,
        name: str = "CrossShardOptimizer",
        group_assignment: Any = None,
    ) -> None:
        super().__init__(False, name)
        self._opt = opt

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """As the optimizer that it wraps."""
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Any:
        """As the optimizer that it wraps."""
        return self._opt.apply_gradients(grads_and_vars, global_step, name)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """As the optimizer that it wraps."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        """As the optimizer that it wraps."""
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> list[Any]:
        """As the optimizer that it wraps."""
        return self._opt.variables()
