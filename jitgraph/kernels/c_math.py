"""Stage kernels: functions of the C library's mathematics, by address.

In: a name such as "log". Out: where native code finds the function of one float64.
"""

from __future__ import annotations

import ctypes
import os
from functools import cache


@cache
def routine_address(name: str) -> int:
    """The address of a function of the C library.

    Raises:
      AttributeError: the library has no such function.
    """
    library = ctypes.CDLL("ucrtbase" if os.name == "nt" else None)
    return ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0
