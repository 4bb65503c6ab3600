"""Putting elements where indices say: scatter_nd, unsorted_segment_sum, dynamic_stitch.

In: values and integer indices. Out: a tensor with the values at (or summed at) those places.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    as_int,
    as_ints,
    dims_from_vector,
    dims_text,
    literal_dim,
    merge_dim,
    merge_dims,
    require_rank,
    scalar_item,
)
from jitgraph.ops.definition import ANY, INDEX, NUMBERS, OpDef, Sample, ShapeQuery
from jitgraph.ops.gathering import gather, gather_nd, require_indices_inside


def _scatter_shape(q: ShapeQuery) -> list[Dims | None]:
    indices, updates = q.shapes[:2]
    out = dims_from_vector(q.value(2), q.shapes[2])
    if out is None or indices is None or updates is None or indices[-1] is None:
        return [out]
    depth = literal_dim(indices[-1], len(out))
    batch = len(indices) - 1
    if depth > len(out):
        return [out]
    try:
        merge_dims(indices[:-1], updates[:batch])
        merge_dims(out[depth:], updates[batch:])
    except ValueError as error:
        raise ValueError(
            f"The inner {len(out) - depth} dimensions of output.shape={dims_text(out)} must match "
            f"the inner {len(updates) - batch} dimensions of updates.shape={dims_text(updates)}: "
            f"{error}"
        ) from None
    return [out]


def _scatter_nd(indices: Any, updates: Any, shape: Any) -> np.ndarray:
    where = np.asarray(indices).astype(np.int64)
    zero = b"" if updates.dtype == object else 0
    result = np.full(as_ints(shape), zero, updates.dtype)
    require_indices_inside(where, result.shape, "shape")
    np.add.at(result, tuple(np.moveaxis(where, -1, 0)), updates)
    return result


def _scatter_samples(rng: np.random.Generator) -> Any:
    where = np.array([[1], [3], [1]], np.int32)
    size = np.array([4, 2], np.int32)
    for dtype in (np.float32, np.float64, np.int32, np.complex64):
        yield Sample((where, rng.uniform(-3, 3, (3, 2)).astype(dtype), size))
    pairs = np.array([[0, 1], [2, 2]], np.int64)
    yield Sample((pairs, rng.uniform(-3, 3, 2), np.array([3, 3], np.int64)))
    yield Sample((np.zeros((0, 1), np.int32), np.zeros((0, 2)), size))
    texts = np.array([[b"a", b"b"], [b"c", b"d"], [b"", b"e"]], object)
    yield Sample((where, texts, size))


SCATTER_ND = OpDef(
    "ScatterNd",
    "indices: Tindices, updates: T, shape: Tindices -> output: T",
    _scatter_shape,
    misfit=misfits.scatter_nd,
    types={"T": ANY, "Tindices": INDEX},
    reference=_scatter_nd,
    library="scatter_nd",
    host=(2,),
    gradient=lambda op, grad: [None, gather_nd(grad, op.inputs[0]), None],
    samples=_scatter_samples,
)


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Tensor:
    """Zeros of a shape with `updates` added at `indices`.

    Args:
      indices: the last axis holds one index for each leading dimension of the result.
      updates: the values; those with the same index are summed.
      shape: the shape of the result.
      name: the op's name.

    Raises:
      ValueError: shapes don't fit.

    Example:
      >>> tf.scatter_nd([[1], [3]], [9.0, 10.0], [5])
      <tf.Tensor 'ScatterNd:0' shape=(5,) dtype=float32>
    """
    return apply(SCATTER_ND, [indices, updates, shape], name=name)


def segments_shape(q: ShapeQuery) -> list[Dims | None]:
    """The shape of rows combined by segment: of (data, segment ids, number of segments)."""
    data, ids, count_dims = q.shapes
    require_rank(count_dims, 0)
    count = scalar_item(q.value(2))
    if isinstance(count, (int, np.integer)) and count < 0:
        raise ValueError(
            f"Dimension size, given by scalar input 2, must be non-negative but is {count}"
        )
    if data is None or ids is None:
        return [None]
    require_rank(data[: len(ids)], len(ids))
    for left, right in zip(data, ids, strict=False):
        merge_dim(left, right)
    return [(count, *data[len(ids) :])]


def _segment_sum(data: Any, segment_ids: Any, num_segments: Any) -> np.ndarray:
    ids = np.asarray(segment_ids).astype(np.int64)
    count = as_int(num_segments)
    require_segments(ids, count)
    result = np.zeros((count, *data.shape[ids.ndim :]), data.dtype)
    kept = ids >= 0
    np.add.at(result, ids[kept], data[kept])
    return result


def require_segments(ids: np.ndarray, count: int) -> None:
    """Raises TensorFlow's IndexError unless all of `ids` are below `count`."""
    bad = np.argwhere(ids >= count)
    if len(bad):
        place = tuple(int(i) for i in bad[0])
        text = f"segment_ids[{','.join(map(str, place))}] = {ids[place]}"
        raise IndexError(f"{text} is out of range [0, {count})")


