"""Pictures of another dtype: tf.image.convert_image_dtype.

In: pictures; floats are from 0 to 1, integers from 0 to their greatest. Out: the same pictures.
"""

from __future__ import annotations

from typing import Any

from jitgraph.dtypes import DType, as_dtype
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.arithmetic import multiply
from jitgraph.ops.casting import cast, saturate_cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_division import div
from jitgraph.ops.identities import identity


def convert_image_dtype(
    image: Any, dtype: Any, saturate: bool = False, name: str | None = None
) -> Tensor:
    """Pictures of another dtype, scaled to its range: 0 to 1 for floats, 0 to the greatest number
    for integers.

    Args:
      image: pictures, of any shape.
      dtype: floats or integers.
      saturate: whether what is out of range becomes the nearest number that is in it.
      name: a name for the operations.

    Returns:
      A tensor of the same shape.

    Raises:
      AttributeError: another dtype.

    Example:
      >>> tf.Session().run(tf.image.convert_image_dtype([0.0, 0.5, 1.0], tf.uint8))
      array([  0, 127, 255], dtype=uint8)
    """
    image, wanted = convert_to_tensor(image, name="image"), as_dtype(dtype)
    given = image.dtype.base_dtype
    if not wanted.is_floating and not wanted.is_integer:
        raise AttributeError("dtype must be either floating point or integer")
    if wanted == given:
        return identity(image, name=name)
    narrowed = saturate_cast if saturate else cast
    with name_scope(name, "convert_image", [image]) as scope:
        if given.is_integer and wanted.is_integer:
            return _between_integers(image, given, wanted, narrowed, scope)
        if given.is_floating and wanted.is_floating:
            return cast(image, wanted, name=scope)
        if given.is_integer:
            return multiply(cast(image, wanted), 1.0 / given.max, name=scope)
        return narrowed(multiply(image, wanted.max + 0.5), wanted, name=scope)


def _between_integers(
    image: Tensor, given: DType, wanted: DType, narrowed: Any, scope: str
) -> Tensor:
    found: Tensor
    if given.max > wanted.max:
        found = narrowed(div(image, (given.max + 1) // (wanted.max + 1)), wanted, name=scope)
    else:
        scale = (wanted.max + 1) // (given.max + 1)
        found = multiply(narrowed(image, wanted), scale, name=scope)
    return found
