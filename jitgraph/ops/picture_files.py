"""Files of pictures: which format they are in, and which are too large. For ops that decode them.

In: the contents of a file. Out: Pillow's picture, not yet decoded; TensorFlow's errors.
"""

from __future__ import annotations

import io
from typing import Any

from jitgraph import settings
from jitgraph.errors import InvalidArgumentError, missing_extra
from jitgraph.ops.string_arrays import refused

_STARTS = {"JPEG": b"\xff\xd8\xff", "PNG": b"\x89PNG\r\n\x1a\n", "GIF": b"GIF8", "BMP": b"BM"}
_SHOWN = 16
_EXPECTED = "Expected image (JPEG, PNG, or GIF)"


def format_of(contents: bytes) -> str:
    """ "JPEG", "PNG", "GIF", "BMP", or "" for what is none of them."""
    for name, start in _STARTS.items():
        if contents.startswith(start):
            return name
    return ""


def unknown_format(contents: bytes) -> InvalidArgumentError:
    """The error for what is no picture."""
    if not contents:
        return refused("Expected image (JPEG, PNG, or GIF), got empty file")
    start = _escaped(contents[:_SHOWN])
    return refused(
        f"Expected image (JPEG, PNG, or GIF), got unknown format starting with '{start}'"
    )


def _escaped(start: bytes) -> str:
    """Bytes as C writes them: those that can't be shown in octal."""
    named = {9: "\\t", 10: "\\n", 13: "\\r", 34: '\\"', 39: "\\'", 92: "\\\\"}
    return "".join(
        named.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in start
    )


def check_size(width: int, height: int, frames: int = 1) -> None:
    """Refuses a picture of more pixels than settings allow.

    Raises:
      errors.InvalidArgumentError: it is too large.
    """
    most = settings.most_pixels()
    if width * height * frames > most:
        shown = f"{width}×{height}" + (f"×{frames}" if frames > 1 else "")
        raise refused(
            f"the picture is too large: {shown} pixels, where JITGRAPH_MAX_PIXELS allows {most}"
        )


def opened(module: str, kind: str, contents: bytes) -> Any:
    """Pillow's picture of a format, of which nothing but the header is read.

    Args:
      module: Pillow's module for the format.
      kind: its class there.

    Raises:
      ImportError: Pillow is not installed.
      SyntaxError, OSError: Pillow's, for what it can't read.
      errors.InvalidArgumentError: the picture is too large.
    """
    plugin = getattr(_module(module), kind)
    picture = plugin(io.BytesIO(contents))
    check_size(*picture.size)
    return picture


def new_picture(array: Any) -> Any:
    """Pillow's picture of an array."""
    return _module("Image").fromarray(array)


def _module(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(f"PIL.{name}")
    except ImportError as error:
        raise missing_extra("Pillow", "image", "pictures' formats") from error
