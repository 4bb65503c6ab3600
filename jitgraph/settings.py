"""settings: what the environment asks for, read anew at every call. A leaf module."""

from __future__ import annotations

import os
import re

DEFAULT_CACHE_SIZE = 1 << 30
DEFAULT_FUNCTIONS = 16384

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


def debug_level() -> int:
    """JITGRAPH_DEBUG: how much the compiler tells of itself, 0 for nothing.

    Raises:
      ValueError: it is not a natural number.
    """
    return _count("JITGRAPH_DEBUG", 0) or 0


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
