"""Windows that slide over images: their geometry, as shape rules and references use it.

In: sizes, strides, dilations, padding and the order of the axes (a data format, "NHWC"). Out: how
many windows there are, where they begin, and the elements that one tap of every window sees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

SAME, VALID, EXPLICIT = "SAME", "VALID", "EXPLICIT"
_SPATIAL = "DHW"


def spatial_axes(data_format: str) -> tuple[int, ...]:
    """The axes along which windows slide: (1, 2) of "NHWC"."""
    return tuple(axis for axis, letter in enumerate(data_format) if letter in _SPATIAL)


def channel_axis(data_format: str) -> int:
    """The axis of channels: 3 of "NHWC"."""
    return data_format.index("C")


def channels_last(data_format: str) -> tuple[int, ...]:
    """The permutation that brings channels to the end: (0, 2, 3, 1) of "NCHW"."""
    return (0, *spatial_axes(data_format), channel_axis(data_format))


def channels_back(data_format: str) -> tuple[int, ...]:
    """The inverse of `channels_last`."""
    order = channels_last(data_format)
    return tuple(order.index(axis) for axis in range(len(order)))


def window_count(
    size: Any, window: Any, stride: int, dilation: int, padding: str, pads: tuple[int, int] = (0, 0)
) -> Any:
    """How many windows fit along one axis; None where that isn't known.

    Args:
      size: elements of the image.
      window: elements of a window.
      stride: from one window to the next.
      dilation: from one element of a window to the next.
      padding: SAME, VALID or EXPLICIT.
      pads: explicit padding before and after.

    Raises:
      ValueError: the window is greater than the image, or a stride or dilation isn't positive.
    """
    if stride <= 0:
        raise ValueError(f"Stride must be > 0, but got {stride}")
    if dilation < 1:
        raise ValueError(f"Dilation rate must be >= 1, but got {dilation}")
    if size is None or (window is None and padding != SAME):
        return None
    if padding == SAME:
        return (size + stride - 1) // stride
    if padding == EXPLICIT:
        size = size + pads[0] + pads[1]
    reach = (window - 1) * dilation + 1
    left = size - reach
    if left < 0:
        raise ValueError(f"Negative dimension size caused by subtracting {reach} from {size}")
    return left // stride + 1


@dataclass(frozen=True)
class Sliding:
    """Windows over arrays: one entry for each spatial axis of an image whose channels come last.

    `before` and `after` count the elements of padding.
    """

    sizes: tuple[int, ...]
    counts: tuple[int, ...]
    window: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    def padded(self, image: np.ndarray, fill: Any = 0) -> np.ndarray:
        """The image with its padding, which holds `fill`."""
        pads = [(0, 0), *zip(self.before, self.after, strict=True), (0, 0)]
        return np.pad(image, pads, constant_values=fill)

    def unpadded(self, image: np.ndarray) -> np.ndarray:
        """What `padded` made, without its padding."""
        inner = (
            slice(before, before + size)
            for before, size in zip(self.before, self.sizes, strict=True)
        )
        return image[(slice(None), *inner)]

    def taps(self) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
        """For each element of a window, its index and where all windows have it in a padded
        image."""
        for tap in product(*map(range, self.window)):
            starts = (k * d for k, d in zip(tap, self.dilations, strict=True))
            yield tap, (slice(None), *map(_steps, starts, self.counts, self.strides))


def _steps(start: int, count: int, stride: int) -> slice:
    return slice(start, start + (count - 1) * stride + 1 if count else start, stride)


def sliding(
    sizes: Sequence[int],
    window: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    padding: str,
    pads: Sequence[tuple[int, int]] | None = None,
) -> Sliding:
    """The windows over an image of `sizes`; all arguments have an entry for each spatial axis."""
    axes = len(sizes)
    given = pads or [(0, 0)] * axes
    counts = tuple(map(window_count, sizes, window, strides, dilations, [padding] * axes, given))
    before, after = [], []
    for k in range(axes):
        reach = max(0, (counts[k] - 1) * strides[k]) + max(0, (window[k] - 1) * dilations[k] + 1)
        lacking = max(0, reach - sizes[k])
        first = {SAME: lacking // 2, VALID: 0, EXPLICIT: given[k][0]}[padding]
        before.append(first)
        after.append(max(0, reach - sizes[k] - first))
    return Sliding(
        tuple(sizes), counts, tuple(window), tuple(strides), tuple(dilations),
        tuple(before), tuple(after),
    )  # fmt: skip


def pairs_of(explicit_paddings: Sequence[int]) -> list[tuple[int, int]]:
    """The attribute `explicit_paddings` as (before, after) of each axis."""
    return list(zip(explicit_paddings[::2], explicit_paddings[1::2], strict=True))
