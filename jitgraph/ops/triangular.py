"""Systems of equations with triangular matrices.

In: matrices and right-hand sides, the last two axes of tensors. Out: the solutions, computed on
the host.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim, merge_dims, require_rank_at_least
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery

SOLVED = tuple(
    dtypes.as_dtype(name) for name in ("float64", "float32", "float16", "complex64", "complex128")
)


def _solution_shape(q: ShapeQuery) -> list[Dims | None]:
    matrix, sides = q.shapes
    require_rank_at_least(matrix, 2)
    require_rank_at_least(sides, 2)
    if matrix is None or sides is None:
        return [None]
    batch = merge_dims(matrix[:-2], sides[:-2])
    assert batch is not None
    rows = merge_dim(merge_dim(matrix[-1], matrix[-2]), sides[-2])
    return [(*batch, rows, sides[-1])]


def _solve(matrix: np.ndarray, rhs: np.ndarray, lower: bool, adjoint: bool) -> np.ndarray:
    kind = np.float32 if matrix.dtype == np.float16 else matrix.dtype
    wide, sides = matrix.astype(kind), rhs.astype(kind)
    half = np.tril(wide) if lower else np.triu(wide)
    if not np.diagonal(half, axis1=-2, axis2=-1).all():
        raise ValueError("Input matrix is not invertible.")
    solved: np.ndarray = np.linalg.solve(half.conj().swapaxes(-1, -2) if adjoint else half, sides)
    return solved


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for dims in ((3,), (2, 3)):
        for kind in (np.float32, np.float64):
            matrix = (rng.uniform(-1, 1, (*dims, 3)) + 2 * np.eye(3)).astype(kind)
            sides = rng.uniform(-1, 1, (*dims, 2)).astype(kind)
            for lower in (True, False):
                yield Sample((matrix, sides), {"lower": lower, "adjoint": False})
                yield Sample((matrix, sides), {"lower": lower, "adjoint": True})


def _solve_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.band_parts import matrix_band_part
    from jitgraph.ops.matmul import matmul

    matrix, solution = op.inputs[0], op.outputs[0]
    lower, adjoint = op.get_attr("lower"), op.get_attr("adjoint")
    sides = matrix_triangular_solve(matrix, grad, lower=lower, adjoint=not adjoint)
    left, right = (solution, sides) if adjoint else (sides, solution)
    whole = -matmul(left, right, adjoint_b=True)
    band = (-1, 0) if lower else (0, -1)
    return [matrix_band_part(whole, *band), sides]


MATRIX_TRIANGULAR_SOLVE = OpDef(
    "MatrixTriangularSolve",
    "matrix: T, rhs: T -> output: T",
    _solution_shape,
    types={"T": SOLVED},
    attrs={"lower": True, "adjoint": False},
    reference=_solve,
    library={"float": "triangular_solve"},
    gradient=_solve_gradient,
    samples=_samples,
)


def matrix_triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """What a triangular matrix must be multiplied with to give the right-hand sides.

    Args:
      matrix: square matrices, the last two axes of a tensor; only one triangle is looked at.
      rhs: right-hand sides, as columns.
      lower: the matrices are lower triangular, else upper.
      adjoint: solve with the matrices transposed and conjugated.
      name: the op's name.

    Raises:
      ValueError: shapes that don't fit.

    Example:
      >>> tf.linalg.triangular_solve([[2.0, 0.0], [1.0, 1.0]], [[2.0], [3.0]]).shape
      TensorShape([Dimension(2), Dimension(1)])
    """
    attrs = {"lower": lower, "adjoint": adjoint}
    solved: Tensor = apply(MATRIX_TRIANGULAR_SOLVE, [matrix, rhs], attrs, name)
    return solved
