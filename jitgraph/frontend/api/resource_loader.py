"""tf.resource_loader: files that lie beside a script."""

from __future__ import annotations

import os
import sys


def get_data_files_path() -> str:
    """The folder of the file that calls."""
    return os.path.dirname(sys._getframe(1).f_code.co_filename)


def get_root_dir_with_all_resources() -> str:
    """The folder of the file that calls."""
    return os.path.dirname(sys._getframe(1).f_code.co_filename)


def get_path_to_datafile(path: str) -> str:
    """A path beside the file that calls, in full."""
    return os.path.join(os.path.dirname(sys._getframe(1).f_code.co_filename), path)


def readahead_file_path(path: str, readahead: str = "128M") -> str:
    """The path as it is."""
    return path


def load_resource(path: str) -> bytes:
    """What a file holds that lies beside the calling one.

    Raises:
      OSError: there is none.
    """
    folder = os.path.dirname(sys._getframe(1).f_code.co_filename)
    with open(os.path.join(folder, path), "rb") as file:
        return file.read()
