"""bincount: how often each small integer occurs, or the sum of its weights.

In: integers, how many counts there are, weights. Out: a count for each integer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank, scalar_item
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery

_KINDS = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)


def _counts_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[1], 0)
    size = scalar_item(q.value(1))
    if isinstance(size, (int, np.integer)) and size < 0:
        raise ValueError(f"size ({size}) must be non-negative")
    return [(size,)]


def _counted(arr: Any, size: Any, weights: Any) -> np.ndarray:
    values, count = np.asarray(arr).reshape(-1), int(size)
    if (values < 0).any():
        raise ValueError("Input arr must be non-negative!")
    is_kept = values < count
    given = np.asarray(weights).reshape(-1)
    shares = given[is_kept] if given.size else np.ones(int(is_kept.sum()), given.dtype)
    result = np.zeros(count, given.dtype)
    np.add.at(result, values[is_kept], shares)
    return result


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.int32, np.int64, np.float32, np.float64):
        values = rng.integers(0, 7, (3, 5)).astype(np.int32)
        for size in (3, 7, 12):
            yield Sample((values, np.int32(size), np.zeros(0, kind)))
            yield Sample((values, np.int32(size), rng.uniform(0, 9, (3, 5)).astype(kind)))


BINCOUNT = OpDef(
    "Bincount",
    "arr: int32, size: int32, weights: T -> bins: T",
    _counts_shape,
    types={"T": _KINDS},
    reference=_counted,
    host=(1,),
    samples=_samples,
)


def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """How often each of the integers 0, 1, ... occurs.

    Args:
      arr: integers that are not negative.
      weights: of the same shape: their sums are given instead of counts.
      minlength: the least number of counts.
      maxlength: the greatest number of counts; greater integers are left out.
      dtype: of the counts, where there are no weights.
      name: the ops' name scope.

    Returns:
      A vector, of one element more than the greatest integer.

    Example:
      >>> tf.Session().run(tf.bincount([1, 1, 3])).tolist()
      [0, 2, 0, 1]
    """
    from jitgraph.ops.casting import cast
    from jitgraph.ops.constants import constant
    from jitgraph.ops.elementwise_extrema import maximum, minimum
    from jitgraph.ops.reductions import reduce_max, reduce_prod
    from jitgraph.ops.scattering import unsorted_segment_sum
    from jitgraph.ops.shapes_of import shape as shape_of

    with name_scope("bincount" if name is None else name):
        arr = convert_to_tensor(arr, name="arr", dtype=dtypes.int32)
        count: Any = reduce_prod(shape_of(arr))
        has_any = cast(count > 0, dtypes.int32)
        greatest: Any = reduce_max(arr)
        size: Any = has_any * (greatest + 1)
        if minlength is not None:
            least = convert_to_tensor(minlength, name="minlength", dtype=dtypes.int32)
            size = maximum(least, size)
        if maxlength is not None:
            most = convert_to_tensor(maxlength, name="maxlength", dtype=dtypes.int32)
            size = minimum(most, size)
        if weights is not None:
            return unsorted_segment_sum(convert_to_tensor(weights, name="weights"), arr, size)
        found: Tensor = apply(BINCOUNT, [arr, size, constant([], dtype)])
        return found
