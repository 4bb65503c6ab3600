"""Stage frontend: tf.train.MonitoredSession: a session with hooks, queue runners, recovery.

In: hooks, and how the session is made. Out: runs around which the hooks are called; what a thread
raises ends them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph import errors
from jitgraph.config import RunMetadata, RunOptions
from jitgraph.frontend.api import logging
from jitgraph.frontend.coordination.coordinator import Coordinator
from jitgraph.frontend.coordination.queue_runner import start_queue_runners
from jitgraph.frontend.monitored.saving_hooks import CheckpointSaverHook, SummarySaverHook
from jitgraph.frontend.monitored.scaffold import Scaffold
from jitgraph.frontend.monitored.session_hooks import (
    SessionRunArgs,
    SessionRunContext,
    SessionRunHook,
    SessionRunValues,
)
from jitgraph.frontend.monitored.session_manager import SessionManager
from jitgraph.frontend.monitored.training_hooks import StepCounterHook
from jitgraph.graph import Graph, GraphKeys, get_default_graph

USE_DEFAULT = object()
_RECOVERED = (errors.AbortedError, errors.UnavailableError)
_ENDS = (errors.OutOfRangeError, StopIteration)


class SessionCreator:
    """Makes sessions; subclasses say how."""

    def create_session(self) -> Any:
        """A session."""
        raise NotImplementedError


class ChiefSessionCreator(SessionCreator):
    """Makes a session that is restored from a checkpoint or initialised.

    Args:
      scaffold: a Scaffold.
      master: the target, empty; config: a ConfigProto.
      checkpoint_dir: the folder of checkpoints; checkpoint_filename_with_path: or one's path.
    """

    def __init__(
        self,
        scaffold: Scaffold | None = None,
        master: str = "",
        config: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:
        self._scaffold = scaffold or Scaffold()
        self._master = master
        self._config = config
        self._folder = checkpoint_dir
        self._path = checkpoint_filename_with_path

    def create_session(self) -> Any:
        scaffold = self._scaffold.finalize()
        return _manager(scaffold).prepare_session(
            self._master,
            saver=scaffold.saver,
            checkpoint_dir=self._folder,
            checkpoint_filename_with_path=self._path,
            config=self._config,
            init_op=scaffold.init_op,
            init_feed_dict=scaffold.init_feed_dict,
            init_fn=scaffold.init_fn,
        )


class WorkerSessionCreator(SessionCreator):
    """Makes a session that waits until somebody else has initialised the variables.

    Args:
      scaffold: a Scaffold.
      master: the target, empty; config: a ConfigProto.
      max_wait_secs: how long it waits.
    """

    def __init__(
        self,
        scaffold: Scaffold | None = None,
        master: str = "",
        config: Any = None,
        max_wait_secs: float = 30 * 60,
    ) -> None:
        self._scaffold = scaffold or Scaffold()
        self._master = master
        self._config = config
        self._max_wait_secs = max_wait_secs

    def create_session(self) -> Any:
        manager = _manager(self._scaffold.finalize())
        return manager.wait_for_session(self._master, self._config, self._max_wait_secs)


def _manager(scaffold: Scaffold) -> SessionManager:
    return SessionManager(
        local_init_op=scaffold.local_init_op,
        ready_op=scaffold.ready_op,
        ready_for_local_init_op=scaffold.ready_for_local_init_op,
        graph=get_default_graph(),
    )


class StepContext:
    """What a step function gets.

    Args:
      session: the plain session.
      run_with_hooks: runs with the hooks called.
    """

    def __init__(self, session: Any, run_with_hooks: Callable[..., Any]) -> None:
        self.session = session
        self.run_with_hooks = run_with_hooks

    def request_stop(self) -> None:
        """Ends the training: raises StopIteration."""
        raise StopIteration("step_fn has requested the iterations to stop.")


class _Watched:
    """A monitored session: what its two kinds share."""

    StepContext = StepContext

    def __init__(
        self,
        session_creator: SessionCreator | None,
        hooks: Sequence[SessionRunHook] | None,
        should_recover: bool,
        stop_grace_period_secs: float,
    ) -> None:
        self._was_finalized = get_default_graph().finalized
        self._hooks = list(hooks or ())
        for hook in self._hooks:
            hook.begin()
        self._creator = session_creator or ChiefSessionCreator()
        self._recovers = should_recover
        self._grace = stop_grace_period_secs
        self._session: Any = None
        self._coord: Any = None
        self._stops = False
        self._is_closed = False
        self._start()

    def _start(self) -> None:
        while True:
            try:
                self._session = self._creator.create_session()
                break
            except _RECOVERED as error:
                if not self._recovers:
                    raise
                logging.info("A session could not be made, another one will be: %s", error)
        self._coord = Coordinator(clean_stop_exception_types=())
        self._stops = False
        if self._session.graph.get_collection(GraphKeys.QUEUE_RUNNERS):
            start_queue_runners(self._session, self._coord)
        for hook in self._hooks:
            hook.after_create_session(self._session, self._coord)

    @property
    def graph(self) -> Graph | None:
        """The graph; None once the session is closed."""
        return None if self._session is None else self._session.graph

    def run(
        self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any:
        """Runs as `tf.Session.run`, with all hooks called.

        Raises:
          RuntimeError: the session is closed or was asked to stop.
          Exception: what the run, a hook or a queue runner raises.
        """
        while True:
            try:
                return self._run(fetches, feed_dict, options, run_metadata)
            except _RECOVERED as error:
                if not self._recovers:
                    raise
                logging.info("A run failed; a new session goes on from the checkpoint: %s", error)
                self._end_threads()
                self._start()

    def _run(self, fetches: Any, feed_dict: Any, options: Any, metadata: Any) -> Any:
        if self._session is None:
            raise RuntimeError("Run called even after the session was closed.")
        if self.should_stop():
            raise RuntimeError("Run called even after should_stop requested.")
        context = SessionRunContext(SessionRunArgs(fetches, feed_dict), self._session)
        options, metadata = options or RunOptions(), metadata or RunMetadata()
        asked, feed = self._asked(context, feed_dict, options)
        given = (options, metadata) if options.trace_level else ()
        try:
            outputs = self._session.run((fetches, *asked.values()), feed, *given)
        except _RECOVERED:
            raise
        except Exception as error:
            self._raise_threads_error(error)
        results = dict(zip(asked, outputs[1:], strict=True))
        for hook in self._hooks:
            hook.after_run(context, SessionRunValues(results.get(hook), options, metadata))
        self._stops = self._stops or context.stop_requested
        return outputs[0]

    def _raise_threads_error(self, error: Exception) -> None:
        """Raises what a thread has raised, or else what the run has."""
        try:
            self._coord.raise_requested_exception()
        except _RECOVERED:
            raise
        except Exception:
            raise error from None
        raise error

    def _asked(
        self, context: SessionRunContext, feed_dict: Any, options: RunOptions
    ) -> tuple[dict[SessionRunHook, Any], Any]:
        """What hooks add to a run: fetches, and feeds."""
        asked: dict[SessionRunHook, Any] = {}
        feeds: dict[Any, Any] = {}
        for hook in self._hooks:
            request = hook.before_run(context)
            if request is None:
                continue
            if request.fetches is not None:
                asked[hook] = request.fetches
            if request.feed_dict:
                _check_apart(feeds, request.feed_dict, "Same tensor is fed by two hooks.")
                feeds.update(request.feed_dict)
            if request.options:
                options.trace_level = max(options.trace_level, request.options.trace_level)
        if feeds and feed_dict:
            text = "Same tensor is fed by a SessionRunHook and user."
            _check_apart(feed_dict, feeds, text)
        return asked, {**feeds, **(feed_dict or {})} if feeds else feed_dict

    def run_step_fn(self, step_fn: Callable[..., Any]) -> Any:
        """Calls a function with a StepContext; gives what it gives.

        Raises:
          ValueError: the function's argument is not named `step_context`.
        """
        import inspect

        names = tuple(inspect.signature(step_fn).parameters)
        if names != ("step_context",):
            raise ValueError(
                "`step_fn` may either have one `step_context` argument, or `self` and "
                "`step_context` arguments if it's an instance method. Got "
                f"{names} instead."
            )
        return step_fn(StepContext(self._session, self.run))

    def should_stop(self) -> bool:
        """Whether the training is to end: a hook asked for it, or a thread."""
        if self._session is None or self._stops:
            return True
        if self._recovers:
            try:
                self._coord.raise_requested_exception()
            except Exception:
                return True
        else:
            self._coord.raise_requested_exception()
        return bool(self._coord.should_stop())

    def close(self) -> None:
        """Ends: calls the hooks, joins the threads, closes the session."""
        self._close(False)

    def _close(self, has_failed: bool) -> None:
        try:
            if not has_failed:
                for hook in self._hooks:
                    hook.end(self._session)
        finally:
            try:
                if self._session is None:
                    raise RuntimeError("Session is already closed.")
                self._end_threads()
            finally:
                self._session = None
                if not self._was_finalized:
                    get_default_graph()._unsafe_unfinalize()

    def _end_threads(self) -> None:
        """Joins the threads, raises what they have raised, closes the session."""
        self._coord.request_stop()
        try:
            self._coord.join(stop_grace_period_secs=self._grace, ignore_live_threads=True)
        finally:
            self._session.close()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> bool:
        is_end = kind is not None and issubclass(kind, _ENDS)
        self._close(kind is not None and not is_end)
        return is_end


class MonitoredSession(_Watched):
    """A session with hooks; made anew when a run fails because a task went away.

    Args:
      session_creator: makes the session; a ChiefSessionCreator if None.
      hooks: SessionRunHooks.
      stop_grace_period_secs: so long threads may go on at the end.

    Example:
      >>> with tf.train.MonitoredSession() as sess:
      ...     while not sess.should_stop():
      ...         sess.run(train_op)
    """

    def __init__(
        self,
        session_creator: SessionCreator | None = None,
        hooks: Sequence[SessionRunHook] | None = None,
        stop_grace_period_secs: float = 120,
    ) -> None:
        super().__init__(session_creator, hooks, True, stop_grace_period_secs)


class SingularMonitoredSession(_Watched):
    """A session with hooks; whatever fails is raised.

    Args:
      hooks: SessionRunHooks.
      scaffold: a Scaffold; master: the target, empty; config: a ConfigProto.
      checkpoint_dir: the folder of checkpoints; checkpoint_filename_with_path: or one's path.
      stop_grace_period_secs: so long threads may go on at the end.
    """

    def __init__(
        self,
        hooks: Sequence[SessionRunHook] | None = None,
        scaffold: Scaffold | None = None,
        master: str = "",
        config: Any = None,
        checkpoint_dir: str | None = None,
        stop_grace_period_secs: float = 120,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:
        creator = ChiefSessionCreator(
            scaffold, master, config, checkpoint_dir, checkpoint_filename_with_path
        )
        super().__init__(creator, hooks, False, stop_grace_period_secs)

    def raw_session(self) -> Any:
        """The plain session."""
        return self._session


def MonitoredTrainingSession(
    master: str = "",
    is_chief: bool = True,
    checkpoint_dir: str | None = None,
    scaffold: Scaffold | None = None,
    hooks: Sequence[SessionRunHook] | None = None,
    chief_only_hooks: Sequence[SessionRunHook] | None = None,
    save_checkpoint_secs: Any = USE_DEFAULT,
    save_summaries_steps: Any = USE_DEFAULT,
    save_summaries_secs: Any = USE_DEFAULT,
    config: Any = None,
    stop_grace_period_secs: float = 120,
    log_step_count_steps: int | None = 100,
    max_wait_secs: float = 7200,
    save_checkpoint_steps: Any = USE_DEFAULT,
    summary_dir: str | None = None,
) -> MonitoredSession:
    """A MonitoredSession that saves checkpoints and summaries, and goes on from them.

    Args:
      master: the target, empty.
      is_chief: whether this process initialises and saves.
      checkpoint_dir: the folder of checkpoints; none are saved without it.
      scaffold: a Scaffold.
      hooks, chief_only_hooks: SessionRunHooks.
      save_checkpoint_secs, save_checkpoint_steps: how often; every 600 seconds if none is given.
      save_summaries_steps, save_summaries_secs: how often; every 100 steps if none is given.
      config: a ConfigProto.
      stop_grace_period_secs: so long threads may go on at the end.
      log_step_count_steps: so many steps are between two lines that tell the speed.
      max_wait_secs: how long a process that is not the chief waits.
      summary_dir: the folder of summaries; `checkpoint_dir` if None.

    Example:
      >>> hooks = [tf.train.StopAtStepHook(last_step=1000)]
      >>> with tf.train.MonitoredTrainingSession(checkpoint_dir="/tmp/run", hooks=hooks) as sess:
      ...     while not sess.should_stop():
      ...         sess.run(train_op)
    """
    scaffold = scaffold or Scaffold()
    if not is_chief:
        creator: SessionCreator = WorkerSessionCreator(scaffold, master, config, max_wait_secs)
        return MonitoredSession(creator, hooks, stop_grace_period_secs)
    found = list(chief_only_hooks or ())
    folder = summary_dir or checkpoint_dir
    if folder and log_step_count_steps:
        found.append(StepCounterHook(log_step_count_steps, output_dir=folder))
    steps, secs = _how_often(save_summaries_steps, save_summaries_secs, (100, None))
    if folder and (steps or secs):
        found.append(SummarySaverHook(steps, secs, folder, scaffold=scaffold))
    steps, secs = _how_often(save_checkpoint_steps, save_checkpoint_secs, (None, 600))
    if checkpoint_dir and (steps or secs):
        found.append(CheckpointSaverHook(checkpoint_dir, secs, steps, scaffold=scaffold))
    found.extend(hooks or ())
    creator = ChiefSessionCreator(scaffold, master, config, checkpoint_dir)
    return MonitoredSession(creator, found, stop_grace_period_secs)


def _how_often(steps: Any, secs: Any, default: tuple[Any, Any]) -> tuple[Any, Any]:
    if steps is USE_DEFAULT and secs is USE_DEFAULT:
        return default
    return (None if steps is USE_DEFAULT else steps), (None if secs is USE_DEFAULT else secs)


def _check_apart(first: Any, second: Any, text: str) -> None:
    both = set(first) & set(second)
    if both:
        raise RuntimeError(f"{text} Conflict(s): {list(both)}")
