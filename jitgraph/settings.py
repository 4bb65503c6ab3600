"""settings: what the environment asks for, read anew at every call. A leaf module."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

DEFAULT_CACHE_SIZE = 1 << 30
DEFAULT_FUNCTIONS = 16384
DEFAULT_PIXELS = 1 << 27

_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([KMGT]?)i?B?", re.IGNORECASE)
_OFF = frozenset(("off", "0", "false", "no"))


def cache_directory() -> str | None:
    """JITGRAPH_CACHE_DIR: where compiled kernels are kept; None if not said."""
    return _text("JITGRAPH_CACHE_DIR") or None


def cache_on_disk() -> bool:
    """JITGRAPH_CACHE: "off" keeps compiled kernels in memory only."""
    return _text("JITGRAPH_CACHE").lower() not in _OFF


def cache_size() -> int:
    """JITGRAPH_CACHE_SIZE: bytes that the kernels on disk may take, such as 536870912 or 512M.

    Raises:
      ValueError: it is no size.
    """
    text = _text("JITGRAPH_CACHE_SIZE")
    if not text:
        return DEFAULT_CACHE_SIZE
    found = _SIZE.fullmatch(text)
    size = int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " ")) if found else 0
    if size < 1:
        raise ValueError(f"JITGRAPH_CACHE_SIZE must be bytes such as 512M or 1G, got {text!r}")
    return size


def function_cache_size() -> int:
    """JITGRAPH_FUNCTION_CACHE_SIZE: so many functions, sets of fetches and feeds, a session keeps
    compiled.

    Raises:
      ValueError: it is not a positive integer.
    """
    return _count("JITGRAPH_FUNCTION_CACHE_SIZE", 1) or DEFAULT_FUNCTIONS


def num_threads() -> int | None:
    """JITGRAPH_NUM_THREADS: threads of the pool; None if not said.

    Raises:
      ValueError: it is not a positive integer.
    """
    return _count("JITGRAPH_NUM_THREADS", 1)


def winograd() -> bool:
    """JITGRAPH_WINOGRAD: "off" convolves without Winograd's algorithm."""
    return _text("JITGRAPH_WINOGRAD").lower() not in _OFF


def most_pixels() -> int:
    """JITGRAPH_MAX_PIXELS: so many pixels a picture that is decoded may have, 134217728 if not
    said.

    Raises:
      ValueError: it is not a positive integer.
    """
    return _count("JITGRAPH_MAX_PIXELS", 1) or DEFAULT_PIXELS


_block_level: ContextVar[int | None] = ContextVar("debug level of a block", default=None)


def debug_level() -> int:
    """JITGRAPH_DEBUG, or what `debug` says: how much the compiler tells of itself, 0 for nothing.

    Raises:
      ValueError: it is not a natural number.
    """
    level = _block_level.get()
    return (_count("JITGRAPH_DEBUG", 0) or 0) if level is None else level


@contextmanager
def debug(level: int) -> Iterator[None]:
    """A block in which the compiler tells what it does, on standard error; JITGRAPH_DEBUG says the
    same for a whole process.

    Args:
      level: 0 nothing; 1 a line for each compilation; 2 each pass, too, and every program is
        verified; 3 the programs; 4 the kernels' sources; 5 their LLVM code (compiled once more).

    Raises:
      ValueError: another level.

    Example:
      >>> with jitgraph.debug(1):
      ...     session.run(loss)
    """
    if level not in range(6):
        raise ValueError(f"a debug level is 0 to 5, got {level!r}")
    token = _block_level.set(level)
    try:
        yield
    finally:
        _block_level.reset(token)


def _text(name: str) -> str:
    return os.environ.get(name, "").strip()


def _count(name: str, least: int) -> int | None:
    text = _text(name)
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) < least:
        kind = "a positive integer" if least else "a natural number"
        raise ValueError(f"{name} must be {kind}, got {text!r}")
    return int(text)
