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
from jitgraph.ops.rising_segments import (
    MISFIT,
    RISING_SEGMENT_MAX,
    RISING_SEGMENT_MEAN,
    RISING_SEGMENT_MIN,
    RISING_SEGMENT_PROD,
    RISING_SEGMENT_SUM,
)


def _segment_shape(q: ShapeQuery) -> list[Dims | None]:
    data, ids = q.shapes
    require_rank_at_least(data, 1)
    require_rank(ids, 1)
    return [None if data is None else (None, *data[1:])]


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


def _definition(counted: OpDef, types: Any, gradient: Callable[..., Any] | None) -> OpDef:
    return OpDef(
        counted.name.removeprefix("Rising"),
        "data: T, segment_ids: Tindices -> output: T",
        _segment_shape,
        misfit=lambda q, name: MISFIT,
        types={"T": types, "Tindices": INDEX},
        reference=counted.reference,
        counted=(counted, 1),
        gradient=gradient,
        samples=_samples,
    )


SEGMENT_SUM = _definition(RISING_SEGMENT_SUM, NUMBERS, _sum_gradient)
SEGMENT_MEAN = _definition(RISING_SEGMENT_MEAN, NUMBERS, _mean_gradient)
SEGMENT_PROD = _definition(RISING_SEGMENT_PROD, NUMBERS, None)
SEGMENT_MIN = _definition(RISING_SEGMENT_MIN, REALS, _extreme_gradient)
SEGMENT_MAX = _definition(RISING_SEGMENT_MAX, REALS, _extreme_gradient)


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
