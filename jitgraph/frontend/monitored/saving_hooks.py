"""Stage frontend: hooks that write checkpoints and summaries."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from jitgraph.frontend.api import logging
from jitgraph.frontend.graph_util import write_graph
from jitgraph.frontend.monitored.session_hooks import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from jitgraph.frontend.monitored.step_reading import step_reading
from jitgraph.frontend.monitored.timers import SecondOrStepTimer
from jitgraph.frontend.summaries.file_writer import FileWriterCache
from jitgraph.frontend.train.meta_graph import export_meta_graph
from jitgraph.graph import GraphKeys, get_collection, get_default_graph


class CheckpointSaverListener:
    """Is called around the saving of checkpoints; subclasses do something then."""

    def begin(self) -> None:
        """Before the session is made."""

    def before_save(self, session: Any, global_step_value: int) -> None:
        """Before a checkpoint is saved."""

    def after_save(self, session: Any, global_step_value: int) -> bool | None:
        """Behind it; True asks for the end."""

    def end(self, session: Any, global_step_value: int) -> None:
        """Behind the last run."""


class CheckpointSaverHook(SessionRunHook):
    """Saves checkpoints: at the beginning, every so many seconds or steps, at the end.

    Args:
      checkpoint_dir: the folder.
      save_secs, save_steps: how often; one of them.
      saver: a Saver; scaffold: or a Scaffold that has one; else that of the collection SAVERS.
      checkpoint_basename: what the checkpoints' names begin with.
      listeners: CheckpointSaverListeners.

    Raises:
      ValueError: there are both saver and scaffold, or it is not said how often.
    """

    def __init__(
        self,
        checkpoint_dir: str,
        save_secs: float | None = None,
        save_steps: int | None = None,
        saver: Any = None,
        checkpoint_basename: str = "model.ckpt",
        scaffold: Any = None,
        listeners: Sequence[CheckpointSaverListener] | None = None,
    ) -> None:
        logging.info("Create CheckpointSaverHook.")
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        self._saver = saver
        self._scaffold = scaffold
        self._folder = os.fspath(checkpoint_dir)
        self._path = os.path.join(self._folder, checkpoint_basename)
        self._timer = SecondOrStepTimer(save_secs, save_steps)
        self._listeners = list(listeners or ())

    def begin(self) -> None:
        self._writer = FileWriterCache.get(self._folder)
        self._step = step_reading("CheckpointSaverHook")
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        graph, saver = get_default_graph(), self._get_saver()
        write_graph(graph.as_graph_def(add_shapes=True), self._folder, "graph.pbtxt")
        self._writer.add_graph(graph)
        self._writer.add_meta_graph(export_meta_graph(saver_def=saver and saver.saver_def))
        step = session.run(self._step)
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        return SessionRunArgs(self._step)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        if not self._timer.should_trigger_for_step(run_values.results + 1):
            return
        step = run_context.session.run(self._step)
        if self._timer.should_trigger_for_step(step):
            self._timer.update_last_triggered_step(step)
            if self._save(run_context.session, step):
                run_context.request_stop()

    def end(self, session: Any) -> None:
        step = session.run(self._step)
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for listener in self._listeners:
            listener.end(session, step)

    def _save(self, session: Any, step: Any) -> bool:
        """Saves a checkpoint; whether a listener asks for the end."""
        from jitgraph import protos

        logging.info("Saving checkpoints for %d into %s.", step, self._path)
        for listener in self._listeners:
            listener.before_save(session, step)
        self._get_saver().save(session, self._path, global_step=int(step))
        kind = protos.SessionLog
        log = kind(status=kind.CHECKPOINT, checkpoint_path=self._path)
        self._writer.add_session_log(log, step)
        asks_for_end = False
        for listener in self._listeners:
            asks_for_end |= bool(listener.after_save(session, step))
        return asks_for_end

    def _get_saver(self) -> Any:
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None:
            return self._scaffold.saver
        key = GraphKeys.SAVERS
        found = get_collection(key)
        if not found:
            raise RuntimeError(
                f"No items in collection {key}. Please add a saver to the collection or provide a "
                "saver or scaffold."
            )
        if len(found) > 1:
            raise RuntimeError(
                f"More than one item in collection {key}. Please indicate which one to use by "
                "passing it to the constructor."
            )
        self._saver = found[0]
        return self._saver


class SummarySaverHook(SessionRunHook):
    """Writes summaries every so many steps or seconds.

    Args:
      save_steps, save_secs: how often; one of them.
      output_dir: the folder; summary_writer: or what writes them.
      scaffold: a Scaffold that has the summaries; summary_op: or the summaries, or a list of them.

    Raises:
      ValueError: there are both scaffold and summary_op, or none.
    """

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
        scaffold: Any = None,
        summary_op: Any = None,
    ) -> None:
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._summary_op = summary_op
        self._writer = summary_writer
        self._folder = output_dir
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(save_secs, save_steps)

    def begin(self) -> None:
        if self._writer is None and self._folder:
            self._writer = FileWriterCache.get(self._folder)
        self._next_step: Any = None
        self._step = step_reading("SummarySaverHook")

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs:
        is_first = self._next_step is None
        self._is_due = is_first or self._timer.should_trigger_for_step(self._next_step)
        wanted: dict[str, Any] = {"global_step": self._step}
        summaries = self._summaries()
        if self._is_due and summaries:
            wanted["summary"] = summaries
        return SessionRunArgs(wanted)

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        if self._writer is None:
            return
        step = run_values.results["global_step"] + 1
        if self._is_due:
            step = run_context.session.run(self._step)
        if self._next_step is None:
            from jitgraph import protos

            kind = protos.SessionLog
            self._writer.add_session_log(kind(status=kind.START), step)
        if self._is_due:
            self._timer.update_last_triggered_step(step)
            for summary in run_values.results.get("summary", ()):
                self._writer.add_summary(summary, step)
        self._next_step = step + 1

    def end(self, session: Any = None) -> None:
        if self._writer is not None:
            self._writer.flush()

    def _summaries(self) -> list[Any]:
        found = self._summary_op if self._scaffold is None else self._scaffold.summary_op
        if found is None:
            return []
        return found if isinstance(found, list) else [found]
