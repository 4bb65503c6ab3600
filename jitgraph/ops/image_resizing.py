"""Resizing images: tf.image.resize_bilinear, resize_bicubic, resize_area, resize_nearest_neighbor.

In: images [batch, rows, columns, channels] and a size. Out: images of that size.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor
from jitgraph.graph.deprecation import deprecated
from jitgraph.ops.apply import apply
from jitgraph.ops.image_resizing_definitions import (
    RESIZE_AREA,
    RESIZE_BICUBIC,
    RESIZE_BILINEAR,
    RESIZE_NEAREST_NEIGHBOR,
)

_ORIGIN = "tensorflow.python.ops.image_ops_impl"


def _instead(method: str) -> str:
    return f"Use `tf.image.resize(...method=ResizeMethod.{method}...)` instead."


@deprecated(None, _instead("BILINEAR"), _ORIGIN)
def resize_bilinear(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    """Images of another size, each pixel a mean of the four that are nearest.

    Args:
      images: of shape [batch, rows, columns, channels], of numbers.
      size: int32 [2], the new rows and columns.
      align_corners: whether the middles of the pixels in the corners stay where they are.
      name: the op's name.
      half_pixel_centers: whether a pixel's place is its middle, not its upper left corner.

    Returns:
      A float32 tensor [batch, new rows, new columns, channels].

    Raises:
      ValueError: other shapes. A run refuses a size that is not positive, and both
        `align_corners` and `half_pixel_centers`.

    Example:
      >>> tf.image.resize_bilinear(tf.zeros([8, 100, 80, 3]), [50, 40])
      <tf.Tensor 'ResizeBilinear:0' shape=(8, 50, 40, 3) dtype=float32>
    """
    attrs = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    found: Tensor = apply(RESIZE_BILINEAR, [images, size], attrs, name)
    return found


@deprecated(None, _instead("BICUBIC"), _ORIGIN)
def resize_bicubic(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    """Images of another size, each pixel a cubic curve's value between sixteen.

    Args:
      images: of shape [batch, rows, columns, channels], of numbers.
      size, align_corners, name, half_pixel_centers: as `resize_bilinear`'s.

    Returns:
      A float32 tensor [batch, new rows, new columns, channels]; errors as `resize_bilinear`'s.

    Example:
      >>> tf.image.resize_bicubic(tf.zeros([8, 100, 80, 3]), [50, 40])
      <tf.Tensor 'ResizeBicubic:0' shape=(8, 50, 40, 3) dtype=float32>
    """
    attrs = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    found: Tensor = apply(RESIZE_BICUBIC, [images, size], attrs, name)
    return found


@deprecated(None, _instead("AREA"), "tensorflow.python.ops.gen_image_ops")
def resize_area(
    images: Any, size: Any, align_corners: bool = False, name: str | None = None
) -> Tensor:
    """Images of another size, each pixel the mean of the area that it covers.

    Args:
      images: of shape [batch, rows, columns, channels], of numbers.
      size, align_corners, name: as `resize_bilinear`'s.

    Returns:
      A float32 tensor [batch, new rows, new columns, channels]; errors as `resize_bilinear`'s.

    Example:
      >>> tf.image.resize_area(tf.zeros([8, 100, 80, 3]), [50, 40])
      <tf.Tensor 'ResizeArea:0' shape=(8, 50, 40, 3) dtype=float32>
    """
    found: Tensor = apply(RESIZE_AREA, [images, size], {"align_corners": align_corners}, name)
    return found


@deprecated(None, _instead("NEAREST_NEIGHBOR"), _ORIGIN)
def resize_nearest_neighbor(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    """Images of another size, each pixel the one that is nearest.

    Args:
      images: of shape [batch, rows, columns, channels], of numbers.
      size, align_corners, name, half_pixel_centers: as `resize_bilinear`'s.

    Returns:
      A tensor [batch, new rows, new columns, channels] of the images' dtype; errors as
      `resize_bilinear`'s.

    Example:
      >>> tf.image.resize_nearest_neighbor(tf.zeros([8, 100, 80, 3]), [50, 40])
      <tf.Tensor 'ResizeNearestNeighbor:0' shape=(8, 50, 40, 3) dtype=float32>
    """
    attrs = {"align_corners": align_corners, "half_pixel_centers": half_pixel_centers}
    found: Tensor = apply(RESIZE_NEAREST_NEIGHBOR, [images, size], attrs, name)
    return found
