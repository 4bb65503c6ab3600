"""Sparse gradients: rows named twice count once with their sum, and a step is one native call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import jitgraph as tf

ROWS, WIDTH = 6, 3


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def table() -> tf.Variable:
    start = np.arange(ROWS * WIDTH, dtype=np.float32).reshape(ROWS, WIDTH)
    return tf.Variable(start, name="table")


def step_of(optimizer: Any, variable: tf.Variable) -> tuple[Any, tf.Tensor, tf.Tensor]:
    """A step by a gradient that is fed: its rows and their indices."""
    rows = tf.placeholder(tf.float32, [None, WIDTH])
    indices = tf.placeholder(tf.int32, [None])
    gradient = tf.IndexedSlices(rows, indices, tf.constant([ROWS, WIDTH]))
    return optimizer.apply_gradients([(gradient, variable)]), rows, indices


OPTIMIZERS = (
    lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    lambda: tf.train.AdagradOptimizer(0.1),
    lambda: tf.train.RMSPropOptimizer(0.1, centered=True),
    lambda: tf.train.AdamOptimizer(0.1),
    lambda: tf.train.FtrlOptimizer(0.1, l1_regularization_strength=0.01),
    lambda: tf.train.ProximalGradientDescentOptimizer(0.1, 0.01),
)


@pytest.mark.parametrize("make", OPTIMIZERS)
def test_equal_indices_are_summed(make: Any) -> None:
    variable = table()
    step, rows, indices = step_of(make(), variable)
    given = np.arange(12, dtype=np.float32).reshape(4, WIDTH) - 5
    merged = np.stack([given[0] + given[2] + given[3], given[1]])
    with tf.Session() as session:
        left = []
        for feeds in ({rows: given, indices: [4, 1, 4, 4]}, {rows: merged, indices: [4, 1]}):
            session.run(tf.global_variables_initializer())
            session.run(step, feeds)
            session.run(step, feeds)
            left.append(session.run(tf.global_variables()))
    for repeated, unique in zip(*left, strict=True):
        np.testing.assert_allclose(repeated, unique, rtol=1e-6)


def test_rows_not_named_stay() -> None:
    variable = table()
    step, rows, indices = step_of(tf.train.AdagradOptimizer(0.1), variable)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(variable)
        session.run(step, {rows: np.ones((2, WIDTH)), indices: [2, 2]})
        after = session.run(variable)
    assert (before != after).any(axis=1).tolist() == [False, False, True, False, False, False]


def test_a_step_is_one_native_call() -> None:
    variable = table()
    step, rows, indices = step_of(tf.train.MomentumOptimizer(0.1, 0.9), variable)
    text = str(tf.explain(step, {rows: np.ones((2, WIDTH), np.float32), indices: [2, 2]}))
    assert "in one native call" in text
    assert "first_positions" in text


def test_unique_indices_may_be_fetched_beside_the_step() -> None:
    variable = table()
    step, rows, indices = step_of(tf.train.MomentumOptimizer(0.1, 0.9), variable)
    unique = tf.get_default_graph().get_tensor_by_name("Momentum/update_table/Unique:0")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found, _ = session.run([unique, step], {rows: np.ones((3, WIDTH)), indices: [5, 2, 5]})
        assert found.tolist() == [5, 2]
        assert session.run(variable)[5].tolist() == pytest.approx([14.8, 15.8, 16.8])


def test_an_index_out_of_range_changes_nothing() -> None:
    variable = table()
    step, rows, indices = step_of(tf.train.AdagradOptimizer(0.1), variable)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(tf.global_variables())
        with pytest.raises(tf.errors.InvalidArgumentError, match="Index 6 at offset 1 in indices"):
            session.run(step, {rows: np.ones((2, WIDTH)), indices: [0, 6]})
        for old, new in zip(before, session.run(tf.global_variables()), strict=True):
            np.testing.assert_array_equal(old, new)


def test_no_rows() -> None:
    variable = table()
    step, rows, indices = step_of(tf.train.AdagradOptimizer(0.1), variable)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(variable)
        session.run(step, {rows: np.zeros((0, WIDTH)), indices: np.zeros(0, np.int32)})
        np.testing.assert_array_equal(session.run(variable), before)


def merged(rows: Any, indices: Any) -> tuple[Any, Any]:
    unique, places = tf.unique(indices)
    return unique, tf.unsorted_segment_sum(rows, places, tf.shape(unique)[0])


def test_what_is_computed_row_by_row() -> None:
    """As TensorFlow's lazy Adam does: rows picked, combined with the sums, and put back."""
    variable, slot = table(), tf.Variable(np.ones((ROWS, WIDTH), np.float32))
    rows, given = tf.placeholder(tf.float32, [None, WIDTH]), tf.placeholder(tf.int32, [None])
    unique, sums = merged(rows, given)
    moved = tf.scatter_update(slot, unique, 0.5 * tf.gather(slot, unique) + tf.exp(sums))
    step = tf.scatter_sub(variable, unique, tf.gather(moved, unique) * [1.0, 2.0, 3.0])
    feeds = {rows: np.ones((3, WIDTH), np.float32), given: np.array([1, 4, 1], np.int32)}
    assert "first_positions" in str(tf.explain(step, feeds))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(variable)
        session.run(step, feeds)
        change = before - session.run(variable)
        once, twice = 0.5 + np.exp(1), 0.5 + np.exp(2)
        np.testing.assert_allclose(change[1], twice * np.array([1, 2, 3]), rtol=1e-5)
        np.testing.assert_allclose(change[4], once * np.array([1, 2, 3]), rtol=1e-5)
        assert not change[[0, 2, 3, 5]].any()
        np.testing.assert_allclose(session.run(slot)[[1, 4], 0], [twice, once], rtol=1e-5)


