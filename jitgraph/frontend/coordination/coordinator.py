"""Stage frontend: tf.train.Coordinator: threads that stop together.

In: threads, requests to stop. Out: what one of them raised, in the thread that joins them.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jitgraph import errors
from jitgraph.frontend.api import logging

WAITED_AT_ONCE = 1.0


class Coordinator:
    """Stops a set of threads together, and hands on what one of them raises.

    Args:
      clean_stop_exception_types: exceptions that end the work as they should;
        (errors.OutOfRangeError,) if None.

    Example:
      >>> coord = tf.train.Coordinator()
      >>> threads = tf.train.start_queue_runners(sess, coord)
      >>> while not coord.should_stop():
      ...     sess.run(train_op)
      >>> coord.join(threads)
    """

    def __init__(
        self, clean_stop_exception_types: Sequence[type[BaseException]] | None = None
    ) -> None:
        if clean_stop_exception_types is None:
            clean_stop_exception_types = (errors.OutOfRangeError,)
        self._clean = tuple(clean_stop_exception_types)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._joined = False
        self._threads: set[threading.Thread] = set()

    def request_stop(self, ex: Any = None) -> None:
        """Asks all threads to stop.

        Args:
          ex: the exception that is the reason, or a tuple as of `sys.exc_info()`; the first one is
            raised by `join`. Once the threads are joined it is raised at once.
        """
        error = ex[1] if isinstance(ex, tuple) else ex
        with self._lock:
            if isinstance(error, self._clean):
                error = None
            if self._joined and error is not None:
                raise error
            if self._stop.is_set():
                return
            if error is not None:
                self._note(error)
            self._stop.set()

    def _note(self, error: Any) -> None:
        if not isinstance(error, BaseException):
            text = "ex must be a tuple or sys.exc_info must return the current exception: "
            error = ValueError(f"{text}{error}")
        logging.info("Error reported to Coordinator: %s, %s", type(error), error)
        self._error = error

    def clear_stop(self) -> None:
        """Forgets that a stop was requested, and why."""
        with self._lock:
            self._joined = False
            self._error = None
            self._stop.clear()

    def should_stop(self) -> bool:
        """Whether a stop was requested."""
        return self._stop.is_set()

    @contextmanager
    def stop_on_exception(self) -> Iterator[None]:
        """A block that requests a stop when something is raised in it."""
        try:
            yield
        except BaseException:
            self.request_stop(sys.exc_info())

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Waits until a stop is requested; whether it was within so many seconds."""
        return self._stop.wait(timeout)

    def register_thread(self, thread: threading.Thread) -> None:
        """Notes a thread that `join` is to wait for."""
        with self._lock:
            self._threads.add(thread)

    def join(
        self,
        threads: Iterable[threading.Thread] | None = None,
        stop_grace_period_secs: float = 120,
        ignore_live_threads: bool = False,
    ) -> None:
        """Waits for the threads to end.

        Args:
          threads: those to wait for beside the registered ones.
          stop_grace_period_secs: so long threads may go on once a stop was requested.
          ignore_live_threads: whether threads that then still run are ignored.

        Raises:
          Exception: what was given to `request_stop`.
          RuntimeError: threads still run.
        """
        with self._lock:
            waited = list(self._threads.union(threads or ()))
        while any(thread.is_alive() for thread in waited) and not self._stop.is_set():
            self._wait_for_any(waited)
        deadline = time.monotonic() + stop_grace_period_secs
        for thread in waited:
            if thread.is_alive():
                thread.join(max(0.0, deadline - time.monotonic()))
        alive = " ".join(thread.name for thread in waited if thread.is_alive())
        with self._lock:
            self._joined = True
            self._threads = set()
            if self._error is not None:
                raise self._error
        if alive and not ignore_live_threads:
            raise RuntimeError(f"Coordinator stopped with threads still running: {alive}")
        if alive:
            logging.info("Coordinator stopped with threads still running: %s", alive)

    def _wait_for_any(self, threads: Sequence[threading.Thread]) -> None:
        """Waits for a stop, or a while for the first thread that runs."""
        first = next((thread for thread in threads if thread.is_alive()), None)
        if first is not None and not self._stop.wait(0):
            first.join(WAITED_AT_ONCE / 20)

    @property
    def joined(self) -> bool:
        """Whether `join` has ended."""
        return self._joined

    def raise_requested_exception(self) -> None:
        """Raises what was given to `request_stop`, if anything was."""
        with self._lock:
            if self._error is not None:
                raise self._error


class LooperThread(threading.Thread):
    """A thread that calls a function again and again until its coordinator stops.

    Args:
      coord: a Coordinator.
      timer_interval_secs: the seconds between two calls; None calls without a pause.
      target: the function; `run_loop` of a subclass if None.
      args, kwargs: its arguments.

    Raises:
      ValueError: `coord` is no Coordinator.
    """

    def __init__(
        self,
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any] | None = None,
        args: Sequence[Any] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        if not isinstance(coord, Coordinator):
            raise ValueError(f"'coord' argument must be a Coordinator: {coord}")
        super().__init__(daemon=True)
        self._coord = coord
        self._interval = timer_interval_secs
        self._function = target
        self._arguments = tuple(args or ())
        self._keywords = kwargs or {}
        coord.register_thread(self)

    @staticmethod
    def loop(
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any],
        args: Sequence[Any] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> LooperThread:
        """A thread that was started; arguments as for the class."""
        looper = LooperThread(coord, timer_interval_secs, target, args, kwargs)
        looper.start()
        return looper

    def run(self) -> None:
        """What the thread does."""
        with self._coord.stop_on_exception():
            self.start_loop()
            if self._interval is None:
                while not self._coord.should_stop():
                    self.run_loop()
            else:
                self._run_at_intervals(self._interval)
            self.stop_loop()

    def _run_at_intervals(self, seconds: float) -> None:
        due = time.time()
        while not self._coord.wait_for_stop(due - time.time()):
            due += seconds
            self.run_loop()

    def start_loop(self) -> None:
        """Is called before the first round."""

    def stop_loop(self) -> None:
        """Is called behind the last round."""

    def run_loop(self) -> None:
        """One round."""
        if self._function is not None:
            self._function(*self._arguments, **self._keywords)
