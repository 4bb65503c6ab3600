"""Matrices and their diagonals: matrix_diag, matrix_set_diag, matrix_diag_part.

In: diagonals, or (batches of) matrices. Out: matrices, or their diagonals.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, colocate_with
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim, merge_dims, require_rank_at_least
from jitgraph.ops.assembling import concat
from jitgraph.ops.definition import ANY, OpDef, Sample, ShapeQuery
from jitgraph.ops.filling import zeros, zeros_like
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of


def _least(rows: Any, columns: Any) -> Any:
    if rows is None or columns is None:
        return None
    return rows if rows <= columns else columns


def _matrix_diag_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = q.shapes[0]
    require_rank_at_least(dims, 1)
    return [None if dims is None else (*dims, dims[-1])]


def _matrix_diag(diagonal: np.ndarray) -> np.ndarray:
    size = diagonal.shape[-1]
    result = np.zeros((*diagonal.shape, size), diagonal.dtype)
    result[..., np.arange(size), np.arange(size)] = diagonal
    return result


def _on_diagonal(b: Any, dims: Any) -> Any:
    """A bool matrix, true on the diagonal, that broadcasts against `dims`."""
    lead = (1,) * (len(dims) - 2)
    rows = b.emit("Iota", dims=(*lead, dims[-2], 1), axis=len(dims) - 2, T=dtypes.int32)
    columns = b.emit("Iota", dims=(*lead, 1, dims[-1]), axis=len(dims) - 1, T=dtypes.int32)
    return b.emit("Equal", rows, columns)


def _decompose_matrix_diag(b: Any, instr: Any) -> list[Any]:
    (diagonal,) = instr.inputs
    output = instr.outputs[0].type
    column = b.emit("Reshape", diagonal, b.sizes([*diagonal.type.dims, 1]))
    zero = b.constant(0, output.dtype)
    return [b.emit("SelectV2", _on_diagonal(b, output.dims), column, zero)]


def _batches(rng: np.random.Generator, *shapes: tuple[int, ...]) -> Any:
    for shape in shapes:
        for dtype in (np.float32, np.float64, np.int32):
            yield rng.uniform(-3, 3, shape).astype(dtype)


MATRIX_DIAG = OpDef(
    "MatrixDiag",
    "diagonal: T -> output: T",
    _matrix_diag_shape,
    types={"T": ANY},
    reference=_matrix_diag,
    decompose=_decompose_matrix_diag,
    gradient=lambda op, grad: [matrix_diag_part(grad)],
    samples=lambda rng: (Sample((x,)) for x in _batches(rng, (3,), (2, 3), (0,))),
)


def _diag_part_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = q.shapes[0]
    require_rank_at_least(dims, 2)
    return [None if dims is None else (*dims[:-2], _least(*dims[-2:]))]


def _decompose_diag_part(b: Any, instr: Any) -> list[Any]:
    """The diagonal of a matrix cut to a square is every (size + 1)st of its elements."""
    from jitgraph.ops.padding import emit_zero_pad

    (x,) = instr.inputs
    out = instr.outputs[0].type.dims
    lead, size = list(out[:-1]), out[-1]
    none = [0] * len(lead)
    square = b.emit("Slice", x, b.sizes([*none, 0, 0]), b.sizes([*lead, size, size]))
    flat = b.emit("Reshape", square, b.sizes([*lead, size * size]))
    longer = emit_zero_pad(b, flat, [*none, 0], [*none, size])
    slanted = b.emit("Reshape", longer, b.sizes([*lead, size, size + 1]))
    first = b.emit("Slice", slanted, b.sizes([*none, 0, 0]), b.sizes([*lead, size, 1]))
    return [b.emit("Reshape", first, b.sizes(out))]


def _diag_part_gradient(op: Any, grad: Tensor) -> list[Any]:
    dims = op.inputs[0]._dims
    if dims is not None and None not in dims[-2:] and dims[-2] == dims[-1]:
        return [matrix_diag(grad)]
    return [matrix_set_diag(zeros_like(op.inputs[0]), grad)]


MATRIX_DIAG_PART = OpDef(
    "MatrixDiagPart",
    "input: T -> diagonal: T",
    _diag_part_shape,
    misfit=misfits.matrix_input,
    types={"T": ANY},
    reference=lambda input: np.diagonal(input, axis1=-2, axis2=-1).copy(),
    decompose=_decompose_diag_part,
    gradient=_diag_part_gradient,
    samples=lambda rng: (Sample((x,)) for x in _batches(rng, (3, 3), (2, 3, 4), (4, 2))),
)


def _set_diag_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, diagonal = q.shapes
    require_rank_at_least(dims, 2)
    require_rank_at_least(diagonal, 1)
    if dims is None or diagonal is None:
        return [dims]
    merge_dim(_least(*dims[-2:]), diagonal[-1])
    lead = merge_dims(dims[:-2], diagonal[:-1])
    assert lead is not None
    return [(*lead, *dims[-2:])]


def _set_diag(input: np.ndarray, diagonal: np.ndarray) -> np.ndarray:
    result = input.copy()
    size = np.arange(diagonal.shape[-1])
    result[..., size, size] = diagonal
    return result


def _decompose_set_diag(b: Any, instr: Any) -> list[Any]:
    """The diagonal, spread along the longer axis, selected where row equals column."""
    from jitgraph.ops.padding import emit_zero_pad

    x, diagonal = instr.inputs
    dims, lead = x.type.dims, diagonal.type.dims[:-1]
    missing = dims[-2] - diagonal.type.dims[-1]
    padded = emit_zero_pad(b, diagonal, [0] * len(lead) + [0], [0] * len(lead) + [missing])
    column = b.emit("Reshape", padded, b.sizes([*lead, dims[-2], 1]))
    return [b.emit("SelectV2", _on_diagonal(b, dims), column, x)]


def _set_diag_gradient(op: Any, grad: Tensor) -> list[Any]:
    input_shape = op.inputs[0].get_shape().merge_with(grad.get_shape())
    diagonal_shape = op.inputs[1].get_shape()
    batch = input_shape[:-2].merge_with(diagonal_shape[:-1])
    matrix = input_shape[-2:]
    if batch.is_fully_defined() and matrix.is_fully_defined():
        size: Any = [*batch.as_list(), min(matrix.as_list())]
    else:
        size = _diagonal_shape(grad)
    return [
        matrix_set_diag(grad, zeros(size, dtype=grad.dtype.base_dtype)),
        matrix_diag_part(grad),
    ]


def _diagonal_shape(grad: Tensor) -> Tensor:
    from jitgraph.ops.masking import all_axes
    from jitgraph.ops.registry import REGISTRY
    from jitgraph.ops.slicing import slice as slice_of

    with colocate_with(grad):
        sizes, rank = shape_of(grad), rank_of(grad)
        batch = slice_of(sizes, [0], [rank - 2])
        matrix = slice_of(sizes, [rank - 2], [2])
        least = apply(REGISTRY["Min"], [matrix, all_axes(matrix)], {"keep_dims": False})
        return concat([batch, [least]], 0)


def _set_diag_samples(rng: np.random.Generator) -> Any:
    for x in _batches(rng, (3, 3), (2, 3, 4), (4, 2)):
        yield Sample((x, np.diagonal(x, axis1=-2, axis2=-1) + x.dtype.type(1)))


MATRIX_SET_DIAG = OpDef(
    "MatrixSetDiag",
    "input: T, diagonal: T -> output: T",
    _set_diag_shape,
    types={"T": ANY},
    reference=_set_diag,
    decompose=_decompose_set_diag,
    gradient=_set_diag_gradient,
    samples=_set_diag_samples,
)


def matrix_diag(diagonal: Any, name: str | None = "diag") -> Tensor:
    """Matrices with the given diagonals, zero elsewhere.

    Args:
      diagonal: the last axis holds a diagonal.
      name: the op's name.

    Example:
      >>> tf.matrix_diag([1.0, 2.0])
      <tf.Tensor 'diag:0' shape=(2, 2) dtype=float32>
    """
    return apply(MATRIX_DIAG, [diagonal], name=name)


def matrix_diag_part(input: Any, name: str | None = "diag_part") -> Tensor:
    """The diagonals of matrices.

    Args:
      input: the last two axes hold a matrix.
      name: the op's name.

    Example:
      >>> tf.matrix_diag_part(tf.zeros([4, 2, 3]))
      <tf.Tensor 'diag_part:0' shape=(4, 2) dtype=float32>
    """
    return apply(MATRIX_DIAG_PART, [input], name=name)


def matrix_set_diag(input: Any, diagonal: Any, name: str | None = "set_diag") -> Tensor:
    """Matrices with their diagonals replaced.

    Args:
      input: the last two axes hold a matrix.
      diagonal: the last axis holds a diagonal.
      name: the op's name.

    Example:
      >>> tf.matrix_set_diag(tf.zeros([2, 3]), [1.0, 2.0])
      <tf.Tensor 'set_diag:0' shape=(2, 3) dtype=float32>
    """
    return apply(MATRIX_SET_DIAG, [input, diagonal], name=name)
