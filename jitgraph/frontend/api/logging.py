"""tf.logging: messages for people, by Python's logging, as TensorFlow 1 prints them."""

from __future__ import annotations

import sys
from typing import Any

from jitgraph.graph.logger import get_logger

DEBUG = 10
INFO = 20
WARN = 30
ERROR = 40
FATAL = 50

_counts: dict[object, int] = {}


def set_verbosity(v: int) -> None:
    """Shows messages of this level and above.

    Args:
      v: DEBUG, INFO, WARN, ERROR or FATAL.

    Example:
      >>> tf.logging.set_verbosity(tf.logging.ERROR)
    """
    get_logger().setLevel(v)


def get_verbosity() -> int:
    """The level from which on messages are shown."""
    return get_logger().getEffectiveLevel()


def _write(level: int, msg: Any, args: Any, kwargs: Any) -> None:
    get_logger().log(level, msg, *args, stacklevel=3, **kwargs)


def log(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message of a level; `args` fill its placeholders as in Python's logging."""
    _write(level, msg, args, kwargs)


def vlog(level: int, msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message of a level; `args` fill its placeholders."""
    _write(level, msg, args, kwargs)


def debug(msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message for those who search for errors."""
    _write(DEBUG, msg, args, kwargs)


def info(msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message about what goes on."""
    _write(INFO, msg, args, kwargs)


def warning(msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message about what may be wrong."""
    _write(WARN, msg, args, kwargs)


warn = warning


def error(msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message about what is wrong."""
    _write(ERROR, msg, args, kwargs)


def fatal(msg: Any, *args: Any, **kwargs: Any) -> None:
    """A message about what ends the program, which goes on."""
    _write(FATAL, msg, args, kwargs)


def TaskLevelStatusMessage(msg: Any) -> None:
    """A message about a whole task, as an error."""
    _write(ERROR, msg, (), {})


def flush() -> None:
    """Writes out what handlers hold back."""
    for handler in get_logger().handlers:
        handler.flush()


def _times_here() -> int:
    caller = sys._getframe(2)
    place = (caller.f_code.co_filename, caller.f_lineno)
    _counts[place] = _counts.get(place, 0) + 1
    return _counts[place]


def log_every_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """A message of a level, the first and then each n-th time that this line gives it."""
    if (_times_here() - 1) % n == 0:
        _write(level, msg, args, {})


def log_first_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """A message of a level, the first `n` times that this line gives it."""
    if _times_here() <= n:
        _write(level, msg, args, {})


def log_if(level: int, msg: Any, condition: Any, *args: Any) -> None:
    """A message of a level, where the condition holds."""
    if condition:
        _write(level, msg, args, {})
