"""Runs a user's script in this process, as `python SCRIPT` would.

In: its path and arguments. Out: its exit status; an error it raises is printed as Python would.
"""

from __future__ import annotations

import runpy
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path


def run_script(script: str, arguments: Sequence[str]) -> int:
    """The exit status of the script.

    Raises:
      FileNotFoundError: there is no such script.
    """
    if not Path(script).is_file():
        raise FileNotFoundError(f"there is no script {script}")
    before = sys.argv, sys.path[:]
    sys.argv = [script, *arguments]
    sys.path[0:1] = [str(Path(script).resolve().parent)]
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as ended:
        return _status(ended.code)
    except Exception:
        traceback.print_exc()
        return 1
    finally:
        sys.argv, sys.path[:] = before
    return 0


def _status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)
    return 1
