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
from jitgraph.ops.dilation_decomposition import (
    differentiate_filter,
    differentiate_input,
    dilate,
)
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.rearranging import reverse
from jitgraph.ops.window_attributes import PADDINGS, chosen_text, numbers
from jitgraph.ops.window_geometry import SAME, VALID, Sliding, sliding, window_count

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
    decompose=dilate,
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
    decompose=differentiate_input,
    samples=_gradient_samples,
)

DILATION2D_TO_FILTER = OpDef(
    "Dilation2DBackpropFilter",
    "input: T, filter: T, out_backprop: T -> filter_backprop: T",
    _gradient_shape(1),
    types={"T": REALS},
    attrs=_ATTRS,
    reference=widened(_to_filter),
    decompose=differentiate_filter,
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
