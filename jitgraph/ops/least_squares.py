"""Systems of equations solved as nearly as can be: least squares, on the host.

In: matrices and right-hand sides, the last two axes of tensors, and a weight of the solution's own
square. Out: the solutions; where there are many, the least one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim, merge_dims, require_rank, require_rank_at_least
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery
from jitgraph.ops.square_matrices import FULL


def _shape(q: ShapeQuery) -> list[Dims | None]:
    matrix, sides, weight = q.shapes
    require_rank_at_least(matrix, 2)
    require_rank_at_least(sides, 2)
    require_rank(weight, 0)
    if matrix is None or sides is None:
        return [None]
    batch = merge_dims(matrix[:-2], sides[:-2])
    assert batch is not None
    merge_dim(matrix[-2], sides[-2])
    return [(*batch, matrix[-1], sides[-1])]


def _solve(matrix: np.ndarray, rhs: np.ndarray, l2_regularizer: Any, fast: bool) -> np.ndarray:
    wide = np.result_type(matrix.dtype, np.float64)
    a, b, weight = matrix.astype(wide), rhs.astype(wide), float(l2_regularizer)
    turned = a.conj().swapaxes(-1, -2)
    if not fast:
        return (np.linalg.pinv(a) @ b).astype(matrix.dtype)
    tall = a.shape[-2] >= a.shape[-1]
    squares = turned @ a if tall else a @ turned
    squares = squares + weight * np.eye(squares.shape[-1])
    try:
        np.linalg.cholesky(squares)
    except np.linalg.LinAlgError:
        raise ValueError("Input matrix was rank deficient or ill-conditioned.") from None
    found = np.linalg.solve(squares, turned @ b) if tall else turned @ np.linalg.solve(squares, b)
    return found.astype(matrix.dtype)


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for rows, columns in ((4, 2), (2, 3), (3, 3)):
        for kind in (np.float32, np.float64):
            matrix = (rng.uniform(-1, 1, (rows, columns)) + 2 * np.eye(rows, columns)).astype(kind)
            sides = rng.uniform(-1, 1, (rows, 2)).astype(kind)
            yield Sample((matrix, sides, np.float64(0.1)), {"fast": True})


def _gradient(op: Any, grad: Tensor) -> list[Any]:
    """After TensorFlow 1.15: by the normal equations of either kind.

    Those of tall matrices do for all where the solution's square has a weight, and where sizes are
    not known.
    """
    if not op.get_attr("fast"):
        raise ValueError("Gradient not defined for fast=False")
    rows, columns = op.inputs[0].shape.with_rank_at_least(2).as_list()[-2:]
    is_wide = rows is not None and columns is not None and rows < columns
    return [*(_of_wide(op, grad) if is_wide else _of_tall(op, grad)), None]


def _factor(matrix: Tensor, weight: Tensor, first: bool) -> Tensor:
    from jitgraph.ops.casting import cast
    from jitgraph.ops.decompositions import cholesky
    from jitgraph.ops.matmul import matmul
    from jitgraph.ops.matrices import eye
    from jitgraph.ops.shapes_of import shape

    squares = matmul(matrix, matrix, adjoint_a=first, adjoint_b=not first)
    size, batch = shape(squares)[-1], shape(squares)[:-2]
    identity = eye(size, batch_shape=batch, dtype=matrix.dtype)
    return cholesky(squares + cast(weight, matrix.dtype) * identity)


def _of_tall(op: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
    from jitgraph.ops.decompositions import cholesky_solve
    from jitgraph.ops.matmul import matmul
    from jitgraph.ops.transposing import matrix_transpose

    matrix, sides, weight = op.inputs
    z = cholesky_solve(_factor(matrix, weight, True), grad)
    product = matmul(op.outputs[0], z, adjoint_b=True)
    both = product + matrix_transpose(product)
    return -matmul(matrix, both) + matmul(sides, z, adjoint_b=True), matmul(matrix, z)


def _of_wide(op: Any, grad: Tensor) -> tuple[Tensor, Tensor]:
    from jitgraph.ops.decompositions import cholesky_solve
    from jitgraph.ops.matmul import matmul

    matrix, sides, weight = op.inputs
    factor = _factor(matrix, weight, False)
    by_sides = cholesky_solve(factor, matmul(matrix, grad))
    inner = cholesky_solve(factor, sides)
    left = -matmul(by_sides, matmul(inner, matrix, adjoint_a=True))
    rest = grad - matmul(matrix, by_sides, adjoint_a=True)
    return left + matmul(inner, rest, adjoint_b=True), by_sides


MATRIX_SOLVE_LS = OpDef(
    "MatrixSolveLs",
    "matrix: T, rhs: T, l2_regularizer: float64 -> output: T",
    _shape,
    types={"T": FULL},
    attrs={"fast": True},
    reference=_solve,
    gradient=_gradient,
    samples=_samples,
)


def matrix_solve_ls(
    matrix: Any, rhs: Any, l2_regularizer: float = 0.0, fast: bool = True, name: str | None = None
) -> Tensor:
    """What matrices must be multiplied with to come nearest to the right-hand sides.

    Args:
      matrix: matrices, the last two axes of a tensor.
      rhs: right-hand sides, as columns.
      l2_regularizer: the weight of the solution's own square.
      fast: by the normal equations, else by singular values, for matrices that are nearly singular.
      name: the op's name.

    Raises:
      tf.errors.InvalidArgumentError: when it runs with `fast`: a matrix is nearly singular.
    """
    return apply(MATRIX_SOLVE_LS, [matrix, rhs, l2_regularizer], {"fast": fast}, name)
