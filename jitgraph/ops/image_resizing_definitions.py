"""The definitions of ops that resize images, and of their gradients.

In: images [batch, rows, columns, channels] and a size. Out: images of that size; of floats, but for
the nearest neighbour's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery
from jitgraph.ops.resize_taps import (
    AREA,
    BICUBIC,
    BILINEAR,
    NEAREST,
    Taps,
    area_taps,
    scale_of,
    taps_of,
)

_NAMES = "int8 uint8 int16 uint16 int32 int64 float16 float32 float64"
RESIZED = tuple(dtypes.as_dtype(name) for name in _NAMES.split())
_WITH_BFLOAT = (*RESIZED[:6], dtypes.bfloat16, *RESIZED[6:])
_NEAREST_GRADIENTS = tuple(
    dtypes.as_dtype(name) for name in "uint8 int8 int32 float16 float32 float64".split()
)
_BILINEAR_GRADIENTS = (dtypes.float32, dtypes.bfloat16, dtypes.float16, dtypes.float64)
_DIFFERENTIABLE = (dtypes.float32, dtypes.float64)
_NOT_POSITIVE = "output dimensions must be positive"
_EMPTY = "input image must be of non-zero size"
_CENTRES = {"align_corners": False, "half_pixel_centers": False}


def _size(q: ShapeQuery, index: int) -> list[Any]:
    """The rows and columns that an operand asks for."""
    require_rank(q.shapes[index], 1)
    dims = q.shapes[index]
    if dims is not None and dims[0] is not None and dims[0] != 2:
        raise ValueError(f"Dimension must be 2 but is {dims[0]}")
    value = q.value(index)
    return [None, None] if value is None else value.tolist()


def _resized_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 4)
    batch, *there, channels = q.shapes[0] or (None,) * 4
    if any(size is not None and size == 0 for size in there):
        raise ValueError(_EMPTY)
    return [(batch, *_positive(_size(q, 1)), channels)]


def _positive(size: list[Any]) -> list[Any]:
    if any(each is not None and each <= 0 for each in size):
        raise ValueError(_NOT_POSITIVE)
    return size


def _same_as_original(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 4)
    require_rank(q.shapes[1], 4)
    return [q.shapes[1]]


def _misfit(q: ShapeQuery, name: str) -> str | None:
    if min(q.known_value(1).tolist()) <= 0:
        return _NOT_POSITIVE
    if 0 in q.known_dims(0)[1:3]:
        return _EMPTY
    return None


def _axes(method: str, before: Any, after: Any, attrs: dict[str, Any]) -> tuple[Taps, Taps]:
    align, half_pixel = attrs["align_corners"], attrs.get("half_pixel_centers", False)
    if align and half_pixel:
        raise ValueError("If half_pixel_centers is True, align_corners must be False.")
    pairs = zip(before, (int(size) for size in after), strict=True)
    if method == AREA:
        rows, columns = (area_taps(*pair, align) for pair in pairs)
    else:
        rows, columns = (taps_of(method, *pair, align, half_pixel) for pair in pairs)
    return rows, columns


def _reference(method: str) -> Callable[..., np.ndarray]:
    def resized(images: np.ndarray, size: np.ndarray, **attrs: Any) -> np.ndarray:
        rows, columns = _axes(method, images.shape[1:3], size, attrs)
        if method == NEAREST:
            return images[:, rows.places[0]][:, :, columns.places[0]]
        found = _summed(_summed(images.astype(np.float32), rows, 1), columns, 2)
        if method == AREA:
            sizes = zip(images.shape[1:3], size, strict=True)
            down, across = (scale_of(*pair, attrs["align_corners"]) for pair in sizes)
            found = found * np.float32(1 / (down * across))
        return found

    return resized


def _summed(images: np.ndarray, taps: Taps, axis: int) -> np.ndarray:
    along = [1] * images.ndim
    along[axis] = -1
    parts = zip(taps.places, taps.weights, strict=True)
    weighted = [images.take(places, axis) * weights.reshape(along) for places, weights in parts]
    return np.asarray(np.sum(weighted, axis=0, dtype=np.float32))


def _gradient_reference(method: str) -> Callable[..., np.ndarray]:
    """Each element's gradient, in parts to the elements that it was made of."""

    def spread(grads: np.ndarray, original: np.ndarray, **attrs: Any) -> np.ndarray:
        is_nearest = method == NEAREST
        dims = tuple(int(size) for size in original) if is_nearest else original.shape[1:3]
        kind = grads.dtype if is_nearest else original.dtype
        rows, columns = _axes(method, dims, grads.shape[1:3], attrs)
        batch, channels = grads.shape[0], grads.shape[3]
        found = np.zeros((batch, *dims, channels), np.float64 if kind.kind == "f" else kind)
        for down, of_row in zip(rows.places, rows.weights, strict=True):
            for across, of_column in zip(columns.places, columns.weights, strict=True):
                part = grads * (of_row[:, None, None] * of_column[:, None]).astype(grads.dtype)
                where: Any = (slice(None), down[:, None], across[None, :])
                np.add.at(found, where, part.astype(found.dtype))
        return found.astype(kind)

    return spread


def _bilinear_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    attrs = {name: op.get_attr(name) for name in _CENTRES}
    return [apply(RESIZE_BILINEAR_GRAD, [grad, op.inputs[0]], attrs), None]


