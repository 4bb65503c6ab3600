"""tf.contrib.training: loops of training, and of evaluation whenever there is a new checkpoint.

In: tensors to run, a folder of checkpoints. Out: the last values.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jitgraph.frontend.monitored.evaluation import (
    StopAfterNEvalsHook,
    get_or_create_eval_step,
    tell_stop_hooks,
)
from jitgraph.frontend.monitored.monitored_session import (
    ChiefSessionCreator,
    MonitoredSession,
    MonitoredTrainingSession,
)
from jitgraph.frontend.monitored.scaffold import Scaffold
from jitgraph.frontend.monitored.session_hooks import SessionRunHook
from jitgraph.frontend.monitored.training_hooks import FinalOpsHook
from jitgraph.frontend.summaries.file_writer import FileWriterCache
from jitgraph.frontend.summaries.functions import merge_all
from jitgraph.frontend.train.checkpoint_state import latest_checkpoint
from jitgraph.frontend.train.global_step import get_or_create_global_step, global_step
from jitgraph.graph.logger import get_logger
from jitgraph.ops.state import assign_add

__all__ = [
    "StopAfterNEvalsHook",
    "SummaryAtEndHook",
    "checkpoints_iterator",
    "evaluate_repeatedly",
    "train",
    "wait_for_new_checkpoint",
]


def train(
    train_op: Any,
    logdir: str | None,
    master: str = "",
    is_chief: bool = True,
    scaffold: Scaffold | None = None,
    hooks: Sequence[SessionRunHook] | None = None,
    chief_only_hooks: Sequence[SessionRunHook] | None = None,
    save_checkpoint_secs: float | None = 600,
    save_summaries_steps: int | None = 100,
    config: Any = None,
    max_wait_secs: float = 7200,
    run_metadata: Any = None,
) -> Any:
    """Runs a training operation until a hook stops it.

    Args:
      train_op: what `create_train_op` gives.
      logdir: the folder of checkpoints and summaries.
      master: the target, empty; is_chief: whether this process saves.
      scaffold: a Scaffold; hooks, chief_only_hooks: SessionRunHooks.
      save_checkpoint_secs, save_summaries_steps: how often; None for never.
      config: a ConfigProto; max_wait_secs: as MonitoredTrainingSession takes it.
      run_metadata: a RunMetadata that each run adds to.

    Returns:
      The last loss.

    Raises:
      ValueError: there is no folder for what is to be saved.
    """
    if logdir is None and is_chief:
        for name, given in (
            ("save_summaries_steps", save_summaries_steps),
            ("save_checkpoint_secs", save_checkpoint_secs),
        ):
            if given:
                raise ValueError(f"logdir cannot be None when {name} is not None")
    loss = None
    with MonitoredTrainingSession(
        master=master,
        is_chief=is_chief,
        checkpoint_dir=logdir,
        scaffold=scaffold,
        hooks=hooks,
        chief_only_hooks=chief_only_hooks,
        save_checkpoint_secs=save_checkpoint_secs,
        save_summaries_steps=save_summaries_steps,
        config=config,
        max_wait_secs=max_wait_secs,
    ) as session:
        while not session.should_stop():
            loss = session.run(train_op, run_metadata=run_metadata)
    return loss


def wait_for_new_checkpoint(
    checkpoint_dir: str,
    last_checkpoint: str | None = None,
    seconds_to_sleep: float = 1,
    timeout: float | None = None,
) -> str | None:
    """Waits until a folder has another checkpoint.

    Args:
      checkpoint_dir: the folder.
      last_checkpoint: the path of the one that is known.
      seconds_to_sleep: the seconds between two looks.
      timeout: the seconds after which it gives up; never when None.

    Returns:
      The path; None where it gave up.
    """
    get_logger().info("Waiting for new checkpoint at %s", checkpoint_dir)
    end = None if timeout is None else time.time() + timeout
    while True:
        path = latest_checkpoint(checkpoint_dir)
        if path is not None and path != last_checkpoint:
            get_logger().info("Found new checkpoint at %s", path)
            return path
        if end is not None and time.time() + seconds_to_sleep > end:
            return None
        time.sleep(seconds_to_sleep)


def checkpoints_iterator(
    checkpoint_dir: str,
    min_interval_secs: float = 0,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
) -> Iterator[str]:
    """Goes through the checkpoints of a folder as they appear.

    Args:
      checkpoint_dir: the folder.
      min_interval_secs: so many seconds are at least between two.
      timeout: the seconds to wait for one; without end when None.
      timeout_fn: tells, when they are over, whether there will be no more.
    """
    path: str | None = None
    while True:
        found = wait_for_new_checkpoint(checkpoint_dir, path, timeout=timeout)
        if found is None:
            if timeout_fn is None:
                get_logger().info("Timed-out waiting for a checkpoint.")
            if timeout_fn is None or timeout_fn():
                return
            continue
        start, path = time.time(), found
        yield found
        time.sleep(max(0.0, start + min_interval_secs - time.time()))


class SummaryAtEndHook(SessionRunHook):
    """Writes summaries at the end of an evaluation.

    Args:
      log_dir: the folder they are written to; summary_writer: or a FileWriter.
      summary_op: gives the summaries; all of the graph when None.
      feed_dict: what is fed to it.

    Raises:
      ValueError: neither a folder nor a writer.
    """

    def __init__(
        self,
        log_dir: str | None = None,
        summary_writer: Any = None,
        summary_op: Any = None,
        feed_dict: Any = None,
    ) -> None:
        if log_dir is None and summary_writer is None:
            raise ValueError("One of log_dir or summary_writer should be used.")
        self._folder, self._writer = log_dir, summary_writer
        self._takes_all = summary_op is None
        self._summaries, self._feed = summary_op, feed_dict
        self._step: Any = None

    def begin(self) -> None:
        """Finds the summaries of the graph."""
        if self._takes_all:
            self._summaries = merge_all()
        self._step = get_or_create_global_step()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Opens the folder's writer."""
        if self._writer is None and self._folder:
            self._writer = FileWriterCache.get(self._folder)

    def end(self, session: Any) -> None:
        """Writes the summaries."""
        if self._summaries is not None:
            step = global_step(session, self._step)
            self._writer.add_summary(session.run(self._summaries, self._feed), step)
        self._writer.flush()


