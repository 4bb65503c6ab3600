"""PNG pictures: decoding with the channels and depth that are wanted, and encoding.

In: the contents of a file, or pixels. Out: pixels, or contents. Pillow decodes 8 bits a channel;
where there are 16 it decodes twice, once for the high byte and once for the low one.
"""

from __future__ import annotations

import struct
import zlib
from typing import Any

import numpy as np

from jitgraph.ops.picture_files import opened
from jitgraph.ops.string_arrays import refused

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = slice(8, 33)
_COLOURS = {1: 0, 2: 4, 3: 2, 4: 6}
_DEPTH, _COLOUR = 16, 17
_WEIGHTS = (9797, 19234, 3737)
_UNREADABLE = (OSError, SyntaxError, ValueError, IndexError, EOFError, zlib.error, struct.error)


def decode_png(contents: bytes, channels: int, *, is_wide: bool) -> np.ndarray:
    """The pixels, [height, width, channels], of 8 or (`is_wide`) 16 bits.

    Raises:
      errors.InvalidArgumentError: it is damaged, cut off or too large.
    """
    try:
        picture = opened("PngImagePlugin", "PngImageFile", contents)
    except _UNREADABLE:
        raise refused(f"Invalid PNG header, data size {len(contents)}") from None
    try:
        pixels = _pixels(picture, contents, channels)
    except _UNREADABLE:
        raise refused(f"Invalid PNG data, size {len(contents)}") from None
    found = _with_channels(pixels, channels)
    if is_wide == (found.dtype == np.uint16):
        return found
    return found.astype(np.uint16) * np.uint16(257) if is_wide else (found >> 8).astype(np.uint8)


def _pixels(picture: Any, contents: bytes, channels: int) -> np.ndarray:
    raw = picture.tile[0].args
    return _wide(picture, contents, raw) if raw.endswith("16B") else _narrow(picture, channels)


def _narrow(picture: Any, channels: int) -> np.ndarray:
    is_clear = "transparency" in picture.info
    mode = {"1": "L", "P": "RGBA" if is_clear else "RGB"}.get(picture.mode, picture.mode)
    if is_clear and channels in (2, 4):
        mode = {"L": "LA", "RGB": "RGBA"}.get(mode, mode)
    return _planes(np.asarray(picture if picture.mode == mode else picture.convert(mode)))


def _planes(pixels: np.ndarray) -> np.ndarray:
    return pixels[:, :, None] if pixels.ndim == 2 else pixels


def _wide(picture: Any, contents: bytes, raw: str) -> np.ndarray:
    if raw == "I;16B":
        return _planes(np.asarray(picture).astype(np.uint16))
    if raw == "LA;16B":
        return _as_bytes(contents).view(">u2").astype(np.uint16)
    high = np.asarray(picture).astype(np.uint16)
    other = opened("PngImagePlugin", "PngImageFile", contents)
    other.tile = [other.tile[0]._replace(args=raw.replace("16B", "16L"))]
    return high << 8 | np.asarray(other)


def _as_bytes(contents: bytes) -> np.ndarray:
    """Pixels of two numbers of 16 bits, read as four of 8."""
    head = bytearray(contents[_HEAD])
    head[_DEPTH], head[_COLOUR] = 8, _COLOURS[4]
    head[-4:] = struct.pack(">I", zlib.crc32(bytes(head[4:-4])))
    changed = contents[: _HEAD.start] + bytes(head) + contents[_HEAD.stop :]
    return np.ascontiguousarray(opened("PngImagePlugin", "PngImageFile", changed))


def _with_channels(pixels: np.ndarray, wanted: int) -> np.ndarray:
    there = pixels.shape[2]
    if wanted in (0, there):
        return pixels
    colours, alpha = pixels[:, :, : 3 if there > 2 else 1], pixels[:, :, there - 1 :]
    if wanted < 3 and there > 2:
        colours = _grey(colours)
    elif wanted > 2 and there < 3:
        colours = np.repeat(colours, 3, axis=2)
    if wanted % 2:
        return np.ascontiguousarray(colours)
    if there % 2:
        alpha = np.full((*pixels.shape[:2], 1), np.iinfo(pixels.dtype).max, pixels.dtype)
    return np.concatenate([colours, alpha], axis=2)


def _grey(colours: np.ndarray) -> np.ndarray:
    """Brightness by the weights that TensorFlow gives libpng, 0.299 and 0.587 of red and green."""
    total = sum(colours[:, :, k].astype(np.int64) * weight for k, weight in enumerate(_WEIGHTS))
    return (np.asarray(total) >> 15).astype(colours.dtype)[:, :, None]


def encode_png(pixels: np.ndarray, compression: int = -1) -> bytes:
    """The contents of a PNG file, without filters.

    Args:
      pixels: [height, width, channels] of uint8 or uint16.
      compression: zlib's level.
    """
    height, width, channels = pixels.shape
    stored = pixels.astype(pixels.dtype.newbyteorder(">"))
    rows = np.zeros((height, 1 + width * channels * pixels.itemsize), np.uint8)
    rows[:, 1:] = np.ascontiguousarray(stored).view(np.uint8).reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8 * pixels.itemsize, _COLOURS[channels], 0, 0, 0)
    data = zlib.compress(rows.tobytes(), compression)
    parts = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
