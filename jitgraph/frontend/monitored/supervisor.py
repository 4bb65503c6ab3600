"""Stage frontend: tf.train.Supervisor: the older way to have a training looked after.

In: a graph. Out: a session that is restored or initialised, threads that save and summarise.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jitgraph.frontend.api import logging
from jitgraph.frontend.coordination.coordinator import Coordinator, LooperThread
from jitgraph.frontend.coordination.queue_runner import start_queue_runners
from jitgraph.frontend.graph_util import write_graph
from jitgraph.frontend.monitored.scaffold import Scaffold
from jitgraph.frontend.monitored.session_manager import SessionManager
from jitgraph.frontend.summaries.file_writer import FileWriter
from jitgraph.frontend.summaries.functions import merge_all
from jitgraph.frontend.train.global_step import get_global_step, global_step as value_of_step
from jitgraph.frontend.train.saver import Saver
from jitgraph.frontend.variable_collections import (
    global_variables_initializer,
    report_uninitialized_variables,
)
from jitgraph.graph import Graph, GraphKeys, get_default_graph


class Supervisor:
    """Restores or initialises a session, then saves checkpoints and summaries beside the training.

    Args:
      graph: the graph; the default one if None.
      ready_op, ready_for_local_init_op: tell what is not ready.
      is_chief: whether this process initialises and saves.
      init_op: initialises variables; init_feed_dict: what is fed then.
      local_init_op: initialises local variables and tables.
      logdir: the folder of checkpoints and summaries; nothing is saved without it.
      summary_op: gives all summaries; None for none.
      saver: a Saver; None saves no checkpoints.
      global_step: the step variable.
      save_summaries_secs, save_model_secs: so many seconds are between two of them; 0 for never.
      recovery_wait_secs: the seconds between two looks for checkpoints.
      stop_grace_secs: so long threads may go on at the end.
      checkpoint_basename: what the checkpoints' names begin with.
      session_manager: a SessionManager.
      summary_writer: a FileWriter; None for none.
      init_fn: is called with the session behind `init_op`.
      local_init_run_options: RunOptions of the run of `local_init_op`.

    Example:
      >>> sv = tf.train.Supervisor(logdir="/tmp/run")
      >>> with sv.managed_session() as sess:
      ...     while not sv.should_stop():
      ...         sess.run(train_op)
    """

    USE_DEFAULT = 0

    def __init__(
        self,
        graph: Graph | None = None,
        ready_op: Any = USE_DEFAULT,
        ready_for_local_init_op: Any = USE_DEFAULT,
        is_chief: bool = True,
        init_op: Any = USE_DEFAULT,
        init_feed_dict: Any = None,
        local_init_op: Any = USE_DEFAULT,
        logdir: str | None = None,
        summary_op: Any = USE_DEFAULT,
        saver: Any = USE_DEFAULT,
        global_step: Any = USE_DEFAULT,
        save_summaries_secs: float = 120,
        save_model_secs: float = 600,
        recovery_wait_secs: float = 30,
        stop_grace_secs: float = 120,
        checkpoint_basename: str = "model.ckpt",
        session_manager: SessionManager | None = None,
        summary_writer: Any = USE_DEFAULT,
        init_fn: Callable[[Any], Any] | None = None,
        local_init_run_options: Any = None,
    ) -> None:
        self._graph = graph or get_default_graph()
        self._is_chief = is_chief
        self._coord = Coordinator()
        self._feed, self._init_fn = init_feed_dict, init_fn
        self._grace, self._wait_secs = stop_grace_secs, recovery_wait_secs
        self._options = local_init_run_options
        self._logdir = logdir if is_chief else None
        self.save_summaries_secs, self.save_model_secs = save_summaries_secs, save_model_secs
        folder = self._logdir
        self.save_path = os.path.join(folder, checkpoint_basename) if folder else None
        with self._graph.as_default():
            keys = GraphKeys
            self.init_op = self._part(init_op, keys.INIT_OP, global_variables_initializer)
            self.ready_op = self._part(ready_op, keys.READY_OP, report_uninitialized_variables)
            self.ready_for_local_init_op = self._part(
                ready_for_local_init_op, keys.READY_FOR_LOCAL_INIT_OP, lambda: None
            )
            self.local_init_op = self._part(
                local_init_op, keys.LOCAL_INIT_OP, Scaffold.default_local_init_op
            )
            self.summary_op = self._part(summary_op, keys.SUMMARY_OP, merge_all)
            self.saver = self._part(saver, keys.SAVERS, lambda: Saver(allow_empty=True))
            self.global_step = get_global_step() if _is_default(global_step) else global_step
        self.summary_writer: Any = None if _is_default(summary_writer) else summary_writer
        if _is_default(summary_writer) and self._logdir:
            self.summary_writer = FileWriter(self._logdir)
        self._manager = session_manager or SessionManager(
            local_init_op=self.local_init_op,
            ready_op=self.ready_op,
            ready_for_local_init_op=self.ready_for_local_init_op,
            graph=self._graph,
            recovery_wait_secs=recovery_wait_secs,
            local_init_run_options=local_init_run_options,
        )
        self._graph.finalize()

    @staticmethod
    def _part(given: Any, key: str, make: Callable[[], Any]) -> Any:
        return Scaffold.get_or_default("", key, make) if _is_default(given) else given

    @property
    def is_chief(self) -> bool:
        """Whether this process initialises and saves."""
        return self._is_chief

    @property
    def session_manager(self) -> SessionManager:
        """What makes the session ready."""
        return self._manager

    @property
    def coord(self) -> Coordinator:
        """The coordinator of the threads."""
        return self._coord

    def prepare_or_wait_for_session(
        self,
        master: str = "",
        config: Any = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        start_standard_services: bool = True,
    ) -> Any:
        """A session that is ready; starts the queue runners and the threads that save.

        Args:
          master: the target, empty; config: a ConfigProto.
          wait_for_checkpoint: whether to wait for a checkpoint, max_wait_secs: how long.
          start_standard_services: whether threads save and summarise.
        """
        self._coord.clear_stop()
        if self.summary_writer is not None:
            self.summary_writer.reopen()
        if not self._is_chief:
            return self._manager.wait_for_session(master, config, max_wait_secs)
        session = self._manager.prepare_session(
            master, self.init_op, self.saver, self._logdir,
            wait_for_checkpoint=wait_for_checkpoint, max_wait_secs=max_wait_secs, config=config,
            init_feed_dict=self._feed, init_fn=self._init_fn,
        )  # fmt: skip
        self._write_graph()
        if start_standard_services:
            self.start_standard_services(session)
        self.start_queue_runners(session)
        return session

    def _write_graph(self) -> None:
        if self._logdir:
            write_graph(self._graph.as_graph_def(add_shapes=True), self._logdir, "graph.pbtxt")
        if self.summary_writer is not None and self._logdir:
            self.summary_writer.add_graph(self._graph)

    def start_standard_services(self, sess: Any) -> list[LooperThread] | None:
        """Starts the threads that save and summarise."""
        if not self._logdir:
            logging.warning("Standard services need a 'logdir' passed to the SessionManager")
            return None
        threads = []
        if self.summary_op is not None and self.summary_writer and self.save_summaries_secs:
            threads.append(self.loop(self.save_summaries_secs, self._summarise, (sess,)))
        if self.saver and self.save_model_secs:
            threads.append(self.loop(self.save_model_secs, self._save, (sess,)))
        return threads

    def _summarise(self, sess: Any) -> None:
        self.summary_computed(sess, sess.run(self.summary_op))
        self.summary_writer.flush()

    def _save(self, sess: Any) -> None:
        self.saver.save(sess, self.save_path, global_step=self.global_step)

    def start_queue_runners(self, sess: Any, queue_runners: Any = None) -> list[Any]:
        """Starts the threads of queue runners, those of the graph if None are given."""
        if queue_runners is None:
            if not self._graph.get_collection(GraphKeys.QUEUE_RUNNERS):
                return []
            return start_queue_runners(sess, self._coord)
        threads: list[Any] = []
        for runner in queue_runners:
            threads.extend(runner.create_threads(sess, self._coord, daemon=True, start=True))
        return threads

    def loop(
        self,
        timer_interval_secs: float | None,
        target: Callable[..., Any],
        args: Sequence[Any] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> LooperThread:
        """Starts a thread that calls a function again and again."""
        return LooperThread.loop(self._coord, timer_interval_secs, target, args, kwargs)

    def summary_computed(self, sess: Any, summary: Any, global_step: int | None = None) -> None:
        """Writes a summary.

        Raises:
          RuntimeError: there is no folder.
        """
        if not self.summary_writer:
            raise RuntimeError("Writing a summary requires a summary writer.")
        if global_step is None and self.global_step is not None:
            global_step = value_of_step(sess, self.global_step)
        self.summary_writer.add_summary(summary, global_step)

    def should_stop(self) -> bool:
        """Whether the training is to end."""
        return self._coord.should_stop()

    def request_stop(self, ex: Any = None) -> None:
        """Asks for the end; see `tf.train.Coordinator.request_stop`."""
        self._coord.request_stop(ex)

    def stop_on_exception(self) -> Any:
        """A block that asks for the end when something is raised in it."""
        return self._coord.stop_on_exception()

    def wait_for_stop(self) -> None:
        """Waits until somebody asks for the end."""
        self._coord.wait_for_stop()

    def stop(
        self,
        threads: Any = None,
        close_summary_writer: bool = True,
        ignore_live_threads: bool = False,
    ) -> None:
        """Ends the threads and closes the summary writer; raises what a thread has raised."""
        self._coord.request_stop()
        try:
            self._coord.join(threads, self._grace, ignore_live_threads)
        finally:
            if close_summary_writer and self.summary_writer is not None:
                self.summary_writer.close()

    @contextmanager
    def managed_session(
        self,
        master: str = "",
        config: Any = None,
        start_standard_services: bool = True,
        close_summary_writer: bool = True,
    ) -> Iterator[Any]:
        """A block with a session; its end stops the threads and closes it.

        Args:
          master: the target, empty; config: a ConfigProto.
          start_standard_services: whether threads save and summarise.
          close_summary_writer: whether the summary writer is closed at the end.

        Raises:
          Exception: what the block or a thread raises; errors.OutOfRangeError ends it quietly.
        """
        session = None
        try:
            session = self.prepare_or_wait_for_session(
                master, config, start_standard_services=start_standard_services
            )
            yield session
        except Exception as error:
            self.request_stop(error)
        finally:
            try:
                self.stop(None, close_summary_writer, ignore_live_threads=True)
            finally:
                if session is not None:
                    session.close()


def _is_default(given: Any) -> bool:
    return isinstance(given, int) and given == Supervisor.USE_DEFAULT
