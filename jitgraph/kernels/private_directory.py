"""Stage kernels: which directories the cache trusts, and writing files there.

In: a directory. Out: the reason why machine code must not be kept in it or loaded from it, "" if
there is none. It must be a directory of this user's own, no link, which nobody else may write.
"""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path


def refusal(directory: Path) -> str:
    """Why a directory that exists can't be trusted; "" if it can, or if it is not there."""
    try:
        status = directory.lstat()
    except FileNotFoundError:
        return ""
    except OSError as error:
        return f"can't use {directory}: {error.strerror}"
    if stat.S_ISLNK(status.st_mode):
        return f"{directory} is a symbolic link; name the directory that it points to"
    if not stat.S_ISDIR(status.st_mode):
        return f"can't use {directory}: it is no directory"
    if not hasattr(os, "getuid"):
        return ""
    if status.st_uid != os.getuid():
        return f"{directory} belongs to another user"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"others may write to {directory} (chmod go-w makes it yours alone)"
    return ""


def make_private(directory: Path) -> str:
    """Makes the directory if it is missing; the reason why it can't be used, or ""."""
    reason = refusal(directory)
    if reason:
        return reason
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        return f"can't use {directory}: {error.strerror}"
    return refusal(directory)


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file that appears whole or not at all.

    Raises:
      OSError: it can't be written; nothing is left of it.
    """
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
