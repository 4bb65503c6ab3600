"""tf.io.gfile: files and folders, by the names that Python's own functions have."""

from __future__ import annotations

from jitgraph.frontend.files.file_object import GFile
from jitgraph.frontend.files.folders import (
    copy,
    exists,
    glob,
    isdir,
    listdir,
    makedirs,
    mkdir,
    remove,
    rename,
    rmtree,
    stat,
    walk,
)

__all__ = [
    "GFile",
    "copy",
    "exists",
    "glob",
    "isdir",
    "listdir",
    "makedirs",
    "mkdir",
    "remove",
    "rename",
    "rmtree",
    "stat",
    "walk",
]
