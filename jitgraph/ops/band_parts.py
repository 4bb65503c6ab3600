"""Bands of matrices: matrix_band_part, which keeps what lies near the diagonal.

In: (batches of) matrices, and how many diagonals below and above the main one. Out: the matrices
with all else zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import (
    ANY,
    INDEX,
    INDEX_OUT_OF_RANGE,
    OpDef,
    Sample,
    no_gradient,
)


def _band_part(input: Any, num_lower: Any, num_upper: Any) -> np.ndarray:
    rows, columns = input.shape[-2:]
    for name, count, most, axis in (
        ("num_lower", num_lower, rows, "rows"),
        ("num_upper", num_upper, columns, "columns"),
    ):
        if count > most:
            raise ValueError(
                f"{name} must be negative or less or equal to number of {axis} ({most}) got: "
                f"{count}"
            )
    below = np.arange(rows)[:, None] - np.arange(columns)
    in_lower = (num_lower < 0) | (below <= num_lower)
    in_upper = (num_upper < 0) | (-below <= num_upper)
    return np.where(in_lower & in_upper, input, np.zeros((), input.dtype))


def _decompose_band_part(b: Any, instr: Any) -> list[Any]:
    """Selects by the distance of row and column; a negative number of diagonals means all."""
    x, num_lower, num_upper = instr.inputs
    dims, kind = x.type.dims, num_lower.type.dtype
    num_lower, num_upper = (
        b.emit(AT_MOST, count, b.scalar_size(size, kind))
        for count, size in zip((num_lower, num_upper), dims[-2:], strict=True)
    )
    lead, rank, zero = (1,) * (len(dims) - 2), len(dims), b.constant(0, kind)
    rows = b.emit("Iota", dims=(*lead, dims[-2], 1), axis=rank - 2, T=kind)
    columns = b.emit("Iota", dims=(*lead, 1, dims[-1]), axis=rank - 1, T=kind)

    def within(distance: Any, most: Any) -> Any:
        return b.emit("LogicalOr", b.emit("Less", most, zero), b.emit("LessEqual", distance, most))

    in_lower = within(b.emit("Sub", rows, columns), num_lower)
    in_upper = within(b.emit("Sub", columns, rows), num_upper)
    is_kept = b.emit("LogicalAnd", in_lower, in_upper)
    return [b.emit("SelectV2", is_kept, x, b.constant(0, x.type.dtype))]


def _samples(rng: np.random.Generator) -> Any:
    bands = ((0, 0), (1, 0), (0, 2), (-1, 0), (0, -1), (-1, -1), (1, 1))
    kinds = (np.float32, np.float64, np.int32, np.complex64, np.float16, np.uint8, np.int64)
    for kind, (lower, upper) in zip(kinds, bands, strict=True):
        for shape in ((3, 4), (2, 4, 3)):
            x: np.ndarray = np.asarray(rng.uniform(1, 5, shape)).astype(kind)
            yield Sample((x, np.int64(lower), np.int64(upper)))
    yield Sample((np.zeros((0, 3), np.float32), np.int32(0), np.int32(1)))


AT_MOST = OpDef(
    "AtMost",
    "x: T, limit: T -> y: T",
    lambda q: [q.shapes[0]],
    types={"T": INDEX},
    reference=lambda x, limit: x,
    scalar="x",
    check=("x > limit", INDEX_OUT_OF_RANGE),
    gradient=no_gradient,
    samples=lambda rng: [Sample((kind(3), kind(4))) for kind in (np.int32, np.int64)],
    internal=True,
)
"""x; a run in which it is greater than `limit` fails."""

MATRIX_BAND_PART = OpDef(
    "MatrixBandPart",
    "input: T, num_lower: Tindex, num_upper: Tindex -> band: T",
    lambda q: [q.shapes[0]],
    types={"T": ANY, "Tindex": (INDEX, dtypes.int64)},
    reference=_band_part,
    decompose=_decompose_band_part,
    gradient=lambda op, grad: [matrix_band_part(grad, op.inputs[1], op.inputs[2]), None, None],
    samples=_samples,
)


def matrix_band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Tensor:
    """Matrices that are zero outside a band around the diagonal.

    Args:
      input: the last two axes hold a matrix.
      num_lower: how many diagonals to keep below the main one; all when negative.
      num_upper: how many above it.
      name: the op's name.

    Example:
      >>> tf.matrix_band_part(tf.ones([3, 3]), -1, 0)  # lower triangular
      <tf.Tensor 'MatrixBandPart:0' shape=(3, 3) dtype=float32>
    """
    return apply(MATRIX_BAND_PART, [input, num_lower, num_upper], name=name)
