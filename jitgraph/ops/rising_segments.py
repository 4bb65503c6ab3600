"""Rows combined by rising segment, the number of segments known: what the compiler makes.

In: rows, the segment of each, rising, the number of segments. Out: a row a segment. TensorFlow's
segment_sum and so on become these: their number of segments is the last one's plus one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph.ops.array_dims import (
    Dims,
    as_int,
    require_rank,
    require_rank_at_least,
    scalar_item,
)
from jitgraph.ops.definition import INDEX, NUMBERS, REALS, OpDef, Sample, ShapeQuery, no_gradient

Reference = Callable[..., np.ndarray]
MISFIT = "segment_ids should be the same size as dimension 0 of input."


def require_rising(ids: np.ndarray, rows: int) -> None:
    """Raises TensorFlow's error unless `ids` are the segments of so many rows, rising from 0."""
    if len(ids) != rows:
        raise ValueError(MISFIT)
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


def combined(reduce: Any, empty: int) -> Reference:
    """The reference of an op: `reduce` along each segment, `empty` where there is no row."""

    def reference(data: Any, segment_ids: Any, num_segments: Any = None) -> np.ndarray:
        rows, ids = np.asarray(data), np.asarray(segment_ids).astype(np.int64)
        require_rising(ids, len(rows))
        count = int(ids[-1]) + 1 if ids.size else 0
        if num_segments is not None:
            count = as_int(num_segments)
        result = np.full((count, *rows.shape[1:]), empty, rows.dtype)
        if ids.size:
            numbers, starts = np.unique(ids, return_index=True)
            result[numbers] = reduce.reduceat(rows, starts, axis=0)
        return result

    return reference


def mean(data: Any, segment_ids: Any, num_segments: Any = None) -> np.ndarray:
    """The reference of the mean of each segment."""
    sums = combined(np.add, 0)(data, segment_ids, num_segments)
    counts = np.bincount(np.asarray(segment_ids).astype(np.int64), minlength=len(sums))
    divisor = np.maximum(counts, 1).astype(sums.dtype).reshape(-1, *[1] * (sums.ndim - 1))
    return sums // divisor if sums.dtype.kind in "iu" else sums / divisor


def emit_divisor(b: Any, kind: str, ids: Any, count: Any, rank: int, dtype: Any) -> Any:
    """What sums are divided by, as instructions: for each of `count` segments the number of its
    rows, or ("SqrtN") its root, shaped as rows are."""
    one = b.emit("BroadcastTo", b.constant(1, dtype), b.sizes(ids.type.dims))
    numbers = b.emit("UnsortedSegmentSum", one, ids, b.scalar_host(count))
    numbers = b.emit("Maximum", numbers, b.constant(1, dtype))
    if kind == "SqrtN":
        numbers = b.emit("Sqrt", numbers)
    return b.emit("Reshape", numbers, b.sizes([count, *[1] * (rank - 1)]))


def _decompose_mean(b: Any, instr: Any) -> list[Any]:
    data, ids, rows = instr.inputs
    dtype = data.type.dtype
    sums = b.emit("RisingSegmentSum", data, ids, rows)
    divisor = emit_divisor(b, "Mean", ids, sums.type.dims[0], len(data.type.dims), dtype)
    return [b.emit("FloorDiv" if dtype.is_integer else "RealDiv", sums, divisor)]


def _shape(q: ShapeQuery) -> list[Dims | None]:
    data, ids, _ = q.shapes
    require_rank_at_least(data, 1)
    require_rank(ids, 1)
    if data is None:
        return [None]
    if ids is not None and None not in (ids[0], data[0]) and ids[0] != data[0]:
        raise ValueError(MISFIT)
    return [(scalar_item(q.value(2)), *data[1:])]


def _samples(rng: np.random.Generator) -> Any:
    ids = np.array([0, 0, 2, 2, 2], np.int32)
    for dtype in (np.float32, np.int32):
        yield Sample((rng.permutation(15).reshape(5, 3).astype(dtype), ids, np.int64(3)))
    yield Sample((rng.uniform(1, 3, 4), np.array([1, 1, 3, 4], np.int64), np.int64(5)))


def _definition(kind: str, reference: Reference, types: Any, decompose: Any = None) -> OpDef:
    return OpDef(
        f"RisingSegment{kind}",
        "data: T, segment_ids: Tindices, num_segments: int64 -> output: T",
        _shape,
        types={"T": types, "Tindices": INDEX},
        reference=reference,
        library=None if decompose else f"rising_segments_{kind.lower()}",
        decompose=decompose,
        host=(2,),
        gradient=no_gradient,
        samples=_samples,
        internal=True,
    )


RISING_SEGMENT_SUM = _definition("Sum", combined(np.add, 0), NUMBERS)
RISING_SEGMENT_MEAN = _definition("Mean", mean, NUMBERS, _decompose_mean)
RISING_SEGMENT_PROD = _definition("Prod", combined(np.multiply, 1), NUMBERS)
RISING_SEGMENT_MIN = _definition("Min", combined(np.minimum, 0), REALS)
RISING_SEGMENT_MAX = _definition("Max", combined(np.maximum, 0), REALS)
