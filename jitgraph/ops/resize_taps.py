"""Which elements of an image each element of a resized one is made of, and in which parts.

In: sizes before and after, a method and where pixels lie. Out: indices and weights along one axis,
[taps, size after]. All numbers are rounded to float32 where TensorFlow rounds them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

NEAREST, BILINEAR, BICUBIC, AREA = "nearest", "bilinear", "bicubic", "area"

TABLE = 1024
"""Bicubic weights are those of distances in this part of a pixel."""

SHARP, SOFT = -0.5, -0.75
"""The slope of the bicubic curve, with half_pixel_centers and without."""

_HALF = np.float32(0.5)


class Taps(NamedTuple):
    """For each element along an axis the places that it is made of, and their weights."""

    places: np.ndarray
    weights: np.ndarray


def scale_of(before: int, after: int, align_corners: bool) -> np.float32:
    """How far apart elements are, in pixels of what is resized."""
    if align_corners and after > 1 and before > 1:
        return np.float32(before - 1) / np.float32(after - 1)
    return np.float32(before) / np.float32(after)


def taps_of(method: str, before: int, after: int, align_corners: bool, half_pixel: bool) -> Taps:
    """The taps along one axis of nearest, bilinear or bicubic resizing."""
    scale = scale_of(before, after, align_corners)
    steps = np.arange(after, dtype=np.float32)
    if method == NEAREST:
        return _nearest((steps + _HALF if half_pixel else steps) * scale, before, align_corners)
    places = (steps + _HALF) * scale - _HALF if half_pixel else steps * scale
    if method == BILINEAR:
        return _bilinear(places, before)
    return _bicubic(places, before, half_pixel)


def _nearest(places: np.ndarray, size: int, rounds: bool) -> Taps:
    whole = np.floor(places.astype(np.float64) + 0.5) if rounds else np.floor(places)
    found = np.clip(whole.astype(np.int32), 0, size - 1)
    return Taps(found[None], np.ones((1, len(found)), np.float32))


def _bilinear(places: np.ndarray, size: int) -> Taps:
    below = np.floor(places)
    part = places - below
    low = np.maximum(below.astype(np.int32), 0)
    high = np.minimum(np.ceil(places).astype(np.int32), size - 1)
    return Taps(np.stack([low, high]), np.stack([1 - part, part]))


def _bicubic(places: np.ndarray, size: int, half_pixel: bool) -> Taps:
    below = np.floor(places)
    offset = np.rint((places - below) * np.float32(TABLE)) / TABLE
    weights = bicubic_weights(offset, SHARP if half_pixel else SOFT)
    wanted = below.astype(np.int32) + np.arange(-1, 3, dtype=np.int32)[:, None]
    found = np.clip(wanted, 0, size - 1)
    if half_pixel:
        weights = np.where(found == wanted, weights, np.float32(0))
        weights = weights / weights.sum(0, dtype=np.float32)
    return Taps(found, weights)


def bicubic_weights(offset: np.ndarray, slope: float) -> np.ndarray:
    """The weights of four pixels in a row, where the second one is `offset` away."""
    x = offset.astype(np.float64)
    found = [_far(x, slope), _near(x, slope), _near(1 - x, slope), _far(1 - x, slope)]
    return np.stack(found).astype(np.float32)


def _near(x: np.ndarray, slope: float) -> np.ndarray:
    return ((slope + 2) * x - (slope + 3)) * x * x + 1


def _far(x: np.ndarray, slope: float) -> np.ndarray:
    y = x + 1
    return ((slope * y - 5 * slope) * y + 8 * slope) * y - 4 * slope


def area_taps(before: int, after: int, align_corners: bool) -> Taps:
    """The taps of area resizing: how much of a pixel each element covers."""
    scale = scale_of(before, after, align_corners)
    steps = np.arange(after + 1, dtype=np.float32) * scale
    first, last = steps[:-1], steps[1:]
    start, end = np.floor(first).astype(np.int32), np.ceil(last).astype(np.int32)
    most = int((end - start).max(initial=1))
    places = start + np.arange(most, dtype=np.int32)[:, None]
    covered = np.minimum(places + np.float32(1), last) - np.maximum(places, first)
    weights = np.where(places < end, covered, 0).astype(np.float32)
    return Taps(np.clip(places, 0, before - 1), weights)
