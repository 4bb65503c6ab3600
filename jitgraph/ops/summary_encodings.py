"""What summaries hold: histograms' buckets, pictures as PNG, sounds as WAV.

In: arrays. Out: what TensorFlow's summary ops make of them. The buckets are those of
https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/core/lib/histogram/histogram.cc,
a picture's scaling that of core/kernels/summary_image_op.cc. PNG is ISO/IEC 15948, with zlib of
the standard library; WAV is 16 bits a sample.
"""

from __future__ import annotations

import struct
import sys
import zlib
from functools import cache
from math import log
from typing import NamedTuple

import numpy as np

_LARGEST = sys.float_info.max
_GROWTH = 1.1
_FIRST_LIMIT = 1e-12
_LOG_FIRST = log(_FIRST_LIMIT) / log(_GROWTH)
_BEYOND = 1e21
_BLOCK = 8192
"""So many numbers at once: what is made of them stays in the cache."""

_SMALLEST_SCALED = np.float32(1e-6)
_PNG_COLOURS = {1: 0, 2: 4, 3: 2, 4: 6}
"""PNG's colour type for a number of channels."""


class Histogram(NamedTuple):
    """The numbers of a HistogramProto."""

    min: float
    max: float
    num: float
    sum: float
    sum_squares: float
    bucket_limit: list[float]
    bucket: list[float]


@cache
def _positive_limits() -> np.ndarray:
    """The upper limits of the buckets above zero: each a tenth further up than the one before."""
    limits = [_FIRST_LIMIT]
    while limits[-1] * _GROWTH < 1e20:
        limits.append(limits[-1] * _GROWTH)
    return np.array([*limits, _LARGEST])


@cache
def _limits() -> np.ndarray:
    """The upper limits of all buckets."""
    positive = _positive_limits()
    return np.concatenate([-positive[::-1], [0.0], positive])


def histogram(values: np.ndarray) -> Histogram:
    """How many of the values lie in each bucket; runs of empty buckets are one.

    Args:
      values: finite numbers of any shape.
    """
    given = np.asarray(values, np.float64).reshape(-1)
    limits = _limits()
    counts = _counts(given)
    kept = counts > 0
    kept[:-1] |= kept[1:]
    kept[-1] = True
    return Histogram(
        float(given.min(initial=_LARGEST)),
        float(given.max(initial=-_LARGEST)),
        float(len(given)),
        _added(given),
        _added(given * given),
        limits[kept].tolist(),
        counts[kept].astype(np.float64).tolist(),
    )


def _counts(given: np.ndarray) -> np.ndarray:
    """How many numbers are below each limit and not below the one before."""
    found = np.zeros(len(_limits()), np.intp)
    for start in range(0, len(given), _BLOCK):
        found += np.bincount(_places(given[start : start + _BLOCK]), minlength=len(found))
    return found


def _places(given: np.ndarray) -> np.ndarray:
    """For each number how many limits are not above it.

    Its logarithm tells the place up to one, which takes a tenth of the time of a search.
    """
    limits = _positive_limits()
    sizes = np.abs(given)
    narrow = np.clip(sizes, _FIRST_LIMIT, _BEYOND).astype(np.float32)
    guess = np.log(narrow) * np.float32(1 / log(_GROWTH)) - np.float32(_LOG_FIRST - 1)
    places = np.clip(guess, 1, len(limits) - 1).astype(np.intp)
    before = limits.take(places - 1)
    is_negative = given < 0
    places += limits.take(places) <= sizes
    places -= before > sizes
    places -= is_negative & (limits.take(places - 1, mode="clip") == sizes) & (places > 0)
    zero = len(limits)
    below = is_negative.astype(np.intp)
    places *= 1 - 2 * below
    places += zero + 1 - below
    return np.minimum(places, 2 * zero, out=places)


def _added(values: np.ndarray) -> float:
    """The sum from first to last, rounded after each."""
    return float(np.cumsum(values)[-1]) if len(values) else 0.0


def eight_bits(picture: np.ndarray, bad_colour: np.ndarray) -> np.ndarray:
    """A picture of floats as bytes: scaled to 0..255, or around 128 if it has negative numbers.

    Args:
      picture: of shape [height, width, channels].
      bad_colour: bytes that a pixel gets which is not finite.
    """
    if picture.dtype == np.uint8:
        return picture
    precise = picture.astype(np.float64 if picture.dtype == np.float64 else np.float32)
    finite = np.isfinite(precise).all(axis=2)
    seen = precise[finite]
    low, high = seen.min(initial=np.inf), seen.max(initial=-np.inf)
    if low < 0:
        most, full, offset = max(abs(low), abs(high)), 127.0, 128.0
    else:
        most, full, offset = high, 255.0, 0.0
    scale = 0.0 if most < _SMALLEST_SCALED else precise.dtype.type(full) / most
    found = np.empty(precise.shape, np.uint8)
    found[...] = bad_colour[: precise.shape[2]]
    found[finite] = (seen * precise.dtype.type(scale) + precise.dtype.type(offset)).astype(np.uint8)
    return found


def png(picture: np.ndarray) -> bytes:
    """A picture of bytes, [height, width, channels], as a PNG file."""
    height, width, channels = picture.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = picture.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, _PNG_COLOURS[channels], 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, data) for kind, data in parts)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def wav(sound: np.ndarray, rate: int) -> bytes:
    """A sound, [frames, channels] of numbers from -1 to 1, as a WAV file.

    Args:
      rate: frames a second.
    """
    frames, channels = sound.shape
    scaled = sound.astype(np.float32) * np.float32(1 << 15)
    rounded = np.trunc(scaled + np.copysign(np.float32(0.5), scaled))
    data = np.clip(rounded, -(1 << 15), (1 << 15) - 1).astype("<i2").tobytes()
    size, each = frames * channels * 2, channels * 2
    head = struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * each, each, 16)
    body = b"WAVEfmt " + head + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body
