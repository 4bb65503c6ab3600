"""Pictures' contrast, hue, saturation, gamma and quality changed, by so much or by chance.

In: pictures, [.., height, width, channels]; integers are taken for fractions of their largest
number. Out: pictures of the same dtype, as TensorFlow 1 composes it.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.image_checks import require
from jitgraph.frontend.image_colours import fractions_of
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.colour_definitions import ADJUST_CONTRAST, ADJUST_HUE, ADJUST_SATURATION
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.image_decoding import decode_jpeg
from jitgraph.ops.image_dtypes import convert_image_dtype
from jitgraph.ops.image_encoding import ENCODE_JPEG_VARIABLE_QUALITY
from jitgraph.ops.random_numbers import random_uniform

_MOST_QUALITY = 100
_MOST_TURN = 0.5


def adjust_contrast(images: Any, contrast_factor: Any) -> Tensor:
    """Pictures with more or less contrast: (x - mean) * factor + mean, channel by channel.

    Args:
      images: pictures of any dtype, of rank 3 or more.
      contrast_factor: 1 leaves them as they are, 0 makes each channel its mean.

    Returns:
      The same shape and dtype; integers stay within their range.

    Raises:
      ValueError: fewer dimensions.

    Example:
      >>> tf.Session().run(tf.image.adjust_contrast([[[0.0], [1.0]]], 0.5)).ravel()
      array([0.25, 0.75], dtype=float32)
    """
    with name_scope(None, "adjust_contrast", [images, contrast_factor]) as name:
        images = convert_to_tensor(images, name="images")
        changed = apply(ADJUST_CONTRAST, [fractions_of(images), contrast_factor], name=name)
        return convert_image_dtype(changed, images.dtype, saturate=True)


def random_contrast(image: Any, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """Pictures with a contrast by chance.

    Args:
      image: pictures of any dtype, of rank 3 or more.
      lower: the least factor, not negative.
      upper: the greatest factor.
      seed: the op's seed.

    Returns:
      The same shape and dtype.

    Raises:
      ValueError: `lower` is negative, or not less than `upper`.
    """
    return adjust_contrast(image, _factor(lower, upper, seed))


def _factor(lower: float, upper: float, seed: int | None) -> Tensor:
    if upper <= lower:
        raise ValueError("upper must be > lower.")
    if lower < 0:
        raise ValueError("lower must be non-negative.")
    return random_uniform([], lower, upper, seed=seed)


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Tensor:
    """Pictures lighter or darker in the middle: gain * x ** gamma.

    Args:
      image: pictures of any dtype.
      gamma: above 1 is darker, below 1 lighter; not negative.
      gain: a factor.

    Returns:
      The same shape and dtype; integers stay within their range.

    Raises:
      ValueError: `gamma` is negative.
      errors.InvalidArgumentError: a run finds it so.

    Example:
      >>> tf.Session().run(tf.image.adjust_gamma([[[0.25]]], 0.5)).ravel()
      array([0.5], dtype=float32)
    """
    with name_scope(None, "adjust_gamma", [image, gamma, gain]):
        image = convert_to_tensor(image, name="image")
        fractions = fractions_of(image)
        checks = require(gamma >= 0, "Gamma should be a non-negative real number.")
        if checks:
            gamma = with_dependencies(checks, gamma)
        return convert_image_dtype(gain * fractions**gamma, image.dtype, saturate=True)


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Tensor:
    """Pictures whose colours are turned around the circle of hues.

    Args:
      image: pictures of red, green and blue, of rank 3 or more.
      delta: the turn, from -1 to 1; 1 is all around.
      name: a name for the operations.

    Returns:
      The same shape and dtype.

    Raises:
      ValueError: fewer dimensions, or another number of channels.

    Example:
      >>> tf.Session().run(tf.image.adjust_hue([[[1.0, 0.0, 0.0]]], 0.5)).ravel()
      array([0., 1., 1.], dtype=float32)
    """
    with name_scope(name, "adjust_hue", [image]):
        image = convert_to_tensor(image, name="image")
        changed = apply(ADJUST_HUE, [fractions_of(image), delta])
        return convert_image_dtype(changed, image.dtype)


def random_hue(image: Any, max_delta: float, seed: int | None = None) -> Tensor:
    """Pictures whose colours are turned by chance.

    Args:
      image: pictures of red, green and blue, of rank 3 or more.
      max_delta: the greatest turn in either direction, from 0 to 0.5.
      seed: the op's seed.

    Returns:
      The same shape and dtype.

    Raises:
      ValueError: `max_delta` is out of range.
    """
    if max_delta > _MOST_TURN:
        raise ValueError("max_delta must be <= 0.5.")
    if max_delta < 0:
        raise ValueError("max_delta must be non-negative.")
    return adjust_hue(image, random_uniform([], -max_delta, max_delta, seed=seed))


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Tensor:
    """Pictures with stronger or weaker colours.

    Args:
      image: pictures of red, green and blue, of rank 3 or more.
      saturation_factor: multiplies the saturation, which stays within 0 and 1.
      name: a name for the operations.

    Returns:
      The same shape and dtype.

    Raises:
      ValueError: fewer dimensions, or another number of channels.

    Example:
      >>> tf.Session().run(tf.image.adjust_saturation([[[1.0, 0.5, 0.0]]], 0.0)).ravel()
      array([1., 1., 1.], dtype=float32)
    """
    with name_scope(name, "adjust_saturation", [image]):
        image = convert_to_tensor(image, name="image")
        changed = apply(ADJUST_SATURATION, [fractions_of(image), saturation_factor])
        return convert_image_dtype(changed, image.dtype)


def random_saturation(image: Any, lower: float, upper: float, seed: int | None = None) -> Tensor:
    """Pictures with colours as strong as chance has it.

    Args:
      image: pictures of red, green and blue, of rank 3 or more.
      lower: the least factor, not negative.
      upper: the greatest factor.
      seed: the op's seed.

    Returns:
      The same shape and dtype.

    Raises:
      ValueError: `lower` is negative, or not less than `upper`.
    """
    return adjust_saturation(image, _factor(lower, upper, seed))


def adjust_jpeg_quality(image: Any, jpeg_quality: Any, name: str | None = None) -> Tensor:
    """A picture as it looks after it was a JPEG file.

    Args:
      image: a picture, [height, width, 1 or 3].
      jpeg_quality: the file's quality, from 0 to 100.
      name: a name for the operations.

    Returns:
      The same dtype.

    Raises:
      errors.InvalidArgumentError: the quality or the number of channels is out of range.
    """
    with name_scope(name, "adjust_jpeg_quality", [image]):
        image = convert_to_tensor(image, name="image")
        dtype = image.dtype
        pixels = convert_image_dtype(image, dtypes.uint8)
        if not isinstance(jpeg_quality, Tensor):
            jpeg_quality = convert_to_tensor(jpeg_quality, dtype=dtypes.int32)
        contents = apply(ENCODE_JPEG_VARIABLE_QUALITY, [pixels, jpeg_quality])
        return convert_image_dtype(decode_jpeg(contents), dtype)


def random_jpeg_quality(
    image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: int | None = None
) -> Tensor:
    """A picture as it looks after it was a JPEG file of a quality by chance.

    Args:
      image: a picture, [height, width, 1 or 3].
      min_jpeg_quality: the least quality, from 0 to 100.
      max_jpeg_quality: what the quality is less than.
      seed: the op's seed.

    Returns:
      The same dtype.

    Raises:
      ValueError: a quality is out of range.
    """
    given = (min_jpeg_quality, max_jpeg_quality)
    if min(given) < 0 or max(given) > _MOST_QUALITY:
        raise ValueError("jpeg encoding range must be between 0 and 100.")
    if min_jpeg_quality >= max_jpeg_quality:
        raise ValueError("`min_jpeg_quality` must be less than `max_jpeg_quality`.")
    quality = random_uniform([], *given, seed=seed, dtype=dtypes.int32)
    return adjust_jpeg_quality(image, quality)
