"""Stage graph: the stacks of default graphs and default sessions, one of each per thread."""

from __future__ import annotations

import threading
from typing import Any


class DefaultStack(threading.local):
    """The defaults of one thread, innermost last."""

    def __init__(self, enforce_nesting: bool = True) -> None:
        self.stack: list[Any] = []
        self.enforce_nesting = enforce_nesting

    def top(self) -> Any:
        """The innermost default, or None."""
        return self.stack[-1] if self.stack else None

    def pushed(self, item: Any) -> Pushed:
        """A block in which `item` is the default."""
        return Pushed(self, item, self.enforce_nesting)

    def is_cleared(self) -> bool:
        """Whether no block is open."""
        return not self.stack


class Pushed:
    """A block in which an item is the default; without nesting, blocks may end in any order."""

    __slots__ = ("_item", "_stack", "enforce_nesting")

    def __init__(self, stack: DefaultStack, item: Any, enforce_nesting: bool) -> None:
        self._stack = stack
        self._item = item
        self.enforce_nesting = enforce_nesting

    def __enter__(self) -> Any:
        self._stack.stack.append(self._item)
        return self._item

    def __exit__(self, *_: Any) -> None:
        stack = self._stack.stack
        if stack and stack[-1] is self._item:
            stack.pop()
        elif stack and self.enforce_nesting:
            kind = type(self._item)
            raise AssertionError(f"Nesting violated for default stack of {kind} objects")
        elif self._item in stack:
            stack.remove(self._item)


default_session_stack = DefaultStack()


def get_default_session() -> Any:
    """The innermost session used as a context manager in this thread, or None."""
    return default_session_stack.top()


def session_to_evaluate(session: Any, graph: Any) -> Any:
    """The session that gives a tensor's value: the one given, or the default one.

    Raises:
      ValueError: there is none, or it is a session of another graph.
    """
    found = session or get_default_session()
    if found is None:
        raise ValueError(
            "Cannot evaluate tensor using `eval()`: No default session is registered. Use `with "
            "sess.as_default()` or pass an explicit session to `eval(session=sess)`"
        )
    if found.graph is graph:
        return found
    if session is None:
        raise ValueError(
            "Cannot use the default session to evaluate tensor: the tensor's graph is different "
            "from the session's graph. Pass an explicit session to `eval(session=sess)`."
        )
    raise ValueError(
        "Cannot use the given session to evaluate tensor: the tensor's graph is different from "
        "the session's graph."
    )


def session_to_run(session: Any, graph: Any) -> Any:
    """The session that runs an operation: the one given, or the default one.

    Raises:
      ValueError: there is none, or it is a session of another graph.
    """
    found = session or get_default_session()
    if found is None:
        raise ValueError(
            "Cannot execute operation using `run()`: No default session is registered. Use `with "
            "sess.as_default():` or pass an explicit session to `run(session=sess)`"
        )
    if found.graph is graph:
        return found
    if session is None:
        raise ValueError(
            "Cannot use the default session to execute operation: the operation's graph is "
            "different from the session's graph. Pass an explicit session to run(session=sess)."
        )
    raise ValueError(
        "Cannot use the given session to execute operation: the operation's graph is different "
        "from the session's graph."
    )
