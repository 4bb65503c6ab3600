"""Greyscale morphology: tf.nn.dilation2d, erosion2d.

In: images, channels last, a structuring function [rows, columns, depth], and how windows slide.
Out: of each window the greatest sum of image and function; padding takes no part, and the first of
equal sums gets the gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.arithmetic import negative
from jitgraph.ops.array_dims import Dims, chosen_argument, merge_dim, merge_dims, require_rank
from jitgraph.ops.definition import REALS, REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.rearranging import reverse
from jitgraph.ops.window_attributes import PADDINGS, chosen_text, numbers
from jitgraph.ops.window_decomposition import specialised
from jitgraph.ops.window_geometry import SAME, VALID, Sliding, sliding, window_count
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

_ATTRS = {"strides": REQUIRED, "rates": REQUIRED, "padding": REQUIRED}


def _dilated_dims(image: Dims, filter: Dims, attrs: Mapping[str, Any]) -> Dims:
    for name in ("strides", "rates"):
        if len(attrs[name]) != 4:
            raise ValueError(
                f"Dilation2D requires the {name} attribute to contain 4 values, but got: "
                f"{len(attrs[name])}"
            )
        if attrs[name][0] != 1 or attrs[name][3] != 1:
            raise ValueError(f"{name.title()} is only supported across spatial dimensions.")
    space = (_count(image[k], filter[k - 1], attrs, k) for k in (1, 2))
    return (image[0], *space, merge_dim(image[3], filter[2]))


def _count(size: Any, window: Any, attrs: Mapping[str, Any], axis: int) -> Any:
    stride, rate = attrs["strides"][axis], attrs["rates"][axis]
    reach = None if window is None else (window - 1) * rate + 1
    if attrs["padding"] == VALID and None not in (size, reach) and size < reach:
        made = int((size - reach + stride) / stride)
        sizes = f"input_size: {size}, effective_filter_size: {reach}, stride: {stride}"
        raise ValueError(f"Computed output size would be negative: {made} [{sizes}]")
    return window_count(size, window, stride, rate, attrs["padding"])


def _shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 4)
    require_rank(q.shapes[1], 3)
    image, filter = q.shapes[0] or (None,) * 4, q.shapes[1] or (None,) * 3
    return [_dilated_dims(image, filter, q.attrs)]


def _gradient_shape(index: int) -> Callable[[ShapeQuery], list[Dims | None]]:
    def rule(q: ShapeQuery) -> list[Dims | None]:
        (made,) = _shape(q)
        merge_dims(made, q.shapes[2])
        return [q.shapes[index]]

    return rule


def _windows(image: np.ndarray, filter: np.ndarray, attrs: Mapping[str, Any]) -> Sliding:
    strides, rates = attrs["strides"][1:3], attrs["rates"][1:3]
    return sliding(image.shape[1:3], filter.shape[:2], strides, rates, attrs["padding"])


def _best(
    image: np.ndarray, filter: np.ndarray, attrs: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray, Sliding]:
    """The greatest sums, the numbers of the elements where they are, and the windows."""
    windows = _windows(image, filter, attrs)
    padded = windows.padded(image)
    inside = windows.padded(np.ones((1, *image.shape[1:]), np.bool_))
    dims = (image.shape[0], *windows.counts, image.shape[3])
    best, place = np.zeros(dims, image.dtype), np.full(dims, -1)
    for number, (tap, where) in enumerate(windows.taps()):
        new = padded[where] + filter[tap]
        is_better = inside[where] & ((place < 0) | (new > best))
        best, place = np.where(is_better, new, best), np.where(is_better, number, place)
    return best, place, windows


def _dilation(input: np.ndarray, filter: np.ndarray, **attrs: Any) -> np.ndarray:
    return _best(input, filter, attrs)[0]


def _to_input(
    input: np.ndarray, filter: np.ndarray, out_backprop: np.ndarray, **attrs: Any
) -> np.ndarray:
    _, place, windows = _best(input, filter, attrs)
    total = windows.padded(np.zeros_like(input))
    for number, (_, where) in enumerate(windows.taps()):
        total[where] += np.where(place == number, out_backprop, 0).astype(input.dtype)
    return windows.unpadded(total)


def _to_filter(
    input: np.ndarray, filter: np.ndarray, out_backprop: np.ndarray, **attrs: Any
) -> np.ndarray:
    _, place, windows = _best(input, filter, attrs)
    found = np.zeros_like(filter)
    for number, (tap, _) in enumerate(windows.taps()):
        found[tap] = np.where(place == number, out_backprop, 0).sum((0, 1, 2))
    return found


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


def _decompose(b: Any, instr: Any) -> list[Any]:
    image, filter = instr.inputs
    return [_Search(b, instr, image, filter, instr.outputs[0].type.dims).best()[0]]


def _decompose_to_input(b: Any, instr: Any) -> list[Any]:
    image, filter, gradient = instr.inputs
    search = _Search(b, instr, image, filter, gradient.type.dims)
    whole = padded_dims(image.type.dims, search.taps)
    parts = [
        emit_spread(b, share, whole, search.taps, tap) for tap, share in search.shares(gradient)
    ]
    return [emit_unpadded(b, emit_sum(b, parts), search.taps)]


def _decompose_to_filter(b: Any, instr: Any) -> list[Any]:
    image, filter, gradient = instr.inputs
    search = _Search(b, instr, image, filter, gradient.type.dims)
    parts = [b.emit("Sum", share, b.sizes([0, 1, 2])) for _, share in search.shares(gradient)]
    return [b.emit("Reshape", b.emit("Pack", parts, axis=0), b.sizes(filter.type.dims))]


def _gradient(op: Any, grad: Tensor) -> list[Tensor]:
    attrs = {name: op.get_attr(name) for name in _ATTRS}
    given = [*op.inputs, grad]
    return [apply(kind, given, attrs) for kind in (DILATION2D_TO_INPUT, DILATION2D_TO_FILTER)]


def _cases(rng: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    """(image, filter, gradient, attributes), with no two sums near each other."""
    same = {"strides": (1, 2, 1, 1), "rates": (1, 1, 2, 1), "padding": SAME}
    valid = {"strides": (1, 1, 2, 1), "rates": (1, 1, 1, 1), "padding": VALID}
    chosen = {dtypes.float64: (same, valid), dtypes.float32: (same,), dtypes.int32: (valid,)}
    for dtype, geometries in chosen.items():
        for attrs in geometries:
            image = rng.permutation(2 * 5 * 6 * 2).reshape(2, 5, 6, 2)
            filter = rng.permutation(3 * 2 * 2).reshape(3, 2, 2) * 200
            made = _dilated_dims(image.shape, filter.shape, attrs)
            arrays = image, filter, rng.integers(-9, 9, made)
            yield (*(each.astype(dtype.as_numpy_dtype) for each in arrays), attrs)


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for image, filter, _, attrs in _cases(rng):
        yield Sample((image, filter), attrs)


def _gradient_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for image, filter, grad, attrs in _cases(rng):
        yield Sample((image, filter, grad), attrs)


DILATION2D = OpDef(
    "Dilation2D",
    "input: T, filter: T -> output: T",
    _shape,
    types={"T": REALS},
    attrs=_ATTRS,
    reference=widened(_dilation),
    decompose=_decompose,
    gradient=_gradient,
    samples=_samples,
)

DILATION2D_TO_INPUT = OpDef(
    "Dilation2DBackpropInput",
    "input: T, filter: T, out_backprop: T -> in_backprop: T",
    _gradient_shape(0),
    types={"T": REALS},
    attrs=_ATTRS,
    reference=widened(_to_input),
    decompose=_decompose_to_input,
    samples=_gradient_samples,
)

DILATION2D_TO_FILTER = OpDef(
    "Dilation2DBackpropFilter",
    "input: T, filter: T, out_backprop: T -> filter_backprop: T",
    _gradient_shape(1),
    types={"T": REALS},
    attrs=_ATTRS,
    reference=widened(_to_filter),
    decompose=_decompose_to_filter,
    samples=_gradient_samples,
)


def _attributes(strides: Sequence[int], rates: Sequence[int], padding: str) -> dict[str, Any]:
    function, op = "dilation2d", "Dilation2D"
    return {
        "strides": numbers("strides", strides, function, op, 4),
        "rates": numbers("rates", rates, function, op, 4),
        "padding": chosen_text(op, "padding", padding, PADDINGS),
    }


def dilation2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: Any = None,
    name: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Greyscale dilation: the greatest sum of image and structuring function.

    Args:
      input: images of shape [batch, rows, columns, depth].
      filter: the structuring function, [rows, columns, depth].
      strides: four numbers, the first and last of them 1.
      rates: from one element of a window to the next, likewise.
      padding: "SAME" or "VALID".
      name: the op's name.
      filters: another name of `filter`.
      dilations: another name of `rates`.

    Raises:
      ValueError: shapes or windows that don't fit.

    Example:
      >>> x, one = tf.zeros([1, 8, 8, 3]), [1, 1, 1, 1]
      >>> tf.nn.dilation2d(x, tf.zeros([3, 3, 3]), one, one, "SAME")
      <tf.Tensor 'Dilation2D:0' shape=(1, 8, 8, 3) dtype=float32>
    """
    filter = chosen_argument("filters", filters, "filter", filter)
    rates = chosen_argument("dilations", dilations, "rates", rates)
    return apply(DILATION2D, [input, filter], _attributes(strides, rates, padding), name)


def erosion2d(
    value: Any, kernel: Any, strides: Any, rates: Any, padding: Any, name: str | None = None
) -> Tensor:
    """Greyscale erosion: the least difference of image and structuring function.

    Args:
      value: images of shape [batch, rows, columns, depth].
      kernel: the structuring function, [rows, columns, depth].
      strides: four numbers, the first and last of them 1.
      rates: from one element of a window to the next, likewise.
      padding: "SAME" or "VALID".
      name: the ops' name scope.

    Raises:
      ValueError: shapes or windows that don't fit.

    Example:
      >>> x, one = tf.zeros([1, 8, 8, 3]), [1, 1, 1, 1]
      >>> tf.nn.erosion2d(x, tf.zeros([3, 3, 3]), one, one, "SAME")
      <tf.Tensor 'erosion2d/Neg_1:0' shape=(1, 8, 8, 3) dtype=float32>
    """
    with name_scope(name, "erosion2d", [value, kernel]) as scope:
        attrs = _attributes(strides, rates, padding)
        turned = [negative(value), reverse(kernel, [0, 1])]
        return negative(apply(DILATION2D, turned, attrs, scope))
