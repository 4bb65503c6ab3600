"""Files with one message in them, no larger than a protocol buffer can be.

In: a path. Out: the file's bytes; nothing is read of one that holds no message for sure.
"""

from __future__ import annotations

from pathlib import Path

MOST_BYTES = (1 << 31) - 1
"""Protocol buffers are below 2 GiB."""


def message_bytes(path: Path) -> bytes:
    """What a file holds.

    Raises:
      OSError: it is too large for a message, or can't be read.
    """
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise OSError(
            f"Cannot parse file {path}: it has {size} bytes, and no protocol buffer has more than "
            f"{MOST_BYTES}."
        )
    return path.read_bytes()
