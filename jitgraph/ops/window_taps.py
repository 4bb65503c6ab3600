"""Ops of windows as sums (or choices) over the elements of a window, for what has no kernel.

In: a builder, an image with channels last, and how windows slide. Out: for each element of a
window the strided part of the padded image that all windows see there: views, which fuse into
whatever reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from jitgraph.ops.array_dims import Dims
from jitgraph.ops.strided_slicing import NO_MASKS
from jitgraph.ops.window_geometry import SAME, spatial_axes

Tap = tuple[int, ...]


@dataclass(frozen=True)
class Taps:
    """Windows over the spatial axes of images; sizes may be symbolic, the window's are ints.

    Args:
      sizes: of the image, `counts`: of windows along each axis.
      window, strides, dilations: along each axis.
      before: padding before the image along each axis.
    """

    sizes: tuple[Any, ...]
    counts: tuple[Any, ...]
    window: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    before: tuple[Any, ...]

    def each(self) -> Iterator[Tap]:
        """The elements of a window in row-major order."""
        return product(*map(range, self.window))

    def after(self) -> list[Any]:
        """Padding behind the image, so that every window is inside."""
        reaches = (
            (count - 1) * stride + (window - 1) * dilation + 1
            for count, stride, window, dilation in zip(
                self.counts, self.strides, self.window, self.dilations, strict=True
            )
        )
        ends = zip(reaches, self.sizes, self.before, strict=True)
        return [_positive(reach - size - first) for reach, size, first in ends]

    def starts(self, tap: Tap) -> list[int]:
        """Where the first window has this element in the padded image."""
        return [k * dilation for k, dilation in zip(tap, self.dilations, strict=True)]

    def ends(self, tap: Tap) -> list[Any]:
        """One behind where the last window has it."""
        steps = zip(self.starts(tap), self.counts, self.strides, strict=True)
        return [_end(*each) for each in steps]


def _end(start: int, count: Any, stride: int) -> Any:
    is_none = isinstance(count, int) and count == 0
    return start if is_none else start + (count - 1) * stride + 1


def _positive(size: Any) -> Any:
    return size if size > 0 else 0


def taps_of(attrs: Mapping[str, Any], image: Dims, made: Dims, window: Sequence[int]) -> Taps:
    """The windows of an op with strides, padding and perhaps dilations, channels last."""
    axes = spatial_axes(attrs["data_format"])
    sizes, counts = image[1:-1], made[1:-1]
    strides = tuple(attrs["strides"][axis] for axis in axes)
    dilations = tuple(attrs.get("dilations", (1,) * len(image))[axis] for axis in axes)
    before = []
    for k in range(len(axes)):
        reach = (counts[k] - 1) * strides[k] + (window[k] - 1) * dilations[k] + 1
        is_same = attrs["padding"] == SAME
        before.append(_positive(reach - sizes[k]) // 2 if is_same else 0)
    return Taps(tuple(sizes), tuple(counts), tuple(window), strides, dilations, tuple(before))


def emit_padded(b: Any, image: Any, taps: Taps, fill: Any = 0) -> Any:
    """The image with its padding, holding `fill`."""
    pairs = list(zip(taps.before, taps.after(), strict=True))
    if all(isinstance(size, int) and size == 0 for pair in pairs for size in pair):
        return image
    rows = [(0, 0), *pairs, (0, 0)]
    paddings = b.sizes([size for pair in rows for size in pair])
    paddings.items = paddings.items.reshape(-1, 2)
    return b.emit("PadV2", image, paddings, b.constant(fill, image.type.dtype))


def emit_tap(b: Any, padded: Any, taps: Taps, tap: Tap) -> Any:
    """What all windows see of a padded image at one element."""
    batch, *_, depth = padded.type.dims
    begin, end = [0, *taps.starts(tap), 0], [batch, *taps.ends(tap), depth]
    strides = b.sizes([1, *taps.strides, 1])
    return b.emit("StridedSlice", padded, b.sizes(begin), b.sizes(end), strides, **NO_MASKS)


def emit_spread(b: Any, gradient: Any, padded: Dims, taps: Taps, tap: Tap) -> Any:
    """Zeros of the padded image's shape, with `gradient` where all windows have one element."""
    begin, end = [0, *taps.starts(tap), 0], [padded[0], *taps.ends(tap), padded[-1]]
    sizes = [b.sizes(list(each)) for each in (padded, begin, end, [1, *taps.strides, 1])]
    return b.emit("StridedSliceGrad", *sizes, gradient, **NO_MASKS)


def emit_unpadded(b: Any, padded: Any, taps: Taps) -> Any:
    """A padded image without its padding."""
    batch, *_, depth = padded.type.dims
    begin = [0, *taps.before, 0]
    return b.emit("Slice", padded, b.sizes(begin), b.sizes([batch, *taps.sizes, depth]))


def padded_dims(image: Dims, taps: Taps) -> Dims:
    """The shape of the image with its padding."""
    ends = zip(taps.before, taps.sizes, taps.after(), strict=True)
    return (image[0], *(first + size + last for first, size, last in ends), image[-1])


def emit_sum(b: Any, values: Sequence[Any]) -> Any:
    """The sum of values of one shape, in order."""
    total, *rest = values
    for value in rest:
        total = b.emit("AddV2", total, value)
    return total
