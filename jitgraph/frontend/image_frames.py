"""Pictures turned and framed: flips, quarter turns, parts of them, borders around them.

In: one picture, [height, width, channels], or several, [batch, height, width, channels]. Out: the
same pixels elsewhere, as TensorFlow 1 composes it.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.control_flow import case, cond
from jitgraph.frontend.image_checks import (
    checked_picture,
    checks_of_picture,
    is_one_picture,
    require,
    several_pictures,
    sizes_of,
)
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal, less
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_extrema import maximum, minimum
from jitgraph.ops.elementwise_remainders import mod
from jitgraph.ops.elementwise_rounding import round as rounded
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.packing import stack
from jitgraph.ops.padding import pad
from jitgraph.ops.random_numbers import random_uniform
from jitgraph.ops.rearranging import reverse
from jitgraph.ops.reshaping import reshape, squeeze
from jitgraph.ops.shapes_of import shape
from jitgraph.ops.slicing import slice as slice_of
from jitgraph.ops.transposing import transpose as transposed

_UP_DOWN, _LEFT_RIGHT = 0, 1


def flip_left_right(image: Any) -> Tensor:
    """Pictures as in a mirror.

    Args:
      image: a picture, [height, width, channels], or several.

    Returns:
      The same shape and dtype.

    Raises:
      ValueError: it has neither 3 nor 4 dimensions, or an empty one.

    Example:
      >>> tf.Session().run(tf.image.flip_left_right([[[1], [2], [3]]])).ravel()
      array([3, 2, 1], dtype=int32)
    """
    return _flip(image, _LEFT_RIGHT, "flip_left_right")


def flip_up_down(image: Any) -> Tensor:
    """Pictures upside down, as in water. See `flip_left_right`."""
    return _flip(image, _UP_DOWN, "flip_up_down")


def random_flip_left_right(image: Any, seed: int | None = None) -> Tensor:
    """A picture, by chance as in a mirror; of several each by itself.

    Args:
      image: a picture, [height, width, channels], or several.
      seed: the op's seed.

    Returns:
      The same shape and dtype.

    Raises:
      ValueError: it has neither 3 nor 4 dimensions, or an empty one.
    """
    return _random_flip(image, _LEFT_RIGHT, seed, "random_flip_left_right")


def random_flip_up_down(image: Any, seed: int | None = None) -> Tensor:
    """A picture, by chance upside down. See `random_flip_left_right`."""
    return _random_flip(image, _UP_DOWN, seed, "random_flip_up_down")


def _flip(image: Any, axis: int, scope: str) -> Tensor:
    with name_scope(None, scope, [image]):
        image = checked_picture(convert_to_tensor(image, name="image"))
        if is_one_picture(image):
            return _shaped_alike(image, reverse(image, [axis]))
        return reverse(image, [axis + 1])


def _random_flip(image: Any, axis: int, seed: int | None, scope: str) -> Tensor:
    with name_scope(None, scope, [image]) as name:
        image = checked_picture(convert_to_tensor(image, name="image"))
        if is_one_picture(image):
            is_flipped = less(random_uniform([], 0, 1.0, seed=seed), 0.5)
            found = cond(is_flipped, lambda: reverse(image, [axis]), lambda: image, name=name)
            return _shaped_alike(image, found)
        count = shape(image)[0]
        drawn = random_uniform([count], 0, 1.0, seed=seed)
        flips = cast(rounded(reshape(drawn, [count, 1, 1, 1])), image.dtype)
        flipped = reverse(image, [axis + 1])
        mixed: Tensor = flips * flipped + (1 - flips) * image
        return mixed


def _shaped_alike(image: Tensor, found: Tensor) -> Tensor:
    found.set_shape([None] * 3 if image._dims is None else image.shape)
    return found


def transpose_image(image: Any, name: str | None = None) -> Tensor:
    """Pictures whose rows are columns.

    Args:
      image: a picture, [height, width, channels], or several.
      name: a name for the operation.

    Returns:
      [width, height, channels], or [batch, width, height, channels].

    Raises:
      ValueError: it has neither 3 nor 4 dimensions, or an empty one.
    """
    with name_scope(name, "transpose", [image]):
        image = checked_picture(convert_to_tensor(image, name="image"))
        order = [1, 0, 2] if is_one_picture(image) else [0, 2, 1, 3]
        return transposed(image, order, name=name)


def rot90(image: Any, k: Any = 1, name: str | None = None) -> Tensor:
    """Pictures turned to the left by quarters.

    Args:
      image: a picture, [height, width, channels], or several.
      k: how many quarters, an integer or a tensor.
      name: a name for the operation.

    Returns:
      The pictures, turned.

    Raises:
      ValueError: it has neither 3 nor 4 dimensions, or an empty one.
    """
    with name_scope(name, "rot90", [image, k]) as scope:
        image = checked_picture(convert_to_tensor(image, name="image"))
        k = convert_to_tensor(k, dtype=dtypes.int32, name="k")
        k.shape.assert_has_rank(0)
        k = mod(k, 4)
        first = 0 if is_one_picture(image) else 1
        order = [*range(first), first + 1, first, first + 2]
        turns = [
            lambda: transposed(reverse(image, [first + 1]), order),
            lambda: reverse(image, [first, first + 1]),
            lambda: reverse(transposed(image, order), [first + 1]),
        ]
        cases = [(equal(k, number), turn) for number, turn in enumerate(turns, 1)]
        found: Tensor = case(cases, default=lambda: image, exclusive=True, name=scope)
        dims = image._dims or (None,) * 3
        found.set_shape([*dims[:first], None, None, dims[-1]])
        return found


def central_crop(image: Any, central_fraction: float) -> Tensor:
    """The middle of pictures.

    Args:
      image: a picture, [height, width, channels], or several.
      central_fraction: how much of height and width is left, above 0 and at most 1.

    Returns:
      The middle.

    Raises:
      ValueError: a fraction or rank that can't be.
    """
    with name_scope(None, "central_crop", [image]):
        image = convert_to_tensor(image, name="image")
        if central_fraction <= 0.0 or central_fraction > 1.0:
            raise ValueError("central_fraction must be within (0, 1]")
        if central_fraction == 1.0:
            return image
        checked_picture(image)
        dims = image._dims
        if dims is None or len(dims) not in (3, 4):
            raise ValueError(
                "`image` should either be a Tensor with rank = 3 or rank = 4. "
                f"Had rank = {None if dims is None else len(dims)}."
            )
        outer = len(dims) - 3
        sides = [_size_along(image, axis) for axis in (outer, outer + 1)]
        starts = [_start_of_middle(side, central_fraction) for side in sides]
        sizes = [side - start * 2 for side, start in zip(sides, starts, strict=True)]
        begin = stack([*[0] * outer, *starts, 0])
        found = slice_of(image, begin, stack([*[-1] * outer, *sizes, -1]))
        known = [None if isinstance(size, Tensor) else size for size in sizes]
        found.set_shape([*dims[:outer], *known, dims[-1]])
        return found


def _size_along(image: Tensor, axis: int) -> Any:
    known = (image._dims or ())[axis]
    return shape(image)[axis] if known is None else known


def _start_of_middle(side: Any, fraction: float) -> Any:
    if not isinstance(side, Tensor):
        return int((float(side) - float(side) * fraction) / 2)
    wide = cast(side, dtypes.float64)
    return cast((wide - wide * fraction) / 2, dtypes.int32)


def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """Pictures with zeros around them.

    Args:
      image: a picture, [height, width, channels], or several.
      offset_height, offset_width: rows above, columns to the left; integers or tensors.
      target_height, target_width: the new size.

    Returns:
      Pictures of the new size.

    Raises:
      ValueError: the pictures don't fit.
    """
    with name_scope(None, "pad_to_bounding_box", [image]):
        image, is_one = several_pictures(convert_to_tensor(image, name="image"))
        checks = checks_of_picture(image)
        batch, height, width, depth = sizes_of(image)
        right = target_width - offset_width - width
        below = target_height - offset_height - height
        checks += require(offset_height >= 0, "offset_height must be >= 0")
        checks += require(offset_width >= 0, "offset_width must be >= 0")
        checks += require(right >= 0, "width must be <= target - offset")
        checks += require(below >= 0, "height must be <= target - offset")
        image = with_dependencies(checks, image)
        ends = stack([0, 0, offset_height, below, offset_width, right, 0, 0])
        padded = pad(image, reshape(ends, [4, 2]))
        return _framed(padded, [batch, target_height, target_width, depth], is_one)


def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """A part of pictures.

    Args:
      image: a picture, [height, width, channels], or several.
      offset_height, offset_width: its upper left corner; integers or tensors.
      target_height, target_width: its size.

    Returns:
      Pictures of that size.

    Raises:
      ValueError: the part is not inside the pictures.
    """
    with name_scope(None, "crop_to_bounding_box", [image]):
        image, is_one = several_pictures(convert_to_tensor(image, name="image"))
        checks = checks_of_picture(image)
        batch, height, width, depth = sizes_of(image)
        checks += require(offset_width >= 0, "offset_width must be >= 0.")
        checks += require(offset_height >= 0, "offset_height must be >= 0.")
        checks += require(target_width > 0, "target_width must be > 0.")
        checks += require(target_height > 0, "target_height must be > 0.")
        fits = width >= (target_width + offset_width)
        checks += require(fits, "width must be >= target + offset.")
        fits = height >= (target_height + offset_height)
        checks += require(fits, "height must be >= target + offset.")
        image = with_dependencies(checks, image)
        begin = stack([0, offset_height, offset_width, 0])
        part = slice_of(image, begin, stack([-1, target_height, target_width, -1]))
        return _framed(part, [batch, target_height, target_width, depth], is_one)


def _framed(pictures: Tensor, sizes: list[Any], is_one: bool) -> Tensor:
    pictures.set_shape([None if isinstance(size, Tensor) else size for size in sizes])
    return squeeze(pictures, axis=[0]) if is_one else pictures


def resize_image_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Tensor:
    """Pictures made a size by cutting off, or padding with zeros, on both sides alike.

    Args:
      image: a picture, [height, width, channels], or several.
      target_height, target_width: the new size, integers or tensors.

    Returns:
      Pictures of the new size.

    Raises:
      ValueError: a size of 0 or less, a rank that can't be.

    Example:
      >>> tf.image.resize_image_with_crop_or_pad(tf.zeros([4, 9, 3]), 6, 6)
      <tf.Tensor 'resize_image_with_crop_or_pad/Squeeze:0' shape=(6, 6, 3) dtype=float32>
    """
    with name_scope(None, "resize_image_with_crop_or_pad", [image]):
        image, is_one = several_pictures(convert_to_tensor(image, name="image"))
        checks = checks_of_picture(image)
        checks += require(target_width > 0, "target_width must be > 0.")
        checks += require(target_height > 0, "target_height must be > 0.")
        image = with_dependencies(checks, image)
        if isinstance(target_height, Tensor):
            target_height = with_dependencies(checks, target_height)
        if isinstance(target_width, Tensor):
            target_width = with_dependencies(checks, target_width)
        _, height, width, _ = sizes_of(image)
        more = target_width - width
        cut_left, pad_left = largest_of(-more // 2, 0), largest_of(more // 2, 0)
        more = target_height - height
        cut_above, pad_above = largest_of(-more // 2, 0), largest_of(more // 2, 0)
        kept_height, kept_width = _least(target_height, height), _least(target_width, width)
        part = crop_to_bounding_box(image, cut_above, cut_left, kept_height, kept_width)
        found = pad_to_bounding_box(part, pad_above, pad_left, target_height, target_width)
        _, height, width, _ = sizes_of(found)
        checks = require(_same(height, target_height), "resized height is not correct.")
        checks += require(_same(width, target_width), "resized width is not correct.")
        found = with_dependencies(checks, found)
        return squeeze(found, axis=[0]) if is_one else found


def largest_of(x: Any, y: Any) -> Any:
    """The larger of two numbers, of which each may be a tensor."""
    return maximum(x, y) if isinstance(x, Tensor) or isinstance(y, Tensor) else max(x, y)


def _least(x: Any, y: Any) -> Any:
    return minimum(x, y) if isinstance(x, Tensor) or isinstance(y, Tensor) else min(x, y)


def _same(x: Any, y: Any) -> Any:
    return equal(x, y) if isinstance(x, Tensor) or isinstance(y, Tensor) else x == y