def test_what_is_computed_across_rows_runs_in_two_phases() -> None:
    variable = table()
    rows, given = tf.placeholder(tf.float32, [None, WIDTH]), tf.placeholder(tf.int32, [None])
    unique, sums = merged(rows, given)
    step = tf.scatter_add(variable, unique, sums / tf.reduce_sum(sums))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        feeds = {rows: np.ones((4, WIDTH)), given: [1, 1, 0, 1]}
        found = session.run(step, feeds)
        np.testing.assert_allclose(found[0], [1 / 12, 1 + 1 / 12, 2 + 1 / 12], rtol=1e-6)
        np.testing.assert_allclose(found[1], [3.25, 4.25, 5.25], rtol=1e-6)


def test_rows_are_checked_once_and_written_in_place() -> None:
    variable = table()
    indices = tf.placeholder(tf.int32, [None])
    loss = tf.reduce_sum(tf.square(tf.gather(variable, indices)))
    step = tf.train.AdamOptimizer(0.1).minimize(loss)
    linked = tf.explain(step, {indices: np.array([1, 2, 1], np.int32)}).compiled.linked
    checking = [step.code.name for step in linked.steps if "fail" in step.code.names]
    assert checking == ["gather"]
    assert linked.storage.copies == []
    places = {value.name: place.kind for value, place in linked.storage.places.items()}
    assert places["Adam/update_table/mul_2"] == places["Adam/update_table/mul_5"] == "state"


def test_a_smaller_variable_is_checked_again() -> None:
    large, small = tf.Variable(np.zeros(5, np.float32)), tf.Variable(np.zeros(3, np.float32))
    indices = tf.placeholder(tf.int32, [None])
    ones = tf.ones_like(indices, dtype=tf.float32)
    both = tf.group(tf.scatter_add(large, indices, ones), tf.scatter_add(small, indices, ones))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(both, {indices: [2, 0]})
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 3 is not in"):
            session.run(both, {indices: [2, 3]})
        assert session.run(large).tolist() == [1, 0, 1, 0, 0]
        assert session.run(small).tolist() == [1, 0, 1]
