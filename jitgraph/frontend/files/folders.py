"""What tf.io.gfile does with files and folders by their names. Errors are TensorFlow's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jitgraph import errors
from jitgraph.ops.file_errors import as_op_errors
from jitgraph.ops.file_places import place_of


def exists(path: Any) -> bool:
    """Whether there is a file or folder of the name."""
    files, name = place_of(path)
    return bool(files.exists(name))


def isdir(path: Any) -> bool:
    """Whether there is a folder of the name."""
    files, name = place_of(path)
    return bool(files.is_folder(name))


def listdir(path: Any) -> list[str]:
    """The names in a folder.

    Raises:
      tf.errors.NotFoundError: there is no such folder.
    """
    files, name = place_of(path)
    if not files.is_folder(name):
        raise errors.NotFoundError(None, None, "Could not find directory")
    found: list[str] = files.listed(name)
    return found


def mkdir(path: Any) -> None:
    """Makes a folder, whose parent there is.

    Raises:
      tf.errors.NotFoundError: there is no parent.
      tf.errors.AlreadyExistsError: there is one of the name.
    """
    files, name = place_of(path)
    with as_op_errors(name):
        files.make_folder(name)


def makedirs(path: Any) -> None:
    """Makes a folder and those above it; nothing where there is one."""
    files, name = place_of(path)
    with as_op_errors(name):
        files.make_folders(name)


def remove(path: Any) -> None:
    """Deletes a file.

    Raises:
      tf.errors.NotFoundError: there is none.
    """
    files, name = place_of(path)
    with as_op_errors(name):
        files.remove(name)


def rmtree(path: Any) -> None:
    """Deletes a folder and all that is in it.

    Raises:
      tf.errors.NotFoundError: there is none.
    """
    files, name = place_of(path)
    with as_op_errors(name):
        files.remove_all(name)


def glob(pattern: Any) -> list[str]:
    """The files and folders whose names match one pattern, or one of several, in order."""
    several = pattern if isinstance(pattern, list | tuple) else [pattern]
    return [name for files, one in map(place_of, several) for name in files.matches(one)]


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copies a file's bytes.

    Raises:
      tf.errors.AlreadyExistsError: there is one at `dst`, which is not to be overwritten.
      tf.errors.NotFoundError: there is none at `src`.
    """
    _refuse_to_overwrite(dst, overwrite)
    files, name, other, to = _both(src, dst)
    with as_op_errors(name):
        if files is other:
            files.copy(name, to)
            return
        with other.open(to, "wb") as file:
            file.write(files.contents(name))


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Gives a file or folder another name; arguments and errors as `copy`'s."""
    _refuse_to_overwrite(dst, overwrite)
    files, name, other, to = _both(src, dst)
    if files is not other:
        text = f"Renaming {src} to {dst} not implemented: they are in different file systems"
        raise errors.UnimplementedError(None, None, text)
    with as_op_errors(name):
        files.rename(name, to)


def _both(src: Any, dst: Any) -> tuple[Any, str, Any, str]:
    """Two places; the same object for two in the same file system."""
    files, name = place_of(src)
    other, to = place_of(dst)
    is_same = name.partition("://")[0] == to.partition("://")[0] and "://" in name
    return files, name, files if is_same else other, to


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
    files, name = place_of(path)
    with as_op_errors(name):
        return FileStatistics(*files.status(name))


def walk(
    top: Any, topdown: bool = True, onerror: Callable[[Any], Any] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """(folder, folders in it, files in it) of a folder and of all below it.

    Args:
      top: the folder.
      topdown: a folder comes before those in it.
      onerror: called with a folder's error.
    """
    files, name = place_of(top)
    try:
        inside = listdir(name)
    except errors.OpError as error:
        if onerror is not None:
            onerror(error)
        return
    folders = [entry for entry in inside if files.is_folder(files.join(name, entry))]
    here = name, folders, [entry for entry in inside if entry not in folders]
    if topdown:
        yield here
    for folder in folders:
        yield from walk(files.join(name, folder), topdown, onerror)
    if not topdown:
        yield here
