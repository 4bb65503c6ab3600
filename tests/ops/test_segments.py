"""Rows combined by segment: sizes that depend on data, empty segments, what the run refuses."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

ROWS = np.array([[1, 2], [3, 4], [5, 6]], np.float32)


def run(function, data, ids, *more):
    with tf.Graph().as_default(), tf.Session() as session:
        fed = tf.placeholder(tf.int64, [None])
        return session.run(function(tf.constant(data), fed, *more), {fed: ids})


@pytest.mark.parametrize(
    ("name", "first", "empty"),
    [
        ("sum", [4, 6], 0),
        ("mean", [2, 3], 0),
        ("prod", [3, 8], 1),
        ("min", [1, 2], 0),
        ("max", [3, 4], 0),
    ],
)
def test_rising_segments(name, first, empty):
    function = getattr(tf, f"segment_{name}")
    found = run(function, ROWS, [0, 0, 3])
    assert found.tolist() == [first, [empty] * 2, [empty] * 2, [5, 6]]
    assert run(function, ROWS[:0], []).shape == (0, 2)


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        ([0, 2, 1], "segment ids are not increasing"),
        ([0, 1], "segment_ids should be the same size as dimension 0 of input."),
        ([-1, 0, 1], r"Segment id -1 out of range \[0, 2\), possibly because 'segment_ids' input"),
    ],
)
def test_segments_that_do_not_rise(ids, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        run(tf.segment_sum, ROWS, ids)


def test_unsorted_segments():
    ids, low, high = [0, -1, 3], np.finfo(np.float32).min, np.finfo(np.float32).max
    for function, empty in (
        (tf.unsorted_segment_sum, 0),
        (tf.unsorted_segment_prod, 1),
        (tf.unsorted_segment_max, low),
        (tf.unsorted_segment_min, high),
        (tf.unsorted_segment_mean, 0),
        (tf.unsorted_segment_sqrt_n, 0),
    ):
        wanted = [[1, 2], [empty] * 2, [empty] * 2, [5, 6], [empty] * 2]
        assert run(function, ROWS, ids, 5).tolist() == wanted


def test_extremes_of_whole_numbers():
    data = np.array([[1], [7]])
    assert run(tf.unsorted_segment_max, data, [1, 1], 2).tolist() == [[-(2**63)], [7]]
    assert run(tf.unsorted_segment_min, data, [1, 1], 2).tolist() == [[2**63 - 1], [1]]


def test_a_segment_out_of_range():
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"segment_ids\[2\] = 5 is out of"):
        run(tf.unsorted_segment_max, ROWS, [0, 1, 5], 5)
    with pytest.raises(ValueError, match="must be non-negative but is -1"):
        run(tf.unsorted_segment_max, ROWS, [0, 1, 2], -1)


def test_training_through_segments():
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(ROWS)
        ids = tf.placeholder(tf.int32, [None])
        loss = tf.reduce_sum(tf.square(tf.segment_sum(v, ids)))
        step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        session.run(tf.global_variables_initializer())
        session.run(step, {ids: [0, 0, 1]})
        np.testing.assert_allclose(session.run(v), [[0.2, 0.8], [2.2, 2.8], [4, 4.8]], rtol=1e-6)


def some(name, taken, ids, count=None):
    with tf.Graph().as_default(), tf.Session() as session:
        function = getattr(tf, f"sparse_segment_{name}")
        return session.run(function(tf.constant(ROWS), taken, ids, num_segments=count)).tolist()


def test_no_rows_at_all():
    nothing = np.zeros(0, np.int32)
    assert some("sum", nothing, nothing) == []
    assert some("mean", nothing, nothing, 2) == [[0, 0], [0, 0]]
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(ROWS)
        gradient = tf.gradients(tf.sparse_segment_sqrt_n(x, nothing, nothing), x)[0]
        assert not session.run(gradient).any()


def test_some_rows():
    assert some("sum", [0, 2, 2], [0, 0, 2]) == [[6, 8], [0, 0], [5, 6]]
    assert some("mean", [0, 2, 2], [0, 0, 2], 4) == [[3, 4], [0, 0], [5, 6], [0, 0]]
    assert some("sqrt_n", [0, 2], [0, 0])[0] == pytest.approx([18**0.5, 32**0.5])


@pytest.mark.parametrize(
    ("taken", "ids", "count", "message"),
    [
        ([0, 2, 3], [0, 0, 2], None, r"Bad: indices\[2\] == 3 out of range \[0, 3\)"),
        ([0, 2, 1], [0, 2, 1], None, "segment ids are not increasing"),
        ([0, 2, 1], [0, 0, 2], 2, "segment ids must be < num_segments"),
    ],
)
def test_rows_that_are_refused(taken, ids, count, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        some("sum", taken, ids, count)


def test_sizes_that_the_last_segment_tells():
    with tf.Graph().as_default(), tf.Session() as session:
        data, ids = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.int32, [None])
        fetches = [tf.segment_sum(data, ids), tf.segment_mean(data, ids + 0)]
        fetches.append(tf.sparse_segment_mean(data, [1, 0], [0, 2]))
        gradient = tf.gradients(tf.reduce_sum(tf.square(fetches[0])), data)[0]
        for last in (1, 4, 2, 1):
            feed = {data: ROWS, ids: [0, 0, last]}
            sums, means, picked, grad = session.run([*fetches, gradient], feed)
            assert sums.tolist() == [[4, 6], *[[0, 0]] * (last - 1), [5, 6]]
            assert means.tolist() == [[2, 3], *[[0, 0]] * (last - 1), [5, 6]]
            assert picked.tolist() == [[3, 4], [0, 0], [1, 2]]
            assert grad.tolist() == [[8, 12], [8, 12], [10, 12]]
        assert session.run(fetches[0], {data: ROWS[:0], ids: []}).shape == (0, 2)
        assert session.run(fetches[0], {data: ROWS, ids: [0, 1, 1]}).shape == (2, 2)


def test_fed_segments_take_one_program():
    with tf.Graph().as_default():
        data, ids = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.int32, [None])
        sums = tf.segment_sum(data * 2, ids) + 1
        explained = tf.explain(sums, {data: ROWS, ids: [0, 0, 3]})
        assert "item -1" in str(explained)
