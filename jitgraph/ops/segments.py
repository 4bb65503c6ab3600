"""Rows combined by segment, where segments follow each other: segment_sum, segment_mean and so on.

In: rows, and the segment of each, rising. Out: a row a segment. The last segment's number tells how
many there are, so their number depends on data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank, require_rank_at_least
from jitgraph.ops.definition import INDEX, NUMBERS, REALS, OpDef, Sample, ShapeQuery

Combine = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _segment_shape(q: ShapeQuery) -> list[Dims | None]:
    data, ids = q.shapes
    require_rank_at_least(data, 1)
    require_rank(ids, 1)
    return [None if data is None else (None, *data[1:])]


def _segmented(reduce: Any, empty: int) -> Callable[..., np.ndarray]:
    """The reference of an op: `reduce` along each segment, `empty` where there is no row."""

    def reference(data: Any, segment_ids: Any) -> np.ndarray:
        rows, ids = np.asarray(data), np.asarray(segment_ids).astype(np.int64)
        require_rising(ids, len(rows))
        count = int(ids[-1]) + 1 if ids.size else 0
        result = np.full((count, *rows.shape[1:]), empty, rows.dtype)
        if count:
            numbers, starts = np.unique(ids, return_index=True)
            result[numbers] = reduce.reduceat(rows, starts, axis=0)
        return result

    return reference


def _mean(data: Any, segment_ids: Any) -> np.ndarray:
    sums = _segmented(np.add, 0)(data, segment_ids)
    counts = np.bincount(np.asarray(segment_ids).astype(np.int64), minlength=len(sums))
    divisor = np.maximum(counts, 1).astype(sums.dtype).reshape(-1, *[1] * (sums.ndim - 1))
    return sums // divisor if sums.dtype.kind in "iu" else sums / divisor


def require_rising(ids: np.ndarray, rows: int) -> None:
    """Raises TensorFlow's error unless `ids` are the segments of so many rows, rising from 0."""
    if len(ids) != rows:
        raise ValueError("segment_ids should be the same size as dimension 0 of input.")
    if not len(ids):
        return
    if (ids < 0).any():
        first = int(ids[ids < 0][0])
        raise IndexError(
            f"Segment id {first} out of range [0, {int(ids[-1]) + 1}), possibly because "
            "'segment_ids' input is not sorted."
        )
    if (np.diff(ids) < 0).any():
        raise ValueError("segment ids are not increasing")


def _sum_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.gathering import gather

    return [gather(grad, op.inputs[1]), None]


def _mean_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.constants import constant
    from jitgraph.ops.elementwise_division import divide
    from jitgraph.ops.filling import fill
    from jitgraph.ops.gathering import gather
    from jitgraph.ops.reshaping import expand_dims
    from jitgraph.ops.shapes_of import rank, shape

    data, ids = op.inputs
    below: Any = rank(data)
    sizes = concat([shape(ids), fill(expand_dims(below - 1, 0), 1)], 0)
    ones = fill(sizes, constant(1, dtype=grad.dtype))
    return [gather(divide(grad, segment_sum(ones, ids)), ids), None]


def _extreme_gradient(op: Any, grad: Tensor) -> list[Any]:
    """The gradient goes to the elements that are the extreme of their segment, in equal parts."""
    from jitgraph.ops.casting import cast
    from jitgraph.ops.comparison import equal
    from jitgraph.ops.elementwise_division import divide
    from jitgraph.ops.filling import zeros_like
    from jitgraph.ops.gathering import gather
    from jitgraph.ops.selection import where

    data, ids = op.inputs
    none = zeros_like(data, dtype=data.dtype)
    is_chosen = equal(data, gather(op.outputs[0], ids))
    number = segment_sum(cast(is_chosen, grad.dtype), ids)
    return [where(is_chosen, gather(divide(grad, number), ids), none), None]


def _samples(rng: np.random.Generator) -> Any:
    ids = np.array([0, 0, 2, 2, 2], np.int32)
    for dtype in (np.float32, np.float64, np.int32):
        yield Sample((rng.permutation(15).reshape(5, 3).astype(dtype), ids))
    yield Sample((rng.uniform(1, 3, 4), np.array([1, 1, 3, 4], np.int64)))
    yield Sample((np.zeros((0, 2)), np.zeros(0, np.int32)))


def _definition(
    name: str, reference: Callable[..., Any], types: Any, gradient: Callable[..., Any] | None
) -> OpDef:
    return OpDef(
        name,
        "data: T, segment_ids: Tindices -> output: T",
        _segment_shape,
        types={"T": types, "Tindices": INDEX},
        reference=reference,
        gradient=gradient,
        samples=_samples,
    )


SEGMENT_SUM = _definition("SegmentSum", _segmented(np.add, 0), NUMBERS, _sum_gradient)
SEGMENT_MEAN = _definition("SegmentMean", _mean, NUMBERS, _mean_gradient)
SEGMENT_PROD = _definition("SegmentProd", _segmented(np.multiply, 1), NUMBERS, None)
SEGMENT_MIN = _definition("SegmentMin", _segmented(np.minimum, 0), REALS, _extreme_gradient)
SEGMENT_MAX = _definition("SegmentMax", _segmented(np.maximum, 0), REALS, _extreme_gradient)


def segment_sum(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """The sum of the rows of each segment; zero for a segment without rows.

    Args:
      data: a tensor of rank 1 or more.
      segment_ids: a vector with the segment of each row, rising from 0.
      name: the op's name.

    Raises:
      ValueError: ranks don't fit. The run fails where the numbers don't rise.

    Example:
      >>> tf.segment_sum(tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), [0, 0, 1])
      <tf.Tensor 'SegmentSum:0' shape=(?, 2) dtype=float32>
    """
    return apply(SEGMENT_SUM, [data, segment_ids], name=name)


def segment_mean(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """The mean of the rows of each segment; zero for a segment without rows. See `segment_sum`."""
    return apply(SEGMENT_MEAN, [data, segment_ids], name=name)


def segment_prod(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """The product of the rows of each segment; one for a segment without rows. See `segment_sum`.

    It has no gradient, as in TensorFlow.
    """
    return apply(SEGMENT_PROD, [data, segment_ids], name=name)


def segment_min(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """The least of the rows of each segment; zero for a segment without rows. See `segment_sum`."""
    return apply(SEGMENT_MIN, [data, segment_ids], name=name)


def segment_max(data: Any, segment_ids: Any, name: str | None = None) -> Tensor:
    """The greatest of the rows of each segment; zero where there are none. See `segment_sum`."""
    return apply(SEGMENT_MAX, [data, segment_ids], name=name)
