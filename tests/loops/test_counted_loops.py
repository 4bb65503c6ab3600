"""Loops that only the run can tell the end of: counted first, then run as programs."""

from __future__ import annotations

import numpy as np
import pytest
from loop_programs import PROGRAMS

import jitgraph as tf
from jitgraph import staged

COUNTED = (
    "until", "until_of_arrays", "until_after_another", "until_at_once", "until_with_branches",
)  # fmt: skip


@pytest.fixture
def driven(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The loops that were driven in Python."""
    found: list[str] = []
    run = staged._HostLoop.run

    def noted(loop: staged._HostLoop, *given: object) -> None:
        found.append(loop.flow.context.name)
        run(loop, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(staged._HostLoop, "run", noted)
    return found


@pytest.mark.parametrize("name", COUNTED)
def test_counted(name: str, driven: list[str]) -> None:
    with tf.Graph().as_default():
        fetches, feeds = PROGRAMS[name](tf)
        tf.Session().run(fetches, feeds)
    assert not driven


def test_a_new_count_compiles_nothing() -> None:
    with tf.Graph().as_default():
        x, end = tf.placeholder(tf.float32, [3]), tf.placeholder(tf.float32, [])
        y = tf.while_loop(lambda y: tf.reduce_sum(y) < end, lambda y: y * 2, [x])
        fetches = [y, *tf.gradients(y, x)]
        session = tf.Session()
        for times in (3, 5, 9, 2, 4):
            value, grad = session.run(fetches, {x: [1, 1, 1], end: 3 * 2**times - 1})
            np.testing.assert_allclose(value, [2.0**times] * 3)
            np.testing.assert_allclose(grad, [2.0**times] * 3)
        counted = session.cache_info().currsize
        session.run(fetches, {x: [1, 1, 1], end: 3 * 2**7 - 1})
        assert session.cache_info().currsize == counted


def test_conditions_that_draw_or_write_are_not_counted(driven: list[str]) -> None:
    with tf.Graph().as_default():
        tf.set_random_seed(3)
        x = tf.placeholder(tf.float32, [3])
        total = tf.Variable(0.0)

        def step(y: tf.Tensor, drawn: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            return y * 1.5, tf.random_uniform([], seed=5)

        y = tf.while_loop(lambda y, drawn: drawn < 0.9, step, [x, 0.0])[0]

        def add(y: tf.Tensor) -> tf.Tensor:
            with tf.control_dependencies([tf.assign_add(total, 1.0)]):
                return y * 1.5

        z = tf.while_loop(lambda y: total.read_value() < 4.0, add, [x])
        session = tf.Session()
        session.run(total.initializer)
        one, grad = session.run([y, *tf.gradients(y, x)], {x: [1, 2, 3]})
        np.testing.assert_allclose(one, grad * [1, 2, 3], rtol=1e-6)
        other, grad = session.run([z, *tf.gradients(z, x)], {x: [1, 2, 3]})
        np.testing.assert_allclose(other, np.array([1, 2, 3]) * 1.5**4, rtol=1e-6)
        np.testing.assert_allclose(grad, [1.5**4] * 3, rtol=1e-6)
    assert len(driven) >= 2


def test_fed_lengths_in_any_order_are_one_program() -> None:
    with tf.Graph().as_default():
        rows = tf.placeholder(tf.float32, [None, None, 2])
        lengths = tf.placeholder(tf.int32, [None])
        cell = tf.nn.rnn_cell.BasicRNNCell(3)
        outputs, _ = tf.nn.dynamic_rnn(cell, rows, lengths, dtype=tf.float32)
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        fetch = tf.reduce_sum(outputs, 2)
        rng = np.random.default_rng(1)
        counted = set()
        for _ in range(6):
            given = rng.integers(1, 6, 5)
            found = session.run(fetch, {rows: rng.normal(size=(5, 5, 2)), lengths: given})
            np.testing.assert_array_equal((found != 0).sum(1), given)
            counted.add(session.cache_info().currsize)
        assert len(counted) == 1
