"""Greyscale dilation and its gradients as choices among the elements of a window.

In: instructions. Out: views of the image, each shifted by one element of the structuring function,
of which the greatest is chosen; for gradients, which of them it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jitgraph import dtypes
from jitgraph.ops.array_dims import Dims
from jitgraph.ops.window_decomposition import specialised
from jitgraph.ops.window_taps import (
    Taps,
    emit_padded,
    emit_spread,
    emit_sum,
    emit_tap,
    emit_unpadded,
    padded_dims,
    taps_of,
)


class _Search:
    """Emits the greatest sum of each window, and which element of the window it is at."""

    def __init__(self, b: Any, instr: Any, image: Any, filter: Any, made: Dims) -> None:
        self.b, self.image, self.filter = b, image, filter
        attrs = {
            "strides": instr.attrs["strides"],
            "dilations": instr.attrs["rates"],
            "padding": instr.attrs["padding"],
            "data_format": "NHWC",
        }
        window = [specialised(size) for size in filter.type.dims[:2]]
        self.taps: Taps = taps_of(attrs, image.type.dims, made, window)
        self.padded = emit_padded(b, image, self.taps)
        self.inside = None if self.padded is image else self._inside()

    def _inside(self) -> Any:
        ones = self.b.emit(
            "Fill", self.b.sizes(self.image.type.dims), self.b.constant(True, dtypes.bool)
        )
        return emit_padded(self.b, ones, self.taps, False)

    def _sum(self, tap: tuple[int, ...]) -> Any:
        b, depth = self.b, self.filter.type.dims[2]
        row = b.emit("Slice", self.filter, b.sizes([*tap, 0]), b.sizes([1, 1, depth]))
        weights = b.emit("Reshape", row, b.sizes([depth]))
        return b.emit("AddV2", emit_tap(b, self.padded, self.taps, tap), weights)

    def best(self) -> tuple[Any, Any]:
        """The greatest sums, and the numbers of their elements as int32."""
        b = self.b
        first, *rest = self.taps.each()
        best, place = self._sum(first), b.constant(0, dtypes.int32)
        seen = None if self.inside is None else emit_tap(b, self.inside, self.taps, first)
        for number, tap in enumerate(rest, start=1):
            new = self._sum(tap)
            is_better = b.emit("Greater", new, best)
            if seen is not None:
                is_inside = emit_tap(b, self.inside, self.taps, tap)
                either = b.emit("LogicalOr", b.emit("LogicalNot", seen), is_better)
                is_better = b.emit("LogicalAnd", is_inside, either)
                seen = b.emit("LogicalOr", seen, is_inside)
            best = b.emit("SelectV2", is_better, new, best)
            place = b.emit("SelectV2", is_better, b.constant(number, dtypes.int32), place)
        return best, place

    def shares(self, gradient: Any) -> Iterator[tuple[tuple[int, ...], Any]]:
        """For each element of a window, the gradients of the windows that have their maximum
        there."""
        b = self.b
        _, place = self.best()
        zero = b.constant(0, gradient.type.dtype)
        for number, tap in enumerate(self.taps.each()):
            is_here = b.emit("Equal", place, b.constant(number, dtypes.int32))
            yield tap, b.emit("SelectV2", is_here, gradient, zero)


def dilate(b: Any, instr: Any) -> list[Any]:
    """Dilation2D."""
    image, filter = instr.inputs
    return [_Search(b, instr, image, filter, instr.outputs[0].type.dims).best()[0]]


def differentiate_input(b: Any, instr: Any) -> list[Any]:
    """Dilation2DBackpropInput."""
    image, filter, gradient = instr.inputs
    search = _Search(b, instr, image, filter, gradient.type.dims)
    whole = padded_dims(image.type.dims, search.taps)
    parts = [
        emit_spread(b, share, whole, search.taps, tap) for tap, share in search.shares(gradient)
    ]
    return [emit_unpadded(b, emit_sum(b, parts), search.taps)]


def differentiate_filter(b: Any, instr: Any) -> list[Any]:
    """Dilation2DBackpropFilter."""
    image, filter, gradient = instr.inputs
    search = _Search(b, instr, image, filter, gradient.type.dims)
    parts = [b.emit("Sum", share, b.sizes([0, 1, 2])) for _, share in search.shares(gradient)]
    return [b.emit("Reshape", b.emit("Pack", parts, axis=0), b.sizes(filter.type.dims))]
