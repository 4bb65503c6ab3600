"""Stage graph: which line of the user's program is being executed."""

from __future__ import annotations

import contextlib
import os
import sys
from types import CodeType, FrameType

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_PASSES = os.path.join(os.path.dirname(_PACKAGE), "passes")
_IS_CHECKOUT = not os.path.isdir(os.path.join(_PACKAGE, "passes"))
_OWN_FOLDERS = (_PACKAGE + os.sep, *((_PASSES + os.sep,) if _IS_CHECKOUT else ()))

_is_own: dict[str, bool] = {contextlib.__file__: True}


def user_site() -> tuple[CodeType | None, int]:
    """Code object and line of the nearest caller outside jitgraph; (None, 0) if there is none."""
    known = _is_own
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        code = frame.f_code
        own = known.get(code.co_filename)
        if own is None:
            own = known[code.co_filename] = code.co_filename.startswith(_OWN_FOLDERS)
        if not own:
            return code, frame.f_lineno
        frame = frame.f_back
    return None, 0
