"""Ops that compute on shapes: broadcasting of shapes, concat offsets, inverse permutations.

In: vectors of sizes. Out: vectors of sizes or axes. They run on the host, on symbolic sizes too.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import as_int, as_ints, dims_text, require_rank
from jitgraph.ops.definition import INDEX, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.partial_value import object_vector
from jitgraph.shapes import TensorShape


def _aligned(first: Any, second: Any) -> list[tuple[Any, Any]]:
    backwards = itertools.zip_longest(first[::-1], second[::-1], fillvalue=1)
    return list(backwards)[::-1]


def _same(left: Any, right: Any) -> bool:
    if _is_one(left) != _is_one(right):
        return False
    return bool(left == right)


def _is_one(dim: Any) -> bool:
    return isinstance(dim, (int, np.integer)) and dim == 1


def broadcast_dim(left: Any, right: Any) -> Any:
    """The size that two dims broadcast to; raises ValueError when they don't."""
    if _is_one(left):
        return right
    if _is_one(right) or _same(left, right):
        return left
    if left == 1:
        return right
    if right == 1:
        return left
    raise ValueError(f"Incompatible shapes for broadcasting: {left} and {right}")


def _vectors(s0: Any, s1: Any) -> tuple[list[Any], list[Any]]:
    return list(np.asarray(s0).reshape(-1)), list(np.asarray(s1).reshape(-1))


def _broadcast_args(s0: Any, s1: Any) -> np.ndarray:
    pairs = _aligned(*_vectors(s0, s1))
    return object_vector(broadcast_dim(left, right) for left, right in pairs)


def _broadcast_args_shape(q: ShapeQuery) -> list[Any]:
    first, second = q.shapes
    require_rank(first, 1)
    require_rank(second, 1)
    lengths = [dims[0] for dims in (first, second) if dims is not None]
    known = len(lengths) == 2 and all(isinstance(length, int) for length in lengths)
    return [(max(lengths),) if known else (None,)]


def _shape_pairs(rng: np.random.Generator) -> Any:
    pairs = (((2, 1, 3), (4, 3)), ((), (1,)), ((3,), (3,)), ((1, 3), (3,)), ((2, 1), (1, 5)))
    for first, second in pairs:
        yield Sample((np.array(first, np.int32), np.array(second, np.int32)))
    yield Sample((np.array([1, 2], np.int64), np.array([5, 1], np.int64)))


BROADCAST_ARGS = OpDef(
    "BroadcastArgs",
    "s0: T, s1: T -> r0: T",
    _broadcast_args_shape,
    types={"T": (INDEX, dtypes.int32)},
    reference=_broadcast_args,
    host=(0, 1),
    gradient=no_gradient,
    samples=_shape_pairs,
)


def _broadcast_gradient_args(s0: Any, s1: Any) -> tuple[np.ndarray, np.ndarray]:
    first, second = _vectors(s0, s1)
    pairs = _aligned(first, second)
    same = [_same(left, right) for left, right in pairs]
    if len(first) == len(second) and all(same):
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    over_first, over_second = [], []
    for axis, (left, right) in enumerate(pairs):
        _check_broadcast(left, right, same[axis], first, second)
        if _is_one(left) or (not same[axis] and not _is_one(right) and left == 1):
            over_first.append(axis)
        if _is_one(right) or (not same[axis] and not _is_one(left) and right == 1):
            over_second.append(axis)
    return np.array(over_first, np.int32), np.array(over_second, np.int32)


def _check_broadcast(left: Any, right: Any, same: bool, first: Any, second: Any) -> None:
    if same or _is_one(left) or _is_one(right) or left == 1 or right == 1:
        return
    shapes = f"{dims_text(tuple(first))} vs. {dims_text(tuple(second))}"
    raise ValueError(f"Incompatible shapes: {shapes}")


def _gradient_args_shape(q: ShapeQuery) -> list[Any]:
    require_rank(q.shapes[0], 1)
    require_rank(q.shapes[1], 1)
    return [(None,), (None,)]


BROADCAST_GRADIENT_ARGS = OpDef(
    "BroadcastGradientArgs",
    "s0: T, s1: T -> r0: T, r1: T",
    _gradient_args_shape,
    types={"T": (INDEX, dtypes.int32)},
    reference=_broadcast_gradient_args,
    host=(0, 1),
    gradient=no_gradient,
    samples=_shape_pairs,
)


def broadcast_gradient_args(s0: Any, s1: Any, name: str | None = None) -> Any:
    """The axes over which gradients of a broadcast binary op are summed, one vector a side."""
    return apply(BROADCAST_GRADIENT_ARGS, [s0, s1], name=name)


