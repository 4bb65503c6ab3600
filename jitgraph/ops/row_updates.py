"""Ops that the compiler makes to update rows of variables within one native call.

In: indices of rows, some perhaps several times. Out: where each was first seen; contents with
rows replaced. TensorFlow's Unique, whose result has a size that depends on data, isn't needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.ops.array_dims import Dims, merge_dims
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery, no_gradient

HASH_FACTOR = 0x9E3779B1
HASH_MASK = 0x7FFFFFFF


def _positions_shape(q: ShapeQuery) -> list[Dims | None]:
    number = None if q.shapes[0] is None else q.shapes[0][0]
    return [(number,), (None if number is None else 2 * number + 1,)]


def _first_positions(x: Any, T: Any = None) -> tuple[np.ndarray, np.ndarray]:
    table = np.full(2 * len(x) + 1, -1, np.int32)
    found = np.zeros(len(x), np.int32)
    for position, item in enumerate(map(int, x)):
        slot = ((((item ^ (item >> 31)) & HASH_MASK) * HASH_FACTOR) >> 16) % len(table)
        while table[slot] >= 0 and x[table[slot]] != item:
            slot = slot + 1 if slot + 1 < len(table) else 0
        if table[slot] < 0:
            table[slot] = position
        found[position] = table[slot]
    return found, table


def _positions_samples(rng: np.random.Generator) -> Any:
    yield Sample((np.array([4, 1, 4, 3, 1, 7], np.int32),))
    yield Sample((rng.integers(-20, 20, 60),))
    yield Sample((np.zeros(0, np.int32),))


FIRST_POSITIONS = OpDef(
    "FirstPositions",
    "x: T -> position: int32, table: int32",
    _positions_shape,
    types={"T": INDEX},
    reference=_first_positions,
    library="first_positions",
    gradient=no_gradient,
    samples=_positions_samples,
    internal=True,
)
"""For each element the place where an equal one stands first; `table` is the hash table."""


def _put_shape(q: ShapeQuery) -> list[Dims | None]:
    ref, indices, rows = q.shapes
    if ref is not None and indices is not None:
        merge_dims(rows, (*indices, *ref[1:]))
    return [ref]


def _put_rows(ref: Any, indices: Any, rows: Any) -> np.ndarray:
    result = np.array(ref)
    result[indices] = rows
    return result


def _put_samples(rng: np.random.Generator) -> Any:
    rows = rng.uniform(-2, 2, (3, 2))
    yield Sample((rng.uniform(-2, 2, (4, 2)), np.array([2, 0, 3], np.int32), rows))
    yield Sample((np.zeros(5, np.float32), np.array([1, 4], np.int64), np.ones(2, np.float32)))


PUT_ROWS = OpDef(
    "PutRows",
    "ref: T, indices: Tindices, rows: T -> output: T",
    _put_shape,
    types={"T": ANY, "Tindices": INDEX},
    reference=_put_rows,
    library="put_rows",
    gradient=no_gradient,
    samples=_put_samples,
    internal=True,
)
"""Rows replaced, as ScatterUpdate does, where an op before has checked that the rows exist."""
