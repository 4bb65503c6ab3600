"""Stage frontend: trainings end early, when the metrics of evaluations say so.

In: an Estimator, whose evaluations lie in a folder. Out: hooks for its training.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.api import logging
from jitgraph.frontend.estimator.estimator import Estimator
from jitgraph.frontend.estimator.former_metrics import read_eval_metrics
from jitgraph.frontend.monitored.session_hooks import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from jitgraph.frontend.monitored.timers import SecondOrStepTimer
from jitgraph.frontend.plain_initializers import Constant
from jitgraph.frontend.train.global_step import get_global_step
from jitgraph.frontend.variable_sharing import AUTO_REUSE, get_variable, variable_scope
from jitgraph.graph import GraphKeys
from jitgraph.ops.state import assign


class _StopOnPredicateHook(SessionRunHook):
    """Asks for the end as soon as a function says so.

    Args:
      should_stop: the function, without arguments.
      timer: tells when it is asked.

    Raises:
      TypeError: it is no function.
    """

    def __init__(self, should_stop: Callable[[], bool], timer: SecondOrStepTimer) -> None:
        if not callable(should_stop):
            raise TypeError("`should_stop_fn` must be callable.")
        self._should_stop = should_stop
        self._timer = timer

    def begin(self) -> None:
        self._step = get_global_step()
        self._stop = assign(_stop_variable(), True)

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._step)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        step = run_values.results
        if not self._timer.should_trigger_for_step(step):
            return
        self._timer.update_last_triggered_step(step)
        if not self._should_stop():
            return
        logging.info("Requesting early stopping at global step %d", step)
        run_context.session.run(self._stop)
        run_context.request_stop()


def make_early_stopping_hook(
    estimator: Estimator,
    should_stop_fn: Callable[[], bool],
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """A hook that ends a training as soon as a function says so.

    Args:
      estimator: the Estimator.
      should_stop_fn: a function without arguments.
      run_every_secs, run_every_steps: how often it is asked; one of them.

    Raises:
      TypeError: it is no Estimator, or no function.
      ValueError: both ways to count are given.

    Example:
      >>> hook = tf.estimator.experimental.make_early_stopping_hook(model, lambda: False)
    """
    if not isinstance(estimator, Estimator):
        raise TypeError(
            f"`estimator` must have type `tf.estimator.Estimator`. Got: {type(estimator)}"
        )
    if run_every_secs is not None and run_every_steps is not None:
        raise ValueError("Only one of `run_every_secs` and `run_every_steps` must be set.")
    return _StopOnPredicateHook(should_stop_fn, SecondOrStepTimer(run_every_secs, run_every_steps))


def stop_if_higher_hook(
    estimator: Estimator,
    metric_name: str,
    threshold: float,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """A hook that ends a training when a metric was above a threshold.

    Args:
      estimator: the Estimator.
      metric_name: the metric; threshold: what it has to be above.
      eval_dir: the folder of the evaluations' summaries; the Estimator's if None.
      min_steps: evaluations before this step don't count.
      run_every_secs, run_every_steps: how often metrics are read; one of them.

    Example:
      >>> hook = tf.estimator.experimental.stop_if_higher_hook(model, "accuracy", 0.9)
    """
    stops = _crossed(estimator, metric_name, threshold, operator.gt, eval_dir, min_steps)
    return make_early_stopping_hook(estimator, stops, run_every_secs, run_every_steps)


def stop_if_lower_hook(
    estimator: Estimator,
    metric_name: str,
    threshold: float,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """A hook that ends a training when a metric was below a threshold. See stop_if_higher_hook."""
    stops = _crossed(estimator, metric_name, threshold, operator.lt, eval_dir, min_steps)
    return make_early_stopping_hook(estimator, stops, run_every_secs, run_every_steps)


def stop_if_no_increase_hook(
    estimator: Estimator,
    metric_name: str,
    max_steps_without_increase: int,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """A hook that ends a training when a metric did not get higher for some steps.

    Args:
      estimator: the Estimator.
      metric_name: the metric; max_steps_without_increase: for how many steps.
      eval_dir, min_steps, run_every_secs, run_every_steps: as for stop_if_higher_hook.

    Example:
      >>> hook = tf.estimator.experimental.stop_if_no_increase_hook(model, "accuracy", 1000)
    """
    most = max_steps_without_increase
    stops = _stalled(estimator, metric_name, most, operator.gt, eval_dir, min_steps)
    return make_early_stopping_hook(estimator, stops, run_every_secs, run_every_steps)


def stop_if_no_decrease_hook(
    estimator: Estimator,
    metric_name: str,
    max_steps_without_decrease: int,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> SessionRunHook:
    """A hook that ends a training when a metric did not get lower for some steps.

    Args:
      estimator: the Estimator.
      metric_name: the metric; max_steps_without_decrease: for how many steps.
      eval_dir, min_steps, run_every_secs, run_every_steps: as for stop_if_higher_hook.

    Example:
      >>> hook = tf.estimator.experimental.stop_if_no_decrease_hook(model, "loss", 1000)
    """
    most = max_steps_without_decrease
    stops = _stalled(estimator, metric_name, most, operator.lt, eval_dir, min_steps)
    return make_early_stopping_hook(estimator, stops, run_every_secs, run_every_steps)


def _crossed(
    estimator: Any, name: str, threshold: float, is_beyond: Any, folder: Any, first: int
) -> Callable[[], bool]:
    """Tells whether a metric was beyond a threshold."""
    where = estimator.eval_dir() if folder is None else folder
    side = "greater than" if is_beyond is operator.gt else "less than"

    def crossed() -> bool:
        for step, metrics in read_eval_metrics(where).items():
            if step < first or not is_beyond(metrics[name], threshold):
                continue
            logging.info(
                'At step %s, metric "%s" has value %s which is %s the configured threshold (%s) '
                "for early stopping.",
                step,
                name,
                metrics[name],
                side,
                threshold,
            )
            return True
        return False

    return crossed


def _stalled(
    estimator: Any, name: str, most: int, is_better: Any, folder: Any, first: int
) -> Callable[[], bool]:
    """Tells whether a metric did not get better for some steps."""
    where = estimator.eval_dir() if folder is None else folder
    change = "increase" if is_better is operator.gt else "decrease"

    def stalled() -> bool:
        best, best_step = None, 0
        for step, metrics in read_eval_metrics(where).items():
            if step < first:
                continue
            if best is None or is_better(metrics[name], best):
                best, best_step = metrics[name], step
            if step - best_step < most:
                continue
            logging.info(
                'No %s in metric "%s" for %s steps, which is greater than or equal to max steps '
                "(%s) configured for early stopping.",
                change,
                name,
                step - best_step,
                most,
            )
            return True
        return False

    return stalled


def _stop_variable() -> Any:
    with variable_scope("signal_early_stopping", values=[], reuse=AUTO_REUSE):
        return get_variable(
            "STOP",
            shape=[],
            dtype=dtypes.bool,
            initializer=Constant(False),
            collections=[GraphKeys.GLOBAL_VARIABLES],
            trainable=False,
        )
