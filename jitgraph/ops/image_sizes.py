"""Pictures of another size by a method's name: tf.image.resize_images, ResizeMethod.

In: one picture or several. Out: as many, of the size that is wanted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef
from jitgraph.ops.elementwise_extrema import minimum
from jitgraph.ops.elementwise_rounding import round
from jitgraph.ops.image_resizing_definitions import (
    RESIZE_AREA,
    RESIZE_BICUBIC,
    RESIZE_BILINEAR,
    RESIZE_NEAREST_NEIGHBOR,
)
from jitgraph.ops.packing import unstack
from jitgraph.ops.partial_value import partial_value
from jitgraph.ops.reshaping import expand_dims, squeeze
from jitgraph.ops.shapes_of import shape


class ResizeMethod:
    """How pixels of another size are made of those that there are."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


_METHODS: dict[Any, OpDef] = {
    ResizeMethod.BILINEAR: RESIZE_BILINEAR,
    ResizeMethod.NEAREST_NEIGHBOR: RESIZE_NEAREST_NEIGHBOR,
    ResizeMethod.BICUBIC: RESIZE_BICUBIC,
    ResizeMethod.AREA: RESIZE_AREA,
    "bilinear": RESIZE_BILINEAR,
    "nearest": RESIZE_NEAREST_NEIGHBOR,
    "bicubic": RESIZE_BICUBIC,
    "area": RESIZE_AREA,
}


def resize_images(
    images: Any,
    size: Any,
    method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
    name: str | None = None,
) -> Tensor:
    """Pictures of another size.

    Args:
      images: [batch, rows, columns, channels] or [rows, columns, channels], of numbers.
      size: int32 [2], the new rows and columns.
      method: one of tf.image.ResizeMethod, or "bilinear", "nearest", "bicubic" or "area".
      align_corners: whether the middles of the pixels in the corners stay where they are.
      preserve_aspect_ratio: whether rows and columns are as many as fit into `size` without a
        distortion.
      name: a name for the operations.

    Returns:
      The same number of dimensions; float32, but for the nearest neighbour and for pictures that
      have the size already.

    Raises:
      ValueError: another shape or method.

    Example:
      >>> tf.image.resize_images(tf.zeros([100, 80, 3]), [50, 40]).shape
      TensorShape([Dimension(50), Dimension(40), Dimension(3)])
    """
    with name_scope(name, "resize", [images, size]):
        images = convert_to_tensor(images, name="images")
        rank = images.shape.ndims
        if rank is None:
            raise ValueError("'images' contains no shape.")
        if rank not in (3, 4):
            raise ValueError("'images' must have either 3 or 4 dimensions.")
        if rank == 3:
            images = expand_dims(images, 0)
        size = _as_size(size)
        wanted = _known(size)
        if preserve_aspect_ratio:
            size, wanted = _within(images, wanted)
        found = _resized(images, size, wanted, method, align_corners)
        return squeeze(found, axis=[0]) if rank == 3 else found


def _as_size(size: Any) -> Tensor:
    try:
        found = convert_to_tensor(size, dtypes.int32, name="size")
    except (TypeError, ValueError):
        raise ValueError("'size' must be a 1-D int32 Tensor") from None
    if not found.shape.is_compatible_with([2]):
        raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
    return found


def _known(size: Tensor) -> list[Any]:
    value = partial_value(size)
    return [None, None] if value is None else value.tolist()


def _resized(
    images: Tensor, size: Tensor, wanted: list[Any], method: Any, align_corners: bool
) -> Tensor:
    if None not in wanted and wanted == images.shape.as_list()[1:3]:
        return images
    if method not in _METHODS:
        raise ValueError("Resize method is not implemented.")
    found: Tensor = apply(_METHODS[method], [images, size], {"align_corners": align_corners})
    found.set_shape([None, *wanted, None])
    return found


def _within(images: Tensor, wanted: list[Any]) -> tuple[Tensor, list[Any]]:
    """The largest size within another that has the proportions of the pictures, and its numbers
    if they are known."""
    _, *there, _ = image_dimensions(images)
    ratios = [
        cast(new, dtypes.float32) / cast(old, dtypes.float32)
        for new, old in zip(wanted, there, strict=True)
    ]
    ratio = minimum(*ratios)
    sizes = [cast(round(ratio * cast(old, dtypes.float32)), dtypes.int32) for old in there]
    size = convert_to_tensor(sizes, dtypes.int32, name="size")
    if not all(isinstance(each, int) for each in (*there, *wanted)):
        return size, [None, None]
    least = np.min(np.array(wanted, np.float32) / np.array(there, np.float32))
    return size, [int(np.rint(least * np.float32(old))) for old in there]


def image_dimensions(images: Tensor) -> list[Any]:
    """The four sizes of a batch of pictures: numbers where they are known, scalars elsewhere."""
    known: Dims = tuple(images.shape.as_list())
    if None not in known:
        return list(known)
    sizes = unstack(shape(images), len(known))
    return [size if size is not None else scalar for size, scalar in zip(known, sizes, strict=True)]
