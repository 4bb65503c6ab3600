"""Pictures made a size whatever their proportions: resized to fit, with zeros around them.

In: pictures. Out: floats of the new size, as TensorFlow 1 composes it.
"""

from __future__ import annotations

import math
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.image_checks import (
    checks_of_picture,
    require,
    several_pictures,
    sizes_of,
)
from jitgraph.frontend.image_frames import largest_of, pad_to_bounding_box
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_rounding import floor
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.image_sizes import ResizeMethod, resize_images
from jitgraph.ops.reshaping import squeeze


def resize_image_with_pad(
    image: Any,
    target_height: Any,
    target_width: Any,
    method: int = ResizeMethod.BILINEAR,
    align_corners: bool = False,
) -> Tensor:
    """Pictures resized without being distorted, with zeros where they don't fill the size.

    Args:
      image: a picture, [height, width, channels], or several.
      target_height, target_width: the new size, integers or tensors.
      method: a `tf.image.ResizeMethod`.
      align_corners: whether the corners' pixels stay where they are.

    Returns:
      float32: pictures of the new size.

    Raises:
      ValueError: a size of 0 or less, a rank that can't be.
    """
    with name_scope(None, "resize_image_with_pad", [image]):
        image, is_one = several_pictures(convert_to_tensor(image, name="image"))
        checks = checks_of_picture(image)
        checks += require(target_width > 0, "target_width must be > 0.")
        checks += require(target_height > 0, "target_height must be > 0.")
        image = with_dependencies(checks, image)
        _, height, width, _ = sizes_of(image)
        given = [cast(each, dtypes.float64) for each in (height, width)]
        target = (target_height, target_width)
        asked = [cast(each, dtypes.float64) for each in target]
        ratio = largest_of(given[1] / asked[1], given[0] / asked[0])
        exact = [each / ratio for each in given]
        resized = [cast(floor(each), dtypes.int32) for each in exact]
        spare = [(whole - part) / 2 for whole, part in zip(asked, exact, strict=True)]
        before = [floor(each) for each in spare]
        above, left = (largest_of(0, cast(each, dtypes.int32)) for each in before)
        small = resize_images(image, resized, method, align_corners=align_corners)
        if not any(isinstance(each, Tensor) for each in (height, width, *target)):
            small.set_shape([None, *_fitting((height, width), target), None])
        padded = pad_to_bounding_box(small, above, left, target_height, target_width)
        sizes_of(padded)
        return squeeze(padded, axis=[0]) if is_one else padded


def _fitting(size: tuple[int, int], target: tuple[int, int]) -> list[int]:
    """The largest size of the same proportions that fits."""
    ratio = max(given / asked for given, asked in zip(size, target, strict=True))
    return [math.floor(given / ratio) for given in size]
