"""Rows: one step of an MLP 784-256-256-10 on a batch of 128, by SGD and by Adam."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

SIZES = (784, 256, 256, 10)
BATCH = 128
RATE = 0.05
ADAM = {"rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}


def _data() -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
    random = np.random.RandomState(0)
    x = random.uniform(0, 1, (BATCH, SIZES[0])).astype(np.float32)
    y = random.randint(0, SIZES[-1], BATCH).astype(np.int32)
    pairs = itertools.pairwise(SIZES)
    weights = [(random.randn(n, m) / n**0.5).astype(np.float32) for n, m in pairs]
    return x, y, weights


def train(tf: Any) -> Work:
    """matmul + bias + relu, twice, matmul + bias, cross entropy, SGD."""
    return _train(tf, tf.train.GradientDescentOptimizer(RATE))


def train_adam(tf: Any) -> Work:
    """The same by Adam."""
    return _train(tf, tf.train.AdamOptimizer(*ADAM.values()))


def _train(tf: Any, optimizer: Any) -> Work:
    images, digits, weights = _data()
    x = tf.placeholder(tf.float32, [None, SIZES[0]], name="x")
    y = tf.placeholder(tf.int32, [None], name="y")
    h = x
    for depth, initial in enumerate(weights):
        with tf.name_scope(f"layer{depth}"):
            w = tf.Variable(initial, name="w")
            b = tf.Variable(tf.zeros([initial.shape[1]]), name="b")
            h = tf.matmul(h, w) + b
            if depth + 1 < len(weights):
                h = tf.nn.relu(h)
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=h)
    loss = tf.reduce_mean(each)
    step = optimizer.minimize(loss)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    feeds = {x: images, y: digits}

    def run() -> None:
        session.run(step, feed_dict=feeds)

    def result() -> list[Any]:
        for _ in range(5):
            run()
        return session.run([loss, w], feed_dict=feeds)

    return Work(run, result)


def train_jax(_: Any) -> Work:
    """The same step under JAX's jit, parameters donated, NumPy batches in."""
    import jax

    def descend(layers: Any, slopes: Any, _: Any) -> Any:
        moved = jax.tree_util.tree_map(lambda value, slope: value - RATE * slope, layers, slopes)
        return moved, ()

    return _train_jax(lambda layers: (), descend)


def train_adam_jax(_: Any) -> Work:
    """Adam as TensorFlow has it, under JAX's jit."""
    import jax
    import jax.numpy as jnp

    def start(layers: Any) -> Any:
        zeros = jax.tree_util.tree_map(jnp.zeros_like, layers)
        return jnp.ones(2), zeros, jax.tree_util.tree_map(jnp.zeros_like, layers)

    def adam(layers: Any, slopes: Any, held: Any) -> Any:
        betas = jnp.asarray([ADAM["beta1"], ADAM["beta2"]])
        powers = held[0] * betas
        rate = ADAM["rate"] * jnp.sqrt(1 - powers[1]) / (1 - powers[0])
        each = jax.tree_util.tree_map
        m = each(lambda m, slope: m + (slope - m) * (1 - ADAM["beta1"]), held[1], slopes)
        v = each(lambda v, slope: v + (slope**2 - v) * (1 - ADAM["beta2"]), held[2], slopes)
        moved = each(
            lambda value, m, v: value - m * rate / (jnp.sqrt(v) + ADAM["epsilon"]), layers, m, v
        )
        return moved, (powers, m, v)

    return _train_jax(start, adam)


def _train_jax(start: Callable[[Any], Any], move: Callable[[Any, Any, Any], Any]) -> Work:
    import jax
    import jax.numpy as jnp

    images, digits, weights = _data()

    def loss(layers: Any, x: Any, y: Any) -> Any:
        for w, b in layers[:-1]:
            x = jax.nn.relu(x @ w + b)
        scores = jax.nn.log_softmax(x @ layers[-1][0] + layers[-1][1])
        return -jnp.take_along_axis(scores, y[:, None], 1).mean()

    def update(layers: Any, held: Any, x: Any, y: Any) -> Any:
        return move(layers, jax.grad(loss)(layers, x, y), held)

    step = jax.jit(update, donate_argnums=(0, 1))
    layers = [(jnp.asarray(w), jnp.zeros(w.shape[1])) for w in weights]
    state = [layers, start(layers)]

    def run() -> None:
        state[:] = step(*state, images, digits)
        jax.block_until_ready(state)

    def result() -> list[Any]:
        for _ in range(5):
            run()
        return [np.asarray(loss(state[0], images, digits)), np.asarray(state[0][-1][0])]

    return Work(run, result)


ROWS = (
    Row(
        "mlp",
        "MLP 784-256-256-10, SGD step, batch 128",
        {"jitgraph": train, "tensorflow": train, "jax": train_jax},
        (times_faster("tensorflow", 1), times_faster("jax", 1)),
        rtol=1e-3,
        atol=1e-4,
        batch_seconds=0.02,
    ),
    Row(
        "adam",
        "MLP 784-256-256-10, Adam step, batch 128",
        {"jitgraph": train_adam, "tensorflow": train_adam, "jax": train_adam_jax},
        (times_faster("tensorflow", 1), times_faster("jax", 1)),
        rtol=1e-3,
        atol=1e-4,
        batch_seconds=0.02,
    ),
)
