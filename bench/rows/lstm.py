"""Rows: an LSTM that reads MNIST's images row by row: 28 steps of 128 units, a step of SGD.

Batch 128; the last output is classified. Unrolled (`tf.nn.static_rnn`) and as a loop
(`tf.nn.dynamic_rnn`); JAX unrolled in Python and with `lax.scan`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

BATCH, STEPS, WIDTH, UNITS = 128, 28, 28, 128
RATE = 0.1


def _data() -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    random = np.random.RandomState(0)
    x = random.uniform(0, 1, (BATCH, STEPS, WIDTH)).astype(np.float32)
    y = random.randint(0, 10, BATCH).astype(np.int32)
    initial = {
        "kernel": random.randn(WIDTH + UNITS, 4 * UNITS).astype(np.float32) * np.float32(0.08),
        "bias": np.zeros(4 * UNITS, np.float32),
        "w": random.randn(UNITS, 10).astype(np.float32) * np.float32(0.1),
        "b": np.zeros(10, np.float32),
    }
    return x, y, initial


def _gates(tf: Any, x: Any, c: Any, h: Any, kernel: Any, bias: Any) -> tuple[Any, Any]:
    """A step of `BasicLSTMCell`, op by op: TensorFlow of today has no cells any more."""
    one = tf.constant(1, tf.int32)
    gates = tf.nn.bias_add(tf.matmul(tf.concat([x, h], 1), kernel), bias)
    i, j, f, o = tf.split(gates, 4, one)
    c = c * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
    return c, tf.tanh(c) * tf.sigmoid(o)


def _unrolled(tf: Any, x: Any, kernel: Any, bias: Any) -> Any:
    c = h = tf.zeros([tf.shape(x)[0], UNITS])
    for row in tf.unstack(x, STEPS, 1):
        c, h = _gates(tf, row, c, h, kernel, bias)
    return h


def _looped(tf: Any, x: Any, kernel: Any, bias: Any) -> Any:
    rows = tf.TensorArray(tf.float32, STEPS, element_shape=[None, WIDTH])
    rows = rows.unstack(tf.transpose(x, [1, 0, 2]))
    zeros = tf.zeros([tf.shape(x)[0], UNITS])

    def step(time: Any, c: Any, h: Any) -> Any:
        row = rows.read(time)
        row.set_shape([None, WIDTH])
        return (time + 1, *_gates(tf, row, c, h, kernel, bias))

    start = (tf.constant(0), zeros, zeros)
    found = tf.while_loop(lambda time, *_: time < STEPS, step, start, maximum_iterations=STEPS)
    return found[2]


def train(tf: Any, is_loop: bool) -> Work:
    """A step of gradient descent."""
    images, digits, initial = _data()
    x = tf.placeholder(tf.float32, [None, STEPS, WIDTH], name="x")
    y = tf.placeholder(tf.int32, [None], name="y")
    v = {name: tf.Variable(value, name=name) for name, value in initial.items()}
    last = (_looped if is_loop else _unrolled)(tf, x, v["kernel"], v["bias"])
    scores = tf.matmul(last, v["w"]) + v["b"]
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=scores)
    loss = tf.reduce_mean(each)
    step = tf.train.GradientDescentOptimizer(RATE).minimize(loss)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    feeds = {x: images, y: digits}

    def result() -> list[Any]:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(step, feed_dict=feeds)
        return session.run([loss, v["kernel"], v["bias"], v["w"]], feed_dict=feeds)

    return Work(lambda: session.run(step, feed_dict=feeds), result)


def train_jax(_: Any, is_loop: bool) -> Work:
    """The same step under JAX's jit, parameters donated, NumPy batches in."""
    import jax
    import jax.numpy as jnp

    images, digits, initial = _data()

    def step(v: Any, state: Any, row: Any) -> Any:
        c, h = state
        gates = jnp.concatenate([row, h], 1) @ v["kernel"] + v["bias"]
        i, j, f, o = jnp.split(gates, 4, 1)
        c = c * jax.nn.sigmoid(f + 1.0) + jax.nn.sigmoid(i) * jnp.tanh(j)
        return (c, jnp.tanh(c) * jax.nn.sigmoid(o)), None

    def loss(v: Any, x: Any, y: Any) -> Any:
        state = (jnp.zeros((BATCH, UNITS)), jnp.zeros((BATCH, UNITS)))
        rows = jnp.transpose(x, (1, 0, 2))
        if is_loop:
            state, _ = jax.lax.scan(partial(step, v), state, rows)
        else:
            for time in range(STEPS):
                state, _ = step(v, state, rows[time])
        scores = jax.nn.log_softmax(state[1] @ v["w"] + v["b"])
        return -jnp.take_along_axis(scores, y[:, None], 1).mean()

    def update(v: Any, x: Any, y: Any) -> Any:
        slopes = jax.grad(loss)(v, x, y)
        return {name: v[name] - RATE * slopes[name] for name in v}

    jitted = jax.jit(update, donate_argnums=0)
    state = [{name: jnp.asarray(value) for name, value in initial.items()}]

    def run() -> None:
        state[0] = jitted(state[0], images, digits)
        jax.block_until_ready(state)

    def result() -> list[Any]:
        state[0] = {name: jnp.asarray(value) for name, value in initial.items()}
        for _ in range(3):
            run()
        v = state[0]
        return [loss(v, images, digits), v["kernel"], v["bias"], v["w"]]

    return Work(run, result)


def _row(name: str, title: str, is_loop: bool) -> Row:
    return Row(
        name=name,
        title=title,
        sides={
            "jitgraph": partial(train, is_loop=is_loop),
            "tensorflow": partial(train, is_loop=is_loop),
            "jax": partial(train_jax, is_loop=is_loop),
        },
        goals=(times_faster("tensorflow", 1), times_faster("jax", 1)),
        rtol=2e-3,
        atol=1e-4,
    )


ROWS = (
    _row("lstm_unrolled", "LSTM, 28 steps × 128, unrolled, SGD step, batch 128", False),
    _row("lstm_dynamic", "LSTM, 28 steps × 128, a loop, SGD step, batch 128", True),
)
