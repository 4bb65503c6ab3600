"""Messages for people: the logger that tf.logging writes to. In: messages. Out: lines on stderr.

Made when the first message is given: the handler and the format are TensorFlow's, and a program
that has set up Python's logging itself keeps its own.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging

_name = ["jitgraph"]


def get_logger() -> logging.Logger:
    """The logger of the library's messages.

    Example:
      >>> tf.get_logger().setLevel("ERROR")
    """
    return _made_logger(_name[0])


def name_logger(name: str) -> None:
    """Messages go to Python's logger of another name from now on."""
    _name[0] = name


@functools.cache
def _made_logger(name: str) -> logging.Logger:
    import logging

    logger = logging.getLogger(name)
    if logging.getLogger().handlers:
        return logger
    interactive = hasattr(sys, "ps1") or bool(sys.flags.interactive)
    if interactive:
        logger.setLevel(logging.INFO)
    handler = logging.StreamHandler(sys.stdout if interactive else sys.stderr)
    handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT, None))
    logger.addHandler(handler)
    return logger
