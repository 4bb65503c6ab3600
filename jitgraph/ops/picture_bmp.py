"""BMP pictures: decoding those without compression. In: the contents of a file. Out: pixels."""

from __future__ import annotations

import struct

import numpy as np

from jitgraph.ops.picture_files import check_size
from jitgraph.ops.string_arrays import refused

_HEAD = 32
_ORDERS = {1: [0], 3: [2, 1, 0], 4: [2, 1, 0, 3]}


def decode_bmp(contents: bytes, channels: int) -> np.ndarray:
    """The pixels, [height, width, channels].

    Raises:
      errors.InvalidArgumentError: it has other channels, is cut off or too large.
    """
    if len(contents) < _HEAD:
        raise refused(
            f"Incomplete bmp content, requires at least {_HEAD} bytes to find the header size, "
            f"width, height, and bpp, got {len(contents)} bytes"
        )
    start, (width, height), bits = (
        struct.unpack_from("<i", contents, 10)[0],
        struct.unpack_from("<ii", contents, 18),
        struct.unpack_from("<i", contents, 28)[0],
    )
    there = bits // 8
    if channels and channels != there:
        raise refused(
            f"channels attribute {channels} does not match bits per pixel from file {there}"
        )
    if there not in _ORDERS:
        raise refused(f"Number of channels must be 1, 3 or 4, was {there}")
    _check_sizes(width, height, start)
    return _pixels(contents, start, (abs(height), width, there), is_downward=height < 0)


def _check_sizes(width: int, height: int, start: int) -> None:
    if width <= 0:
        raise refused("Width must be positive")
    if height == 0 or start < 0:
        raise refused("Height must be nonzero")
    check_size(width, abs(height))


def _pixels(
    contents: bytes, start: int, dims: tuple[int, int, int], *, is_downward: bool
) -> np.ndarray:
    height, width, there = dims
    row = (there * width * 8 + 31) // 32 * 4
    least = start + (height - 1) * row + width * there
    if len(contents) < least:
        raise refused(
            f"Incomplete bmp content, requires at least {least} bytes, got {len(contents)} bytes"
        )
    rows = np.frombuffer(contents.ljust(start + height * row, b"\0"), np.uint8, height * row, start)
    pixels = rows.reshape(height, row)[:, : width * there].reshape(dims)[..., _ORDERS[there]]
    return np.ascontiguousarray(pixels if is_downward else pixels[::-1])
