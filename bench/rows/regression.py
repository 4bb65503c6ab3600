"""Row: one step of scalar linear regression with gradient descent, as in TensorFlow's tutorial."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

X = np.array([1.0, 2.0, 3.0, 4.0], np.float32)
Y = np.array([0.0, -1.0, -2.0, -3.0], np.float32)
RATE = 0.01


def train(tf: Any) -> Work:
    """w*x + b fitted to four points, one `session.run(step)`."""
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.placeholder(tf.float32, [None], name="y")
    w = tf.Variable(0.3, name="w")
    b = tf.Variable(-0.3, name="b")
    loss = tf.reduce_sum(tf.square(w * x + b - y))
    step = tf.train.GradientDescentOptimizer(RATE).minimize(loss)
    session = tf.Session()
    session.run(tf.global_variables_initializer())

    def run() -> None:
        session.run(step, feed_dict={x: X, y: Y})

    def result() -> list[Any]:
        run()
        return session.run([w, b])

    return Work(run, result)


def train_jax(_: Any) -> Work:
    """The same step under JAX's jit, its state donated."""
    import jax

    def loss(state: Any, x: Any, y: Any) -> Any:
        return ((state[0] * x + state[1] - y) ** 2).sum()

    @jax.jit
    def step(state: Any, x: Any, y: Any) -> Any:
        slopes = jax.grad(loss)(state, x, y)
        return tuple(value - RATE * slope for value, slope in zip(state, slopes, strict=True))

    state = [(np.float32(0.3), np.float32(-0.3))]

    def run() -> None:
        state[0] = step(state[0], X, Y)
        jax.block_until_ready(state[0])

    def result() -> list[Any]:
        run()
        return [np.asarray(value) for value in state[0]]

    return Work(run, result)


ROWS = (
    Row(
        "regression",
        "one SGD step of scalar linear regression",
        {"jitgraph": train, "tensorflow": train, "jax": train_jax},
        (times_faster("tensorflow", 40),),
    ),
)
