"""tf.contrib.opt: what its optimizers add to those of tf.train."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import jitgraph as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def after(optimizer: Any, steps: int = 1, **keywords: Any) -> list[Any]:
    """v and w after some steps; both have the gradient 2."""
    v = tf.Variable(np.array([1.0, -1.0]), name="v")
    w = tf.Variable(np.array([3.0]), name="w")
    chosen = {key: [{"v": v, "w": w}[name] for name in names] for key, names in keywords.items()}
    pairs = [(tf.constant([2.0, 2.0], tf.float64), v), (tf.constant([2.0], tf.float64), w)]
    step = optimizer.apply_gradients(pairs, **chosen)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(steps):
            session.run(step)
        return session.run([v, w])


def test_weights_decay_besides_the_step() -> None:
    v, w = after(tf.contrib.opt.MomentumWOptimizer(0.5, learning_rate=0.1, momentum=0.9))
    np.testing.assert_allclose(v, [0.5 - 0.2, -0.5 - 0.2])
    np.testing.assert_allclose(w, [1.5 - 0.2])


def test_some_weights_decay() -> None:
    optimizer = tf.contrib.opt.AdamWOptimizer(0.5, learning_rate=0.1)
    v, w = after(optimizer, decay_var_list=["w"])
    np.testing.assert_allclose(v, [0.9, -1.1], rtol=1e-6)
    np.testing.assert_allclose(w, [1.4], rtol=1e-6)


def test_any_optimizer_may_decay_weights() -> None:
    extended = tf.contrib.opt.extend_with_decoupled_weight_decay(tf.train.GradientDescentOptimizer)
    v, _ = after(extended(weight_decay=0.1, learning_rate=0.5), steps=2)
    once = np.array([1.0, -1.0]) * 0.9 - 1
    np.testing.assert_allclose(v, once * 0.9 - 1)


def test_signs_that_agree_make_a_step_larger() -> None:
    v, _ = after(tf.contrib.opt.AddSignOptimizer(0.1))
    np.testing.assert_allclose(v, [1 - 0.4, -1 - 0.4], rtol=1e-6)


def test_the_power_of_signs() -> None:
    v, _ = after(tf.contrib.opt.PowerSignOptimizer(0.1, base=3.0))
    np.testing.assert_allclose(v, [1 - 0.6, -1 - 0.6], rtol=1e-6)


def test_lazy_adam_leaves_the_means_of_other_rows() -> None:
    table = tf.Variable(np.ones((3, 2), np.float32))
    optimizer = tf.contrib.opt.LazyAdamOptimizer(0.1)
    indices = tf.placeholder(tf.int32, [None])
    step = optimizer.minimize(tf.reduce_sum(tf.gather(table, indices)))
    feeds = {indices: np.array([0, 2, 0], np.int32)}
    assert "first_positions" in str(tf.explain(step, feeds))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step, feeds)
        session.run(step, {indices: np.array([2], np.int32)})
        means = session.run(optimizer.get_slot(table, "m"))
    np.testing.assert_allclose(means[:, 0], [0.2, 0.0, 0.19], rtol=1e-5)
