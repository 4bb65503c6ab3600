"""tf.random_crop: a part of a tensor at a random place.

In: a tensor and a size. Out: the part, made of the ops of which TensorFlow 1.15 makes it.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.assertions import Assert
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import with_dependencies
from jitgraph.ops.random_numbers import random_uniform
from jitgraph.ops.reductions import reduce_all
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.slicing import slice as slice_of


def random_crop(value: Any, size: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """A part of a tensor at a random place, all places equally likely.

    Args:
      value: a tensor, such as an image.
      size: the part's shape, a list or an int32 vector; no dimension is above the tensor's.
      seed: see `tf.set_random_seed`.
      name: the name of the result.

    Raises:
      errors.InvalidArgumentError: in a run, a size above the tensor's.

    Example:
      >>> tf.random_crop(tf.zeros([28, 28, 3]), [24, 24, 3])
      <tf.Tensor 'random_crop:0' shape=(24, 24, 3) dtype=float32>
    """
    with name_scope(name, "random_crop", [value, size]) as scope:
        value = convert_to_tensor(value, name="value")
        size = convert_to_tensor(size, dtype=dtypes.int32, name="size")
        shape = shape_of(value)
        has_room = reduce_all(shape >= size)
        checked = Assert(has_room, ["Need value.shape >= size, got ", shape, size], summarize=1000)
        shape = with_dependencies([checked], shape)
        limit = shape - size + 1
        drawn = random_uniform(shape_of(shape), dtype=size.dtype, maxval=size.dtype.max, seed=seed)
        return slice_of(value, drawn % limit, size, name=scope)
