"""TopKV2 through a session, against NumPy's stable sort."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from jitgraph import errors
from tests.lowering.library_runs import NUMBERS, array, run_op

rng = np.random.default_rng(17)
CASES = [((6,), 1), ((6,), 6), ((3, 700), 5), ((3, 700), 300), ((2, 3, 9), 9), ((4, 5), 0)]


def expected(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    places = np.argsort(-x.astype(np.float64), axis=-1, kind="stable")[..., :k]
    return np.take_along_axis(x, places, -1), places


@pytest.mark.parametrize(("shape", "k"), CASES)
@pytest.mark.parametrize("most", [5, 100000])
def test_values_and_places(shape: tuple[int, ...], k: int, most: int) -> None:
    x = rng.integers(0, most, shape).astype(np.float32)
    values, places = run_op("TopKV2", [x, k])
    wanted = expected(x, k)
    np.testing.assert_array_equal(values, wanted[0])
    np.testing.assert_array_equal(places, wanted[1])
    assert places.dtype == np.int32


@pytest.mark.parametrize("dtype", NUMBERS[:-2])
def test_every_dtype(dtype: str) -> None:
    x = array(rng, dtype, (3, 7))
    values, places = run_op("TopKV2", [x, 4])
    np.testing.assert_array_equal(places, expected(x, 4)[1])
    assert values.dtype == x.dtype


def test_infinities_count_and_nan_does_not_stop_the_sort() -> None:
    x = np.array([1, np.inf, -np.inf, 3, np.nan], np.float32)
    assert run_op("TopKV2", [x[:4], 4])[0].tolist() == [np.inf, 3, 1, -np.inf]
    assert run_op("TopKV2", [x, 5])[0].shape == (5,)


def test_rows_shorter_than_k_are_refused() -> None:
    with pytest.raises(ValueError, match="last dimension >= k = 4 but is 3"):
        tf.nn.top_k(tf.zeros([2, 3]), 4)
    with pytest.raises(errors.InvalidArgumentError, match=r"at least k columns. Had 3, needed 4"):
        run_op("TopKV2", [np.zeros((2, 3), np.float32), 4])


def test_k_may_be_fed() -> None:
    k = tf.placeholder(tf.int32, [])
    best = tf.nn.top_k([[3.0, 1.0, 2.0]], k)
    with tf.Session() as session:
        assert session.run(best.values, {k: 2}).tolist() == [[3, 2]]
        assert session.run(best.indices, {k: 3}).tolist() == [[0, 2, 1]]


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 33, 100, 1000])
def test_a_whole_row_is_sorted_and_equal_elements_keep_their_order(size: int) -> None:
    drawn = np.random.RandomState(size)
    for x in (drawn.randn(3, size).astype(np.float32), drawn.randint(0, 9, (3, size))):
        values, places = run_op("TopKV2", [x.astype(np.float32), size])
        expected = np.argsort(-x, axis=1, kind="stable")
        np.testing.assert_array_equal(places, expected)
        np.testing.assert_array_equal(values, np.take_along_axis(x, expected, 1))
