"""Shapes whose sizes are fed: what a size may be, and what it means, is asked in every run."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def test_a_fed_minus_one_is_completed_by_reshape(session):
    x, shape = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int32, [2])
    shaped = tf.reshape(x, shape)
    for wanted, given in (((2, 3), [2, 3]), ((2, 3), [2, -1]), ((3, 2), [-1, 2]), ((1, 6), [1, 6])):
        result = session.run(shaped, {x: np.arange(6), shape: given})
        np.testing.assert_array_equal(result, np.arange(6).reshape(wanted))
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"-3(.|\n)*node Reshape"):
        session.run(shaped, {x: np.arange(6), shape: [-3, -2]})


MADE = [lambda n: tf.fill([n], 1.0), lambda n: tf.reduce_sum(tf.ones([n]))]


@pytest.mark.parametrize("make", MADE)
def test_a_negative_size_is_refused_after_good_ones(session, make):
    count = tf.placeholder(tf.int32, [])
    made = make(count)
    for number in (2, 0, 3):
        assert np.sum(session.run(made, {count: number})) == number
    for number in (-1, -2):
        with pytest.raises(tf.errors.InvalidArgumentError, match=">= 0"):
            session.run(made, {count: number})


def test_a_result_too_large_for_memory_names_what_was_fetched(session):
    with pytest.raises(tf.errors.ResourceExhaustedError, match=r"OOM(.|\n)*node huge"):
        session.run(tf.zeros([10**7, 10**7], name="huge"))
