"""Matrix products, tensordot, einsum, norms: references, errors, values and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.ops.registry import REGISTRY
from tests.ops.linear_algebra_cases import fed

RNG = np.random.default_rng(3)


def values(*shape: int) -> np.ndarray:
    return RNG.uniform(-1, 1, shape)


def complex_values(*shape: int) -> np.ndarray:
    return values(*shape) + 1j * values(*shape)


@pytest.mark.parametrize(
    ("a", "b", "transpose_a", "transpose_b"),
    [
        (values(2, 3), values(3, 4), False, False),
        (values(3, 2), values(4, 3), True, True),
        (values(2, 0), values(0, 3), False, False),
        (np.arange(6, dtype=np.int32).reshape(2, 3), np.ones((2, 3), np.int32), False, True),
    ],
)
def test_reference(a: Any, b: Any, transpose_a: bool, transpose_b: bool) -> None:
    got = REGISTRY["MatMul"].reference(a, b, transpose_a=transpose_a, transpose_b=transpose_b)
    want = (a.T if transpose_a else a) @ (b.T if transpose_b else b)
    np.testing.assert_array_equal(got, want)


def test_adjoints_conjugate() -> None:
    x, y = complex_values(2, 3, 4), complex_values(2, 3, 4)
    got = REGISTRY["BatchMatMulV2"].reference(x, y, adj_x=True)
    np.testing.assert_allclose(got, np.conj(np.swapaxes(x, 1, 2)) @ y)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ([2, 3], [2, 3], "Dimensions must be equal, but are 3 and 2 for 'MatMul' (op: 'MatMul')"),
        ([3], [3, 2], "Shape must be rank 2 but is rank 1 for 'MatMul'"),
        (
            [2, 2, 3],
            [2, 2, 3],
            "Dimensions must be equal, but are 3 and 2 for 'MatMul' (op: ",
        ),
        (
            [2, 2, 3],
            [3, 3, 4],
            "Dimensions must be equal, but are 2 and 3 for 'MatMul' (op: ",
        ),
        ([2, 2, 3], [4], "Shape must be at least rank 2 but is rank 1 for 'MatMul'"),
    ],
)
def test_sizes_that_do_not_fit(left: Any, right: Any, message: str) -> None:
    with tf.Graph().as_default(), pytest.raises(ValueError) as caught:
        tf.matmul(tf.placeholder(tf.float32, left), tf.placeholder(tf.float32, right))
    assert message in str(caught.value)


def test_a_matrix_is_transposed_or_adjoint() -> None:
    x = tf.placeholder(tf.float32, [2, 2])
    for side in "ab":
        with pytest.raises(ValueError, match=f"Only one of transpose_{side} and adjoint_{side}"):
            tf.matmul(x, x, **{f"transpose_{side}": True, f"adjoint_{side}": True})


@pytest.mark.parametrize(
    ("left", "right", "want"),
    [
        ([None, 2, 3], [3, 3, 4], [3, 2, 4]),
        (None, [3, 4], None),
        ([None, None], [3, 4], [None, 4]),
        ([5, 1, 2, 3], [7, 3, 4], [5, 7, 2, 4]),
    ],
)
def test_static_shapes(left: Any, right: Any, want: Any) -> None:
    with tf.Graph().as_default():
        shape = tf.matmul(tf.placeholder(tf.float32, left), tf.placeholder(tf.float32, right)).shape
    assert (None if shape.ndims is None else shape.as_list()) == want


def checked_gradients(build: Any, *arrays: np.ndarray) -> None:
    """Compares the gradients of the weighted sum of `build` with differences of its values."""
    with tf.Graph().as_default(), tf.Session() as session:
        inputs = [tf.placeholder(tf.float64, [None] * array.ndim) for array in arrays]
        output = build(*inputs)
        total = tf.reduce_sum(output * output)
        gradients = tf.gradients(total, inputs)
        feeds = dict(zip(inputs, arrays, strict=True))
        direction = [values(*array.shape) for array in arrays]
        analytic = sum(
            np.sum(grad * step)
            for grad, step in zip(session.run(gradients, feeds), direction, strict=True)
        )
        moved = [
            session.run(
                total,
                {x: a + sign * 1e-5 * d for x, a, d in zip(inputs, arrays, direction, strict=True)},
            )
            for sign in (1, -1)
        ]
    np.testing.assert_allclose(analytic, (moved[0] - moved[1]) / 2e-5, rtol=1e-5)


@pytest.mark.parametrize("flags", range(4))
def test_gradients_of_matrices(flags: int) -> None:
    a = values(3, 2) if flags & 1 else values(2, 3)
    b = values(4, 3) if flags & 2 else values(3, 4)
    checked_gradients(lambda x, y: tf.matmul(x, y, bool(flags & 1), bool(flags & 2)), a, b)


@pytest.mark.parametrize(
    ("left", "right"),
    [((2, 2, 3), (3, 4)), ((2, 3), (2, 3, 4)), ((2, 1, 2, 3), (3, 3, 2)), ((2, 2, 3), (2, 3, 1))],
)
def test_gradients_of_stacks(left: Any, right: Any) -> None:
    checked_gradients(tf.matmul, values(*left), values(*right))


EQUATIONS = [
    ("ij,jk->ik", (2, 3), (3, 4)),
    ("ij,jk->ki", (2, 3), (3, 4)),
    ("bij,bjk->bik", (2, 2, 3), (2, 3, 4)),
    ("bijk,bkjl->bil", (2, 2, 3, 4), (2, 4, 3, 2)),
    ("...ij,jk->...ik", (2, 2, 2, 3), (3, 2)),
    ("bfnh,btnh->bnft", (2, 3, 2, 2), (2, 4, 2, 2)),
    ("i,j->ij", (2,), (3,)),
    ("bi,bj->jib", (2, 3), (2, 4)),
    ("ij,jk->k", (2, 3), (3, 4)),
    ("ij,ij->", (2, 3), (2, 3)),
    ("ij,jk", (2, 3), (3, 4)),
]


@pytest.mark.parametrize(("equation", "left", "right"), EQUATIONS)
def test_einsum(equation: str, left: Any, right: Any) -> None:
    a, b = values(*left), values(*right)
    with tf.Graph().as_default():
        x, y = (tf.placeholder(tf.float64, [None] * array.ndim) for array in (a, b))
        got = fed({x: a, y: b}, tf.einsum(equation, x, y))
    np.testing.assert_allclose(got, np.einsum(equation, a, b), rtol=1e-12)


def test_einsum_of_one_and_of_three() -> None:
    a = values(3, 3)
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float64, [3, 3])
        calls = [("ij->ji", 1), ("ij->", 1), ("ii", 1), ("ij,jk,kl->il", 3), ("ij,ij,ij->i", 3)]
        got = fed({x: a}, [tf.einsum(equation, *[x] * count) for equation, count in calls])
    for (equation, count), result in zip(calls, got, strict=True):
        np.testing.assert_allclose(result, np.einsum(equation, *[a] * count), rtol=1e-12)


@pytest.mark.parametrize(
    ("equation", "message"),
    [
        ("ij,jk->i1", "Indices have incorrect format: ij,jk->i1"),
        ("ij->ji", 'Got 2 arguments for equation "ij->ji", expecting 1'),
        ("ijj,jk->ik", "Subscript not supported: an axis appears more than once: ijj"),
        ("ij,jk->iz", "Invalid equation: ij,jk->iz"),
        ("i...j...,jk->ik", "Unable to resolve ellipsis. Excess number found."),
        ("...ijk,jk->ik", "Ellipses lengths do not match."),
        ("i.j,jk->ik", 'period "." found outside of ellipsis'),
        ("i,jk->ik", "Tensor t0 of rank 2 does not match einsum reduction of length 1"),
    ],
)
def test_einsum_refuses(equation: str, message: str) -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [3, 3])
        with pytest.raises(ValueError) as caught:
            tf.einsum(equation, x, x)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("left", "right", "axes"),
    [
        ((2, 3), (3, 4), 1),
        ((2, 3, 4), (4, 3, 5), [[1, 2], [1, 0]]),
        ((2, 3), (5, 3), [1, -1]),
        ((3,), (2,), 0),
        ((2, 2), (2, 2), 2),
    ],
)
def test_tensordot(left: Any, right: Any, axes: Any) -> None:
    a, b = values(*left), values(*right)
    with tf.Graph().as_default():
        shapes = ([list(a.shape), list(b.shape)], [[None] * a.ndim, [None] * b.ndim])
        for shape_a, shape_b in shapes:
            x, y = tf.placeholder(tf.float64, shape_a), tf.placeholder(tf.float64, shape_b)
            got = fed({x: a, y: b}, tf.tensordot(x, y, axes))
            np.testing.assert_allclose(got, np.tensordot(a, b, axes), rtol=1e-12)
    checked_gradients(lambda x, y: tf.tensordot(x, y, axes), a, b)


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (-1, "'axes' must be at least 0."),
        (3, "'axes' must not be larger than the number of dimensions of tensor"),
        ([1], "'axes' must be an integer or have length 2."),
        ([[0, 1], [1]], "Different number of contraction axes 'a' and 'b', 2 != 1."),
    ],
)
def test_tensordot_refuses(axes: Any, message: str) -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2, 2])
        with pytest.raises(ValueError) as caught:
            tf.tensordot(x, x, axes)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("ord", "axis"),
    [("euclidean", None), (1, None), (np.inf, 1), (3, 0), ("fro", [0, 1]), (1, [0, 1]),
     (np.inf, [-2, -1]), (2, 1)],
)  # fmt: skip
def test_norm(ord: Any, axis: Any) -> None:
    a = values(3, 4)
    flat = a.reshape(-1) if axis is None else a
    place = tuple(axis) if isinstance(axis, list) else axis
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float64, [None, 4])
        plain, kept = fed({x: a}, [tf.norm(x, ord, axis), tf.norm(x, ord, axis, keepdims=True)])
    want = np.linalg.norm(flat, None if ord == "euclidean" else ord, place)
    np.testing.assert_allclose(plain, want, rtol=1e-12)
    np.testing.assert_allclose(kept.reshape(-1), np.reshape(want, -1), rtol=1e-12)
    assert kept.ndim == 2


@pytest.mark.parametrize(
    ("ord", "axis", "message"),
    [
        (-1, None, "'ord' must be a supported vector norm, got -1"),
        ("fro", None, "'ord' must be a supported vector norm, got fro"),
        (
            3,
            [0, 1],
            "'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, 2, inf]",
        ),
        (1, [0], "'axis' must be None, an integer, or a tuple of 2 unique integers"),
        (1, [0, 0], "'axis' must be None, an integer, or a tuple of 2 unique integers"),
    ],
)
def test_norm_refuses(ord: Any, axis: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:
        tf.norm(tf.placeholder(tf.float32, [2, 4]), ord, axis)
    assert message in str(caught.value)


def test_clipping() -> None:
    a = np.array([3.0, 4.0])
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float64, [2])
        clipped, norm = tf.clip_by_global_norm([x, None, x * 0.0], tf.constant(1.0, tf.float64))
        got = fed(
            {x: a}, [clipped[0], norm, tf.clip_by_norm(x, 1.0), tf.clip_by_norm(x * 0.0, 1.0)]
        )
        assert clipped[1] is None
    np.testing.assert_allclose(got[0], [0.6, 0.8])
    np.testing.assert_allclose(got[1], 5.0)
    np.testing.assert_allclose(got[2], [0.6, 0.8])
    np.testing.assert_array_equal(got[3], [0, 0])
    with pytest.raises(TypeError, match="t_list should be a sequence"):
        tf.global_norm(None)
