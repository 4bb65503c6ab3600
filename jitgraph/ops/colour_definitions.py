"""The definitions of ops on colours: contrast, hue, saturation; to hue, saturation, value and back.

In: pictures, [.., 3] of red, green and blue, or of hue, saturation and value. Out: pictures of the
same shape. A pixel's largest part is its value, the distance to the least its range; the share of
the range in the value is the saturation; the hue says where between the parts the middle one is.
A. R. Smith, "Color gamut transform pairs", SIGGRAPH 1978. https://en.wikipedia.org/wiki/HSL_and_HSV
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.array_dims import Dims, require_rank, require_rank_at_least
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery, no_gradient

_PARTS = 3
_SIDES = 6
"""The hue goes around a hexagon."""


# -- what a pixel's parts say --------------------------------------------------------------------


class _Pixels:
    """Arithmetic on pictures while a program is made; numbers are of the pictures' dtype."""

    def __init__(self, b: Any, like: Any) -> None:
        self.emit = b.emit
        self._b = b
        self._kind = like.type.dtype

    def number(self, value: Any) -> Any:
        return self._b.constant(value, self._kind)

    def part(self, x: Any, which: int) -> Any:
        """One of three parts, [.., 1]."""
        lead = x.type.dims[:-1]
        begin, size = [0] * len(lead), list(lead)
        return self.emit("Slice", x, self._b.sizes([*begin, which]), self._b.sizes([*size, 1]))

    def parts(self, x: Any) -> tuple[Any, Any, Any]:
        return self.part(x, 0), self.part(x, 1), self.part(x, 2)

    def joined(self, first: Any, second: Any, third: Any) -> Any:
        """Three parts as pictures, [.., 3]: chosen by their number, so that they fuse."""
        dims = (*first.type.dims[:-1], _PARTS)
        kind = dtypes.int32
        place = self.emit("Iota", dims=dims, axis=len(dims) - 1, T=kind)
        is_second = self.emit("Equal", place, self._b.constant(1, kind))
        rest = self.emit("SelectV2", is_second, second, third)
        is_first = self.emit("Equal", place, self._b.constant(0, kind))
        return self.emit("SelectV2", is_first, first, rest)

    def clipped(self, x: Any) -> Any:
        """Between 0 and 1."""
        return self.emit("Minimum", self.emit("Maximum", x, self.number(0)), self.number(1))

    def range_of(self, x: Any) -> tuple[Any, Any]:
        """The largest of three parts, and its distance to the least; [.., 1]."""
        red, green, blue = self.parts(x)
        value = self.emit("Maximum", self.emit("Maximum", red, green), blue)
        least = self.emit("Minimum", self.emit("Minimum", red, green), blue)
        return value, self.emit("Sub", value, least)

    def side(self, x: Any, value: Any, spread: Any) -> Any:
        """The hue from 0 to 6, [.., 1]; 0 for what has none."""
        emit, number = self.emit, self.number
        red, green, blue = self.parts(x)
        has_hue = emit("Greater", spread, number(0))
        divisor = emit("SelectV2", has_hue, spread, number(1))

        def between(left: Any, right: Any, place: int) -> Any:
            share = emit("RealDiv", emit("Sub", left, right), divisor)
            return emit("AddV2", share, number(place)) if place else share

        of_green = emit("Equal", green, value)
        found = emit("SelectV2", of_green, between(blue, red, 2), between(red, green, 4))
        found = emit("SelectV2", emit("Equal", red, value), between(green, blue, 0), found)
        is_negative = emit("Less", found, number(0))
        found = emit("SelectV2", is_negative, emit("AddV2", found, number(_SIDES)), found)
        return emit("SelectV2", has_hue, found, number(0))

    def shares(self, side: Any) -> Any:
        """How much of the range red, green and blue have for a hue from 0 to 6; [.., 3]."""
        emit, number = self.emit, self.number
        turned = emit("AddV2", side, number([0, _SIDES - 2, _SIDES - 4]))
        is_far = emit("GreaterEqual", turned, number(_SIDES))
        turned = emit("SelectV2", is_far, emit("Sub", turned, number(_SIDES)), turned)
        distance = emit("Abs", emit("Sub", turned, number(_SIDES / 2)))
        return self.clipped(emit("Sub", distance, number(1)))


