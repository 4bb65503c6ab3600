"""A thread of a test: what it raises fails the test. In: a function. Out: a thread to join."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from typing import Any


class CheckedThread:
    """A thread whose errors are the test's.

    Args:
      test: the test, which fails.
      target, args, kwargs: what the thread calls.
    """

    def __init__(self, test: Any, target: Callable[..., Any], args: Any, kwargs: Any) -> None:
        self._test = test
        self._call = target, args, kwargs
        self._thread = threading.Thread(target=self._run)
        self._error: BaseException | None = None
        self._joined = False

    def _run(self) -> None:
        target, args, kwargs = self._call
        try:
            target(*args, **kwargs)
        except Exception as error:
            traceback.print_exc()
            self._error = error

    def start(self) -> None:
        """Starts it."""
        self._thread.start()

    def join(self) -> None:
        """Waits for its end; the test fails with what it raised."""
        self._joined = True
        self._thread.join()
        if self._error is not None:
            self._test.fail(f"Error in checkedThread: {self._error}")

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._thread.is_alive()

    def check_termination(self) -> None:
        """The test fails where the thread still runs, or was never joined."""
        if self._joined:
            return
        if self.is_alive():
            self._test.fail("A checked thread was not joined. It is still running.")
        self._test.fail("A checked thread was not joined.")
