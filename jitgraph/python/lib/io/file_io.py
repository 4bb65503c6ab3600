"""`from jitgraph.python.lib.io import file_io`, as scripts import TensorFlow's."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.files.file_object import GFile as FileIO
from jitgraph.frontend.files.folders import (
    copy,
    exists as file_exists,
    glob as get_matching_files,
    isdir as is_directory,
    listdir as list_directory,
    makedirs as recursive_create_dir,
    mkdir as create_dir,
    remove as delete_file,
    rename,
    rmtree as delete_recursively,
    stat,
    walk,
)

__all__ = [
    "FileIO",
    "copy",
    "create_dir",
    "delete_file",
    "delete_recursively",
    "file_exists",
    "get_matching_files",
    "is_directory",
    "list_directory",
    "read_file_to_string",
    "recursive_create_dir",
    "rename",
    "stat",
    "walk",
    "write_string_to_file",
]


def read_file_to_string(filename: Any, binary_mode: bool = False) -> Any:
    """What a file holds: text, or bytes with `binary_mode`."""
    with FileIO(filename, "rb" if binary_mode else "r") as file:
        return file.read()


def write_string_to_file(filename: Any, file_content: str | bytes) -> None:
    """Replaces what a file holds."""
    with FileIO(filename, "w") as file:
        file.write(file_content)
