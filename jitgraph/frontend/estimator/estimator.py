"""Stage frontend: tf.estimator.Estimator: a model in a folder, as functions that build it.

In: a model function, input functions. Out: checkpoints, summaries, metrics, predictions.
"""

from __future__ import annotations

import copy
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from jitgraph.frontend.api import logging
from jitgraph.frontend.estimator.input_functions import (
    argument_names,
    features_and_labels,
    has_end,
)
from jitgraph.frontend.estimator.metric_summaries import write_metrics
from jitgraph.frontend.estimator.model_spec import LOSS, EstimatorSpec, ModeKeys
from jitgraph.frontend.estimator.run_config import RunConfig, default_session_config
from jitgraph.frontend.estimator.training_run import train_with
from jitgraph.frontend.estimator.warm_start import settings_of, warm_start
from jitgraph.frontend.metrics.means import mean
from jitgraph.frontend.monitored.evaluation import (
    StopAfterNEvalsHook,
    evaluate_once,
    get_or_create_eval_step,
)
from jitgraph.frontend.monitored.monitored_session import ChiefSessionCreator, MonitoredSession
from jitgraph.frontend.monitored.saving_hooks import CheckpointSaverListener
from jitgraph.frontend.monitored.scaffold import Scaffold
from jitgraph.frontend.monitored.session_hooks import SessionRunHook
from jitgraph.frontend.monitored.step_reading import step_reading
from jitgraph.frontend.monitored.training_hooks import StopAtStepHook
from jitgraph.frontend.train.checkpoint_state import latest_checkpoint
from jitgraph.frontend.train.checkpoint_utils import list_variables, load_variable
from jitgraph.frontend.train.global_step import create_global_step, get_global_step
from jitgraph.graph import Graph, GraphKeys, device, set_random_seed
from jitgraph.ops.identities import group

_MODEL_ARGUMENTS = {"features", "labels", "mode", "params", "self", "config"}
_MAY_OVERRIDE = {
    "model_fn",
    "_as_spec",
    "_create_and_assert_global_step",
    "_export_all_saved_models",
    "_params_of_input",
    "_params_of_model",
}


