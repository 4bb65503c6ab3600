"""The stacks of default graphs and default sessions, one of each per thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class DefaultStack(threading.local):
    """A stack per thread; `enforce_nesting` refuses to leave blocks out of order."""

    def __init__(self) -> None:
        self.stack: list[Any] = []

    def top(self) -> Any:
        """The innermost default, or None."""
        return self.stack[-1] if self.stack else None

    @contextmanager
    def pushed(self, item: Any) -> Iterator[Any]:
        """Makes `item` the default within the block."""
        self.stack.append(item)
        try:
            yield item
        finally:
            if self.stack and self.stack[-1] is item:
                self.stack.pop()
            elif item in self.stack:
                self.stack.remove(item)

    def is_cleared(self) -> bool:
        """Whether no block is open."""
        return not self.stack


default_session_stack = DefaultStack()


def get_default_session() -> Any:
    """The innermost session used as a context manager in this thread, or None."""
    return default_session_stack.top()


def session_for(session: Any, graph: Any, what: str, method: str) -> Any:
    """The session given, or the default one, checked to be of `graph`."""
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(
                f"Cannot {what} using `{method}`: No default session is registered. Use "
                f"`with sess.as_default()` or pass an explicit session to "
                f"`{method[:-2]}(session=sess)`"
            )
        if session.graph is not graph:
            raise ValueError(
                f"Cannot use the default session to {what}: the tensor's graph is different from "
                f"the session's graph. Pass an explicit session to `{method[:-2]}(session=sess)`."
            )
    elif session.graph is not graph:
        raise ValueError(
            f"Cannot use the given session to {what}: the tensor's graph is different from the "
            "session's graph."
        )
    return session
