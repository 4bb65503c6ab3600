"""Matrices as products: Cholesky's factors, eigenvectors, singular vectors, by LAPACK on the host.

In: matrices, the last two axes of a tensor. Out: factors. Gradients are TensorFlow 1.15's, after
Giles, "Collected matrix derivative results" (2008). Vectors' signs are LAPACK's, not Eigen's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank_at_least
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery
from jitgraph.ops.factorization import _least
from jitgraph.ops.square_matrices import FULL, square_dims, widened
from jitgraph.ops.triangular import matrix_triangular_solve


def _positive(rng: np.random.Generator, dims: tuple[int, ...], kind: Any) -> np.ndarray:
    half = rng.uniform(-1, 1, dims)
    return (half @ half.swapaxes(-1, -2) + np.eye(dims[-1])).astype(kind)


def _cholesky(matrices: np.ndarray) -> np.ndarray:
    try:
        return np.linalg.cholesky(widened(matrices)).astype(matrices.dtype)
    except np.linalg.LinAlgError:
        raise ValueError(
            "Cholesky decomposition was not successful. The input might not be valid."
        ) from None


def _cholesky_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.band_parts import matrix_band_part
    from jitgraph.ops.diagonals import matrix_diag_part, matrix_set_diag
    from jitgraph.ops.matmul import matmul
    from jitgraph.ops.matrices import eye
    from jitgraph.ops.shapes_of import shape
    from jitgraph.ops.transposing import adjoint

    factor = op.outputs[0]
    rows, batch = shape(factor)[-1], shape(factor)[:-2]
    inverse = matrix_triangular_solve(factor, eye(rows, batch_shape=batch, dtype=factor.dtype))
    middle = matmul(factor, grad, adjoint_a=True)
    middle = matrix_set_diag(middle, 0.5 * matrix_diag_part(middle))
    middle = matrix_band_part(middle, -1, 0)
    found = matmul(matmul(inverse, middle, adjoint_a=True), inverse)
    return [(found + adjoint(found)) * 0.5]


def _cholesky_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for dims in ((3, 3), (2, 2, 2)):
        for kind in (np.float32, np.float64):
            yield Sample((_positive(rng, dims, kind),))


CHOLESKY = OpDef(
    "Cholesky",
    "input: T -> output: T",
    lambda q: [square_dims(q.shapes[0])],
    types={"T": FULL},
    reference=_cholesky,
    library={"float": "cholesky"},
    gradient=_cholesky_gradient,
    samples=_cholesky_samples,
)


def _eigen_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = square_dims(q.shapes[0])
    vectors = dims if q.attrs["compute_v"] else (0,)
    return [None if dims is None else dims[:-1], vectors]


def _eigen(matrices: np.ndarray, compute_v: bool) -> tuple[np.ndarray, np.ndarray]:
    if not compute_v:
        values = np.linalg.eigvalsh(widened(matrices))
        return values.astype(matrices.dtype), np.zeros((0,), matrices.dtype)
    values, vectors = np.linalg.eigh(widened(matrices))
    return values.astype(matrices.dtype), vectors.astype(matrices.dtype)


def _eigen_gradient(op: Any, by_values: Tensor, by_vectors: Tensor) -> list[Tensor]:
    from jitgraph.graph import control_dependencies
    from jitgraph.ops.band_parts import matrix_band_part
    from jitgraph.ops.diagonals import matrix_diag, matrix_diag_part, matrix_set_diag
    from jitgraph.ops.elementwise_powers import reciprocal
    from jitgraph.ops.filling import zeros_like
    from jitgraph.ops.matmul import matmul
    from jitgraph.ops.reshaping import expand_dims
    from jitgraph.ops.transposing import adjoint

    values = op.outputs[0]
    with control_dependencies([by_values, by_vectors]):
        inner = matrix_diag(by_values)
        if op.get_attr("compute_v"):
            vectors = op.outputs[1]
            gaps = reciprocal(expand_dims(values, -2) - expand_dims(values, -1))
            weights = matrix_set_diag(gaps, zeros_like(values))
            inner = inner + weights * matmul(vectors, by_vectors, adjoint_a=True)
        else:
            _, vectors = self_adjoint_eig(op.inputs[0])
        found = matmul(vectors, matmul(inner, vectors, adjoint_b=True))
        found = matrix_band_part(found + adjoint(found), -1, 0)
        return [matrix_set_diag(found, 0.5 * matrix_diag_part(found))]


def _eigen_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for sample in _cholesky_samples(rng):
        yield Sample(sample.inputs, {"compute_v": False})


SELF_ADJOINT_EIG = OpDef(
    "SelfAdjointEigV2",
    "input: T -> e: T, v: T",
    _eigen_shape,
    types={"T": FULL},
    attrs={"compute_v": True},
    reference=_eigen,
    gradient=_eigen_gradient,
    samples=_eigen_samples,
)


def _singular_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = q.shapes[0]
    require_rank_at_least(dims, 2)
    if dims is None:
        return [None, None, None] if q.attrs["compute_uv"] else [None, (0,), (0,)]
    *batch, rows, columns = dims
    least = _least(rows, columns)
    if not q.attrs["compute_uv"]:
        return [(*batch, least), (0,), (0,)]
    whole = q.attrs["full_matrices"]
    left, right = (rows, columns) if whole else (least, least)
    return [(*batch, least), (*batch, rows, left), (*batch, columns, right)]


def _singular(
    matrices: np.ndarray, compute_uv: bool, full_matrices: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    kind, wide = matrices.dtype, widened(matrices)
    if not compute_uv:
        none = np.zeros((0,), kind)
        return np.linalg.svd(wide, compute_uv=False).astype(kind), none, none
    left, values, right = np.linalg.svd(wide, full_matrices=full_matrices)
    turned = np.ascontiguousarray(right.conj().swapaxes(-1, -2))
    return values.astype(kind), left.astype(kind), turned.astype(kind)


def _singular_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for dims in ((3, 3), (4, 2), (2, 2, 3)):
        for kind in (np.float32, np.float64):
            attrs = {"compute_uv": False, "full_matrices": False}
            yield Sample((rng.uniform(-1, 1, dims).astype(kind),), attrs)


def _singular_gradient(op: Any, by_values: Tensor, by_left: Tensor, by_right: Tensor) -> list[Any]:
    from jitgraph.ops.singular_gradient import gradient_of_values, gradient_of_vectors

    if not op.get_attr("compute_uv"):
        _, left, right = svd(op.inputs[0])
        return [gradient_of_values(left, right, by_values)]
    return [gradient_of_vectors(op, by_values, by_left, by_right)]


SVD = OpDef(
    "Svd",
    "input: T -> s: T, u: T, v: T",
    _singular_shape,
    types={"T": FULL},
    attrs={"compute_uv": True, "full_matrices": False},
    reference=_singular,
    gradient=_singular_gradient,
    samples=_singular_samples,
)


def cholesky(input: Any, name: str | None = None) -> Tensor:
    """Lower triangular matrices that, times their adjoints, give the matrices.

    Args:
      input: positive definite matrices, the last two axes of a tensor; lower triangles are read.
      name: the op's name.

    Raises:
      tf.errors.InvalidArgumentError: when it runs: a matrix is not positive definite.

    Example:
      >>> tf.cholesky([[4.0, 2.0], [2.0, 5.0]])
      <tf.Tensor 'Cholesky:0' shape=(2, 2) dtype=float32>
    """
    return apply(CHOLESKY, [input], name=name)


def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """Solves systems of equations whose matrices' Cholesky factors are given.

    Args:
      chol: the factors, as `tf.cholesky` gives them.
      rhs: right-hand sides, as columns.
      name: the scope's name.
    """
    with name_scope(name, "cholesky_solve", [chol, rhs]):
        between = matrix_triangular_solve(chol, rhs, adjoint=False, lower=True)
        return matrix_triangular_solve(chol, between, adjoint=True, lower=True)


def self_adjoint_eig(tensor: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Eigenvalues, growing, and eigenvectors, as columns, of symmetric matrices.

    Args:
      tensor: the matrices, its last two axes; lower triangles are read.
      name: the op's name.

    Example:
      >>> values, vectors = tf.self_adjoint_eig([[2.0, 1.0], [1.0, 2.0]])
    """
    values, vectors = apply(SELF_ADJOINT_EIG, [tensor], {"compute_v": True}, name)
    return values, vectors