def _bilinear_grad_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.shapes_of import shape

    attrs = {name: op.get_attr(name) for name in _CENTRES}
    return [apply(RESIZE_BILINEAR, [grad, shape(op.inputs[0])[1:3]], attrs), None]


def _bicubic_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    if op.inputs[0].dtype.base_dtype not in _DIFFERENTIABLE:
        return [None, None]
    attrs = {name: op.get_attr(name) for name in _CENTRES}
    return [apply(RESIZE_BICUBIC_GRAD, [grad, op.inputs[0]], attrs), None]


def _nearest_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.shapes_of import shape

    image = op.inputs[0]
    attrs = {name: op.get_attr(name) for name in _CENTRES}
    known = image.shape[1:3]
    size = known.as_list() if known.is_fully_defined() else shape(image)[1:3]
    return [apply(RESIZE_NEAREST_NEIGHBOR_GRAD, [grad, size], attrs), None]


_SIZES = (
    ((2, 4, 5, 3), (7, 3)),
    ((1, 6, 7, 1), (3, 9)),
    ((1, 5, 4, 9), (5, 4)),
    ((2, 1, 3, 2), (4, 1)),
    ((0, 3, 3, 2), (2, 2)),
)
_CHOICES: tuple[dict[str, Any], ...] = (
    {},
    {"align_corners": True},
    {"half_pixel_centers": True},
)


def _cases(kinds: Any, choices: Any = _CHOICES) -> Iterator[tuple[Any, Any, Any, Any]]:
    for index, (dims, size) in enumerate(_SIZES):
        for choice in choices:
            for kind in kinds if index == 0 else kinds[:1]:
                yield dims, size, kind.as_numpy_dtype, choice


def _drawn(rng: np.random.Generator, dims: Any, kind: Any) -> np.ndarray:
    if np.dtype(kind).kind in "iu":
        return rng.integers(0, 100, dims).astype(kind)
    return rng.uniform(-3, 3, dims).astype(kind)


def _samples(kinds: Any, choices: Any = _CHOICES) -> Callable[..., Iterator[Sample]]:
    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for dims, size, kind, choice in _cases(kinds, choices):
            yield Sample((_drawn(rng, dims, kind), np.array(size, np.int32)), choice)

    return samples


def _grad_samples(kinds: Any) -> Callable[..., Iterator[Sample]]:
    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for dims, size, kind, choice in _cases(kinds):
            grads = _drawn(rng, (dims[0], *size, dims[3]), np.float32)
            yield Sample((grads, _drawn(rng, dims, kind)), choice)

    return samples


def _nearest_grad_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for dims, size, kind, choice in _cases(_NEAREST_GRADIENTS):
        grads = _drawn(rng, (dims[0], *size, dims[3]), kind)
        yield Sample((grads, np.array(dims[1:3], np.int32)), choice)


_USUAL = (dtypes.float32, dtypes.float64, dtypes.uint8, dtypes.int32, dtypes.float16)


def _resizing(name: str, method: str, types: Any, result: str, gradient: Any) -> OpDef:
    is_area = method == AREA
    return OpDef(
        name,
        f"images: T, size: int32 -> resized_images: {result}",
        _resized_shape,
        types={"T": types},
        attrs={"align_corners": False} if is_area else _CENTRES,
        misfit=_misfit,
        reference=_reference(method),
        library=f"resize_{method}",
        host=(1,),
        gradient=gradient,
        samples=_samples(_USUAL, _CHOICES[:2] if is_area else _CHOICES),
    )


RESIZE_NEAREST_NEIGHBOR = _resizing(
    "ResizeNearestNeighbor", NEAREST, RESIZED, "T", _nearest_gradient
)
RESIZE_BILINEAR = _resizing("ResizeBilinear", BILINEAR, _WITH_BFLOAT, "float32", _bilinear_gradient)
RESIZE_BICUBIC = _resizing("ResizeBicubic", BICUBIC, RESIZED, "float32", _bicubic_gradient)
RESIZE_AREA = _resizing("ResizeArea", AREA, RESIZED, "float32", None)

RESIZE_BILINEAR_GRAD = OpDef(
    "ResizeBilinearGrad",
    "grads: float32, original_image: T -> output: T",
    _same_as_original,
    types={"T": _BILINEAR_GRADIENTS},
    attrs=_CENTRES,
    reference=_gradient_reference(BILINEAR),
    library="resize_bilinear_gradient",
    gradient=_bilinear_grad_gradient,
    samples=_grad_samples((dtypes.float32, dtypes.float16)),
)

RESIZE_BICUBIC_GRAD = OpDef(
    "ResizeBicubicGrad",
    "grads: float32, original_image: T -> output: T",
    _same_as_original,
    types={"T": _DIFFERENTIABLE},
    attrs=_CENTRES,
    reference=_gradient_reference(BICUBIC),
    library="resize_bicubic_gradient",
    gradient=None,
    samples=_grad_samples((dtypes.float32,)),
)


def _nearest_grad_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 4)
    batch, _, _, channels = q.shapes[0] or (None,) * 4
    return [(batch, *_positive(_size(q, 1)), channels)]


RESIZE_NEAREST_NEIGHBOR_GRAD = OpDef(
    "ResizeNearestNeighborGrad",
    "grads: T, size: int32 -> output: T",
    _nearest_grad_shape,
    types={"T": _NEAREST_GRADIENTS},
    attrs=_CENTRES,
    reference=_gradient_reference(NEAREST),
    library="resize_nearest_gradient",
    host=(1,),
    gradient=None,
    samples=_nearest_grad_samples,
)
