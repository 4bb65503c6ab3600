"""What tf.io.gfile does with files and folders by their names. Errors are TensorFlow's."""

from __future__ import annotations

import glob as patterns
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

from jitgraph import errors
from jitgraph.ops.file_errors import as_op_errors, local_path


def exists(path: Any) -> bool:
    """Whether there is a file or folder of the name."""
    return os.path.exists(local_path(path))


def isdir(path: Any) -> bool:
    """Whether there is a folder of the name."""
    return os.path.isdir(local_path(path))


def listdir(path: Any) -> list[str]:
    """The names in a folder.

    Raises:
      tf.errors.NotFoundError: there is no such folder.
    """
    name = local_path(path)
    if not os.path.isdir(name):
        raise errors.NotFoundError(None, None, "Could not find directory")
    return os.listdir(name)


def mkdir(path: Any) -> None:
    """Makes a folder, whose parent there is.

    Raises:
      tf.errors.NotFoundError: there is no parent.
      tf.errors.AlreadyExistsError: there is one of the name.
    """
    with as_op_errors(name := local_path(path)):
        os.mkdir(name)


def makedirs(path: Any) -> None:
    """Makes a folder and those above it; nothing where there is one."""
    with as_op_errors(name := local_path(path)):
        os.makedirs(name, exist_ok=True)


def remove(path: Any) -> None:
    """Deletes a file.

    Raises:
      tf.errors.NotFoundError: there is none.
    """
    with as_op_errors(name := local_path(path)):
        os.remove(name)


def rmtree(path: Any) -> None:
    """Deletes a folder and all that is in it.

    Raises:
      tf.errors.NotFoundError: there is none.
    """
    name = local_path(path)
    if not os.path.lexists(name):
        raise errors.NotFoundError(None, None, f"{name}; No such file or directory")
    with as_op_errors(name):
        if os.path.isdir(name) and not os.path.islink(name):
            shutil.rmtree(name)
        else:
            os.remove(name)


def glob(pattern: Any) -> list[str]:
    """The files and folders whose names match one pattern, or one of several, in order."""
    several = pattern if isinstance(pattern, list | tuple) else [pattern]
    return [name for one in several for name in sorted(patterns.glob(local_path(one)))]


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copies a file's bytes.

    Raises:
      tf.errors.AlreadyExistsError: there is one at `dst`, which is not to be overwritten.
      tf.errors.NotFoundError: there is none at `src`.
    """
    _refuse_to_overwrite(dst, overwrite)
    with as_op_errors(name := local_path(src)):
        shutil.copyfile(name, local_path(dst))


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Gives a file or folder another name; arguments and errors as `copy`'s."""
    _refuse_to_overwrite(dst, overwrite)
    with as_op_errors(name := local_path(src)):
        os.replace(name, local_path(dst))


def _refuse_to_overwrite(path: Any, overwrite: bool) -> None:
    if not overwrite and exists(path):
        raise errors.AlreadyExistsError(None, None, "file already exists")


class FileStatistics:
    """What the operating system knows of a file.

    Attributes:
      length: bytes.
      mtime_nsec: when it was last written, in nanoseconds since 1970.
      is_directory: whether it is a folder.
    """

    def __init__(self, length: int, mtime_nsec: int, is_directory: bool) -> None:
        self.length = length
        self.mtime_nsec = mtime_nsec
        self.is_directory = is_directory


def stat(path: Any) -> FileStatistics:
    """A file's length and time.

    Raises:
      tf.errors.NotFoundError: there is none.
    """
    with as_op_errors(name := local_path(path)):
        found = os.stat(name)
    return FileStatistics(found.st_size, found.st_mtime_ns, os.path.isdir(name))


def walk(
    top: Any, topdown: bool = True, onerror: Callable[[Any], Any] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """(folder, folders in it, files in it) of a folder and of all below it.

    Args:
      top: the folder.
      topdown: a folder comes before those in it.
      onerror: called with a folder's error.
    """
    name = local_path(top)
    try:
        inside = listdir(name)
    except errors.OpError as error:
        if onerror is not None:
            onerror(error)
        return
    folders = [entry for entry in inside if os.path.isdir(os.path.join(name, entry))]
    here = name, folders, [entry for entry in inside if entry not in folders]
    if topdown:
        yield here
    for folder in folders:
        yield from walk(os.path.join(name, folder), topdown, onerror)
    if not topdown:
        yield here
