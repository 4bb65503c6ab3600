"""tf.gfile: files and folders, by TensorFlow 1's older names of them."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.files import folders
from jitgraph.frontend.files.file_object import GFile
from jitgraph.frontend.files.folders import (
    exists as Exists,
    glob as Glob,
    isdir as IsDirectory,
    listdir as ListDirectory,
    makedirs as MakeDirs,
    mkdir as MkDir,
    remove as Remove,
    rmtree as DeleteRecursively,
    stat as Stat,
)

__all__ = [
    "Copy",
    "DeleteRecursively",
    "Exists",
    "FastGFile",
    "GFile",
    "Glob",
    "IsDirectory",
    "ListDirectory",
    "MakeDirs",
    "MkDir",
    "Open",
    "Remove",
    "Rename",
    "Stat",
    "Walk",
]

Open = GFile


class FastGFile(GFile):
    """tf.gfile.GFile, of which it is the older spelling."""


def Copy(oldpath: Any, newpath: Any, overwrite: bool = False) -> None:
    """Copies a file; tf.io.gfile.copy."""
    folders.copy(oldpath, newpath, overwrite)


def Rename(oldname: Any, newname: Any, overwrite: bool = False) -> None:
    """Renames a file or folder; tf.io.gfile.rename."""
    folders.rename(oldname, newname, overwrite)


def Walk(top: Any, in_order: bool = True) -> Any:
    """(folder, folders in it, files in it) of a folder and of all below; tf.io.gfile.walk."""
    return folders.walk(top, topdown=in_order)