class Estimator:
    """Trains, evaluates, asks and exports a model that a function builds.

    Args:
      model_fn: a function of features and, where it has such arguments, labels, mode, params and
        config, that gives an EstimatorSpec.
      model_dir: the folder of checkpoints and summaries; a temporary one if None.
      config: a RunConfig.
      params: a dict that the functions get.
      warm_start_from: a checkpoint, or WarmStartSettings, to begin with.

    Raises:
      ValueError: the function has other arguments, or folders differ.

    Example:
      >>> model = tf.estimator.Estimator(model_fn, "/tmp/model")
      >>> model.train(train_input_fn, steps=1000)
      >>> model.evaluate(eval_input_fn)["loss"]
    """

    def __init__(
        self,
        model_fn: Callable[..., Any],
        model_dir: Any = None,
        config: RunConfig | None = None,
        params: Any = None,
        warm_start_from: Any = None,
    ) -> None:
        self._assert_members_are_not_overridden()
        self._config = _configured(config, model_dir)
        self._model_dir: str = self._config.model_dir
        self._session_config = self._config.session_config
        logging.info("Using config: %s", vars(self._config))
        if model_fn is None:
            raise ValueError("model_fn must be provided to Estimator.")
        _check_model_fn(model_fn, params)
        self._model_fn = model_fn
        self._params = copy.deepcopy(params or {})
        self._warm_start_settings = settings_of(warm_start_from)

    @property
    def model_dir(self) -> str:
        """The folder of checkpoints and summaries."""
        return self._model_dir

    @property
    def config(self) -> RunConfig:
        """A copy of the RunConfig."""
        return copy.deepcopy(self._config)

    @property
    def params(self) -> Any:
        """A copy of the parameters."""
        return copy.deepcopy(self._params)

    @property
    def model_fn(self) -> Callable[..., EstimatorSpec]:
        """The model function, as a function of features, labels, mode and config."""

        def public_model_fn(features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
            return self._call_model_fn(features, labels, mode, config)

        return public_model_fn

    def get_variable_value(self, name: str) -> Any:
        """A variable's value in the last checkpoint.

        Args:
          name: the variable's name.

        Raises:
          ValueError: there is no checkpoint.
        """
        self._check_is_trained()
        return load_variable(self._model_dir, name)

    def get_variable_names(self) -> list[str]:
        """The names of all variables in the last checkpoint.

        Raises:
          ValueError: there is no checkpoint.
        """
        self._check_is_trained()
        return [name for name, _ in list_variables(self._model_dir)]

    def latest_checkpoint(self) -> str | None:
        """The path of the last checkpoint, None if there is none."""
        return latest_checkpoint(self._model_dir)

    def eval_dir(self, name: str | None = None) -> str:
        """The folder of an evaluation's summaries.

        Args:
          name: the evaluation's name.
        """
        return os.path.join(self._model_dir, f"eval_{name}" if name else "eval")

    def train(
        self,
        input_fn: Callable[..., Any],
        hooks: Sequence[SessionRunHook] | None = None,
        steps: int | None = None,
        max_steps: int | None = None,
        saving_listeners: Sequence[CheckpointSaverListener] | None = None,
    ) -> Estimator:
        """Trains, from the last checkpoint on if there is one.

        Args:
          input_fn: a function that gives a dataset, or (features, labels).
          hooks: SessionRunHooks.
          steps: how many steps; until the input's end if None.
          max_steps: or the global step at which to end.
          saving_listeners: CheckpointSaverListeners.

        Returns:
          The Estimator.

        Raises:
          ValueError: both ends are given, or one is not above 0.
          TypeError: hooks or listeners are none.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        _check_positive("steps", steps)
        _check_positive("max_steps", max_steps)
        if max_steps is not None and max_steps <= _step_in(self._model_dir):
            logging.info("Skipping training since max_steps has already saved.")
            return self
        found = _checked_hooks(hooks)
        if steps is not None or max_steps is not None:
            found.append(StopAtStepHook(steps, max_steps))
        listeners = list(saving_listeners or ())
        for listener in listeners:
            if not isinstance(listener, CheckpointSaverListener):
                raise TypeError(
                    f"saving_listeners must be a list of CheckpointSaverListener, given: {listener}"
                )
        loss = self._train_model(input_fn, found, listeners)
        logging.info("Loss for final step: %s.", loss)
        return self

    def _train_model(self, input_fn: Any, hooks: Any, listeners: Any) -> Any:
        with Graph().as_default() as graph, _placed(self._config.device_fn):
            self._begin_graph(graph)
            step_reading("Estimator")
            features, labels, found = features_and_labels(
                self._call_input_fn(input_fn, ModeKeys.TRAIN)
            )
            spec = self._call_model_fn(features, labels, ModeKeys.TRAIN, self.config)
            self._warm_start()
            return train_with(spec, self._config, found, hooks, listeners)

    def evaluate(
        self,
        input_fn: Callable[..., Any],
        steps: int | None = None,
        hooks: Sequence[SessionRunHook] | None = None,
        checkpoint_path: str | None = None,
        name: str | None = None,
    ) -> dict[str, Any]:
        """The metrics of a checkpoint.

        Args:
          input_fn: a function that gives a dataset, or (features, labels).
          steps: how many batches; until the input's end if None.
          hooks: SessionRunHooks.
          checkpoint_path: the checkpoint; the last one if None.
          name: the evaluation's name, which its folder carries.

        Returns:
          Numbers by name: `loss`, `global_step`, and the model's metrics.

        Raises:
          ValueError: `steps` is not above 0, or a metric has a taken name.
        """
        found = _checked_hooks(hooks)
        _check_positive("steps", steps)
        if steps is not None:
            found.append(StopAfterNEvalsHook(steps))
        path = self._checkpoint(checkpoint_path, "evaluate")
        with Graph().as_default() as graph:
            self._begin_graph(graph)
            features, labels, own = features_and_labels(
                self._call_input_fn(input_fn, ModeKeys.EVAL)
            )
            spec = self._call_model_fn(features, labels, ModeKeys.EVAL, self.config)
            update, metrics = _metrics_of(spec)
            if not path:
                self._warm_start()
            metrics[GraphKeys.GLOBAL_STEP] = get_global_step(graph)
            every = [*own, *found, *spec.evaluation_hooks]
            scaffold = _evaluating(spec.scaffold)
            results = evaluate_once(
                path,
                scaffold=scaffold,
                eval_ops=update,
                final_ops=metrics,
                hooks=every,
                config=self._session_config,
            )
        write_metrics(self.eval_dir(name), results, path)
        found_metrics: dict[str, Any] = results
        return found_metrics

    def predict(
        self,
        input_fn: Callable[..., Any],
        predict_keys: Any = None,
        hooks: Sequence[SessionRunHook] | None = None,
        checkpoint_path: str | None = None,
        yield_single_examples: bool = True,
    ) -> Iterator[Any]:
        """Yields the predictions of a checkpoint.

        Args:
          input_fn: a function that gives a dataset or features; labels are left out.
          predict_keys: which predictions, where they are a dict; all if None.
          hooks: SessionRunHooks.
          checkpoint_path: the checkpoint; the last one if None.
          yield_single_examples: whether rows, rather than batches.

        Raises:
          ValueError: no such predictions, or they have different numbers of rows.
        """
        found = _checked_hooks(hooks)
        path = self._checkpoint(checkpoint_path, "predict")
        with Graph().as_default() as graph:
            self._begin_graph(graph)
            features, _, own = features_and_labels(self._call_input_fn(input_fn, ModeKeys.PREDICT))
            if not has_end(features):
                logging.warning(
                    "Input graph does not use tf.data.Dataset or contain a QueueRunner. That means "
                    "predict yields forever. This is probably a mistake."
                )
            spec = self._call_model_fn(features, None, ModeKeys.PREDICT, self.config)
            if not path:
                self._warm_start()
            wanted = _chosen(spec.predictions, predict_keys)
            creator = ChiefSessionCreator(
                spec.scaffold, config=self._session_config, checkpoint_filename_with_path=path
            )
            every = [*own, *found, *spec.prediction_hooks]
            with MonitoredSession(creator, every) as session:
                while not session.should_stop():
                    batch = session.run(wanted)
                    yield from _rows(batch) if yield_single_examples else [batch]

    def export_saved_model(
        self,
        export_dir_base: str,
        serving_input_receiver_fn: Any,
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        experimental_mode: str = ModeKeys.PREDICT,
    ) -> bytes:
        """Writes a SavedModel into a folder below another, called after the time.

        Args:
          export_dir_base: the folder above.
          serving_input_receiver_fn: a function that gives a ServingInputReceiver.
          assets_extra: files to be kept, too: paths below `assets.extra`, and where they are.
          as_text: whether the graph is written as text.
          checkpoint_path: the checkpoint; the last one if None.
          experimental_mode: ModeKeys.PREDICT.

        Returns:
          The folder's path.

        Raises:
          ValueError: there is no such function, or no checkpoint.
          NotImplementedError: another mode.
        """
        from jitgraph.frontend.estimator.exporting import export_model

        if not serving_input_receiver_fn:
            raise ValueError("An input_receiver_fn must be defined.")
        if experimental_mode != ModeKeys.PREDICT:
            raise NotImplementedError("Only models to predict with are exported.")
        path = checkpoint_path or latest_checkpoint(self._model_dir)
        if not path and self._warm_start_settings:
            path = self._warm_start_settings.ckpt_to_initialize_from
            path = latest_checkpoint(path) if os.path.isdir(path) else path
        if not path:
            raise ValueError(f"Couldn't find trained model at {self._model_dir}.")
        folder = os.fsdecode(export_dir_base)
        return export_model(self, folder, serving_input_receiver_fn, assets_extra, as_text, path)

    def export_savedmodel(
        self,
        export_dir_base: str,
        serving_input_receiver_fn: Any,
        assets_extra: Mapping[str, str] | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        strip_default_attrs: bool = False,
    ) -> bytes:
        """Former name of `export_saved_model`.

        Args:
          export_dir_base, serving_input_receiver_fn, assets_extra, as_text, checkpoint_path: as
            there.
          strip_default_attrs: accepted.
        """
        return self.export_saved_model(
            export_dir_base, serving_input_receiver_fn, assets_extra, as_text, checkpoint_path
        )

    def _begin_graph(self, graph: Graph) -> None:
        set_random_seed(self._config.tf_random_seed)
        create_global_step(graph)

    def _call_input_fn(self, input_fn: Callable[..., Any], mode: str) -> Any:
        names = argument_names(input_fn)
        params = self._params_of_input(input_fn, mode)
        offered = {"mode": mode, "params": params, "config": self.config}
        with device("/cpu:0"):
            return input_fn(**{name: offered[name] for name in offered if name in names})

    def _call_model_fn(self, features: Any, labels: Any, mode: str, config: Any) -> EstimatorSpec:
        names = argument_names(self._model_fn)
        if labels is not None and "labels" not in names:
            raise ValueError("model_fn does not take labels, but input_fn returns labels.")
        params = self._params_of_model(mode)
        offered = {"labels": labels, "mode": mode, "params": params, "config": config}
        chosen = {name: offered[name] for name in offered if name in names}
        logging.info("Calling model_fn.")
        found = self._model_fn(features=features, **chosen)
        logging.info("Done calling model_fn.")
        found = self._as_spec(found, mode)
        if not isinstance(found, EstimatorSpec):
            raise ValueError("model_fn should return an EstimatorSpec.")
        return found

    def _params_of_input(self, input_fn: Callable[..., Any], mode: str) -> Any:
        """What an input function gets as `params`."""
        return self.params

    def _params_of_model(self, mode: str) -> Any:
        """What the model function gets as `params`."""
        return self.params

    def _as_spec(self, found: Any, mode: str) -> Any:
        """The EstimatorSpec of what the model function gave."""
        return found

    def _warm_start(self) -> None:
        settings = self._warm_start_settings
        if settings:
            logging.info("Warm-starting with WarmStartSettings: %s", settings)
            warm_start(*settings)

    def _checkpoint(self, path: str | None, purpose: str) -> str | None:
        found = path or latest_checkpoint(self._model_dir)
        if not found:
            logging.info(
                "Could not find trained model in model_dir: %s, running initialization to %s.",
                self._model_dir,
                purpose,
            )
        return found

    def _check_is_trained(self) -> None:
        if not latest_checkpoint(self._model_dir):
            raise ValueError(f"Could not find trained model in model_dir: {self._model_dir}.")

    def _assert_members_are_not_overridden(self) -> None:
        own = {name for name in dir(Estimator) if not name.startswith("__")}
        kind = type(self)
        taken = [
            name
            for name in own & set(vars(kind)) - _MAY_OVERRIDE
            if getattr(Estimator, name) != getattr(kind, name)
        ]
        if taken:
            raise ValueError(
                f"Subclasses of Estimator cannot override members of Estimator. {kind} does "
                f"override {taken}"
            )


def _configured(config: RunConfig | None, folder: Any) -> RunConfig:
    if config is None:
        config = RunConfig()
        logging.info("Using default config.")
    if not isinstance(config, RunConfig):
        raise ValueError(f"config must be an instance of `RunConfig`, but provided {config}.")
    if config.session_config is None:
        config = config.replace(session_config=default_session_config())
    wanted = None if folder is None else os.fspath(folder)
    told = config.model_dir
    if wanted is not None and told is not None and told != wanted:
        raise ValueError(
            "`model_dir` are set both in constructor and `RunConfig`, but with different values. "
            f"In constructor: '{wanted}', in `RunConfig`: '{told}' "
        )
    if not wanted and told is None:
        wanted = tempfile.mkdtemp()
        logging.warning("Using temporary folder as model directory: %s", wanted)
    return config.replace(model_dir=wanted) if wanted else config


def _check_model_fn(model_fn: Callable[..., Any], params: Any) -> None:
    names = set(argument_names(model_fn))
    if "features" not in names:
        raise ValueError(f"model_fn ({model_fn}) must include features argument.")
    if params is not None and "params" not in names:
        raise ValueError(
            f"model_fn ({model_fn}) does not include params argument, but params ({params}) is "
            "passed to Estimator."
        )
    if params is None and "params" in names:
        logging.warning(
            "Estimator's model_fn (%s) includes params argument, but params are not passed to "
            "Estimator.",
            model_fn,
        )
    others = list(names - _MODEL_ARGUMENTS)
    if others:
        raise ValueError(f"model_fn ({model_fn}) has following not expected args: {others}")


def _check_positive(name: str, value: int | None) -> None:
    if value is not None and value <= 0:
        raise ValueError(f"Must specify {name} > 0, given: {value}")


def _checked_hooks(hooks: Any) -> list[SessionRunHook]:
    found = list(hooks or ())
    for hook in found:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f"Hooks must be a SessionRunHook, given: {hook}")
    return found


def _placed(function: Any) -> AbstractContextManager[Any]:
    return device(function) if function is not None else nullcontext()


def _step_in(folder: str) -> int:
    """The global step of the last checkpoint, 0 where there is none."""
    if not latest_checkpoint(folder):
        return 0
    try:
        return int(load_variable(folder, GraphKeys.GLOBAL_STEP))
    except Exception:
        return 0


def _metrics_of(spec: EstimatorSpec) -> tuple[Any, dict[str, Any]]:
    """What updates all metrics, and their values by name."""
    metrics = spec.eval_metric_ops
    for name in (LOSS, GraphKeys.GLOBAL_STEP):
        if name in metrics:
            shown = f'"{name}"' if name == LOSS else f"`{name}`"
            raise ValueError(
                f"Metric with name {shown} is not allowed, because Estimator already defines a "
                "default metric with the same name."
            )
    metrics[LOSS] = mean(spec.loss)
    ordered = sorted(metrics.items())
    values = {name: value for name, (value, _) in ordered}
    return group(*[update for _, (_, update) in ordered]), values


def _evaluating(scaffold: Scaffold) -> Scaffold:
    """A Scaffold that also initialises what an evaluation counts."""
    if not scaffold.local_init_op:
        return scaffold
    get_or_create_eval_step()
    both = group(scaffold.local_init_op, Scaffold.default_local_init_op())
    return Scaffold(local_init_op=both, copy_from_scaffold=scaffold)


def _chosen(predictions: Any, keys: Any) -> Any:
    if not keys:
        return predictions
    if not isinstance(predictions, dict):
        raise ValueError("predict_keys argument is not valid in case of non-dict predictions.")
    found = {key: value for key, value in predictions.items() if key in keys}
    if not found:
        raise ValueError(
            f"Expected to run at least one output from {predictions.keys()}, provided {keys}."
        )
    return found


def _rows(batch: Any) -> Iterator[Any]:
    if not isinstance(batch, dict):
        yield from batch
        return
    counts = {key: value.shape[0] for key, value in batch.items()}
    count = next(iter(counts.values()), 0)
    for key, own in counts.items():
        if own != count:
            raise ValueError(
                f"Batch length of predictions should be same. {key} has different batch length "
                "than others."
            )
    for row in range(count):
        yield {key: value[row] for key, value in batch.items()}
