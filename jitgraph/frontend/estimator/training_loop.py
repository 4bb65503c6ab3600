"""Stage frontend: tf.estimator.train_and_evaluate: an evaluation behind each checkpoint.

In: an Estimator, what to train with, what to evaluate with. Out: the last metrics, the exports.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from jitgraph.frontend.api import logging
from jitgraph.frontend.estimator.exporters import Exporter
from jitgraph.frontend.monitored.saving_hooks import CheckpointSaverListener
from jitgraph.frontend.monitored.session_hooks import SessionRunHook
from jitgraph.frontend.monitored.timers import SecondOrStepTimer


class _TrainFields(NamedTuple):
    input_fn: Callable[..., Any]
    max_steps: int | None
    hooks: tuple[SessionRunHook, ...]


class TrainSpec(_TrainFields):
    """How `train_and_evaluate` trains.

    Args:
      input_fn: a function that gives a dataset, or (features, labels).
      max_steps: the global step at which to end; None for no end.
      hooks: SessionRunHooks.

    Raises:
      ValueError: `max_steps` is not above 0.
      TypeError: something is of a wrong type.
    """

    __slots__ = ()

    def __new__(
        cls,
        input_fn: Callable[..., Any],
        max_steps: int | None = None,
        hooks: Sequence[SessionRunHook] | None = None,
    ) -> TrainSpec:
        _check_function(input_fn)
        if max_steps is not None and max_steps <= 0:
            raise ValueError(f"Must specify max_steps > 0, given: {max_steps}")
        return super().__new__(cls, input_fn, max_steps, _checked_hooks(hooks))


class _EvalFields(NamedTuple):
    input_fn: Callable[..., Any]
    steps: int | None
    name: str | None
    hooks: tuple[SessionRunHook, ...]
    exporters: tuple[Exporter, ...]
    start_delay_secs: float
    throttle_secs: float


class EvalSpec(_EvalFields):
    """How `train_and_evaluate` evaluates.

    Args:
      input_fn: a function that gives a dataset, or (features, labels).
      steps: how many batches; until the input's end if None.
      name: the evaluation's name, which its folder carries.
      hooks: SessionRunHooks.
      exporters: Exporters, or one, that are called behind each evaluation.
      start_delay_secs: accepted: the first checkpoint is awaited.
      throttle_secs: so long is at least between two evaluations.

    Raises:
      ValueError: a number is too small, or exporters have no names of their own.
      TypeError: something is of a wrong type.
    """

    __slots__ = ()

    def __new__(
        cls,
        input_fn: Callable[..., Any],
        steps: int | None = 100,
        name: str | None = None,
        hooks: Sequence[SessionRunHook] | None = None,
        exporters: Any = None,
        start_delay_secs: float = 120,
        throttle_secs: float = 600,
    ) -> EvalSpec:
        _check_function(input_fn)
        if steps is not None and steps <= 0:
            raise ValueError(f"Must specify steps > 0, given: {steps}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"`name` must be string, given: {name}")
        found = (_checked_hooks(hooks), _checked_exporters(exporters))
        if start_delay_secs < 0:
            raise ValueError(f"Must specify start_delay_secs >= 0, given: {start_delay_secs}")
        if throttle_secs < 0:
            raise ValueError(f"Must specify throttle_secs >= 0, given: {throttle_secs}")
        return super().__new__(cls, input_fn, steps, name, *found, start_delay_secs, throttle_secs)


class _EvaluatingListener(CheckpointSaverListener):
    """Evaluates and exports behind each checkpoint but the first, not too often."""

    def __init__(self, estimator: Any, spec: EvalSpec, max_steps: int | None) -> None:
        self._estimator = estimator
        self._spec = spec
        self._max_steps = max_steps
        self.metrics: Any = None
        self.exports: Any = None

    def begin(self) -> None:
        self._timer = SecondOrStepTimer(self._spec.throttle_secs, None)
        self._is_first = True

    def after_save(self, session: Any, global_step_value: int) -> None:
        if self._is_first:
            self._is_first = False
        elif self._timer.should_trigger_for_step(global_step_value):
            self._evaluate(global_step_value)
        else:
            logging.info(
                "Skip the current checkpoint eval due to throttle secs (%s secs).",
                self._spec.throttle_secs,
            )

    def end(self, session: Any, global_step_value: int) -> None:
        if global_step_value != self._timer.last_triggered_step():
            self._evaluate(global_step_value)

    def _evaluate(self, step: int) -> None:
        self._timer.update_last_triggered_step(step)
        spec, path = self._spec, self._estimator.latest_checkpoint()
        self.metrics = self._estimator.evaluate(
            spec.input_fn, spec.steps, spec.hooks, path, spec.name
        )
        is_last = bool(self._max_steps) and self.metrics["global_step"] >= (self._max_steps or 0)
        folder = os.path.join(self._estimator.model_dir, "export")
        self.exports = [
            each.export(
                estimator=self._estimator,
                export_path=os.path.join(folder, each.name),
                checkpoint_path=path,
                eval_result=self.metrics,
                is_the_final_export=is_last,
            )
            for each in spec.exporters
        ]


def train_and_evaluate(estimator: Any, train_spec: TrainSpec, eval_spec: EvalSpec) -> Any:
    """Trains, evaluates behind each checkpoint, exports.

    Args:
      estimator: an Estimator.
      train_spec: a TrainSpec; eval_spec: an EvalSpec.

    Returns:
      (the last metrics, what the exporters gave last).

    Raises:
      TypeError: an argument is of another type.
      ValueError: the Estimator saves no checkpoints.

    Example:
      >>> train = tf.estimator.TrainSpec(train_input_fn, max_steps=1000)
      >>> test = tf.estimator.EvalSpec(eval_input_fn)
      >>> metrics, _ = tf.estimator.train_and_evaluate(model, train, test)
    """
    from jitgraph.frontend.estimator.estimator import Estimator

    if not isinstance(estimator, Estimator):
        raise TypeError(
            f"`estimator` must have type `tf.estimator.Estimator`, given {type(estimator)}"
        )
    for spec, kind, title in (
        (train_spec, TrainSpec, "train_spec"),
        (eval_spec, EvalSpec, "eval_spec"),
    ):
        if not isinstance(spec, kind):
            raise TypeError(
                f"`{title}` must have type `tf.estimator.{kind.__name__}`. Got: {type(spec)}"
            )
    config = estimator.config
    logging.info("Not using Distribute Coordinator.")
    logging.info("Running training and evaluation locally (non-distributed).")
    logging.info(
        "Start train and evaluate loop. The evaluate will happen after every checkpoint. "
        "Checkpoint frequency is determined based on RunConfig arguments: save_checkpoints_steps "
        "%s or save_checkpoints_secs %s.",
        config.save_checkpoints_steps,
        config.save_checkpoints_secs,
    )
    listener = _EvaluatingListener(estimator, eval_spec, train_spec.max_steps)
    estimator.train(
        train_spec.input_fn,
        hooks=train_spec.hooks,
        max_steps=train_spec.max_steps,
        saving_listeners=[listener],
    )
    return listener.metrics, listener.exports


def _check_function(input_fn: Any) -> None:
    if not callable(input_fn):
        raise TypeError(f"`input_fn` must be callable, given: {input_fn}")


def _checked_hooks(hooks: Any) -> tuple[SessionRunHook, ...]:
    found = tuple(hooks or ())
    for hook in found:
        if not isinstance(hook, SessionRunHook):
            raise TypeError(f"All hooks must be `SessionRunHook` instances, given: {hook}")
    return found


def _checked_exporters(exporters: Any) -> tuple[Exporter, ...]:
    if not exporters:
        return ()
    text = (
        f"`exporters` must be an Exporter, an iterable of Exporter, or `None`, found {exporters}."
    )
    try:
        found = (exporters,) if isinstance(exporters, Exporter) else tuple(exporters)
    except TypeError:
        raise TypeError(text) from None
    if not all(isinstance(each, Exporter) for each in found):
        raise TypeError(text)
    names = [each.name for each in found]
    if not all(names):
        raise ValueError(
            f"An Exporter cannot have a name that is `None` or empty. All exporter names: {names}"
        )
    if len(set(names)) < len(names):
        raise ValueError(
            "`exporters` must have unique names. Such a name cannot be `None`. All exporter "
            f"names: {names}"
        )
    return found
