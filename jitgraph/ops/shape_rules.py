"""Shape rules shared by op families.

In: the dims of an op's inputs, as rules see them: ints, None while building, symbolic sizes while
tracing. Out: the dims of its outputs; ValueErrors in TensorFlow's words when they don't fit.
A literal int is always asked before a symbolic size: an undecided comparison becomes a guard.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from jitgraph.ops.array_dims import Dims, merge_dim, merge_dims
from jitgraph.ops.definition import ShapeQuery

__all__ = [
    "Dims",
    "broadcast_all",
    "broadcast_dim",
    "broadcast_dims",
    "broadcast_shape",
    "merge_dim",
    "merge_dims",
    "merged_shape",
    "same_shape",
    "scalar_shape",
]


def same_shape(query: ShapeQuery) -> list[Dims | None]:
    """The output has the first input's shape."""
    return [query.shapes[0]]


def scalar_shape(query: ShapeQuery) -> list[Dims | None]:
    """The output has rank 0."""
    return [()]


def merged_shape(query: ShapeQuery) -> list[Dims | None]:
    """All inputs and the output have one shape."""
    merged = query.shapes[0]
    for dims in query.shapes[1:]:
        merged = merge_dims(merged, dims)
    return [merged]


def broadcast_shape(query: ShapeQuery) -> list[Dims | None]:
    """The output has the shape to which all inputs broadcast, NumPy-style."""
    shapes = query.shapes
    if len(shapes) == 2:
        return [broadcast_dims(shapes[0], shapes[1])]
    return [broadcast_all(*shapes)]


def broadcast_all(*shapes: Dims | None) -> Dims | None:
    """The shape to which all of `shapes` broadcast."""
    result = shapes[0]
    for dims in shapes[1:]:
        result = broadcast_dims(result, dims)
    return result


def broadcast_dims(left: Dims | None, right: Dims | None) -> Dims | None:
    """The shape to which two shapes broadcast; None when a rank is unknown.

    Raises:
      ValueError: they don't broadcast.
    """
    if left is None or right is None:
        return None
    if left is right or not right:
        return left
    if not left:
        return right
    pairs = zip_longest(left[::-1], right[::-1], fillvalue=1)
    return tuple([broadcast_dim(a, b) for a, b in pairs][::-1])


def broadcast_dim(left: Any, right: Any) -> Any:
    """The dim to which two dims broadcast, None when it can't be told.

    Raises:
      ValueError: they differ and neither is 1.
    """
    if left is None or right is None:
        return _partly_known(right if left is None else left)
    if _is_literal(left, 1):
        return right
    if _is_literal(right, 1):
        return left
    if left == right:
        return left if isinstance(left, int) else right
    if not isinstance(left, int) and left == 1:
        return right
    if not isinstance(right, int) and right == 1:
        return left
    raise ValueError(f"Dimensions must be equal, but are {left} and {right}")


def _is_literal(dim: Any, value: int) -> bool:
    return isinstance(dim, int) and dim == value


def _partly_known(known: Any) -> Any:
    """What an unknown dim and `known` broadcast to: a known one above 1 must hold."""
    if known is None or not isinstance(known, int):
        return None
    return known if known > 1 else None
