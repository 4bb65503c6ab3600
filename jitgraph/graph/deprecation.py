"""Names that TensorFlow gave up: a message names the new one, once for each. Out: a log line.

In: functions. Out: functions that say so when they are first called, as TensorFlow 1.15 words it:
https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/python/util/deprecation.py
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from jitgraph.graph.logger import get_logger
from jitgraph.graph.sites import user_site

Function = TypeVar("Function", bound=Callable[..., Any])

_told: set[str] = set()


def tell_once(key: str, message: str) -> None:
    """Warns of a deprecated name, the first time that it is used.

    Args:
      key: which name it is.
      message: what is said after "From file:line: ", the user's line.
    """
    if key in _told:
        return
    _told.add(key)
    code, line = user_site()
    place = f"{code.co_filename}:{line}" if code else "<unknown>:0"
    get_logger().warning("From %s: %s", place, message)


def tell_of_argument(old: str, new: str) -> None:
    """Warns of an argument's old name, once.

    Args:
      old: the name that was given.
      new: the name of today.
    """
    tell_once(
        f"argument {old}",
        f"the argument {old} is deprecated and will be removed in a future version.\n"
        f"Instructions for updating:\n{old} is deprecated, use {new} instead",
    )


def deprecated(date: str | None, instructions: str, origin: str = "") -> Callable[..., Any]:
    """Marks a function whose use TensorFlow warns of.

    Args:
      date: after which TensorFlow meant to remove it; None for "in a future version".
      instructions: what to use instead.
      origin: TensorFlow's module that holds it.
    """
    when = "in a future version" if date is None else f"after {date}"

    def decorate(function: Function) -> Function:
        source = f" (from {origin})" if origin else ""
        message = (
            f"{function.__name__}{source} is deprecated and will be removed {when}.\n"
            f"Instructions for updating:\n{instructions}"
        )

        @functools.wraps(function)
        def telling(*args: Any, **kwargs: Any) -> Any:
            tell_once(f"{origin}.{function.__name__}", message)
            return function(*args, **kwargs)

        return telling  # type: ignore[return-value]

    return decorate


def renamed(old: str, new: str, function: Function) -> Function:
    """A function under a name that TensorFlow once gave it.

    Args:
      old: the public name that is deprecated, as "tf.sub".
      new: the name of today.
      function: what it does.
    """

    @functools.wraps(function)
    def telling(*args: Any, **kwargs: Any) -> Any:
        tell_once(old, f"The name {old} is deprecated. Please use {new} instead.")
        return function(*args, **kwargs)

    telling.__name__ = telling.__qualname__ = old.rpartition(".")[2]
    return telling  # type: ignore[return-value]
