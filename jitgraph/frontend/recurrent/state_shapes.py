"""Shapes of states: a batch size and the size of a part of a state, put together.

In: a batch size (an int, a tensor) and sizes (ints, shapes, tensors). Out: a shape as a tensor, as
static sizes, and tensors of zeros. The ops are TensorFlow's, in its order, so that names agree.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.structures import flatten, pack_like
from jitgraph.graph import Tensor
from jitgraph.ops.assembling import concat
from jitgraph.ops.constants import constant
from jitgraph.ops.filling import zeros
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.reshaping import expand_dims
from jitgraph.shapes import TensorShape, as_shape

StaticSizes = list[int | None] | None


def joined_sizes(prefix: Any, suffix: Any) -> Tensor:
    """The shape `prefix + suffix` as a tensor of int32.

    Args:
      prefix, suffix: an int, a shape, or a tensor of rank 0 or 1.

    Raises:
      ValueError: a size that is not known, or a tensor of another rank.
    """
    (_, first), (_, second) = _side(prefix, "prefix"), _side(suffix, "suffix")
    if first is None or second is None:
        raise ValueError(f"Provided a prefix or suffix of None: {prefix} and {suffix}")
    return concat((first, second), 0)


def static_sizes(prefix: Any, suffix: Any) -> StaticSizes:
    """What is known of the shape `prefix + suffix` now; None if not even the rank."""
    (first, _), (second, _) = _side(prefix, "prefix"), _side(suffix, "suffix")
    shape = as_shape(first).concatenate(second)
    return None if shape.ndims is None else shape.as_list()


def zero_tensors(sizes: Any, batch_size: Any, dtype: Any) -> Any:
    """Zeros of shape [batch_size, size] for each size of a structure.

    Args:
      sizes: ints or shapes, nested.
      batch_size: an int or a scalar tensor.
      dtype: that of the zeros.
    """
    leaves = size_leaves(sizes)
    return pack_sizes(sizes, [_zeros(size, batch_size, dtype) for size in leaves])


def size_leaves(sizes: Any) -> list[Any]:
    """The sizes of a structure; a shape is one size."""
    return [sizes] if isinstance(sizes, TensorShape) else flatten(sizes)


def pack_sizes(sizes: Any, leaves: Any) -> Any:
    """A structure like one of sizes, around other leaves."""
    return leaves[0] if isinstance(sizes, TensorShape) else pack_like(sizes, leaves)


def _zeros(size: Any, batch_size: Any, dtype: Any) -> Tensor:
    made = zeros(joined_sizes(batch_size, size), dtype=dtype)
    made.set_shape(static_sizes(batch_size, size))
    return made


def _side(given: Any, role: str) -> tuple[StaticSizes, Tensor | None]:
    """What is known of a shape, and the shape as a tensor where all of it is."""
    if isinstance(given, Tensor):
        return _of_tensor(given, role)
    shape = as_shape([given] if isinstance(given, int) else given)
    if shape.ndims is None:
        return None, None
    known = constant(shape.as_list(), dtypes.int32) if shape.is_fully_defined() else None
    return shape.as_list(), known


def _of_tensor(given: Tensor, role: str) -> tuple[StaticSizes, Tensor]:
    rank = given.get_shape().ndims
    value = constant_value(given)
    if rank == 0:
        return [None if value is None else int(value)], expand_dims(given, 0)
    if rank != 1:
        raise ValueError(
            f"{role} tensor must be either a scalar or vector, but saw tensor: {given}"
        )
    return (None if value is None else [int(size) for size in value]), given
