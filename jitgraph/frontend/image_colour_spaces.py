"""Colours in other coordinates: hue, saturation and value; brightness and two differences.

In: pictures whose last axis has three parts. Out: pictures of the same shape.
YIQ and YUV are those of analogue television; the matrices are TensorFlow's.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.colour_definitions import HSV_TO_RGB, RGB_TO_HSV
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.tensor_products import tensordot

_RGB_TO_YIQ = [
    [0.299, 0.59590059, 0.2115],
    [0.587, -0.27455667, -0.52273617],
    [0.114, -0.32134392, 0.31119955],
]
_YIQ_TO_RGB = [
    [1.0, 1.0, 1.0],
    [0.95598634, -0.27201283, -1.10674021],
    [0.6208248, -0.64720424, 1.70423049],
]
_RGB_TO_YUV = [
    [0.299, -0.14714119, 0.61497538],
    [0.587, -0.28886916, -0.51496512],
    [0.114, 0.43601035, -0.10001026],
]
_YUV_TO_RGB = [
    [1.0, 1.0, 1.0],
    [0.0, -0.394642334, 2.03206185],
    [1.13988303, -0.58062185, 0.0],
]


def rgb_to_hsv(images: Any, name: str | None = None) -> Tensor:
    """Hue, saturation and value of red, green and blue, all from 0 to 1.

    Args:
      images: floats, [.., 3].
      name: a name for the operation.

    Returns:
      The same shape and dtype.

    Raises:
      ValueError: another number of channels.

    Example:
      >>> tf.Session().run(tf.image.rgb_to_hsv([[0.0, 0.5, 0.0]])).round(3)
      array([[0.333, 1.   , 0.5  ]], dtype=float32)
    """
    return apply(RGB_TO_HSV, [images], name=name)


def hsv_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """Red, green and blue of hue, saturation and value, all from 0 to 1.

    Args:
      images: floats, [.., 3].
      name: a name for the operation.

    Returns:
      The same shape and dtype.

    Raises:
      ValueError: another number of channels.

    Example:
      >>> tf.Session().run(tf.image.hsv_to_rgb([[0.0, 1.0, 0.5]]))
      array([[0.5, 0. , 0. ]], dtype=float32)
    """
    return apply(HSV_TO_RGB, [images], name=name)


def rgb_to_yiq(images: Any) -> Tensor:
    """Brightness, and the differences I and Q, of red, green and blue.

    Args:
      images: floats from 0 to 1, [.., 3].

    Returns:
      The same shape and dtype.
    """
    return _product(images, _RGB_TO_YIQ)


def yiq_to_rgb(images: Any) -> Tensor:
    """Red, green and blue of brightness and the differences I and Q.

    Args:
      images: floats, [.., 3]; the first part from 0 to 1.

    Returns:
      The same shape and dtype.
    """
    return _product(images, _YIQ_TO_RGB)


def rgb_to_yuv(images: Any) -> Tensor:
    """Brightness, and the differences U and V, of red, green and blue.

    Args:
      images: floats from 0 to 1, [.., 3].

    Returns:
      The same shape and dtype.
    """
    return _product(images, _RGB_TO_YUV)


def yuv_to_rgb(images: Any) -> Tensor:
    """Red, green and blue of brightness and the differences U and V.

    Args:
      images: floats, [.., 3]; the first part from 0 to 1.

    Returns:
      The same shape and dtype.
    """
    return _product(images, _YUV_TO_RGB)


def _product(images: Any, matrix: list[list[float]]) -> Tensor:
    images = convert_to_tensor(images, name="images")
    kernel = convert_to_tensor(matrix, dtype=images.dtype, name="kernel")
    last = len(images.shape.as_list()) - 1
    found: Tensor = tensordot(images, kernel, axes=[[last], [0]])
    return found
