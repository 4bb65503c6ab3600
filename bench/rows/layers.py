"""Row: 300 equal layers, forward and SGD, each process new and its kernel cache empty."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from bench.kernel_count import kernel_figures
from bench.row import Fresh, Goal, Row, at_most, middle

DEPTH = 300
WIDTH = 64
BATCH = 32
RATE = 0.01
BUILD = "build"
FIRST = "first run"
KERNELS = "kernels"


def _data() -> tuple[np.ndarray, list[np.ndarray]]:
    random = np.random.RandomState(0)
    x = random.uniform(-1, 1, (BATCH, WIDTH)).astype(np.float32)
    weights = [(random.randn(WIDTH, WIDTH) * 0.02).astype(np.float32) for _ in range(DEPTH)]
    return x, weights


def layers(tf: Any) -> Fresh:
    """h + tanh(h @ w + b), 300 times: seconds to build, seconds of initialising and one step."""
    data, weights = _data()
    start = time.perf_counter()
    x = tf.placeholder(tf.float32, [None, WIDTH], name="x")
    h = x
    for initial in weights:
        w = tf.Variable(initial, name="w")
        b = tf.Variable(tf.zeros([WIDTH]), name="b")
        h = h + tf.tanh(tf.matmul(h, w) + b)
    loss = tf.reduce_mean(tf.square(h))
    step = tf.train.GradientDescentOptimizer(RATE).minimize(loss)
    initialise = tf.global_variables_initializer()
    built = time.perf_counter()
    session = tf.Session()
    session.run(initialise)
    session.run(step, feed_dict={x: data})
    figures = {BUILD: built - start, FIRST: time.perf_counter() - built}
    figures |= kernel_figures(KERNELS)
    return Fresh(figures, [session.run(loss, feed_dict={x: data}), session.run(w)])


def layers_jax(_: Any) -> Fresh:
    """The same network under JAX's jit, its layers unrolled as in the graph."""
    import jax
    import jax.numpy as jnp

    x, weights = _data()
    start = time.perf_counter()
    state = [(jnp.asarray(w), jnp.zeros(WIDTH)) for w in weights]

    def loss(state: Any, h: Any) -> Any:
        for w, b in state:
            h = h + jnp.tanh(h @ w + b)
        return (h**2).mean()

    def update(state: Any, h: Any) -> Any:
        slopes = jax.grad(loss)(state, h)
        return jax.tree_util.tree_map(lambda value, slope: value - RATE * slope, state, slopes)

    built = time.perf_counter()
    state = jax.block_until_ready(jax.jit(update)(state, x))
    figures = {BUILD: built - start, FIRST: time.perf_counter() - built}
    return Fresh(figures, [np.asarray(jax.jit(loss)(state, x)), np.asarray(state[-1][0])])


ROWS = (
    Row(
        "layers",
        "300 equal layers, forward and SGD, empty cache",
        {"jitgraph": layers, "tensorflow": layers, "jax": layers_jax},
        (
            at_most(FIRST, 3.0, "3 s"),
            Goal("fewer than 30 kernels", lambda f: middle(f, "jitgraph", KERNELS) < 30),
        ),
        fresh=True,
        rounds=2,
        rtol=1e-3,
        atol=1e-4,
    ),
)