def evaluate_repeatedly(
    checkpoint_dir: str,
    master: str = "",
    scaffold: Scaffold | None = None,
    eval_ops: Any = None,
    feed_dict: Any = None,
    final_ops: Any = None,
    final_ops_feed_dict: Any = None,
    eval_interval_secs: float = 60,
    hooks: list[SessionRunHook] | None = None,
    config: Any = None,
    max_number_of_evaluations: int | None = None,
    timeout: float | None = None,
    timeout_fn: Callable[[], bool] | None = None,
) -> Any:
    """Evaluates each new checkpoint of a folder.

    Args:
      checkpoint_dir: the folder.
      master, scaffold, eval_ops, feed_dict, final_ops, final_ops_feed_dict, hooks, config: see
        `evaluate_once`.
      eval_interval_secs: so many seconds are at least between two evaluations.
      max_number_of_evaluations: how many; without end when None.
      timeout, timeout_fn: see `checkpoints_iterator`.

    Returns:
      The last values of `final_ops`.
    """
    step = get_or_create_eval_step()
    if eval_ops is not None:
        update = assign_add(step, 1)
        tell_stop_hooks(hooks or (), update)
        eval_ops = {"evaluated": eval_ops, "update_eval_step": update}
    last = FinalOpsHook(final_ops, final_ops_feed_dict)
    seen = checkpoints_iterator(checkpoint_dir, eval_interval_secs, timeout, timeout_fn)
    for number, path in enumerate(seen, 1):
        creator = ChiefSessionCreator(scaffold, master, config, None, path)
        with MonitoredSession(creator, [*(hooks or ()), last]) as session:
            while eval_ops is not None and not session.should_stop():
                session.run(eval_ops, feed_dict)
        if max_number_of_evaluations is not None and number >= max_number_of_evaluations:
            break
    return last.final_ops_values