def _segment_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.filling import ones_like, zeros_like
    from jitgraph.ops.registry import REGISTRY
    from jitgraph.ops.reshaping import expand_dims

    ids = op.inputs[1]
    clipped = apply(REGISTRY["Maximum"], [ids, zeros_like(ids)])
    gathered = gather(grad, clipped)
    is_kept = apply(REGISTRY["GreaterEqual"], [ids, 0])
    for _ in range(len(gathered._dims or ()) - len(is_kept._dims or ())):
        is_kept = expand_dims(is_kept, -1)
    is_kept = is_kept & ones_like(gathered, dtype=dtypes.bool)
    none = zeros_like(gathered)
    return [apply(REGISTRY["Select"], [is_kept, gathered, none]), None, None]


def _segment_samples(rng: np.random.Generator) -> Any:
    ids = np.array([2, 0, -1, 2], np.int32)
    for dtype in (np.float32, np.float64, np.int32):
        yield Sample((rng.uniform(-3, 3, (4, 3)).astype(dtype), ids, np.int32(4)))
    yield Sample((rng.uniform(-3, 3, (2, 2)), np.array([[0, 1], [1, 1]], np.int64), np.int64(2)))
    yield Sample((np.zeros((0, 2)), np.zeros(0, np.int32), np.int32(2)))


UNSORTED_SEGMENT_SUM = OpDef(
    "UnsortedSegmentSum",
    "data: T, segment_ids: Tindices, num_segments: Tnumsegments -> output: T",
    segments_shape,
    types={"T": NUMBERS, "Tindices": INDEX, "Tnumsegments": (INDEX, dtypes.int32)},
    reference=_segment_sum,
    library="segment_sum",
    host=(2,),
    gradient=_segment_gradient,
    samples=_segment_samples,
)


def unsorted_segment_sum(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """Rows of `data` summed by segment.

    Args:
      data: a tensor.
      segment_ids: the segment of each row; negative ones are left out.
      num_segments: how many segments there are.
      name: the op's name.

    Raises:
      ValueError: shapes don't fit.

    Example:
      >>> tf.unsorted_segment_sum(tf.ones([3, 2]), [0, 1, 0], 2)
      <tf.Tensor 'UnsortedSegmentSum:0' shape=(2, 2) dtype=float32>
    """
    return apply(UNSORTED_SEGMENT_SUM, [data, segment_ids, num_segments], name=name)


def _stitch_shape(q: ShapeQuery) -> list[Dims | None]:
    count = len(q.shapes) // 2
    rest: Dims | None = None
    for indices, data in zip(q.shapes[:count], q.shapes[count:], strict=True):
        if indices is not None and data is not None:
            merge_dims(indices, data[: len(indices)])
            rest = merge_dims(rest, data[len(indices) :])
    if rest is None:
        return [None]
    values = [q.value(index) for index in range(count)]
    if any(value is None or None in value.reshape(-1).tolist() for value in values):
        return [(None, *rest)]
    places = [place for value in values if value is not None for place in value.reshape(-1)]
    return [(1 + max(places, default=-1), *rest)]


def _dynamic_stitch(indices: Any, data: Any) -> np.ndarray:
    places = [np.asarray(item).reshape(-1).astype(np.int64) for item in indices]
    count = 1 + max((int(place.max()) for place in places if place.size), default=-1)
    arrays = [np.asarray(item) for item in data]
    rest = arrays[0].shape[np.asarray(indices[0]).ndim :]
    result = np.zeros((count, *rest), np.result_type(*arrays))
    for place, array in zip(places, arrays, strict=True):
        result[place] = array.reshape(place.size, *rest)
    return result


def _stitch_gradient(op: Any, grad: Tensor) -> list[Any]:
    count = len(op.inputs) // 2
    return [None] * count + [gather(grad, op.inputs[index]) for index in range(count)]


def _stitch_samples(rng: np.random.Generator) -> Any:
    first, second = np.array([0, 3], np.int32), np.array([2, 1], np.int32)
    for dtype in (np.float32, np.float64, np.int32):
        data = [rng.uniform(-3, 3, (2, 2)).astype(dtype) for _ in range(2)]
        yield Sample(([first, second], data))
    yield Sample(([np.int32(1), np.array([0], np.int32)], [np.float64(4), np.array([5.0])]))


DYNAMIC_STITCH = OpDef(
    "DynamicStitch",
    "indices: N*int32, data: N*T -> merged: T",
    _stitch_shape,
    types={"T": ANY},
    reference=_dynamic_stitch,
    gradient=_stitch_gradient,
    samples=_stitch_samples,
)


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """Several tensors merged row by row: merged[indices[m][i]] = data[m][i].

    Args:
      indices: a list of int32 tensors: where each row goes.
      data: a list of tensors.
      name: the op's name.

    Example:
      >>> tf.dynamic_stitch([[0, 2], [1]], [[1.0, 3.0], [2.0]])
      <tf.Tensor 'DynamicStitch:0' shape=(3,) dtype=float32>
    """
    return apply(DYNAMIC_STITCH, [list(indices), list(data)], name=name)
