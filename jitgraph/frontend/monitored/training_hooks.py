"""Stage frontend: hooks that log, stop, wait and check.

In: runs of a monitored session. Out: lines in the log, requests to stop, errors.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from jitgraph import errors
from jitgraph.frontend.api import logging
from jitgraph.frontend.monitored.session_hooks import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from jitgraph.frontend.monitored.step_reading import step_reading
from jitgraph.frontend.monitored.timers import NeverTriggerTimer, SecondOrStepTimer
from jitgraph.frontend.summaries.file_writer import FileWriterCache
from jitgraph.frontend.train.global_step import get_global_step
from jitgraph.graph import get_default_graph


class LoggingTensorHook(SessionRunHook):
    """Logs the values of tensors.

    Args:
      tensors: a dict of tensors or their names, or a list of names.
      every_n_iter, every_n_secs: how often; one of them, or none with `at_end`.
      at_end: whether also behind the last run.
      formatter: a function of the dict of values that gives the text.

    Raises:
      ValueError: it is not said how often.
    """

    def __init__(
        self,
        tensors: Any,
        every_n_iter: int | None = None,
        every_n_secs: float | None = None,
        at_end: bool = False,
        formatter: Callable[[dict[str, Any]], str] | None = None,
    ) -> None:
        only_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ValueError(
                "either at_end and/or exactly one of every_n_iter and every_n_secs must be "
                "provided."
            )
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError(f"invalid every_n_iter={every_n_iter}.")
        if isinstance(tensors, Mapping):
            self._tags, self._tensors = sorted(tensors), dict(tensors)
        else:
            self._tags, self._tensors = list(tensors), {item: item for item in tensors}
        self._formatter = formatter
        self._at_end = at_end
        self._timer: Any = NeverTriggerTimer()
        if not only_at_end:
            self._timer = SecondOrStepTimer(every_n_secs, every_n_iter)

    def begin(self) -> None:
        self._timer.reset()
        self._count = 0
        graph = get_default_graph()
        self._current = {tag: graph.as_graph_element(t) for tag, t in self._tensors.items()}

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs | None:
        self._is_due = self._timer.should_trigger_for_step(self._count)
        return SessionRunArgs(self._current) if self._is_due else None

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        if self._is_due:
            self._log(run_values.results)
        self._count += 1

    def end(self, session: Any) -> None:
        if self._at_end:
            self._log(session.run(self._current))

    def _log(self, values: dict[str, Any]) -> None:
        seconds, _ = self._timer.update_last_triggered_step(self._count)
        if self._formatter is not None:
            logging.info(self._formatter(values))
            return
        with np.printoptions(suppress=True):
            text = ", ".join(f"{tag} = {values[tag]}" for tag in self._tags)
        if seconds is None:
            logging.info("%s", text)
        else:
            logging.info("%s (%.3f sec)", text, seconds)


class StopAtStepHook(SessionRunHook):
    """Asks for the end after so many steps.

    Args:
      num_steps: how many from now on.
      last_step: the global step at which to end; one of the two.

    Raises:
      ValueError: none of them is given, or both.
    """

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps = num_steps
        self._last_step: Any = last_step

    def begin(self) -> None:
        self._step = step_reading("StopAtStepHook")

    def after_create_session(self, session: Any, coord: Any) -> None:
        if self._last_step is None:
            self._last_step = session.run(self._step) + self._num_steps

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._step)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        if run_values.results + 1 < self._last_step:
            return
        if run_context.session.run(self._step) >= self._last_step:
            run_context.request_stop()


class NanLossDuringTrainingError(RuntimeError):
    """The loss is not a number."""

    def __str__(self) -> str:
        return "NaN loss during training."


class NanTensorHook(SessionRunHook):
    """Ends when a loss is not a number.

    Args:
      loss_tensor: the loss.
      fail_on_nan_loss: whether NanLossDuringTrainingError is raised; else the end is asked for.
    """

    def __init__(self, loss_tensor: Any, fail_on_nan_loss: bool = True) -> None:
        self._loss = loss_tensor
        self._fails = fail_on_nan_loss

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._loss)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        if not np.isnan(run_values.results):
            return
        text = "Model diverged with loss = NaN."
        if self._fails:
            logging.error(text)
            raise NanLossDuringTrainingError
        logging.warning(text)
        run_context.request_stop()


class StepCounterHook(SessionRunHook):
    """Logs the steps a second, and keeps them as a summary.

    Args:
      every_n_steps, every_n_secs: how often; one of them.
      output_dir: the folder of the summaries; summary_writer: or what writes them.

    Raises:
      ValueError: it is not said how often.
    """

    def __init__(
        self,
        every_n_steps: int | None = 100,
        every_n_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
    ) -> None:
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError("exactly one of every_n_steps and every_n_secs should be provided.")
        self._timer = SecondOrStepTimer(every_n_secs, every_n_steps)
        self._writer = summary_writer
        self._folder = output_dir

    def begin(self) -> None:
        if self._writer is None and self._folder:
            self._writer = FileWriterCache.get(self._folder)
        self._step = step_reading("StepCounterHook")
        self._tag = f"{get_global_step().op.name}/sec"

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._step)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        if not self._timer.should_trigger_for_step(run_values.results + 1):
            return
        step = run_context.session.run(self._step)
        if not self._timer.should_trigger_for_step(step):
            return
        seconds, steps = self._timer.update_last_triggered_step(step)
        if seconds and steps is not None:
            self._tell(steps / seconds, step)

    def _tell(self, speed: float, step: int) -> None:
        if self._writer is not None:
            from jitgraph import protos

            summary = protos.Summary()
            summary.value.add(tag=self._tag, simple_value=speed)
            self._writer.add_summary(summary, step)
        logging.info("%s: %g", self._tag, speed)


class GlobalStepWaiterHook(SessionRunHook):
    """Lets the first run wait until the global step has come so far.

    Args:
      wait_until_step: how far.
    """

    def __init__(self, wait_until_step: int) -> None:
        self._wait_until = wait_until_step

    def begin(self) -> None:
        self._is_started = False
        self._step = step_reading("_GlobalStepWaiterHook")

    def before_run(self, run_context: SessionRunContext) -> None:
        if self._is_started or self._wait_until <= 0:
            self._is_started = True
            return
        logging.info("Waiting for global step %d before starting training.", self._wait_until)
        while run_context.session.run(self._step) < self._wait_until:
            time.sleep(0.5)
        self._is_started = True


class FinalOpsHook(SessionRunHook):
    """Runs something behind the last run.

    Args:
      final_ops: tensors and operations; final_ops_feed_dict: what is fed then.
    """

    def __init__(self, final_ops: Any, final_ops_feed_dict: Any = None) -> None:
        self._final_ops = final_ops
        self._feed = final_ops_feed_dict
        self._values: Any = None

    @property
    def final_ops_values(self) -> Any:
        """What the run gave."""
        return self._values

    def end(self, session: Any) -> None:
        if self._final_ops is None:
            return
        try:
            self._values = session.run(self._final_ops, self._feed)
        except (errors.OutOfRangeError, StopIteration):
            logging.warning("The operations of a FinalOpsHook read from an input at its end.")
            raise


class FeedFnHook(SessionRunHook):
    """Feeds each run with what a function gives.

    Args:
      feed_fn: a function without arguments that gives a feed_dict.
    """

    def __init__(self, feed_fn: Callable[[], Any]) -> None:
        self.feed_fn = feed_fn

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(None, self.feed_fn())
