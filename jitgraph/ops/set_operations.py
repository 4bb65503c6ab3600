"""Differences of sets held as vectors. In: two vectors. Out: what only the first one holds."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import require_rank
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery
from jitgraph.ops.partial_value import object_vector

SetDifference = namedtuple("SetDifference", ("out", "idx"))


def _only_in_first(x: Any, y: Any) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.asarray(x), np.asarray(y)
    if first.dtype != object and second.dtype != object:
        places = np.flatnonzero(~np.isin(first, second))
        return first[places], places
    others = set(y) if all(isinstance(item, bytes) for item in (*x, *y)) else list(y)
    kept = [index for index, item in enumerate(x) if item not in others]
    items = object_vector(x[index] for index in kept)
    return items.astype(getattr(x, "dtype", object)), np.array(kept, np.int64)


def _list_diff_shape(q: ShapeQuery) -> list[Any]:
    require_rank(q.shapes[0], 1)
    require_rank(q.shapes[1], 1)
    x, y = q.value(0), q.value(1)
    if x is None or y is None or any(item is None for item in (*x, *y)):
        return [(None,), (None,)]
    count = len(_only_in_first(x, y)[1])
    return [(count,), (count,)]


def _list_diff(x: Any, y: Any, out_idx: Any) -> tuple[np.ndarray, np.ndarray]:
    return _only_in_first(x, y)


def _list_diff_samples(rng: np.random.Generator) -> Any:
    for kind in (np.int32, np.int64, np.float32):
        yield Sample(
            (np.array([1, 2, 3, 4, 2, 6], kind), np.array([3, 2], kind)),
            {"out_idx": dtypes.int32},
        )
    nothing = np.zeros(0, np.int32)
    yield Sample((np.array([5, 6], np.int32), nothing), {"out_idx": dtypes.int64})


LIST_DIFF = OpDef(
    "ListDiff",
    "x: T, y: T -> out: T, idx: out_idx",
    _list_diff_shape,
    types={"T": ANY, "out_idx": (INDEX, dtypes.int32)},
    attrs={"out_idx": dtypes.int32},
    reference=_list_diff,
    samples=_list_diff_samples,
)


def setdiff1d(x: Any, y: Any, index_dtype: Any = dtypes.int32, name: str | None = None) -> Any:
    """The elements of `x` that `y` doesn't hold, and where they stand in `x`.

    Args:
      x, y: vectors.
      index_dtype: dtype of the positions, int32 or int64.
      name: the op's name.

    Returns:
      A pair (out, idx), in the order of `x`.

    Example:
      >>> tf.setdiff1d([1, 2, 3, 4], [2, 4])
    """
    return SetDifference(*apply(LIST_DIFF, [x, y], {"out_idx": dtypes.as_dtype(index_dtype)}, name))