def self_adjoint_eigvals(tensor: Any, name: str | None = None) -> Tensor:
    """Eigenvalues, growing, of symmetric matrices; arguments as `tf.self_adjoint_eig`'s."""
    values, _ = apply(SELF_ADJOINT_EIG, [tensor], {"compute_v": False}, name)
    return values


def svd(
    tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None
) -> Any:
    """Singular values, falling, and the vectors of both sides: matrices are u diag(s) adjoint(v).

    Args:
      tensor: the matrices, its last two axes.
      full_matrices: give square u and v.
      compute_uv: give u and v, else s alone.
      name: the op's name.

    Example:
      >>> s, u, v = tf.svd([[3.0, 0.0], [4.0, 5.0]])
    """
    attrs = {"compute_uv": compute_uv, "full_matrices": full_matrices}
    values, left, right = apply(SVD, [tensor], attrs, name)
    return (values, left, right) if compute_uv else values


def logdet(matrix: Any, name: str | None = None) -> Tensor:
    """The logarithms of determinants of positive definite matrices.

    Args:
      matrix: the matrices, its last two axes.
      name: the scope's name.
    """
    from jitgraph.ops.diagonals import matrix_diag_part
    from jitgraph.ops.elementwise_complex import real
    from jitgraph.ops.elementwise_exponential import log
    from jitgraph.ops.reductions import reduce_sum

    with name_scope(name, "logdet", [matrix]):
        factor = cholesky(matrix)
        return 2.0 * reduce_sum(log(real(matrix_diag_part(factor))), axis=[-1])
