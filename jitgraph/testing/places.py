"""Where tests put their files, and where they lie themselves."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile

_made: list[str] = []


def temporary_folder() -> str:
    """A folder for the files of this process's tests, removed when it ends."""
    if not _made:
        _made.append(os.environ.get("TEST_TMPDIR") or tempfile.mkdtemp())
        if not os.environ.get("TEST_TMPDIR"):
            atexit.register(shutil.rmtree, _made[0], ignore_errors=True)
    return _made[0]


def test_src_dir_path(relative_path: str) -> str:
    """A path beside the test that runs.

    Args:
      relative_path: as seen from its folder.
    """
    folder = os.environ.get("TEST_SRCDIR") or os.path.dirname(os.path.abspath(sys.argv[0]))
    return os.path.join(folder, relative_path)


test_src_dir_path.__test__ = False  # type: ignore[attr-defined]
