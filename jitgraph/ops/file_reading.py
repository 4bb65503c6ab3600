"""Reading a whole file at once. In: its path. Out: what is in it."""

from __future__ import annotations

import os

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
_PIECE = 1 << 20


def contents_of(path: str) -> bytes:
    """What is in a file.

    It asks the system for no more than it must: between two calls another thread may take the
    interpreter, and small files are read by the thousand.

    Raises:
      OSError: it can't be read.
    """
    file = os.open(path, _FLAGS)
    try:
        size = os.fstat(file).st_size
        content = os.read(file, size)
        if size and len(content) == size:
            return content
        return content + _rest(file)
    finally:
        os.close(file)


def _rest(file: int) -> bytes:
    """What the size did not tell of: pipes have none, and a read may be cut short."""
    pieces = []
    while piece := os.read(file, _PIECE):
        pieces.append(piece)
    return b"".join(pieces)
