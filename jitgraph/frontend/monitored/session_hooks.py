"""Stage frontend: what a hook of a monitored session is, and what it is told."""

from __future__ import annotations

from typing import Any, NamedTuple


class SessionRunArgs(NamedTuple):
    """What a hook adds to a run.

    Attributes:
      fetches: what it wants to know; feed_dict: what it feeds; options: a RunOptions.
    """

    fetches: Any
    feed_dict: Any = None
    options: Any = None


class SessionRunValues(NamedTuple):
    """What a hook is told of a run.

    Attributes:
      results: the values of what it wanted; options, run_metadata: those of the run.
    """

    results: Any
    options: Any = None
    run_metadata: Any = None


class SessionRunContext:
    """One run, as hooks see it.

    Args:
      original_args: what the caller wanted.
      session: the session.
    """

    def __init__(self, original_args: SessionRunArgs, session: Any) -> None:
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    @property
    def original_args(self) -> SessionRunArgs:
        """What the caller wanted."""
        return self._original_args

    @property
    def session(self) -> Any:
        """The session."""
        return self._session

    @property
    def stop_requested(self) -> bool:
        """Whether a hook asked for the end."""
        return self._stop_requested

    def request_stop(self) -> None:
        """Asks for the end: `should_stop` is true behind this run."""
        self._stop_requested = True


class SessionRunHook:
    """Is called around the runs of a monitored session; subclasses do something then.

    Example:
      >>> class Counter(tf.train.SessionRunHook):
      ...     def after_run(self, run_context, run_values):
      ...         print("a step")
    """

    def begin(self) -> None:
        """Before the session is made: the graph may still be added to."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Behind the making of the session, and of another one after a failure."""

    def before_run(self, run_context: SessionRunContext) -> SessionRunArgs | None:
        """Before each run; gives what to add to it."""
        return None

    def after_run(self, run_context: SessionRunContext, run_values: SessionRunValues) -> None:
        """Behind each run that did not fail."""

    def end(self, session: Any) -> None:
        """Behind the last run, if none has failed."""
