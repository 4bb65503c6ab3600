"""Runs a user's script in this process, as `python SCRIPT` would.

In: its path and arguments. Out: its exit status; an error it raises is printed as Python would.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

INTERRUPTED = 130
_BELOW = (
    __name__, "_frozen_importlib_external", "_frozen_importlib",
    "importlib._bootstrap_external", "importlib._bootstrap",
)  # fmt: skip
"""Modules whose frames stand above the script's."""
_kept: list[ModuleType] = []
"""Scripts' modules live as long as the process, as `__main__` does."""


def run_script(script: str, arguments: Sequence[str]) -> int:
    """The exit status of the script.

    Raises:
      FileNotFoundError: there is no such script.
    """
    if not Path(script).is_file():
        raise FileNotFoundError(f"there is no script {script}")
    before = sys.argv, sys.path[:], sys.modules["__main__"]
    sys.argv = [script, *arguments]
    sys.path[0:1] = [str(Path(script).resolve().parent)]
    try:
        return _run(script)
    finally:
        sys.argv, sys.path[:], sys.modules["__main__"] = before


def _run(script: str) -> int:
    path = os.path.abspath(script)
    loader = SourceFileLoader("__main__", path)
    module = _main_module(path, loader)
    try:
        code = loader.source_to_code(loader.get_data(path), path)
        exec(code, vars(module))
    except SystemExit as ended:
        return _status(ended.code)
    except BaseException as error:
        _print(error)
        return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    return 0


def _main_module(script: str, loader: SourceFileLoader) -> ModuleType:
    module = ModuleType("__main__", None)
    module.__file__ = script
    module.__loader__ = loader
    vars(module)["__builtins__"] = __builtins__
    vars(module)["__cached__"] = None
    _kept.append(module)
    sys.modules["__main__"] = module
    return module


def _print(error: BaseException) -> None:
    """As Python prints it: from the script's own frame on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_globals.get("__name__") in _BELOW:
        trace = trace.tb_next
    error.__traceback__ = trace
    sys.stdout.flush()
    sys.excepthook(type(error), error, trace)


def _status(code: object) -> int:
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    print(code, file=sys.stderr)
    return 1
