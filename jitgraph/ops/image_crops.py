"""Parts of images made one size: tf.image.crop_and_resize, and its gradients.

In: images, boxes in parts of an image's height and width, which image each is of, a size. Out: the
insides of the boxes, of that size. What is outside of an image has a value of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from jitgraph import dtypes
from jitgraph.errors import OutOfRangeError
from jitgraph.graph import Tensor
from jitgraph.graph.deprecation import tell_of_argument
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim, require_rank
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery
from jitgraph.ops.window_attributes import chosen_text

_NAMES = "uint8 uint16 int8 int16 int32 int64 float16 float32 float64"
_CROPPED = tuple(dtypes.as_dtype(name) for name in _NAMES.split())
_FLOATS = (dtypes.float32, dtypes.float16, dtypes.float64)
_NOT_POSITIVE = "crop dimensions must be positive"
_METHODS = ("bilinear", "nearest")


def _boxes(q: ShapeQuery, boxes: int, index: int) -> Any:
    """The number of boxes."""
    require_rank(q.shapes[boxes], 2)
    require_rank(q.shapes[index], 1)
    number, four = q.shapes[boxes] or (None, None)
    (named,) = q.shapes[index] or (None,)
    number = merge_dim(number, named)
    if four is not None and four != 4:
        raise ValueError(f"Dimension must be 4 but is {four}")
    return number


def _known(q: ShapeQuery, index: int, length: int) -> list[Any]:
    require_rank(q.shapes[index], 1)
    (given,) = q.shapes[index] or (None,)
    if given is not None and given != length:
        raise ValueError(f"Dimension must be {length} but is {given}")
    value = q.value(index)
    return [None] * length if value is None else value.tolist()


def _crops_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 4)
    channels = (q.shapes[0] or (None,) * 4)[3]
    size = _known(q, 3, 2)
    if any(each is not None and each <= 0 for each in size):
        raise ValueError(_NOT_POSITIVE)
    return [(_boxes(q, 1, 2), *size, channels)]


def _image_shape(q: ShapeQuery) -> list[Dims | None]:
    _boxes(q, 1, 2)
    return [tuple(_known(q, 3, 4))]


def _misfit(q: ShapeQuery, name: str) -> str | None:
    if min(q.known_value(3).tolist()) <= 0:
        return _NOT_POSITIVE
    return None


class _Places(NamedTuple):
    """Where the elements of each crop lie along one axis of its image, [boxes, elements]."""

    at: np.ndarray
    inside: np.ndarray
    low: np.ndarray
    high: np.ndarray
    part: np.ndarray
    share: np.ndarray


def _places(first: np.ndarray, last: np.ndarray, size: int, made: int) -> _Places:
    ends = np.float32(size - 1)
    if made > 1:
        steps = np.arange(made, dtype=np.float32)
        scale = (last - first) * ends / np.float32(made - 1)
        at = first[:, None] * ends + steps * scale[:, None]
        share = steps / np.float32(made - 1)
    else:
        at = np.float32(0.5) * (first + last)[:, None] * ends
        share = np.full(1, 0.5, np.float32)
    inside = (at >= 0) & (at <= ends)
    within = np.where(inside, at, 0)
    low, high = np.floor(within).astype(np.int64), np.ceil(within).astype(np.int64)
    return _Places(within, inside, low, high, within - low, share)


def _axes(boxes: np.ndarray, dims: Any, size: Any) -> tuple[_Places, _Places]:
    rows = _places(boxes[:, 0], boxes[:, 2], int(dims[0]), int(size[0]))
    return rows, _places(boxes[:, 1], boxes[:, 3], int(dims[1]), int(size[1]))


def _check(box_ind: np.ndarray, batch: int) -> None:
    if ((box_ind < 0) | (box_ind >= batch)).any():
        raise OutOfRangeError(None, None, "box_index has values outside [0, batch_size)")


def _corners(image: np.ndarray, box_ind: np.ndarray, rows: _Places, columns: _Places) -> Any:
    """The four pixels around each place."""
    of = box_ind[:, None, None]
    return [
        image[of, down[:, :, None], across[:, None, :]].astype(np.float32)
        for down in (rows.low, rows.high)
        for across in (columns.low, columns.high)
    ]


def _crops(
    image: np.ndarray,
    boxes: np.ndarray,
    box_ind: np.ndarray,
    crop_size: np.ndarray,
    method: Any,
    extrapolation_value: float,
) -> np.ndarray:
    _check(box_ind, image.shape[0])
    rows, columns = _axes(boxes, image.shape[1:3], crop_size)
    if method == "nearest":
        down, across = (np.floor(axis.at + 0.5).astype(np.int64) for axis in (rows, columns))
        of = box_ind[:, None, None]
        found = image[of, down[:, :, None], across[:, None, :]].astype(np.float32)
    else:
        down, across = rows.part[:, :, None, None], columns.part[:, None, :, None]
        a, b, c, d = _corners(image, box_ind, rows, columns)
        top, bottom = a + (b - a) * across, c + (d - c) * across
        found = top + (bottom - top) * down
    inside = rows.inside[:, :, None] & columns.inside[:, None, :]
    return np.where(inside[..., None], found, np.float32(extrapolation_value))


def _to_image(
    grads: np.ndarray,
    boxes: np.ndarray,
    box_ind: np.ndarray,
    image_size: np.ndarray,
    method: Any,
) -> np.ndarray:
    dims = [int(size) for size in image_size]
    _check(box_ind, dims[0])
    rows, columns = _axes(boxes, dims[1:3], grads.shape[1:3])
    inside = rows.inside[:, :, None] & columns.inside[:, None, :]
    given = np.where(inside[..., None], grads, 0)
    found = np.zeros(dims, np.float64)
    for down, of_row in _weighted(rows, method):
        for across, of_column in _weighted(columns, method):
            weight = of_row[:, :, None, None] * of_column[:, None, :, None]
            where = (box_ind[:, None, None], down[:, :, None], across[:, None, :])
            np.add.at(found, where, given * weight)
    return found


def _weighted(axis: _Places, method: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    if method == "nearest":
        return [(np.floor(axis.at + 0.5).astype(np.int64), np.ones_like(axis.part))]
    return [(axis.low, 1 - axis.part), (axis.high, axis.part)]


def _to_boxes(
    grads: np.ndarray, image: np.ndarray, boxes: np.ndarray, box_ind: np.ndarray, method: Any
) -> np.ndarray:
    _check(box_ind, image.shape[0])
    size = image.shape[1:3]
    rows, columns = _axes(boxes, size, grads.shape[1:3])
    inside = rows.inside[:, :, None] & columns.inside[:, None, :]
    given = np.where(inside[..., None], grads, 0)
    a, b, c, d = _corners(image, box_ind, rows, columns)
    down, across = rows.part[:, :, None, None], columns.part[:, None, :, None]
    slope_y = (((1 - across) * (c - a) + across * (d - b)) * given).sum(3) * (size[0] - 1)
    slope_x = (((1 - down) * (b - a) + down * (d - c)) * given).sum(3) * (size[1] - 1)
    y, x = rows.share[:, None], columns.share
    first_y, last_y = (slope_y * (1 - y)).sum((1, 2)), (slope_y * y).sum((1, 2))
    first_x, last_x = (slope_x * (1 - x)).sum((1, 2)), (slope_x * x).sum((1, 2))
    return np.stack([first_y, first_x, last_y, last_x], axis=1)


def _gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.shapes_of import shape

    image, boxes, box_ind = op.inputs[:3]
    to_image = None
    if image.dtype.base_dtype in _FLOATS:
        known = image.shape
        size = known.as_list() if known.is_fully_defined() else shape(image)
        attrs = {"T": image.dtype.base_dtype, "method": op.get_attr("method")}
        to_image = apply(CROP_AND_RESIZE_GRAD_IMAGE, [grad, boxes, box_ind, size], attrs)
    to_boxes = apply(CROP_AND_RESIZE_GRAD_BOXES, [grad, image, boxes, box_ind])
    return [to_image, to_boxes, None, None]


def _cases(rng: np.random.Generator) -> Iterator[tuple[Any, Any, Any, Any, dict[str, Any]]]:
    """Image, boxes, numbers, size, attributes; no place is halfway between two pixels."""
    whole = np.array([[0.03, 0.11, 0.83, 0.77], [0.9, -0.21, 0.13, 1.37], [0.3, 0.2, 0.35, 0.9]])
    for dims, size in (((2, 5, 6, 3), (4, 3)), ((3, 4, 7, 5), (1, 6)), ((1, 6, 5, 1), (2, 1))):
        numbers = rng.integers(0, dims[0], 3).astype(np.int32)
        boxes = whole.astype(np.float32)
        image = rng.uniform(-3, 3, dims)
        for attrs in ({}, {"method": "nearest"}):
            yield image, boxes, numbers, np.array(size, np.int32), attrs


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    kinds = (np.float32, np.float64, np.uint8, np.float16)
    for number, (image, boxes, box_ind, size, attrs) in enumerate(_cases(rng)):
        given = {**attrs, "extrapolation_value": -1.5} if number % 2 else attrs
        for kind in kinds if number < 2 else kinds[:1]:
            drawn = np.abs(image * 80).astype(kind) if kind == np.uint8 else image.astype(kind)
            yield Sample((drawn, boxes, box_ind, size), given)


def _image_grad_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for image, boxes, box_ind, size, attrs in _cases(rng):
        grads = rng.uniform(-3, 3, (3, *size, image.shape[3])).astype(np.float32)
        dims = np.array(image.shape, np.int32)
        yield Sample((grads, boxes, box_ind, dims), {"T": dtypes.float32, **attrs})


def _box_grad_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for image, boxes, box_ind, size, _ in _cases(rng):
        grads = rng.uniform(-3, 3, (3, *size, image.shape[3])).astype(np.float32)
        yield Sample((grads, image.astype(np.float32), boxes, box_ind))


CROP_AND_RESIZE = OpDef(
    "CropAndResize",
    "image: T, boxes: float32, box_ind: int32, crop_size: int32 -> crops: float32",
    _crops_shape,
    types={"T": _CROPPED},
    attrs={"method": "bilinear", "extrapolation_value": 0.0},
    misfit=_misfit,
    reference=_crops,
    library="crop_and_resize",
    host=(3,),
    gradient=_gradient,
    samples=_samples,
)

CROP_AND_RESIZE_GRAD_IMAGE = OpDef(
    "CropAndResizeGradImage",
    "grads: float32, boxes: float32, box_ind: int32, image_size: int32 -> output: T",
    _image_shape,
    types={"T": _FLOATS},
    attrs={"method": "bilinear"},
    reference=_to_image,
    library="crop_and_resize_to_image",
    host=(3,),
    gradient=None,
    samples=_image_grad_samples,
)

CROP_AND_RESIZE_GRAD_BOXES = OpDef(
    "CropAndResizeGradBoxes",
    "grads: float32, image: T, boxes: float32, box_ind: int32 -> output: float32",
    lambda q: [(_boxes(q, 2, 3), 4)],
    types={"T": _CROPPED},
    attrs={"method": "bilinear"},
    reference=_to_boxes,
    library="crop_and_resize_to_boxes",
    gradient=None,
    samples=_box_grad_samples,
)


def crop_and_resize(
    image: Any,
    boxes: Any,
    box_ind: Any = None,
    crop_size: Any = None,
    method: str = "bilinear",
    extrapolation_value: float = 0,
    name: str | None = None,
    box_indices: Any = None,
) -> Tensor:
    """Parts of images, all made one size.

    Args:
      image: [batch, height, width, channels], of numbers.
      boxes: float32 [boxes, 4]: y1, x1, y2, x2 in parts of height - 1 and width - 1. A box may
        reach beyond its image, or be upside down.
      box_ind: former name of `box_indices`.
      crop_size: int32 [2], the height and width of the results.
      method: "bilinear" or "nearest".
      extrapolation_value: what is beyond an image.
      name: the op's name.
      box_indices: int32 [boxes], of which image each box is.

    Returns:
      A float32 tensor [boxes, height, width, channels]. A run raises errors.OpError for a number
      that is no image's.

    Raises:
      ValueError: shapes that don't fit, another method.

    Example:
      >>> x = tf.zeros([2, 8, 8, 3])
      >>> tf.image.crop_and_resize(x, [[0.0, 0.0, 0.5, 0.5]], box_indices=[1], crop_size=[4, 4])
      <tf.Tensor 'CropAndResize:0' shape=(1, 4, 4, 3) dtype=float32>
    """
    if box_ind is not None:
        if box_indices is not None:
            raise ValueError("Cannot specify both 'box_ind' and 'box_indices'")
        tell_of_argument("box_ind", "box_indices")
        box_indices = box_ind
    attrs = {
        "method": chosen_text("CropAndResize", "method", method, _METHODS),
        "extrapolation_value": float(extrapolation_value),
    }
    found: Tensor = apply(CROP_AND_RESIZE, [image, boxes, box_indices, crop_size], attrs, name)
    return found
