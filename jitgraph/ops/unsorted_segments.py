"""Rows combined by segment, in any order: unsorted_segment_max, _min, _prod, _mean, _sqrt_n.

In: rows, the segment of each, the number of segments. Out: a row a segment; rows of negative
segments are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import as_int
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import INDEX, NUMBERS, REALS, OpDef, Sample
from jitgraph.ops.scattering import require_segments, segments_shape, unsorted_segment_sum


def _unsorted(combine: Any, start: Callable[[Any], Any]) -> Callable[..., np.ndarray]:
    """The reference of an op: `combine` over the rows of a segment, beginning with `start`."""

    def reference(data: Any, segment_ids: Any, num_segments: Any) -> np.ndarray:
        rows, ids = np.asarray(data), np.asarray(segment_ids).astype(np.int64)
        count = as_int(num_segments)
        require_segments(ids, count)
        result = np.full((count, *rows.shape[ids.ndim :]), start(rows.dtype), rows.dtype)
        combine.at(result, ids[ids >= 0], rows[ids >= 0])
        return result

    return reference


def least(dtype: Any) -> Any:
    """The least number of a dtype that is not infinite."""
    return dtypes.as_dtype(np.dtype(dtype)).min


def greatest(dtype: Any) -> Any:
    """The greatest number of a dtype that is not infinite."""
    return dtypes.as_dtype(np.dtype(dtype)).max


def _extreme_gradient(op: Any, grad: Tensor) -> list[Any]:
    """The gradient goes to the elements that are the extreme of their segment, in equal parts."""
    from jitgraph.ops.casting import cast
    from jitgraph.ops.comparison import equal
    from jitgraph.ops.elementwise_division import divide
    from jitgraph.ops.filling import zeros_like
    from jitgraph.ops.logical import logical_and
    from jitgraph.ops.selection import where

    data, ids, count = op.inputs
    found, clipped, is_kept = gather_kept(op.outputs[0], ids)
    is_chosen = logical_and(equal(data, found), is_kept)
    number = unsorted_segment_sum(cast(is_chosen, grad.dtype), ids, count)
    shares, _, _ = gather_kept(divide(grad, number), None, clipped, is_kept)
    return [where(is_chosen, shares, zeros_like(shares)), None, None]


def _product_gradient(op: Any, grad: Tensor) -> list[Any]:
    """The product divided by the element, or that of all others where the element is zero."""
    from jitgraph.ops.casting import cast
    from jitgraph.ops.comparison import equal, greater
    from jitgraph.ops.elementwise_extrema import maximum
    from jitgraph.ops.filling import ones_like, zeros_like
    from jitgraph.ops.gathering import gather
    from jitgraph.ops.selection import where

    data, ids, count = op.inputs
    is_zero = equal(data, 0)
    zeros = unsorted_segment_sum(cast(is_zero, dtype=dtypes.int32), ids, count)
    grad = where(greater(zeros, 1), zeros_like(grad), grad)
    others = unsorted_segment_prod(where(is_zero, ones_like(data), data), ids, count)
    clipped = maximum(ids, zeros_like(ids))
    product: Any = gather(op.outputs[0], clipped)
    of_others = gather(others, clipped)
    partial = where(is_zero, of_others, product / data)
    kept: Any = gather_kept(grad, ids, clipped)[0]
    return [kept * partial, None, None]


def gather_kept(
    params: Tensor, ids: Any, clipped: Any = None, is_kept: Any = None
) -> tuple[Tensor, Tensor, Any]:
    """Rows of `params` by segment, zeros for negative segments.

    Args:
      params: a row a segment.
      ids: the segments; None where `clipped` and `is_kept` are known.
      clipped: the segments with zero for the negative ones.
      is_kept: where they are not negative.

    Returns:
      The rows, and the latter two.
    """
    from jitgraph.ops.comparison import greater_equal
    from jitgraph.ops.elementwise_extrema import maximum
    from jitgraph.ops.filling import ones_like, zeros_like
    from jitgraph.ops.gathering import gather
    from jitgraph.ops.reshaping import expand_dims
    from jitgraph.ops.selection import where

    if clipped is None:
        clipped = maximum(ids, zeros_like(ids))
    rows = gather(params, clipped)
    if is_kept is None:
        is_kept = greater_equal(ids, 0)
        for _ in range(len(rows._dims or ()) - len(is_kept._dims or ())):
            is_kept = expand_dims(is_kept, -1)
        is_kept = is_kept & ones_like(rows, dtype=dtypes.bool)
    return where(is_kept, rows, zeros_like(rows)), clipped, is_kept


def _samples(rng: np.random.Generator) -> Any:
    rows, some = rng.permutation(12).reshape(4, 3) + 1, np.array([2, 0, -1, 2], np.int32)
    for dtype in (np.float32, np.float16, np.int32, np.int64):
        yield Sample((rows.astype(dtype), some, np.int32(4)))
    yield Sample((rng.permutation(10).reshape(5, 2) / 2, np.array([2, 0, -1, 2, 1]), np.int32(3)))
    yield Sample((rng.uniform(1, 3, (2, 2)), np.array([[0, 1], [1, 1]], np.int64), np.int64(2)))
    yield Sample((np.zeros((0, 2), np.float32), np.zeros(0, np.int32), np.int32(2)))


def _definition(
    kind: str, combine: Any, start: Callable[[Any], Any], types: Any, gradient: Any
) -> OpDef:
    return OpDef(
        f"UnsortedSegment{kind.capitalize()}",
        "data: T, segment_ids: Tindices, num_segments: Tnumsegments -> output: T",
        segments_shape,
        types={"T": types, "Tindices": INDEX, "Tnumsegments": (INDEX, dtypes.int32)},
        reference=_unsorted(combine, start),
        library=f"segment_{kind}",
        host=(2,),
        gradient=gradient,
        samples=_samples,
    )


UNSORTED_SEGMENT_MAX = _definition("max", np.maximum, least, REALS, _extreme_gradient)
UNSORTED_SEGMENT_MIN = _definition("min", np.minimum, greatest, REALS, _extreme_gradient)
UNSORTED_SEGMENT_PROD = _definition(
    "prod", np.multiply, lambda dtype: 1, NUMBERS, _product_gradient
)


def unsorted_segment_max(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """The greatest of the rows of each segment; the least number of the dtype where there are none.

    Args:
      data: a tensor.
      segment_ids: the segment of each row; negative ones are left out.
      num_segments: how many segments there are.
      name: the op's name.

    Raises:
      ValueError: shapes don't fit.

    Example:
      >>> tf.unsorted_segment_max(tf.ones([3, 2]), [0, 1, 0], 2)
      <tf.Tensor 'UnsortedSegmentMax:0' shape=(2, 2) dtype=float32>
    """
    return apply(UNSORTED_SEGMENT_MAX, [data, segment_ids, num_segments], name=name)


def unsorted_segment_min(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """The least of the rows of each segment; the greatest number where there are none.

    Args: as those of `unsorted_segment_max`.
    """
    return apply(UNSORTED_SEGMENT_MIN, [data, segment_ids, num_segments], name=name)


def unsorted_segment_prod(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """The product of the rows of each segment; one where there are none.

    Args: as those of `unsorted_segment_max`.
    """
    return apply(UNSORTED_SEGMENT_PROD, [data, segment_ids, num_segments], name=name)


def unsorted_segment_mean(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """The mean of the rows of each segment; zero where there are none.

    Args: as those of `unsorted_segment_max`; `data` of a float or complex dtype.
    """
    with name_scope(name, "UnsortedSegmentMean"):
        rows, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        number = _row_counts(rows, ids, num_segments)
        sums: Any = unsorted_segment_sum(rows, ids, num_segments)
        return sums / number  # type: ignore[no-any-return]


def unsorted_segment_sqrt_n(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """The sum of the rows of each segment divided by the root of their number.

    Args: as those of `unsorted_segment_mean`.
    """
    from jitgraph.ops.elementwise_powers import sqrt

    with name_scope(name, "UnsortedSegmentSqrtN"):
        rows, ids = convert_to_tensor(data), convert_to_tensor(segment_ids)
        number = _row_counts(rows, ids, num_segments)
        sums: Any = unsorted_segment_sum(rows, ids, num_segments)
        return sums / sqrt(number)  # type: ignore[no-any-return]


def _row_counts(rows: Tensor, ids: Tensor, num_segments: Any) -> Any:
    """How many rows each segment has, at least one, in the rank of the result."""
    from jitgraph.ops.elementwise_extrema import maximum
    from jitgraph.ops.filling import ones
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape

    sizes = shape(ids)
    counts = unsorted_segment_sum(ones(sizes, dtype=rows.dtype), ids, num_segments)
    below = len(rows._dims or ()) - len(ids._dims or ())
    return maximum(reshape(counts, [num_segments, *[1] * below]), 1)
