"""Stage kernels: the names and facts of the files in the cache's directories.

In: paths, of files that another process may remove at any moment. Out: facts that hold if they
are still there, and harmless answers if not.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path

from jitgraph.kernels.stored_kernel import CODE, SUFFIXES

KEY = re.compile(r"[0-9a-f]{64}")
VERSION = re.compile(r"v[0-9]+-[0-9a-f]{16}")


def remove_file(path: Path) -> None:
    """Removes a file, if that is possible."""
    with contextlib.suppress(OSError):
        path.unlink()


def entries_of(folder: Path) -> list[Path]:
    """What a directory holds, in order; nothing if it can't be read."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def is_own(path: Path) -> bool:
    """Whether a file in a version's directory is named as the store names its own."""
    if path.suffix == ".tmp":
        return path.name.startswith(".")
    return path.suffix in SUFFIXES and KEY.fullmatch(path.stem) is not None


def is_leftover(path: Path) -> bool:
    """A file that its writer never finished, or that belongs to a kernel no more."""
    is_code, is_half = path.suffix == CODE, path.suffix == ".tmp"
    return is_half or not (is_code or os.path.exists(path.with_suffix(CODE)))


def changed_at(path: Path) -> float:
    """When a file was last changed; now, if it is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def size_of(path: Path) -> int:
    """The bytes of a file; 0 if it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
