"""Convolutions of each of a few channels by itself: sums of shifted images, which fuse.

In: an instruction of DepthwiseConv2dNative, or of Conv2D with one channel and one filter. Out: the
padded image, seen from each tap and times its weight, summed. The register tiles of the library
have a lane for each channel; here the lanes are the elements of a row, so weights are repeated for
each of its columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.ops.padding import emit_zero_pad
from jitgraph.ops.window_geometry import EXPLICIT, SAME, pairs_of

MOST_TAPS = 25
MOST_CHANNELS = 12
_KINDS = ("float32", "float64")


def as_shifted_sum(b: Any, instr: Any) -> list[Any] | None:
    """The sum over taps; None for more channels, strides, or many taps."""
    image, filter = instr.inputs
    if not _fits(instr, image, filter):
        return None
    rows, columns = filter.type.dims[:2]
    images, high, wide, depth = instr.outputs[0].type.dims
    down, across = (int(d) for d in instr.attrs["dilations"][1:3])
    before, after = zip(*paddings_around(instr.attrs, filter), strict=True)
    padded = emit_zero_pad(b, image, before, after)
    *sides, width, _ = padded.type.dims
    padded = b.emit("Reshape", padded, b.sizes([*sides, width * depth]))
    weights = _weights(b, filter, wide, depth)
    total = None
    for tap in range(rows * columns):
        i, j = divmod(tap, columns)
        begin = b.sizes([0, i * down, j * across * depth])
        seen = b.emit("Slice", padded, begin, b.sizes([images, high, wide * depth]))
        size = b.sizes([1, weights.type.dims[1]])
        term = b.emit("Mul", seen, b.emit("Slice", weights, b.sizes([tap, 0]), size))
        total = term if total is None else b.emit("AddV2", total, term)
    return [b.emit("Reshape", total, b.sizes(instr.outputs[0].type.dims))]


def _weights(b: Any, filter: Any, wide: Any, depth: Any) -> Any:
    """For each tap a row of weights: one, or those of all channels for each column."""
    rows, columns = filter.type.dims[:2]
    taps = rows * columns
    if depth == 1:
        return b.emit("Reshape", filter, b.sizes([taps, 1]))
    apart = b.emit("Reshape", filter, b.sizes([taps, 1, depth]))
    repeated = b.emit("BroadcastTo", apart, b.sizes([taps, wide, depth]))
    return b.emit("Reshape", repeated, b.sizes([taps, wide * depth]))


def _fits(instr: Any, image: Any, filter: Any) -> bool:
    rows, columns, depth, filters = filter.type.dims
    if not all(isinstance(size, int) for size in (rows, columns, depth)):
        return False
    is_lanewise = instr.definition.name == "DepthwiseConv2dNative"
    return (
        image.type.dtype.name in _KINDS
        and are_ones([filters, *instr.attrs["strides"]])
        and 0 < depth <= (MOST_CHANNELS if is_lanewise else 1)
        and image.type.dims[3] == depth
        and 0 < rows * columns <= MOST_TAPS
    )


def are_ones(sizes: Sequence[Any]) -> bool:
    """Whether all are 1, whatever the symbols' values."""
    return all(isinstance(size, int) and size == 1 for size in sizes)


def paddings_around(attrs: Any, filter: Any) -> list[tuple[int, int]]:
    """Zeros before and after each axis, for strides of one."""
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