def _concat_offset(concat_dim: Any, shape: Any) -> tuple[np.ndarray, ...]:
    rank = len(shape[0])
    axis = as_int(concat_dim)
    axis = axis + rank if axis < 0 else axis
    start: Any = 0
    offsets = []
    for sizes in shape:
        vector = object_vector([0] * rank)
        vector[axis] = start
        offsets.append(vector)
        start = start + sizes[axis]
    return tuple(offsets)


def _concat_offset_samples(rng: np.random.Generator) -> Any:
    shapes = [np.array([2, n, 3], np.int32) for n in (1, 4, 2)]
    yield Sample((np.int32(1), shapes))
    yield Sample((np.int32(-2), shapes[:2]))


CONCAT_OFFSET = OpDef(
    "ConcatOffset",
    "concat_dim: int32, shape: N*int32 -> offset: N*int32",
    lambda q: list(q.shapes[1:]),
    reference=_concat_offset,
    host=(0,),
    gradient=no_gradient,
    samples=_concat_offset_samples,
)


def concat_offset(concat_dim: Any, shape: Any, name: str | None = None) -> list[Tensor]:
    """Where each of several concatenated tensors begins in the result."""
    return apply(CONCAT_OFFSET, [concat_dim, shape], name=name)


def _invert_permutation(x: Any) -> np.ndarray:
    order = as_ints(x)
    seen: set[int] = set()
    for item in order:
        if not 0 <= item < len(order):
            raise ValueError(f"{item} is not between 0 and {len(order)}")
        if item in seen:
            raise ValueError(f"{item} is duplicated in the input.")
        seen.add(item)
    inverse = np.zeros(len(order), np.int64)
    inverse[order] = np.arange(len(order))
    return inverse


def _invert_permutation_shape(q: ShapeQuery) -> list[Any]:
    require_rank(q.shapes[0], 1)
    return [(None,) if q.shapes[0] is None else q.shapes[0]]


def _permutations(rng: np.random.Generator) -> Any:
    yield Sample((np.array([2, 0, 1, 3], np.int32),))
    yield Sample((np.array([1, 0], np.int64),))
    yield Sample((np.zeros(0, np.int32),))


INVERT_PERMUTATION = OpDef(
    "InvertPermutation",
    "x: T -> y: T",
    _invert_permutation_shape,
    types={"T": (INDEX, dtypes.int32)},
    reference=_invert_permutation,
    gradient=no_gradient,
    samples=_permutations,
)


def invert_permutation(x: Any, name: str | None = None) -> Tensor:
    """The inverse of a permutation: y[x[i]] = i.

    Args:
      x: a vector that holds each of 0 .. n-1 once.
      name: the op's name.

    Example:
      >>> tf.invert_permutation([2, 0, 1])
      <tf.Tensor 'InvertPermutation:0' shape=(3,) dtype=int32>
    """
    return apply(INVERT_PERMUTATION, [x], name=name)


def broadcast_static_shape(shape_x: TensorShape, shape_y: TensorShape) -> TensorShape:
    """The shape that two static shapes broadcast to.

    Args:
      shape_x, shape_y: TensorShapes.

    Raises:
      ValueError: they don't broadcast.

    Example:
      >>> tf.broadcast_static_shape(tf.TensorShape([2, 1]), tf.TensorShape([3]))
      TensorShape([Dimension(2), Dimension(3)])
    """
    if shape_x.ndims is None or shape_y.ndims is None:
        return TensorShape(None)
    pairs = _aligned(shape_x.as_list(), shape_y.as_list())
    dims = [_static_broadcast(x, y, shape_x, shape_y) for x, y in pairs]
    return TensorShape(dims)


def _static_broadcast(x: Any, y: Any, shape_x: TensorShape, shape_y: TensorShape) -> Any:
    if x is None or y is None:
        known = y if x is None else x
        return known if known is not None and known > 1 else None
    if x != y and x != 1 and y != 1:
        raise ValueError(f"Incompatible shapes for broadcasting: {shape_x} and {shape_y}")
    return y if x == 1 else x


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """The shape that two shapes, given as vectors, broadcast to.

    Args:
      shape_x, shape_y: vectors of sizes.

    Example:
      >>> tf.broadcast_dynamic_shape([2, 1], [3])
      <tf.Tensor 'BroadcastArgs:0' shape=(2,) dtype=int32>
    """
    return apply(BROADCAST_ARGS, [shape_x, shape_y])
