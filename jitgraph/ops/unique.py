"""The different elements of a vector. In: a vector. Out: each of its elements once, in the order
in which they come first, and where every element of the vector stands among them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery

Unique = namedtuple("Unique", ("y", "idx"))
UniqueWithCounts = namedtuple("UniqueWithCounts", ("y", "idx", "count"))


def _unique_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 1)
    return [(None,), q.shapes[0]]


def _unique_with_counts_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 1)
    return [(None,), q.shapes[0], (None,)]


def _with_counts(x: Any, out_idx: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By a table of all numbers where they are near each other, else by sorting."""
    given = np.asarray(x)
    dtype = dtypes.as_dtype(out_idx).as_numpy_dtype
    if given.dtype.kind in "iu" and given.size:
        low, high = int(given.min()), int(given.max())
        if high - low < max(4 * given.size, SMALL_TABLE):
            return _by_table(given, low, high, dtype)
    return _by_dictionary(given, dtype) if given.dtype == object else _by_sorting(given, dtype)


SMALL_TABLE = 1 << 12
"""A table of so many entries is small, however few elements there are."""


def _by_table(
    given: np.ndarray, low: int, high: int, dtype: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Notes in a table where each number stands first."""
    rows = given.astype(np.int64) - low if given.dtype != np.uint64 else (given - low).astype(int)
    places = np.arange(given.size)
    table = np.empty(high - low + 1, np.int64)
    table[rows[::-1]] = places[::-1]
    first = table[rows]
    is_first = first == places
    ranks = (np.cumsum(is_first) - 1).astype(dtype)[first]
    y = given.take(np.flatnonzero(is_first))
    return y, ranks, np.bincount(ranks, minlength=len(y)).astype(dtype)


def _by_dictionary(given: np.ndarray, dtype: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Strings: each one's number in the order of first occurrence."""
    items = given.tolist()
    numbers = {item: number for number, item in enumerate(dict.fromkeys(items))}
    ranks = np.fromiter(map(numbers.__getitem__, items), dtype, len(items))
    y = np.empty(len(numbers), object)
    y[:] = list(numbers)
    return y, ranks, np.bincount(ranks, minlength=len(numbers)).astype(dtype)


def _by_sorting(given: np.ndarray, dtype: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """By NumPy's sorted unique, put back in the order of first occurrence."""
    _, first, inverse, counts = np.unique(
        given, return_index=True, return_inverse=True, return_counts=True, equal_nan=False
    )
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return given[first[order]], place[inverse].astype(dtype), counts[order].astype(dtype)


def _unique_samples(rng: np.random.Generator) -> Any:
    for kind in (np.int32, np.int64, np.float32, np.uint8):
        yield Sample((np.array([4, 1, 4, 3, 1, 7], kind),), {"out_idx": dtypes.int32})
    yield Sample((rng.integers(0, 9, 40),), {"out_idx": dtypes.int64})
    yield Sample((np.zeros(0, np.int32),), {"out_idx": dtypes.int32})
    yield Sample((np.array([True, False, True]),), {"out_idx": dtypes.int32})


UNIQUE = OpDef(
    "Unique",
    "x: T -> y: T, idx: out_idx",
    _unique_shape,
    types={"T": ANY, "out_idx": (INDEX, dtypes.int32)},
    attrs={"out_idx": dtypes.int32},
    reference=lambda x, out_idx: _with_counts(x, out_idx)[:2],
    samples=_unique_samples,
)

UNIQUE_WITH_COUNTS = OpDef(
    "UniqueWithCounts",
    "x: T -> y: T, idx: out_idx, count: out_idx",
    _unique_with_counts_shape,
    types={"T": ANY, "out_idx": (INDEX, dtypes.int32)},
    attrs={"out_idx": dtypes.int32},
    reference=_with_counts,
    samples=_unique_samples,
)


def unique(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> Any:
    """The different elements of a vector, and where each element stands among them.

    Args:
      x: a vector.
      out_idx: dtype of the positions, int32 or int64.
      name: the op's name.

    Returns:
      A pair (y, idx): y in the order of first occurrence, `y[idx[i]] == x[i]`.

    Raises:
      ValueError: `x` isn't a vector.

    Example:
      >>> y, idx = tf.unique([1, 1, 2, 4, 4, 4, 7, 8, 8])
    """
    return Unique(*apply(UNIQUE, [x], {"out_idx": dtypes.as_dtype(out_idx)}, name))


def unique_with_counts(x: Any, out_idx: Any = dtypes.int32, name: str | None = None) -> Any:
    """As `unique`, and how often each element occurs.

    Args:
      x: a vector.
      out_idx: dtype of positions and counts, int32 or int64.
      name: the op's name.

    Returns:
      A triple (y, idx, count).

    Raises:
      ValueError: `x` isn't a vector.

    Example:
      >>> y, idx, count = tf.unique_with_counts([1, 1, 2, 4, 4, 4, 7, 8, 8])
    """
    attrs = {"out_idx": dtypes.as_dtype(out_idx)}
    return UniqueWithCounts(*apply(UNIQUE_WITH_COUNTS, [x], attrs, name))
