"""Row: a fresh process with kernels on disk: import, build, first result of a small model."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import numpy as np

from bench.row import Fresh, Goal, Row, at_most, middle

FIRST = "first result"
IMPORT = "import"
NUMBA = "Numba imported"


def since_spawned() -> float:
    """Seconds since the parent started this process: the interpreter's start is included."""
    return time.time() - float(os.environ["BENCH_SPAWNED"])


def start(import_module: Any) -> Fresh:
    """A two-layer classifier with its training step: one update, then the loss."""
    begin = time.perf_counter()
    tf = import_module()
    imported = time.perf_counter() - begin
    x = tf.placeholder(tf.float32, [None, 8], name="x")
    w = tf.Variable(np.full((8, 16), 0.1, np.float32), name="w")
    v = tf.Variable(np.full((16, 1), 0.1, np.float32), name="v")
    loss = tf.reduce_mean(tf.square(tf.matmul(tf.nn.relu(tf.matmul(x, w)), v) - 1.0))
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    initialise = tf.global_variables_initializer()
    session = tf.Session()
    session.run(initialise)
    data = np.linspace(0, 1, 32, dtype=np.float32).reshape(4, 8)
    session.run(step, feed_dict={x: data})
    result = session.run(loss, feed_dict={x: data})
    figures = {FIRST: since_spawned(), IMPORT: imported}
    if tf.__name__ == "jitgraph":
        figures[NUMBA] = float("numba" in sys.modules)
    return Fresh(figures, [result])


def start_jax(_: Any) -> Fresh:
    """The same under JAX, which keeps nothing on disk unless told to."""
    begin = time.perf_counter()
    import jax
    import jax.numpy as jnp

    imported = time.perf_counter() - begin

    def loss(state: Any, x: Any) -> Any:
        return ((jax.nn.relu(x @ state[0]) @ state[1] - 1.0) ** 2).mean()

    @jax.jit
    def step(state: Any, x: Any) -> Any:
        slopes = jax.grad(loss)(state, x)
        return [value - 0.1 * slope for value, slope in zip(state, slopes, strict=True)]

    state = [jnp.full((8, 16), 0.1), jnp.full((16, 1), 0.1)]
    data = np.linspace(0, 1, 32, dtype=np.float32).reshape(4, 8)
    result = np.asarray(jax.jit(loss)(step(state, data), data))
    return Fresh({FIRST: since_spawned(), IMPORT: imported}, [result])


ROWS = (
    Row(
        "start",
        "fresh process, kernels on disk: import, build, run",
        {"jitgraph": start, "tensorflow": start, "jax": start_jax},
        (
            at_most(FIRST, 0.25, "0.25 s"),
            Goal("Numba not imported", lambda f: middle(f, "jitgraph", NUMBA) == 0),
        ),
        fresh=True,
        warm_cache=True,
        lazy_import=True,
    ),
)
