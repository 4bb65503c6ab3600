"""Row: 200 batch sizes never seen before: what a new size costs, and that nothing is compiled."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from bench.kernel_count import count_kernels, kernel_figures
from bench.row import Fresh, Goal, Row, at_most, middle

NEW = "new size"
KNOWN = "known size"
COMPILED = "compiled"
WARM_UP = (7, 9, 300)
SIZES = tuple(int(n) for n in np.random.RandomState(0).permutation(np.arange(10, 210)))
JAX_SIZES = SIZES[:20]


def _data() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.RandomState(1)
    rows = random.uniform(-1, 1, (max(WARM_UP), 16)).astype(np.float32)
    first = (random.randn(16, 32) * 0.2).astype(np.float32)
    second = (random.randn(32, 4) * 0.2).astype(np.float32)
    return rows, first, second


def _time_sizes(run: Any, sizes: tuple[int, ...], rows: np.ndarray) -> Fresh:
    for size in WARM_UP:
        run(rows[:size])
    kernels = count_kernels()
    new, results = _mean_seconds(run, sizes, rows)
    compiled = kernel_figures(COMPILED, kernels)
    known, _ = _mean_seconds(run, sizes, rows)
    return Fresh({NEW: new, KNOWN: known} | compiled, results[: len(JAX_SIZES)])


def _mean_seconds(run: Any, sizes: tuple[int, ...], rows: np.ndarray) -> tuple[float, list[Any]]:
    start = time.perf_counter()
    results = [run(rows[:size]) for size in sizes]
    return (time.perf_counter() - start) / len(sizes), results


def infer(tf: Any) -> Fresh:
    """A two-layer classifier and its mean loss, run on every size once, then once more."""
    rows, first, second = _data()
    x = tf.placeholder(tf.float32, [None, 16], name="x")
    w = tf.Variable(first, name="w")
    v = tf.Variable(second, name="v")
    scores = tf.nn.log_softmax(tf.matmul(tf.tanh(tf.matmul(x, w) + 0.1), v))
    loss = tf.reduce_mean(tf.square(scores))
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return _time_sizes(lambda batch: session.run(loss, feed_dict={x: batch}), SIZES, rows)


def infer_jax(_: Any) -> Fresh:
    """The same under JAX's jit, which compiles for each size (so: fewer sizes)."""
    import jax
    import jax.numpy as jnp

    rows, first, second = _data()

    @jax.jit
    def loss(x: Any) -> Any:
        return (jax.nn.log_softmax(jnp.tanh(x @ first + 0.1) @ second) ** 2).mean()

    return _time_sizes(lambda batch: np.asarray(loss(batch)), JAX_SIZES, rows)


ROWS = (
    Row(
        "sizes",
        "200 batch sizes never seen before, each",
        {"jitgraph": infer, "tensorflow": infer, "jax": infer_jax},
        (
            at_most(NEW, 0.3e-3, "0.3 ms"),
            Goal("nothing compiled", lambda f: middle(f, "jitgraph", COMPILED) == 0),
        ),
        fresh=True,
        rounds=3,
    ),
)