# -- references ----------------------------------------------------------------------------------


def _ranges(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    value = x.max(axis=-1, keepdims=True)
    return value, value - x.min(axis=-1, keepdims=True)


def _side(x: np.ndarray, value: np.ndarray, spread: np.ndarray) -> np.ndarray:
    red, green, blue = (x[..., part, None] for part in range(_PARTS))
    divisor = np.where(spread > 0, spread, 1)
    found = np.where(green == value, (blue - red) / divisor + 2, (red - green) / divisor + 4)
    found = np.where(red == value, (green - blue) / divisor, found)
    found = np.where(found < 0, found + _SIDES, found)
    return np.where(spread > 0, found, 0)


def _shares(side: np.ndarray) -> np.ndarray:
    turned = side + np.array([0, _SIDES - 2, _SIDES - 4], side.dtype)
    turned = np.where(turned >= _SIDES, turned - _SIDES, turned)
    return np.clip(np.abs(turned - _SIDES / 2) - 1, 0, 1)


def _to_hsv(images: np.ndarray) -> np.ndarray:
    value, spread = _ranges(images)
    saturation = np.where(value > 0, spread / np.where(value > 0, value, 1), 0)
    hue = _side(images, value, spread) / _SIDES
    return np.concatenate([hue, saturation, value], axis=-1).astype(images.dtype)


def _from_hsv(images: np.ndarray) -> np.ndarray:
    side, saturation, value = (images[..., part, None] for part in range(_PARTS))
    side = side * _SIDES
    red = np.abs(side - 3) - 1
    green, blue = 2 - np.abs(side - 2), 2 - np.abs(side - 4)
    shares = np.clip(np.concatenate([red, green, blue], axis=-1), 0, 1)
    return ((1 - saturation + saturation * shares) * value).astype(images.dtype)


def _hue(images: np.ndarray, delta: Any) -> np.ndarray:
    value, spread = _ranges(images)
    side = np.mod(_side(images, value, spread) + np.float32(delta) * _SIDES, _SIDES)
    return (value - spread + spread * _shares(side)).astype(images.dtype)


def _saturation(images: np.ndarray, scale: Any) -> np.ndarray:
    value, spread = _ranges(images)
    has_colour = (value > 0) & (spread > 0)
    old = np.where(has_colour, spread / np.where(has_colour, value, 1), 1)
    new = np.clip(old * np.float32(scale), 0, 1)
    changed = value - (value - images) * (new / old)
    return np.where(has_colour, changed, value).astype(images.dtype)


def _contrast(images: np.ndarray, contrast_factor: Any) -> np.ndarray:
    mean = images.mean(axis=(-3, -2), keepdims=True, dtype=np.float64)
    changed = (images - mean) * np.float64(contrast_factor) + mean
    return np.asarray(changed, images.dtype)


# -- as other ops --------------------------------------------------------------------------------


def _emit_to_hsv(b: Any, instr: Any) -> list[Any]:
    (x,) = instr.inputs
    pixels = _Pixels(b, x)
    emit, number = pixels.emit, pixels.number
    value, spread = pixels.range_of(x)
    is_lit = emit("Greater", value, number(0))
    share = emit("RealDiv", spread, emit("SelectV2", is_lit, value, number(1)))
    saturation = emit("SelectV2", is_lit, share, number(0))
    hue = emit("Mul", pixels.side(x, value, spread), number(1 / _SIDES))
    return [pixels.joined(hue, saturation, value)]


def _emit_from_hsv(b: Any, instr: Any) -> list[Any]:
    (x,) = instr.inputs
    pixels = _Pixels(b, x)
    emit, number = pixels.emit, pixels.number
    hue, saturation, value = pixels.parts(x)
    side = emit("Mul", hue, number(_SIDES))
    distance = emit("Abs", emit("Sub", side, number([3, 2, 4])))
    signed = emit("Mul", distance, number([1, -1, -1]))
    shares = pixels.clipped(emit("AddV2", signed, number([-1, 2, 2])))
    rest = emit("Sub", number(1), saturation)
    return [emit("Mul", emit("AddV2", rest, emit("Mul", saturation, shares)), value)]


def _emit_hue(b: Any, instr: Any) -> list[Any]:
    x, delta = instr.inputs
    pixels = _Pixels(b, x)
    emit, number = pixels.emit, pixels.number
    value, spread = pixels.range_of(x)
    turn = emit("Mul", emit("Cast", delta, DstT=x.type.dtype), number(_SIDES))
    turn = emit("FloorMod", turn, number(_SIDES))
    side = emit("AddV2", pixels.side(x, value, spread), turn)
    is_far = emit("GreaterEqual", side, number(_SIDES))
    side = emit("SelectV2", is_far, emit("Sub", side, number(_SIDES)), side)
    least = emit("Sub", value, spread)
    return [emit("AddV2", least, emit("Mul", spread, pixels.shares(side)))]


def _emit_saturation(b: Any, instr: Any) -> list[Any]:
    x, scale = instr.inputs
    pixels = _Pixels(b, x)
    emit, number = pixels.emit, pixels.number
    value, spread = pixels.range_of(x)
    is_lit, is_coloured = (emit("Greater", each, number(0)) for each in (value, spread))
    has_colour = emit("LogicalAnd", is_lit, is_coloured)
    old = emit("RealDiv", spread, emit("SelectV2", has_colour, value, number(1)))
    old = emit("SelectV2", has_colour, old, number(1))
    scale = emit("Cast", scale, DstT=x.type.dtype)
    new = pixels.clipped(emit("Mul", old, scale))
    factor = emit("RealDiv", new, old)
    changed = emit("Sub", value, emit("Mul", emit("Sub", value, x), factor))
    return [emit("SelectV2", has_colour, changed, value)]


def _emit_contrast(b: Any, instr: Any) -> list[Any]:
    x, factor = instr.inputs
    last = len(x.type.dims)
    mean = b.emit("Mean", x, b.sizes([last - 3, last - 2]), keep_dims=True)
    factor = b.emit("Cast", factor, DstT=x.type.dtype)
    return [b.emit("AddV2", b.emit("Mul", b.emit("Sub", x, mean), factor), mean)]


# -- gradient ------------------------------------------------------------------------------------


def _to_hsv_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    """What hue, saturation and value are by red, green and blue. Of parts that are alike one counts
    as the largest, one as the least; a saturation does not change with a least part of 0."""
    from jitgraph.ops.assembling import stack
    from jitgraph.ops.casting import cast
    from jitgraph.ops.comparison import greater
    from jitgraph.ops.elementwise_division import div_no_nan
    from jitgraph.ops.packing import unstack
    from jitgraph.ops.reductions import reduce_max, reduce_min, reduce_sum

    pixels = op.inputs[0]
    red, green, blue = unstack(pixels, _PARTS, axis=-1)

    def marked(*conditions: Any) -> list[Tensor]:
        return [cast(each, pixels.dtype) for each in conditions]

    largest = marked(
        (red >= green) & (red >= blue),
        (green > red) & (green >= blue),
        (blue > red) & (blue > green),
    )
    least = marked(
        (red < green) & (red < blue),
        (green <= red) & (green < blue),
        (blue <= red) & (blue <= green),
    )
    after = [largest[number - 1] - largest[number - 2] for number in range(_PARTS)]
    is_largest, is_least, turn = (stack(each, axis=-1) for each in (largest, least, after))
    value = reduce_max(pixels, axis=-1, keepdims=True)
    low = reduce_min(pixels, axis=-1, keepdims=True)
    lit = cast(greater(value, 0), pixels.dtype)
    is_coloured = cast(greater(pixels, 0), pixels.dtype)
    spread = value - low
    ahead = reduce_sum(pixels * turn, axis=-1, keepdims=True)
    by_hue = div_no_nan(turn, spread)
    by_hue -= div_no_nan(ahead * (is_largest - is_least), spread * spread)
    by_saturation = div_no_nan(is_largest * low, value * value)
    by_saturation -= div_no_nan(is_least, value) * is_coloured
    parts = (by_hue * lit * (1 / _SIDES), by_saturation * lit, is_largest)
    grads = (grad[..., number : number + 1] for number in range(_PARTS))
    first, second, third = (part * each for part, each in zip(parts, grads, strict=True))
    return [first + second + third]


# -- definitions ---------------------------------------------------------------------------------


def _pixels_shape(q: ShapeQuery, rank: int = 1) -> list[Dims | None]:
    dims = q.shapes[0]
    require_rank_at_least(dims, rank)
    for number in q.shapes[1:]:
        require_rank(number, 0)
    return [dims]


def _colours_shape(q: ShapeQuery) -> list[Dims | None]:
    (dims,) = _pixels_shape(q)
    if dims is None:
        return [None]
    if dims[-1] not in (None, _PARTS):
        raise ValueError(f"Dimension must be {_PARTS} but is {dims[-1]}")
    return [(*dims[:-1], _PARTS)]


def _changed_shape(q: ShapeQuery) -> list[Dims | None]:
    return _pixels_shape(q, _PARTS)


def _recoloured_shape(q: ShapeQuery) -> list[Dims | None]:
    (dims,) = _changed_shape(q)
    if dims is not None and dims[-1] not in (None, _PARTS):
        raise ValueError(f"Dimension must be {_PARTS} but is {dims[-1]}")
    return [dims]


def _three_parts(q: ShapeQuery, name: str) -> str | None:
    """What a run says of pictures whose last axis is no red, green and blue."""
    parts = (q.shapes[0] or (None,))[-1]
    if parts in (None, _PARTS):
        return None
    return f"input must have {_PARTS} channels but instead has {parts} channels."


def _samples(most: float) -> Callable[[np.random.Generator], Iterator[Sample]]:
    def made(rng: np.random.Generator) -> Iterator[Sample]:
        for dims in ((2, 5, 4, 3), (7, 3)):
            for kind in (np.float32, np.float64):
                yield Sample((rng.uniform(0, most, dims).astype(kind),))
        grey = np.repeat(rng.uniform(0, 1, (4, 1)), 3, axis=1)
        edges = np.array([[0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 1]])
        yield Sample((np.concatenate([grey, edges]).astype(np.float32),))

    return made


def _changes(*numbers: float) -> Callable[[np.random.Generator], Iterator[Sample]]:
    def made(rng: np.random.Generator) -> Iterator[Sample]:
        for number in numbers:
            for dims in ((5, 4, 3), (2, 3, 4, 3)):
                pictures = rng.uniform(0, 1, dims).astype(np.float32)
                pictures[..., 0, 0, :] = 0.25
                yield Sample((pictures, np.float32(number)))

    return made


def _change(
    name: str,
    number: str,
    shape: Callable[[ShapeQuery], Any],
    reference: Any,
    decompose: Any,
    samples: Any,
    **more: Any,
) -> OpDef:
    floats = (dtypes.float16, dtypes.float32)
    return OpDef(
        name,
        f"images: T, {number}: float32 -> output: T",
        shape,
        types={"T": (floats, dtypes.float32)},
        reference=reference,
        decompose=decompose,
        no_kernel=(dtypes.float16,),
        samples=samples,
        **more,
    )


def _space(name: str, reference: Any, decompose: Any, most: float, gradient: Any) -> OpDef:
    kinds = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)
    return OpDef(
        name,
        "images: T -> output: T",
        _colours_shape,
        types={"T": (kinds, dtypes.float32)},
        reference=reference,
        decompose=decompose,
        gradient=gradient,
        no_kernel=(dtypes.float16, dtypes.bfloat16),
        samples=_samples(most),
    )


RGB_TO_HSV = _space("RGBToHSV", _to_hsv, _emit_to_hsv, 1.0, _to_hsv_gradient)
HSV_TO_RGB = _space("HSVToRGB", _from_hsv, _emit_from_hsv, 0.99, no_gradient)

ADJUST_CONTRAST = _change(
    "AdjustContrastv2",
    "contrast_factor",
    _changed_shape,
    _contrast,
    _emit_contrast,
    _changes(0.5, 2.0, -1.0),
)
ADJUST_HUE = _change(
    "AdjustHue",
    "delta",
    _recoloured_shape,
    _hue,
    _emit_hue,
    _changes(0.3, -0.7, 1.0),
    misfit=_three_parts,
)
ADJUST_SATURATION = _change(
    "AdjustSaturation",
    "scale",
    _recoloured_shape,
    _saturation,
    _emit_saturation,
    _changes(0.5, 3.0, 0.0),
    misfit=_three_parts,
)
