"""tf.logging: messages for people, by Python's logging under the name "jitgraph"."""

from __future__ import annotations

from typing import Any

DEBUG = 10
INFO = 20
WARN = 30
ERROR = 40
FATAL = 50


def _logger() -> Any:
    import logging

    return logging.getLogger("jitgraph")


def set_verbosity(v: int) -> None:
    """Shows messages of this level and above.

    Args:
      v: DEBUG, INFO, WARN, ERROR or FATAL.

    Example:
      >>> tf.logging.set_verbosity(tf.logging.ERROR)
    """
    _logger().setLevel(v)


def get_verbosity() -> int:
    """The level from which on messages are shown."""
    return _logger().getEffectiveLevel()


def log(level: int, msg: str, *args: Any, **kwargs: Any) -> None:
    """A message of a level; `args` fill its placeholders as in Python's logging."""
    _logger().log(level, msg, *args, **kwargs)


def debug(msg: str, *args: Any, **kwargs: Any) -> None:
    """A message for those who search for errors."""
    log(DEBUG, msg, *args, **kwargs)


def info(msg: str, *args: Any, **kwargs: Any) -> None:
    """A message about what goes on."""
    log(INFO, msg, *args, **kwargs)


def warn(msg: str, *args: Any, **kwargs: Any) -> None:
    """A message about what may be wrong."""
    log(WARN, msg, *args, **kwargs)


warning = warn


def error(msg: str, *args: Any, **kwargs: Any) -> None:
    """A message about what is wrong."""
    log(ERROR, msg, *args, **kwargs)


def fatal(msg: str, *args: Any, **kwargs: Any) -> None:
    """A message about what ends the program."""
    log(FATAL, msg, *args, **kwargs)


def flush() -> None:
    """Writes out what handlers hold back."""
    for handler in _logger().handlers:
        handler.flush()


_shown: dict[str, int] = {}


def log_first_n(level: int, msg: str, n: int, *args: Any) -> None:
    """A message of a level, the first `n` times that it is given; `args` fill its placeholders."""
    _shown[msg] = _shown.get(msg, 0) + 1
    if _shown[msg] <= n:
        log(level, msg, *args)
