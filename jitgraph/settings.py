"""settings: what the environment asks for, read anew at every call. A leaf module."""

from __future__ import annotations

import os

DEFAULT_CACHE_SIZE = 1 << 30

_OFF = frozenset(("off", "0", "false", "no"))


def cache_directory() -> str | None:
    """JITGRAPH_CACHE_DIR: where compiled kernels are kept; None if not said."""
    return _text("JITGRAPH_CACHE_DIR") or None


def cache_on_disk() -> bool:
    """JITGRAPH_CACHE: "off" keeps compiled kernels in memory only."""
    return _text("JITGRAPH_CACHE").lower() not in _OFF


def cache_size() -> int:
    """JITGRAPH_CACHE_SIZE: bytes that the kernels on disk may take.

    Raises:
      ValueError: it is not a positive integer.
    """
    return _count("JITGRAPH_CACHE_SIZE", 1) or DEFAULT_CACHE_SIZE


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
