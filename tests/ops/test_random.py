"""Random numbers are TensorFlow 1.15.5's bit for bit, in the first run of a session and the next.

random_numbers.json is made by record_random.py from the expressions of random_cases.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jitgraph as tf
from tests.ops.random_cases import described, expressions

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("random_numbers.json").read_text())
EXPRESSIONS = expressions()


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_every_case_is_recorded() -> None:
    assert sorted(RECORDED) == sorted(EXPRESSIONS)


@pytest.mark.parametrize("title", sorted(EXPRESSIONS))
def test_numbers_are_those_of_tensorflow(title: str) -> None:
    assert described(tf, EXPRESSIONS[title]) == RECORDED[title]


def test_each_session_begins_anew_and_each_run_goes_on() -> None:
    x = tf.random_uniform([4], seed=1)
    runs = []
    for _ in range(2):
        with tf.Session() as session:
            runs.append([session.run(x).tolist() for _ in range(3)])
    assert runs[0] == runs[1]
    assert len({str(run) for run in runs[0]}) == 3


def test_without_a_seed_every_session_differs() -> None:
    x = tf.random_uniform([4])
    assert tf.Session().run(x).tolist() != tf.Session().run(x).tolist()


def test_ops_of_equal_seeds_are_two() -> None:
    x, y = tf.random_uniform([4], seed=1), tf.random_uniform([4], seed=1)
    with tf.Session() as session:
        first = session.run(x)
        both = session.run([x, y])
    assert both[1].tolist() == first.tolist()
    assert both[0].tolist() != first.tolist()


def test_an_op_runs_once_a_run() -> None:
    x = tf.random_normal([100])
    assert tf.Session().run(tf.reduce_max(tf.abs((x + 1) - (1 + x)))) == 0


def test_what_is_not_run_does_not_move_on() -> None:
    x, y = tf.random_uniform([4], seed=1), tf.random_uniform([4], seed=2)
    with tf.Session() as session:
        session.run(x)
        session.run(x)
        second = session.run(y)
    assert second.tolist() == tf.Session().run(y).tolist()


def test_a_fed_random_tensor_does_not_move_on() -> None:
    x = tf.random_uniform([2], seed=1)
    with tf.Session() as session:
        session.run(x + 1, {x: [0.0, 0.0]})
        assert session.run(x).tolist() == tf.Session().run(x).tolist()


def test_a_run_that_fails_leaves_the_generator_where_it_was() -> None:
    x = tf.random_uniform([2], seed=1)
    index = tf.placeholder(tf.int32, [])
    item = tf.gather(x, index)
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(item, {index: 7})
        assert session.run(x).tolist() == tf.Session().run(x).tolist()


def test_shapes_may_be_fed() -> None:
    shape = tf.placeholder(tf.int32, [2])
    x = tf.random_uniform(shape, seed=1)
    rows = tf.placeholder(tf.float32, [None, 3])
    noise = tf.random_normal(tf.shape(rows), seed=1)
    with tf.Session() as session:
        assert session.run(x, {shape: [2, 3]}).shape == (2, 3)
        first = session.run(noise, {rows: np.zeros((2, 3))})
        assert session.run(noise, {rows: np.zeros((5, 3))}).shape == (5, 3)
    again = tf.Session().run(noise, {rows: np.zeros((4, 3))})
    np.testing.assert_array_equal(again[:2], first)


def test_generators_are_no_variables() -> None:
    w = tf.Variable(tf.random_normal([3], seed=1))
    assert tf.global_variables() == [w]
    with tf.Session() as session:
        assert session.run(tf.report_uninitialized_variables()).tolist() == [b"Variable"]
        session.run(tf.global_variables_initializer())
        assert session.run(tf.report_uninitialized_variables()).tolist() == []


def test_a_size_that_depends_on_random_numbers_is_of_the_same_run() -> None:
    x = tf.random_uniform([100], seed=1)
    large = tf.boolean_mask(x, x > 0.5)
    with tf.Session() as session:
        assert (session.run(large) > 0.5).all()
        assert (session.run(large) > 0.5).all()


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="Must specify maxval for integer dtype"):
        tf.random_uniform([2], dtype=tf.int32)
    with pytest.raises(ValueError, match="Invalid dtype"):
        tf.random_uniform([2], dtype=tf.bool)
    low = tf.placeholder(tf.int32, [])
    x = tf.random_uniform([2], low, 5, tf.int32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Need minval < maxval, got 5 >= 5"):
        tf.Session().run(x, {low: 5})


def test_what_a_run_says_of_bad_sizes() -> None:
    x, n = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    drawn = tf.multinomial(x, n)
    shaped = tf.random_uniform(n)
    with tf.Session() as session:
        for tensor, feeds, text in (
            (drawn, {x: [[1.0, 2.0]], n: -2}, "num_samples should be nonnegative, got -2"),
            (drawn, {x: [[]], n: 2}, "num_classes should be positive, got 0"),
            (drawn, {x: [1.0], n: 2}, r"logits should be a matrix, got shape \[1\]"),
            (shaped, {n: [-2, 3]}, "Dimension -2 must be >= 0"),
        ):
            with pytest.raises(tf.errors.InvalidArgumentError, match=text):
                session.run(tensor, feeds)
    with pytest.raises(ValueError, match="must be non-negative but is -1"):
        tf.multinomial([[1.0, 2.0]], -1)


def test_classes_without_a_chance_are_not_drawn() -> None:
    drawn = tf.multinomial([[-np.inf, 0.0, np.nan, 1.0]], 1000)
    assert set(tf.Session().run(drawn)[0]) == {1, 3}


def test_threads_draw_different_numbers() -> None:
    x = tf.random_uniform([50], seed=1)
    with tf.Session() as session, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: tuple(session.run(x)), range(40)))
    with tf.Session() as session:
        assert sorted(found) == sorted(tuple(session.run(x)) for _ in range(40))


def test_explained_with_and_without_a_session() -> None:
    x = tf.random_uniform([4], 1.0, 3.0, seed=1)
    assert "PhiloxUniformScaled" in str(tf.explain(x))
    rows = tf.placeholder(tf.float32, [None, 3])
    noise = tf.random_normal(tf.shape(rows))
    assert "PhiloxNormal" in str(tf.explain(noise, {rows: np.zeros((2, 3))}))
    with tf.Session() as session:
        before = session.run(x)
        assert "PhiloxUniformScaled" in str(tf.explain(x, session=session))
        assert session.run(x).tolist() != before.tolist()


def test_a_crop_larger_than_the_tensor() -> None:
    x = tf.placeholder(tf.float32, [None, 3])
    cropped = tf.random_crop(x, [2, 2])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Need value\.shape >= size"):
        tf.Session().run(cropped, {x: np.zeros((1, 3))})


def test_gamma_numbers_are_differentiable() -> None:
    tf.set_random_seed(1)
    alpha, beta = tf.constant([0.5, 2.0, 30.0]), tf.constant([1.0, 2.0, 4.0])
    drawn = tf.random_gamma([4], alpha, beta, seed=2)
    found = tf.Session().run(tf.gradients(drawn * drawn, [alpha, beta]))
    recorded = [[0.60202694, 3.94115448, 11.9847145], [-0.14777869, -3.89917088, -83.1995926]]
    np.testing.assert_allclose(found, recorded, rtol=2e-6)
