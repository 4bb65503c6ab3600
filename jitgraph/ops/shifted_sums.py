"""Convolutions of one channel to one channel: sums of shifted images, which fuse with neighbours.

In: an instruction of Conv2D or DepthwiseConv2dNative whose images and filter have one channel. Out:
the padded image, seen from each tap and times its weight, summed. The register tiles of the library
have a lane for each channel; here the lanes are the columns of the image.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.ops.padding import emit_zero_pad
from jitgraph.ops.window_geometry import EXPLICIT, SAME, pairs_of

MOST_TAPS = 25
_KINDS = ("float32", "float64")


def as_shifted_sum(b: Any, instr: Any) -> list[Any] | None:
    """The sum over taps; None for more channels, strides, or many taps."""
    image, filter = instr.inputs
    output = instr.outputs[0]
    if not _fits(instr, image, filter):
        return None
    rows, columns = filter.type.dims[:2]
    down, across = (int(d) for d in instr.attrs["dilations"][1:3])
    before, after = zip(*_paddings(instr.attrs, filter), strict=True)
    padded = emit_zero_pad(b, image, before, after)
    total = None
    for i in range(rows):
        for j in range(columns):
            begin = b.sizes([0, i * down, j * across, 0])
            seen = b.emit("Slice", padded, begin, b.sizes(output.type.dims))
            weight = b.emit("Slice", filter, b.sizes([i, j, 0, 0]), b.sizes([1, 1, 1, 1]))
            term = b.emit("Mul", seen, weight)
            total = term if total is None else b.emit("AddV2", total, term)
    return [total]


def _fits(instr: Any, image: Any, filter: Any) -> bool:
    rows, columns, *channels = filter.type.dims
    if not isinstance(rows, int) or not isinstance(columns, int):
        return False
    return (
        image.type.dtype.name in _KINDS
        and _are_ones([image.type.dims[3], *channels, *instr.attrs["strides"]])
        and 0 < rows * columns <= MOST_TAPS
    )


def _are_ones(sizes: Sequence[Any]) -> bool:
    return all(isinstance(size, int) and size == 1 for size in sizes)


def _paddings(attrs: Any, filter: Any) -> list[tuple[int, int]]:
    """Zeros before and after each axis."""
    padding = attrs["padding"]
    padding = padding.decode() if isinstance(padding, bytes) else str(padding)
    if padding == EXPLICIT:
        return pairs_of([int(end) for end in attrs["explicit_paddings"]])
    found = [(0, 0)] * 4
    if padding == SAME:
        for axis in (1, 2):
            reach = (filter.type.dims[axis - 1] - 1) * int(attrs["dilations"][axis])
            found[axis] = (reach // 2, reach - reach // 2)
    return found
