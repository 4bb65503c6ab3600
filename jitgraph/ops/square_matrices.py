"""Inverses, determinants, and systems of equations: matrices are the last two axes of tensors.

In: matrices and right-hand sides. Out: what NumPy's LAPACK makes of them, on the host.
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

FULL = tuple(
    dtypes.as_dtype(name) for name in ("float64", "float32", "float16", "complex64", "complex128")
)


def square_dims(dims: Dims | None) -> Dims | None:
    """Dims of square matrices, as far as they are known.

    Raises:
      ValueError: the last two differ, or there are fewer.
    """
    require_rank_at_least(dims, 2)
    if dims is None:
        return None
    size = merge_dim(dims[-1], dims[-2])
    return (*dims[:-2], size, size)


def widened(matrices: np.ndarray) -> np.ndarray:
    """Matrices of half precision in single precision: LAPACK has no less."""
    return matrices.astype(np.float32) if matrices.dtype == np.float16 else matrices


def _inverse_shape(q: ShapeQuery) -> list[Dims | None]:
    return [square_dims(q.shapes[0])]


def _determinant_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = square_dims(q.shapes[0])
    return [None if dims is None else dims[:-2]]


def _sign_and_logarithm_shape(q: ShapeQuery) -> list[Dims | None]:
    return _determinant_shape(q) * 2


def _inverse(matrices: np.ndarray, adjoint: bool) -> np.ndarray:
    turned = matrices.conj().swapaxes(-1, -2) if adjoint else matrices
    try:
        return np.linalg.inv(widened(turned)).astype(matrices.dtype)
    except np.linalg.LinAlgError:
        raise ValueError("Input is not invertible.") from None


def _determinant(matrices: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.det(matrices), matrices.dtype)


def _sign_and_logarithm(matrices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    sign, logarithm = np.linalg.slogdet(matrices)
    return np.asarray(sign, matrices.dtype), np.asarray(logarithm, matrices.dtype)


def _inverse_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.matmul import matmul

    inverse, adjoint = op.outputs[0], op.get_attr("adjoint")
    inner = matmul(grad, inverse, adjoint_a=adjoint, adjoint_b=not adjoint)
    return [-matmul(inverse, inner, adjoint_a=not adjoint)]


def _determinant_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [_times_inverse(op.inputs[0], grad * op.outputs[0], op.outputs[0])]


def _logarithm_gradient(op: Any, _: Any, grad: Tensor) -> list[Tensor]:
    return [_times_inverse(op.inputs[0], grad, op.outputs[1])]


def _times_inverse(matrices: Tensor, factors: Tensor, like: Tensor) -> Tensor:
    """The adjoint inverses of matrices, each times its factor."""
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape

    inverse = matrix_inverse(matrices, adjoint=True)
    return reshape(factors, concat([shape(like), [1, 1]], 0)) * inverse


def _matrices(rng: np.random.Generator, dims: tuple[int, ...], kind: Any) -> np.ndarray:
    real, imaginary = rng.uniform(-1, 1, dims) + 2 * np.eye(dims[-1]), rng.uniform(-1, 1, dims)
    complex_kind = np.dtype(kind).kind == "c"
    return (real + 1j * imaginary if complex_kind else real).astype(kind)


def _samples_of_one(rng: np.random.Generator) -> Iterator[Sample]:
    for dims in ((3, 3), (2, 2, 2)):
        for kind in (np.float32, np.float64, np.complex128):
            yield Sample((_matrices(rng, dims, kind),))


def _inverse_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for sample in _samples_of_one(rng):
        for adjoint in (False, True):
            yield Sample(sample.inputs, {"adjoint": adjoint})


MATRIX_INVERSE = OpDef(
    "MatrixInverse",
    "input: T -> output: T",
    _inverse_shape,
    types={"T": FULL},
    attrs={"adjoint": False},
    reference=_inverse,
    library={"float": "matrix_inverse"},
    gradient=_inverse_gradient,
    samples=_inverse_samples,
)

MATRIX_DETERMINANT = OpDef(
    "MatrixDeterminant",
    "input: T -> output: T",
    _determinant_shape,
    types={"T": FULL},
    no_kernel=(dtypes.float16,),
    reference=_determinant,
    library={"float": "matrix_determinant"},
    gradient=_determinant_gradient,
    samples=_samples_of_one,
)

LOG_MATRIX_DETERMINANT = OpDef(
    "LogMatrixDeterminant",
    "input: T -> sign: T, log_abs_determinant: T",
    _sign_and_logarithm_shape,
    types={"T": FULL},
    no_kernel=(dtypes.float16,),
    reference=_sign_and_logarithm,
    gradient=_logarithm_gradient,
    samples=_samples_of_one,
)


def _solution_shape(q: ShapeQuery) -> list[Dims | None]:
    matrix, sides = square_dims(q.shapes[0]), q.shapes[1]
    require_rank_at_least(sides, 2)
    if matrix is None or sides is None:
        return [None]
    batch = merge_dims(matrix[:-2], sides[:-2])
    assert batch is not None
    return [(*batch, merge_dim(matrix[-1], sides[-2]), sides[-1])]


def _solve(matrix: np.ndarray, rhs: np.ndarray, adjoint: bool) -> np.ndarray:
    turned = matrix.conj().swapaxes(-1, -2) if adjoint else matrix
    try:
        return np.linalg.solve(turned, rhs)
    except np.linalg.LinAlgError:
        raise ValueError("Input matrix is not invertible.") from None


def _solve_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.matmul import matmul

    matrix, solution, adjoint = op.inputs[0], op.outputs[0], op.get_attr("adjoint")
    sides = matrix_solve(matrix, grad, adjoint=not adjoint)
    left, right = (solution, sides) if adjoint else (sides, solution)
    return [-matmul(left, right, adjoint_b=True), sides]


def _solve_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for sample in _inverse_samples(rng):
        matrix = sample.inputs[0]
        sides = _matrices(rng, matrix.shape, matrix.dtype)[..., :2]
        yield Sample((matrix, sides), sample.attrs)


MATRIX_SOLVE = OpDef(
    "MatrixSolve",
    "matrix: T, rhs: T -> output: T",
    _solution_shape,
    types={"T": FULL},
    no_kernel=(dtypes.float16,),
    attrs={"adjoint": False},
    reference=_solve,
    library={"float": "matrix_solve"},
    gradient=_solve_gradient,
    samples=_solve_samples,
)


def matrix_inverse(input: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """Matrices by which each of the given ones is the identity.

    Args:
      input: square matrices, the last two axes of a tensor.
      adjoint: invert them transposed and conjugated.
      name: the op's name.

    Raises:
      tf.errors.InvalidArgumentError: when it runs: one has no inverse.

    Example:
      >>> tf.matrix_inverse([[2.0, 0.0], [0.0, 4.0]])
      <tf.Tensor 'MatrixInverse:0' shape=(2, 2) dtype=float32>
    """
    return apply(MATRIX_INVERSE, [input], {"adjoint": adjoint}, name)


def matrix_determinant(input: Any, name: str | None = None) -> Tensor:
    """The determinants of square matrices, the last two axes of a tensor.

    Args:
      input: the matrices.
      name: the op's name.
    """
    return apply(MATRIX_DETERMINANT, [input], name=name)


def log_matrix_determinant(input: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """The signs of determinants, and the logarithms of their absolute values.

    Args:
      input: square matrices, the last two axes of a tensor.
      name: the op's name.
    """
    found: tuple[Tensor, Tensor] = apply(LOG_MATRIX_DETERMINANT, [input], name=name)
    return found


def matrix_solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """What matrices must be multiplied with to give the right-hand sides.

    Args:
      matrix: square matrices, the last two axes of a tensor.
      rhs: right-hand sides, as columns.
      adjoint: solve with the matrices transposed and conjugated.
      name: the op's name.

    Raises:
      tf.errors.InvalidArgumentError: when it runs: a matrix has no inverse.
    """
    return apply(MATRIX_SOLVE, [matrix, rhs], {"adjoint": adjoint}, name)
