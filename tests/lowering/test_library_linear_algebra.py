"""LAPACK in kernels: against NumPy, with batches, no numbers, and matrices without an answer."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from tests.lowering.library_runs import run_op

SHAPES = [(1, 1), (5, 5), (3, 4, 4), (2, 0, 3, 3), (0, 0), (2, 70, 70), (150, 150)]
KINDS = ["float32", "float64"]


def _matrices(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    drawn = np.random.RandomState(7).uniform(-1, 1, shape)
    return (drawn + 2 * np.eye(shape[-1])).astype(dtype)


def _close(found: np.ndarray, expected: np.ndarray, dtype: str) -> None:
    assert found.shape == expected.shape
    assert found.dtype == dtype
    scale = np.abs(expected).max(initial=1.0)
    np.testing.assert_allclose(found, expected, atol=scale * (1e-3 if dtype == "float32" else 1e-9))


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_square_matrices(shape: tuple[int, ...], dtype: str) -> None:
    x = _matrices(shape, dtype)
    wide = x.astype(np.float64)
    turned = wide.swapaxes(-1, -2)
    sides = np.random.RandomState(8).uniform(-1, 1, (*shape[:-1], 3)).astype(dtype)
    positive = wide @ turned + np.eye(shape[-1])
    _close(run_op("Cholesky", [positive.astype(dtype)]), np.linalg.cholesky(positive), dtype)
    if shape[-1] < 10:  # that of a large matrix is no float32
        _close(run_op("MatrixDeterminant", [x]), np.linalg.det(wide), dtype)
    for adjoint in (False, True):
        used = turned if adjoint else wide
        attrs = {"adjoint": adjoint}
        _close(run_op("MatrixInverse", [x], attrs), np.linalg.inv(used), dtype)
        _close(run_op("MatrixSolve", [x, sides], attrs), np.linalg.solve(used, sides), dtype)
        for lower in (False, True):
            half = np.tril(wide) if lower else np.triu(wide)
            half = half.swapaxes(-1, -2) if adjoint else half
            found = run_op("MatrixTriangularSolve", [x, sides], attrs | {"lower": lower})
            if shape[-1] < 10:  # a triangle of many random numbers is almost singular
                _close(found, np.linalg.solve(half, sides), dtype)
            assert found.shape == sides.shape


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda x: tf.matrix_inverse(x, name="bad"), "Input is not invertible"),
        (lambda x: tf.matrix_solve(x, x, name="bad"), "Input matrix is not invertible"),
        (lambda x: tf.matrix_triangular_solve(x, x, name="bad"), "not invertible"),
        (lambda x: tf.cholesky(-x, name="bad"), "Cholesky decomposition was not successful"),
    ],
)
def test_matrices_without_an_answer_are_refused(make, text: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2, 2, 2])
        y = make(x)
        singular = np.array([np.eye(2), [[0.0, 0.0], [0.0, 1.0]]])
        with pytest.raises(tf.errors.InvalidArgumentError, match=text) as raised:
            session.run(y, {x: singular})
        assert raised.value.op.name == "bad"
        assert session.run(tf.matrix_determinant(x), {x: singular}).tolist() == [1.0, 0.0]


def test_a_loop_over_matrices_is_native() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        start = tf.constant([[2.0, 1.0], [0.0, 3.0]])
        _, last = tf.while_loop(
            lambda i, x: i < 5, lambda i, x: (i + 1, tf.matrix_inverse(x)), [0, start]
        )
        assert "host" not in str(tf.explain(last))
        np.testing.assert_allclose(session.run(last), np.linalg.inv([[2.0, 1.0], [0.0, 3.0]]), 1e-6)
