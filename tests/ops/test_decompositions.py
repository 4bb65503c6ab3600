"""Factors of matrices, inverses, systems of equations: what they are multiplied to, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jitgraph as tf

RNG = np.random.default_rng(0)
HALF = RNG.normal(size=(2, 3, 3))
POSITIVE = HALF @ HALF.swapaxes(-1, -2) + np.eye(3)
COMPLEX = POSITIVE[0] + 1j * np.triu(RNG.normal(size=(3, 3)), 1)
COMPLEX = np.tril(COMPLEX.conj().T, -1) + np.triu(COMPLEX, 0)


def value(made: Any) -> Any:
    with tf.Session() as session:
        return session.run(made)


@pytest.fixture(autouse=True)
def _graph() -> Any:
    with tf.Graph().as_default():
        yield


@pytest.mark.parametrize("a", [POSITIVE, COMPLEX, POSITIVE.astype(np.float32)])
def test_cholesky(a: Any) -> None:
    tolerance = 1e-5 if a.dtype == np.float32 else 1e-12
    factor, solved = value((tf.cholesky(a), tf.cholesky_solve(tf.cholesky(a), a)))
    np.testing.assert_allclose(factor @ factor.conj().swapaxes(-1, -2), a, atol=tolerance)
    assert not np.triu(factor, 1).any()
    eye = np.broadcast_to(np.eye(3), a.shape)
    np.testing.assert_allclose(solved, eye, atol=tolerance)


@pytest.mark.parametrize("a", [POSITIVE, COMPLEX])
def test_eigenvectors(a: Any) -> None:
    values, vectors, alone = value((*tf.self_adjoint_eig(a), tf.self_adjoint_eigvals(a)))
    np.testing.assert_allclose(a @ vectors, vectors * values[..., None, :], atol=1e-12)
    np.testing.assert_allclose(values, alone)
    assert (np.diff(values.real) > 0).all()


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("dims", [(3, 3), (4, 2), (2, 2, 3)])
def test_singular_values(dims: tuple[int, ...], full: bool) -> None:
    a = RNG.normal(size=dims)
    made = tf.svd(a, full_matrices=full)
    s, u, v = value(made)
    assert [part.shape.as_list() for part in made] == [list(part.shape) for part in (s, u, v)]
    least = s.shape[-1]
    again = (u[..., :least] * s[..., None, :]) @ v[..., :least].swapaxes(-1, -2)
    np.testing.assert_allclose(again, a, atol=1e-12)
    np.testing.assert_allclose(value(tf.svd(a, compute_uv=False)), s)


def test_determinants() -> None:
    sign, logarithm = value(tf.linalg.slogdet(-POSITIVE))
    np.testing.assert_allclose(sign * np.exp(logarithm), np.linalg.det(-POSITIVE))
    np.testing.assert_allclose(value(tf.linalg.logdet(POSITIVE)), np.log(np.linalg.det(POSITIVE)))


def test_least_squares() -> None:
    a, b = RNG.normal(size=(5, 2)), RNG.normal(size=(5, 1))
    wanted = np.linalg.lstsq(a, b)[0]
    np.testing.assert_allclose(value(tf.matrix_solve_ls(a, b)), wanted)
    np.testing.assert_allclose(value(tf.matrix_solve_ls(a, b, fast=False)), wanted)
    ridge = np.linalg.solve(a.T @ a + 0.5 * np.eye(2), a.T @ b)
    np.testing.assert_allclose(value(tf.matrix_solve_ls(a, b, l2_regularizer=0.5)), ridge)


MISFITS = {
    "tf.cholesky([[-1.0, 0.0], [0.0, 1.0]])": "Cholesky decomposition was not successful. The inp",
    "tf.matrix_inverse([[1.0, 1.0], [1.0, 1.0]])": "Input is not invertible.",
    "tf.matrix_solve([[0.0]], [[1.0]])": "Input matrix is not invertible.",
    "tf.matrix_solve_ls([[0.0]], [[1.0]])": "Input matrix was rank deficient or ill-conditioned.",
}


@pytest.mark.parametrize("code", MISFITS)
def test_matrices_without_an_answer(code: str) -> None:
    made = eval(code, {"tf": tf})
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        value(made)
    assert MISFITS[code] in str(caught.value)
    assert made.op.name in str(caught.value)


@pytest.mark.parametrize(
    "code", ["tf.cholesky(tf.zeros([2, 3]))", "tf.matrix_inverse([1.0])", "tf.svd(3.0)"]
)
def test_shapes_that_fit_no_matrix(code: str) -> None:
    with pytest.raises(ValueError, match=r"must be equal|must be at least rank 2"):
        eval(code, {"tf": tf})


GRADIENTS = {
    "cholesky": "tf.cholesky(symmetric)",
    "eigenvalues": "tf.self_adjoint_eigvals(symmetric)",
    "eigenvectors": "tf.square(tf.self_adjoint_eig(symmetric)[1])",
    "values of both": "tf.self_adjoint_eig(symmetric)[0]",
    "logdet": "tf.linalg.logdet(symmetric)",
    "cholesky_solve": "tf.cholesky_solve(tf.cholesky(symmetric), x)",
    "singular vectors": "tf.square(tf.svd(x)[1])",
    "singular vectors of wide ones": "tf.square(tf.svd(x[:2])[2])",
    "singular vectors of tall ones": "tf.square(tf.svd(x[:, :2])[1])",
    "full singular vectors": "tf.square(tf.svd(x[:2], full_matrices=True)[2])",
    "singular values": "tf.svd(x, compute_uv=False)",
    "least squares": "tf.matrix_solve_ls(x[:, :2], x)",
    "least squares of wide ones": "tf.matrix_solve_ls(x[:2], x[:2])",
}


@pytest.mark.parametrize("title", GRADIENTS)
def test_gradients(title: str) -> None:
    start = RNG.normal(size=(3, 3)) + np.diag([3.0, 2.0, 1.0])
    x = tf.constant(start)
    symmetric = tf.matmul(x, x, transpose_b=True) + tf.eye(3, dtype=tf.float64)
    y = eval(GRADIENTS[title], {"tf": tf, "x": x, "symmetric": symmetric})
    with tf.Session():
        error = tf.test.compute_gradient_error(x, [3, 3], y, y.shape.as_list(), start, delta=1e-5)
    assert error < 1e-6


def test_names() -> None:
    a = tf.constant(POSITIVE[0], name="a")
    names = [tf.cholesky(a), tf.matrix_inverse(a), tf.matrix_determinant(a), tf.svd(a)[1]]
    names += [tf.self_adjoint_eig(a)[1], tf.matrix_solve(a, a), tf.matrix_solve_ls(a, a)]
    names += [tf.linalg.logdet(a), tf.cholesky_solve(a, a), tf.linalg.slogdet(a)[1]]
    assert [each.name for each in names] == [
        "Cholesky:0",
        "MatrixInverse:0",
        "MatrixDeterminant:0",
        "Svd:1",
        "SelfAdjointEigV2:1",
        "MatrixSolve:0",
        "MatrixSolveLs:0",
        "logdet/mul:0",
        "cholesky_solve/MatrixTriangularSolve_1:0",
        "LogMatrixDeterminant:1",
    ]


def test_half_precision() -> None:
    a = tf.cast(POSITIVE, tf.float16)
    values = value((tf.cholesky(a), tf.matrix_inverse(a), tf.self_adjoint_eigvals(a), tf.svd(a)[0]))
    assert {each.dtype for each in values} == {np.dtype(np.float16)}
    np.testing.assert_allclose(values[1], np.linalg.inv(POSITIVE), atol=0.05)
    with pytest.raises(tf.errors.InvalidArgumentError, match="No OpKernel was registered"):
        value(tf.matrix_solve(a, a))
