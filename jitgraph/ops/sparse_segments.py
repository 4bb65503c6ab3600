"""Some rows combined by segment: sparse_segment_sum, sparse_segment_mean, sparse_segment_sqrt_n.

In: rows, which of them are taken, the segment of each of these, rising. Out: a row a segment. All
are gather and segment sums; TensorFlow has an op of its own for each.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    as_int,
    merge_dims,
    require_rank,
    require_rank_at_least,
    scalar_item,
)
from jitgraph.ops.definition import INDEX, REALS, OpDef, Sample, ShapeQuery
from jitgraph.ops.rising_segments import emit_divisor, require_rising

_FLOATS = tuple(dtypes.as_dtype(name) for name in ("float32", "float64"))
_INT32 = (dtypes.int32,)


def _rows_shape(q: ShapeQuery) -> list[Dims | None]:
    data, indices, ids = q.shapes[:3]
    require_rank_at_least(data, 1)
    require_rank(indices, 1)
    require_rank(ids, 1)
    merge_dims(indices, ids)
    if len(q.shapes) > 3:
        require_rank(q.shapes[3], 0)
    count = scalar_item(q.value(3)) if len(q.shapes) > 3 else None
    return [None if data is None else (count, *data[1:])]


def _divisor(kind: str, ids: np.ndarray, count: int, rank: int, dtype: Any) -> Any:
    """What the sum of each segment is divided by."""
    if kind == "Sum":
        return np.ones((), dtype)
    numbers = np.maximum(np.bincount(ids, minlength=count), 1).astype(dtype)
    shaped = numbers.reshape(-1, *[1] * (rank - 1))
    return np.sqrt(shaped) if kind == "SqrtN" else shaped


def _combined(kind: str) -> Callable[..., np.ndarray]:
    def reference(data: Any, indices: Any, segment_ids: Any, num_segments: Any = None) -> Any:
        rows, taken = np.asarray(data), np.asarray(indices).astype(np.int64)
        ids = np.asarray(segment_ids).astype(np.int64)
        count = int(ids[-1]) + 1 if ids.size else 0
        if num_segments is not None:
            if count > as_int(num_segments):
                raise ValueError("segment ids must be < num_segments")
            count = as_int(num_segments)
        _require_inside(taken, len(rows))
        require_rising(ids, len(taken))
        sums = np.zeros((count, *rows.shape[1:]), rows.dtype)
        if ids.size:
            starts = np.flatnonzero(np.diff(ids, prepend=-1))
            sums[ids[starts]] = np.add.reduceat(rows[taken], starts, axis=0)
        if kind == "Sum":
            return sums
        return sums / _divisor(kind, ids, count, rows.ndim, rows.dtype)

    return reference


def _require_inside(taken: np.ndarray, count: int) -> None:
    for place in np.argwhere((taken < 0) | (taken >= count))[:1, 0]:
        raise IndexError(f"Bad: indices[{place}] == {taken[place]} out of range [0, {count})")


def _sum_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.gathering import gather
    from jitgraph.ops.scattering import unsorted_segment_sum
    from jitgraph.ops.shapes_of import shape

    sizes: Any = shape(op.inputs[0])
    rows = sizes[0]
    spread = unsorted_segment_sum(gather(grad, op.inputs[2]), op.inputs[1], rows)
    return [spread, *[None] * (len(op.inputs) - 1)]


def _divided_gradient(name: str) -> Callable[..., list[Any]]:
    def gradient(op: Any, grad: Tensor) -> list[Any]:
        from jitgraph.ops.registry import REGISTRY
        from jitgraph.ops.shapes_of import shape

        sizes: Any = shape(op.inputs[0])
        rows = sizes[0]
        found = apply(REGISTRY[name], [grad, op.inputs[1], op.inputs[2], rows])
        return [found, *[None] * (len(op.inputs) - 1)]

    return gradient


def _grad_shape(q: ShapeQuery) -> list[Dims | None]:
    grad = q.shapes[0]
    require_rank_at_least(grad, 1)
    require_rank(q.shapes[3], 0)
    return [None if grad is None else (scalar_item(q.value(3)), *grad[1:])]


def _spread(kind: str) -> Callable[..., np.ndarray]:
    """The gradient of each row: its segment's, divided as the segment's sum was."""

    def reference(grad: Any, indices: Any, segment_ids: Any, output_dim0: Any) -> Any:
        given, ids = np.asarray(grad), np.asarray(segment_ids).astype(np.int64)
        result = np.zeros((as_int(output_dim0), *given.shape[1:]), given.dtype)
        shares = given / _divisor(kind, ids, len(given), given.ndim, given.dtype)
        np.add.at(result, np.asarray(indices).astype(np.int64), shares[ids])
        return result

    return reference


def _decompose_division(kind: str) -> Callable[..., list[Any]]:
    def decompose(b: Any, instr: Any) -> list[Any]:
        data, _, ids, _ = instr.inputs
        name, attrs = "SparseSegmentSumWithNumSegments", instr.attrs
        sums = b.emit(name, *instr.inputs, Tnumsegments=attrs["Tnumsegments"])
        rank, dtype = len(data.type.dims), data.type.dtype
        divisor = emit_divisor(b, kind, ids, sums.type.dims[0], rank, dtype)
        return [b.emit("RealDiv", sums, divisor)]

    return decompose


def _decompose_spread(kind: str) -> Callable[..., list[Any]]:
    def decompose(b: Any, instr: Any) -> list[Any]:
        grad, taken, ids, rows = instr.inputs
        dims, dtype = grad.type.dims, grad.type.dtype
        divisor = emit_divisor(b, kind, ids, dims[0], len(dims), dtype)
        shares = b.emit("GatherV2", b.emit("RealDiv", grad, divisor), ids, b.scalar_host(0))
        count = b.host(rows).reshape(-1)[0]
        return [b.emit("UnsortedSegmentSum", shares, taken, b.scalar_host(count))]

    return decompose


def _samples(rng: np.random.Generator) -> Any:
    taken, ids = np.array([0, 3, 3, 1], np.int32), np.array([0, 0, 2, 2], np.int32)
    for dtype in (np.float32, np.float64):
        yield Sample((rng.uniform(-2, 2, (4, 3)).astype(dtype), taken, ids))


def _counted_samples(rng: np.random.Generator) -> Any:
    for sample in _samples(rng):
        yield Sample((*sample.inputs, np.int32(4)))


def _grad_samples(rng: np.random.Generator) -> Any:
    taken, ids = np.array([0, 3, 3, 1], np.int32), np.array([0, 0, 2, 2], np.int32)
    for dtype in (np.float32, np.float64):
        yield Sample((rng.uniform(-2, 2, (3, 2)).astype(dtype), taken, ids, np.int32(5)))


def _definition(counted: OpDef) -> OpDef:
    return OpDef(
        counted.name.removesuffix("WithNumSegments"),
        "data: T, indices: Tidx, segment_ids: int32 -> output: T",
        _rows_shape,
        types={"T": counted.types["T"], "Tidx": (INDEX, dtypes.int32)},
        reference=counted.reference,
        counted=(counted, 2),
        gradient=counted.gradient,
        samples=_samples,
    )


def _counted_definition(kind: str, types: Any, gradient: Any) -> OpDef:
    return OpDef(
        f"SparseSegment{kind}WithNumSegments",
        "data: T, indices: Tidx, segment_ids: int32, num_segments: Tnumsegments -> output: T",
        _rows_shape,
        types={
            "T": types,
            "Tidx": (INDEX, dtypes.int32),
            "Tnumsegments": (INDEX, dtypes.int32),
        },
        reference=_combined(kind),
        library="taken_segments_sum" if kind == "Sum" else None,
        decompose=None if kind == "Sum" else _decompose_division(kind),
        host=(3,),
        gradient=gradient,
        samples=_counted_samples,
    )


def _grad_definition(kind: str) -> OpDef:
    return OpDef(
        f"SparseSegment{kind}Grad",
        "grad: T, indices: Tidx, segment_ids: int32, output_dim0: int32 -> output: T",
        _grad_shape,
        types={"T": _FLOATS, "Tidx": (INDEX, dtypes.int32)},
        reference=_spread(kind),
        decompose=_decompose_spread(kind),
        host=(3,),
        samples=_grad_samples,
    )


_MEAN_GRADIENT = _divided_gradient("SparseSegmentMeanGrad")
_SQRT_N_GRADIENT = _divided_gradient("SparseSegmentSqrtNGrad")

SPARSE_SEGMENT_SUM_COUNTED = _counted_definition("Sum", REALS, _sum_gradient)
SPARSE_SEGMENT_MEAN_COUNTED = _counted_definition("Mean", _FLOATS, _MEAN_GRADIENT)
SPARSE_SEGMENT_SQRT_N_COUNTED = _counted_definition("SqrtN", _FLOATS, _SQRT_N_GRADIENT)
SPARSE_SEGMENT_SUM = _definition(SPARSE_SEGMENT_SUM_COUNTED)
SPARSE_SEGMENT_MEAN = _definition(SPARSE_SEGMENT_MEAN_COUNTED)
SPARSE_SEGMENT_SQRT_N = _definition(SPARSE_SEGMENT_SQRT_N_COUNTED)
SPARSE_SEGMENT_MEAN_GRAD = _grad_definition("Mean")
SPARSE_SEGMENT_SQRT_N_GRAD = _grad_definition("SqrtN")


def _applied(
    definition: OpDef, counted: OpDef, inputs: list[Any], num_segments: Any, name: str | None
) -> Tensor:
    if num_segments is None:
        return apply(definition, inputs, name=name)
    return apply(counted, [*inputs, num_segments], name=name)


def sparse_segment_sum(
    data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None
) -> Tensor:
    """The sum of the rows taken for each segment: segment_sum(gather(data, indices), segment_ids).

    Args:
      data: a tensor of rank 1 or more.
      indices: a vector: the rows to take.
      segment_ids: a vector with the segment of each row taken, rising from 0.
      name: the op's name.
      num_segments: how many segments there are, if there may be more than the last one named.

    Raises:
      ValueError: ranks don't fit. The run fails where the segments don't rise or a row is missing.

    Example:
      >>> rows = tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
      >>> tf.sparse_segment_sum(rows, [0, 2], [0, 0], num_segments=2)
      <tf.Tensor 'SparseSegmentSumWithNumSegments:0' shape=(2, 2) dtype=float32>
    """
    inputs = [data, indices, segment_ids]
    return _applied(SPARSE_SEGMENT_SUM, SPARSE_SEGMENT_SUM_COUNTED, inputs, num_segments, name)


def sparse_segment_mean(
    data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None
) -> Tensor:
    """The mean of the rows taken for each segment. See `sparse_segment_sum`."""
    inputs = [data, indices, segment_ids]
    return _applied(SPARSE_SEGMENT_MEAN, SPARSE_SEGMENT_MEAN_COUNTED, inputs, num_segments, name)


def sparse_segment_sqrt_n(
    data: Any, indices: Any, segment_ids: Any, name: str | None = None, num_segments: Any = None
) -> Tensor:
    """The sum of the rows taken for each segment divided by the root of their number.

    See `sparse_segment_sum`.
    """
    inputs, counted = [data, indices, segment_ids], SPARSE_SEGMENT_SQRT_N_COUNTED
    return _applied(SPARSE_SEGMENT_SQRT_N, counted, inputs, num_segments, name)
