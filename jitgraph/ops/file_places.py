"""Where files are: on this machine, or behind a scheme such as gs://, s3:// or memory://.

In: a path. Out: what knows its files, and the path as that one names it. Others than the machine's
own come from the package fsspec (extra `remote`) and what it needs for a scheme.
"""

from __future__ import annotations

import glob
import os
import shutil
from typing import Any, NamedTuple

from jitgraph import errors
from jitgraph.ops.file_errors import local_path
from jitgraph.ops.file_reading import contents_of


class Status(NamedTuple):
    """What is known of a file: bytes, when it was last written (nanoseconds since 1970, 0 if
    nobody knows), whether it is a folder."""

    length: int
    written: int
    is_folder: bool


class LocalFiles:
    """The files of this machine; errors are OSErrors."""

    exists = staticmethod(os.path.exists)
    is_folder = staticmethod(os.path.isdir)
    listed = staticmethod(os.listdir)
    make_folder = staticmethod(os.mkdir)
    remove = staticmethod(os.remove)
    copy = staticmethod(shutil.copyfile)
    rename = staticmethod(os.replace)
    contents = staticmethod(contents_of)
    join = staticmethod(os.path.join)

    @staticmethod
    def open(path: str, mode: str) -> Any:
        """An open file of bytes."""
        return open(path, mode)

    @staticmethod
    def make_folders(path: str) -> None:
        """A folder and those above it."""
        os.makedirs(path, exist_ok=True)

    @staticmethod
    def remove_all(path: str) -> None:
        """A file, or a folder with all in it, is gone."""
        os.lstat(path)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        else:
            os.remove(path)

    @staticmethod
    def matches(pattern: str) -> list[str]:
        """The names that match a pattern, in order."""
        return sorted(glob.glob(pattern))

    @staticmethod
    def status(path: str) -> Status:
        """A file's length and time."""
        found = os.stat(path)
        return Status(found.st_size, found.st_mtime_ns, os.path.isdir(path))


class RemoteFiles:
    """Files behind a scheme; errors are OSErrors.

    Args:
      files: fsspec's file system.
    """

    def __init__(self, files: Any) -> None:
        self._files = files
        self.exists = files.exists
        self.is_folder = files.isdir
        self.contents = files.cat_file
        self.copy = files.cp_file
        self.open = files.open

    @staticmethod
    def join(*parts: str) -> str:
        """A path of a folder and a name in it."""
        return "/".join(part.rstrip("/") for part in parts)

    def listed(self, path: str) -> list[str]:
        """The names in a folder."""
        found = self._files.ls(path, detail=False)
        return sorted(each.rstrip("/").rpartition("/")[2] for each in found)

    def make_folder(self, path: str) -> None:
        """A folder."""
        self._files.mkdir(path, create_parents=False)

    def make_folders(self, path: str) -> None:
        """A folder and those above it."""
        self._files.makedirs(path, exist_ok=True)

    def remove(self, path: str) -> None:
        """A file is gone."""
        self._files.rm_file(path)

    def remove_all(self, path: str) -> None:
        """A file, or a folder with all in it, is gone."""
        self._files.rm(path, recursive=True)

    def rename(self, path: str, other: str) -> None:
        """A file or folder has another name."""
        self._files.mv(path, other, recursive=self.is_folder(path))

    def matches(self, pattern: str) -> list[str]:
        """The names that match a pattern, in order, with their scheme."""
        return sorted(self._files.unstrip_protocol(each) for each in self._files.glob(pattern))

    def status(self, path: str) -> Status:
        """A file's length and time."""
        found = self._files.info(path)
        return Status(int(found.get("size") or 0), 0, found.get("type") == "directory")


LOCAL = LocalFiles()


def place_of(path: Any) -> tuple[Any, str]:
    """(what knows the file, its path there).

    Raises:
      tf.errors.UnimplementedError: nothing that is installed knows the path's scheme.
    """
    text = path.decode() if isinstance(path, bytes) else os.fspath(path)
    scheme, found, _ = text.partition("://")
    if not found or scheme == "file":
        return LOCAL, local_path(text)
    try:
        import fsspec
    except ImportError:
        raise _unknown(scheme, text, "pip install 'jitgraph[remote]'") from None
    try:
        return RemoteFiles(fsspec.filesystem(scheme)), text
    except (ImportError, ValueError) as error:
        raise _unknown(scheme, text, str(error)) from None


def _unknown(scheme: str, path: str, why: str) -> errors.UnimplementedError:
    text = f"File system scheme '{scheme}' not implemented (file: '{path}'): {why}"
    return errors.UnimplementedError(None, None, text)
