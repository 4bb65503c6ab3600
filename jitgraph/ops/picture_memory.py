"""The pixels that Pillow holds, without a copy. For ops that decode pictures.

In: Pillow's picture. Out: an array over its memory, four bytes a pixel, by Arrow's C interface.
https://arrow.apache.org/docs/format/CDataInterface.html
"""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

_CHANNELS = 4


class _Array(ctypes.Structure):
    """The beginning of Arrow's array."""


_Array._fields_ = [
    *((name, ctypes.c_int64) for name in ("length", "nulls", "offset", "buffers", "parts")),
    ("memory", ctypes.POINTER(ctypes.c_void_p)),
    ("inside", ctypes.POINTER(ctypes.POINTER(_Array))),
]


class _Kept:
    """Memory that lives as long as arrays over it do."""

    def __init__(self, address: int, shape: tuple[int, ...], owner: Any) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "data": (address, True),
            "shape": shape,
            "typestr": "|u1",
            "version": 3,
        }


def pixels_of(picture: Any) -> np.ndarray:
    """The pixels of a picture of three channels, [height, width, 3 or 4]; the last of four says
    nothing.

    Raises:
      OSError, SyntaxError, ValueError: Pillow's, for what it can't read.
    """
    picture.load()
    width, height = picture.size
    export = getattr(picture, "__arrow_c_array__", None)
    try:
        schema, capsule = export() if export is not None else (None, None)
    except ValueError:
        capsule = None
    if capsule is None:
        return np.asarray(picture)
    address = _address(capsule, height * width * _CHANNELS)
    if address is None:
        return np.asarray(picture)
    return np.asarray(_Kept(address, (height, width, _CHANNELS), (schema, capsule)))


def _address(capsule: Any, size: int) -> int | None:
    pointer = ctypes.pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    outer = ctypes.cast(pointer(capsule, b"arrow_array"), ctypes.POINTER(_Array))[0]
    if outer.parts != 1 or outer.offset:
        return None
    inner = outer.inside[0][0]
    if inner.length != size or inner.buffers != 2 or inner.offset:
        return None
    found: int | None = inner.memory[1]
    return found
