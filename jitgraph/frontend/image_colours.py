"""Pictures' brightness and greys, and how rough they are.

In: pictures, [.., height, width, channels]; integers are taken for fractions of their largest
number. Out: pictures of the same dtype, as TensorFlow 1 composes it.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.check_ops import assert_equal, assert_greater_equal
from jitgraph.frontend.image_checks import checked_picture
from jitgraph.graph import Operation, Tensor, name_scope
from jitgraph.ops.arithmetic import add
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_division import div
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.elementwise_powers import rsqrt
from jitgraph.ops.filling import ones
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.image_dtypes import convert_image_dtype
from jitgraph.ops.random_numbers import random_uniform
from jitgraph.ops.reductions import reduce_mean, reduce_prod, reduce_std, reduce_sum
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims
from jitgraph.ops.shapes_of import rank, shape
from jitgraph.ops.tensor_products import tensordot

_FRACTIONS = (dtypes.float16, dtypes.float32)
_LUMA = [0.2989, 0.5870, 0.1140]
_GREY = "Last dimension of a grayscale image should be size 1."


def fractions_of(image: Tensor) -> Tensor:
    """Pictures of floats, as changes of colours take them."""
    return image if image.dtype in _FRACTIONS else convert_image_dtype(image, dtypes.float32)


def adjust_brightness(image: Any, delta: Any) -> Tensor:
    """Pictures made brighter or darker.

    Args:
      image: pictures of any dtype.
      delta: what is added, a fraction of white.

    Returns:
      The same shape and dtype; integers stay within their range.

    Example:
      >>> tf.Session().run(tf.image.adjust_brightness([[[0.25]]], 0.5)).ravel()
      array([0.75], dtype=float32)
    """
    with name_scope(None, "adjust_brightness", [image, delta]) as name:
        image = convert_to_tensor(image, name="image")
        fractions = fractions_of(image)
        found = add(fractions, cast(delta, fractions.dtype), name=name)
        return convert_image_dtype(found, image.dtype, saturate=True)


def random_brightness(image: Any, max_delta: float, seed: int | None = None) -> Tensor:
    """Pictures made brighter or darker by chance.

    Args:
      image: pictures of any dtype.
      max_delta: the largest change, not negative.
      seed: the op's seed.

    Returns:
      The same shape and dtype.

    Raises:
      ValueError: `max_delta` is negative.
    """
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_brightness(image, random_uniform([], -max_delta, max_delta, seed=seed))


def per_image_standardization(image: Any) -> Tensor:
    """Pictures with a mean of 0 and a variance of 1, each by itself.

    Args:
      image: pictures, of rank 3 or more.

    Returns:
      The same shape and dtype. The deviation is at least one over the root of the number of
      pixels, so that a picture of one colour becomes 0.

    Raises:
      ValueError: fewer dimensions, or an empty one.
    """
    with name_scope(None, "per_image_standardization", [image]) as scope:
        image = checked_picture(convert_to_tensor(image, name="image"))
        dtype = image.dtype
        image = fractions_of(image)
        count = reduce_prod(shape(image)[-3:])
        mean = reduce_mean(image, axis=[-1, -2, -3], keepdims=True)
        deviation = reduce_std(image, axis=[-1, -2, -3], keepdims=True)
        least = rsqrt(cast(count, image.dtype))
        deviation = maximum(deviation, least)
        found = div(image - mean, deviation, name=scope)
        return convert_image_dtype(found, dtype, saturate=True)


def rgb_to_grayscale(images: Any, name: str | None = None) -> Tensor:
    """Pictures without colour, as bright as people see them.

    Args:
      images: pictures of three channels.
      name: a name for the operation.

    Returns:
      One channel, of the same dtype.
    """
    with name_scope(name, "rgb_to_grayscale", [images]) as scope:
        images = convert_to_tensor(images, name="images")
        fractions = convert_image_dtype(images, dtypes.float32)
        grey = expand_dims(tensordot(fractions, _LUMA, [-1, -1]), -1)
        return convert_image_dtype(grey, images.dtype, name=scope)


def grayscale_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """Grey pictures with three channels.

    Args:
      images: pictures of one channel.
      name: a name for the operation.

    Returns:
      Three channels, all alike.

    Raises:
      ValueError: another number of channels.
    """
    with name_scope(name, "grayscale_to_rgb", [images]) as scope:
        images = convert_to_tensor(images, name="images")
        images = with_dependencies(_checks_of_grey(images), images)
        outer = expand_dims(rank(images) - 1, 0)
        counts = concat([ones(outer, dtype=dtypes.int32), expand_dims(3, 0)], 0)
        found = tile(images, counts, name=scope)
        found.set_shape(images.shape[:-1].concatenate([3]))
        return found


def _checks_of_grey(image: Tensor) -> list[Operation]:
    dims = image._dims
    if dims is not None and len(dims) < 2:
        raise ValueError("A grayscale image must be at least two-dimensional.")
    if not image.shape.is_fully_defined():
        return [
            assert_equal(shape(image)[-1], 1, message=_GREY),
            assert_greater_equal(
                rank(image), 3, message="A grayscale image must be at least two-dimensional."
            ),
        ]
    if image.shape[-1] != 1:
        raise ValueError(_GREY)
    return []


def total_variation(images: Any, name: str | None = None) -> Tensor:
    """How much neighbouring pixels differ: the sum of absolute differences.

    Args:
      images: a picture, [height, width, channels], or several.
      name: a name for the operation.

    Returns:
      A number, or one for each picture.

    Raises:
      ValueError: neither 3 nor 4 dimensions.
    """
    with name_scope(name, "total_variation"):
        images = convert_to_tensor(images)
        dims = images._dims
        if dims is None or len(dims) not in (3, 4):
            raise ValueError("'images' must be either 3 or 4-dimensional.")
        if len(dims) == 3:
            down = images[1:, :, :] - images[:-1, :, :]
            across = images[:, 1:, :] - images[:, :-1, :]
            axes = None
        else:
            down = images[:, 1:, :, :] - images[:, :-1, :, :]
            across = images[:, :, 1:, :] - images[:, :, :-1, :]
            axes = [1, 2, 3]
        found: Tensor = reduce_sum(abs(down), axis=axes) + reduce_sum(abs(across), axis=axes)
        return found
