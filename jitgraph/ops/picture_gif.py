"""GIF pictures: their frames, each laid over the one before, as TensorFlow lays them.

In: the contents of a file. Out: pixels of all frames. The blocks of a file are read here; Pillow
decodes each frame as a picture of its own. A colour that stands for "clear" is a colour like any
other. https://www.w3.org/Graphics/GIF/spec-gif89a.txt
"""

from __future__ import annotations

import struct
from typing import NamedTuple

import numpy as np

from jitgraph.ops.picture_files import check_size, opened
from jitgraph.ops.string_arrays import refused

_EXTENSION, _FRAME, _END = 0x21, 0x2C, 0x3B
_HAS_TABLE = 0x80


class _Frame(NamedTuple):
    """Where a frame is laid, and the contents of a file that has nothing else."""

    left: int
    top: int
    width: int
    height: int
    contents: bytes


def decode_gif(contents: bytes) -> np.ndarray:
    """The pixels, [frames, height, width, 3].

    Raises:
      errors.InvalidArgumentError: it is damaged or too large.
    """
    try:
        return _laid(_frames(contents), len(contents))
    except (OSError, SyntaxError, ValueError, IndexError, EOFError, struct.error):
        raise _damaged(len(contents), "failed to slurp gif file") from None


def _damaged(size: int, why: str) -> Exception:
    return refused(f"Invalid GIF data (size {size}), {why}")


def _laid(frames: list[_Frame], size: int) -> np.ndarray:
    if not frames:
        raise _damaged(size, "gif file does not contain any image")
    width = max(frame.width for frame in frames)
    height = max(frame.height for frame in frames)
    check_size(width, height, len(frames))
    found = np.zeros((len(frames), height, width, 3), np.uint8)
    for number, frame in enumerate(frames):
        fills = (frame.left, frame.top, frame.width, frame.height) == (0, 0, width, height)
        if not fills and number:
            found[number] = found[number - 1]
        elif not fills:
            raise _damaged(size, "the first frame does not fill the canvas")
        part = found[number, frame.top :, frame.left :][: frame.height, : frame.width]
        part[...] = _colours(frame)[: part.shape[0], : part.shape[1]]
    return found


def _colours(frame: _Frame) -> np.ndarray:
    return np.asarray(opened("GifImagePlugin", "GifImageFile", frame.contents).convert("RGB"))


def _frames(contents: bytes) -> list[_Frame]:
    place, table = 13, b""
    if contents[10] & _HAS_TABLE:
        table = _table(contents, place, contents[10])
        place += len(table)
    found = []
    while contents[place] != _END:
        if contents[place] == _EXTENSION:
            place = _past_blocks(contents, place + 2)
        elif contents[place] == _FRAME:
            frame, place = _frame(contents, place, contents[10], table)
            found.append(frame)
        else:
            raise ValueError("Wrong record type detected")
    return found


def _table(contents: bytes, place: int, flags: int) -> bytes:
    return contents[place : place + 3 * (2 << (flags & 7))]


def _frame(contents: bytes, place: int, flags: int, table: bytes) -> tuple[_Frame, int]:
    left, top, width, height, own = struct.unpack_from("<HHHHB", contents, place + 1)
    start = place + 10
    if own & _HAS_TABLE:
        table, flags = _table(contents, start, own), own
        start += len(table)
    if not table:
        raise ValueError("missing color map")
    end = _past_blocks(contents, start + 1)
    sizes = struct.pack("<HHBBB", width, height, _HAS_TABLE | flags & 7, 0, 0)
    head = struct.pack("<BHHHHB", _FRAME, 0, 0, width, height, own & 0x40)
    alone = b"GIF89a" + sizes + table + head + contents[start:end] + bytes([_END])
    return _Frame(left, top, width, height, alone), end


def _past_blocks(contents: bytes, place: int) -> int:
    while contents[place]:
        place += 1 + contents[place]
    return place + 1
