"""Reductions, scans and arguments: references, errors, static shapes, executed gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.ops.registry import REGISTRY
from tests.ops.linear_algebra_cases import fed

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], np.float32)


def reference(op: str, *inputs: Any, **attrs: Any) -> Any:
    with np.errstate(all="ignore"):
        return REGISTRY[op].reference(*inputs, **attrs)


@pytest.mark.parametrize(
    ("op", "axes", "keep", "want"),
    [
        ("Sum", 1, False, [6, 15]),
        ("Sum", [0, 0], False, [5, 7, 9]),
        ("Sum", [], False, X),
        ("Mean", [0, 1], True, [[3.5]]),
        ("Prod", -2, False, [4, 10, 18]),
        ("Max", 0, True, [[4, 5, 6]]),
        ("Min", [1, 0], False, 1),
        ("EuclideanNorm", 1, False, [np.sqrt(14), np.sqrt(77)]),
    ],
)
def test_reference(op: str, axes: Any, keep: bool, want: Any) -> None:
    got = reference(op, X, np.asarray(axes, np.int32), keep_dims=keep)
    np.testing.assert_allclose(got, np.asarray(want, np.float32), rtol=1e-6)
    assert np.shape(got) == np.shape(want)


def test_integers_wrap_and_means_round_towards_zero() -> None:
    greatest = np.iinfo(np.int32).max
    assert reference("Sum", np.array([greatest, 1], np.int32), 0) == -greatest - 1
    assert reference("Mean", np.array([greatest, greatest], np.int32), 0) == -1
    assert reference("Mean", np.array([-3, -4], np.int32), 0) == -3
    assert reference("Mean", np.array([200, 100], np.uint8), 0) == 22


@pytest.mark.parametrize(
    ("op", "dtype", "want"),
    [
        ("Sum", np.float32, 0),
        ("Prod", np.float32, 1),
        ("Max", np.float32, -np.inf),
        ("Min", np.float32, np.inf),
        ("Max", np.int32, np.iinfo(np.int32).min),
        ("Mean", np.float32, np.nan),
        ("Mean", np.int32, 0),
    ],
)
def test_no_elements(op: str, dtype: Any, want: float) -> None:
    np.testing.assert_equal(float(reference(op, np.zeros(0, dtype), 0)), float(want))


def test_sizes_and_unknowns_pass_through() -> None:
    items = np.array([2, 3, 5], object)
    assert reference("Prod", items, np.array([0], object)) == 30
    assert reference("Sum", items, np.array([0], object)) == 10
    assert reference("Max", items, 0) == 5


@pytest.mark.parametrize(
    ("exclusive", "reverse", "want"),
    [
        (False, False, [1, 3, 6]),
        (True, False, [0, 1, 3]),
        (False, True, [6, 5, 3]),
        (True, True, [5, 3, 0]),
    ],
)
def test_scan_directions(exclusive: bool, reverse: bool, want: list[int]) -> None:
    got = reference("Cumsum", X[0], np.int32(-1), exclusive=exclusive, reverse=reverse)
    np.testing.assert_array_equal(got, want)


def test_first_of_equal_extrema_wins_and_nan_never() -> None:
    x = np.array([[1.0, 3.0, 3.0], [np.nan, 2.0, 1.0]])
    assert list(reference("ArgMax", x, 1, output_type=tf.int64)) == [1, 1]
    assert list(reference("ArgMin", x, 1, output_type=tf.int64)) == [0, 2]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda x: tf.reduce_sum(x, -3), "Invalid reduction dimension -3 for input with 2 dim"),
        (lambda x: tf.reduce_max(x, [[0]]), "Shape must be at most rank 1 but is rank 2"),
        (lambda x: tf.reduce_sum(x, keepdims=True, keep_dims=True), "both 'keep_dims' and 'keepdi"),
        (
            lambda x: tf.reduce_mean(x, 0, reduction_indices=0),
            "'reduction_indices' and 'axis'",
        ),
        (lambda x: tf.argmax(x, 0, dimension=0), "both 'dimension' and 'axis'"),
        (lambda x: tf.argmax(x, [0]), "Shape must be rank 0 but is rank 1 for 'ArgMax'"),
        (lambda x: tf.argmin(x, 2), r"Dimension \(2\) must be in the range \[-2, 2\)"),
    ],
)
def test_refused(build: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(tf.placeholder(tf.float32, [2, 3]))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda x: tf.reduce_any(x), "Input 'input' of 'Any' Op has type float32"),
        (lambda x: tf.reduce_sum(x > 0), "DataType bool not in list of allowed values"),
        (lambda x: tf.reduce_sum(x, 0.5), "'reduction_indices' has DataType float32 not in list"),
    ],
)
def test_wrong_dtypes_are_refused(build: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        build(tf.placeholder(tf.float32, [2, 3]))


@pytest.mark.parametrize(
    ("build", "want"),
    [
        (lambda x, a: tf.reduce_sum(x, a), None),
        (lambda x, a: tf.reduce_sum(x, a, keepdims=True), [None, None]),
        (lambda x, a: tf.reduce_sum(x, 1), [None]),
        (lambda x, a: tf.reduce_sum(x, 0, keepdims=True), [1, 3]),
        (lambda x, a: tf.reduce_sum(tf.placeholder(tf.float32)), []),
        (lambda x, a: tf.reduce_sum(tf.placeholder(tf.float32), 1), None),
        (lambda x, a: tf.argmax(x, a), [None]),
        (lambda x, a: tf.argmax(x, 1), [None]),
        (lambda x, a: tf.argmax(x[:, 0], a), []),
        (lambda x, a: tf.cumsum(x, a), [None, 3]),
    ],
)
def test_static_shapes(build: Any, want: Any) -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        shape = build(x, tf.placeholder(tf.int32, [])).shape
    assert (None if shape.ndims is None else shape.as_list()) == want


@pytest.mark.parametrize(
    ("build", "want"),
    [
        (lambda x: tf.reduce_prod(x, 1), [[6, 3, 2], [30, 24, 20]]),
        (lambda x: tf.reduce_max(x, 0), [[0, 0, 0], [1, 1, 1]]),
        (lambda x: tf.reduce_mean(x), np.full((2, 3), 1 / 6)),
        (lambda x: tf.cumsum(x, 1), [[3, 2, 1], [3, 2, 1]]),
        (lambda x: tf.cumprod(x, 1), [[9, 4, 2], [36, 28, 20]]),
        (lambda x: tf.reduce_logsumexp(x * 0.0 + 1.0, 0) * 2.0, np.zeros((2, 3))),
        (lambda x: tf.reduce_sum(tf.reduce_sum(x, 1, keepdims=True) * x), [[12] * 3, [30] * 3]),
    ],
)
def test_gradients_run(build: Any, want: Any) -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, None])
        (got,) = fed({x: X}, tf.gradients(build(x), x))
    np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-6)


def test_an_axis_can_be_fed() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        x, axis = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.int32, [])
        total, last = tf.reduce_sum(x, axis), tf.argmax(x, axis)
        for value, sums, places in ((0, [5, 7, 9], [1, 1, 1]), (-1, [6, 15], [2, 2])):
            got = session.run([total, last], {x: X, axis: value})
            np.testing.assert_array_equal(got[0], sums)
            np.testing.assert_array_equal(got[1], places)


def test_compositions_run() -> None:
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        got = fed(
            {x: X},
            [
                tf.reduce_logsumexp(x, 1),
                tf.math.reduce_variance(x),
                tf.math.reduce_std(x, 0),
                tf.count_nonzero(x - 2.0, 1),
                tf.reduce_any(x > 5.0, 1),
                tf.setdiff1d(x[0], [2.0]).out,
            ],
        )
    np.testing.assert_allclose(got[0], [3.407606, 6.407606], rtol=1e-6)
    np.testing.assert_allclose(got[1], 35 / 12, rtol=1e-6)
    np.testing.assert_allclose(got[2], [1.5] * 3)
    assert [list(item) for item in got[3:]] == [[2, 3], [False, True], [1, 3]]
