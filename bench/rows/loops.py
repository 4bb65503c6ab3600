"""Rows: loops. 10,000 iterations of a number (the logistic map), 1,000 of a 64 × 64 product with
tanh, and the gradients of both.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

TURNS, PRODUCTS, SIDE = 10_000, 1_000, 64
RATE, START = 1.85, 0.3


def _matrices() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.RandomState(0)
    weights = random.randn(SIDE, SIDE).astype(np.float32) / np.float32(10)
    return weights, random.randn(SIDE, SIDE).astype(np.float32)


def logistic(tf: Any, is_gradient: bool) -> Work:
    """A session that repeats x -> r x (1 - x)."""
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float64, [])
        step = lambda i, y: (i + 1, RATE * y * (1.0 - y))  # noqa: E731
        y = tf.while_loop(lambda i, y: i < TURNS, step, [0, x])[1]
        fetch = tf.gradients(y, x)[0] if is_gradient else y
        session = tf.Session(graph=graph)
    run = partial(session.run, fetch, feed_dict={x: START})
    return Work(lambda: run(), lambda: [run()])


def logistic_jax(_: Any, is_gradient: bool) -> Work:
    """The same by `lax.fori_loop`; by `lax.scan` where a gradient is wanted."""
    import jax

    jax.config.update("jax_enable_x64", True)

    def forward(x: Any) -> Any:
        if not is_gradient:
            return jax.lax.fori_loop(0, TURNS, lambda _, y: RATE * y * (1.0 - y), x)
        return jax.lax.scan(lambda y, _: (RATE * y * (1.0 - y), None), x, None, TURNS)[0]

    jitted = jax.jit(jax.grad(forward) if is_gradient else forward)
    x = np.float64(START)
    return Work(lambda: jax.block_until_ready(jitted(x)), lambda: [jitted(x)])


def products(tf: Any, is_gradient: bool) -> Work:
    """A session that repeats h -> tanh(h w)."""
    weights, start = _matrices()
    graph = tf.Graph()
    with graph.as_default():
        h, w = tf.placeholder(tf.float32, [SIDE, SIDE]), tf.constant(weights)
        step = lambda i, y: (i + 1, tf.tanh(tf.matmul(y, w)))  # noqa: E731
        y = tf.while_loop(lambda i, y: i < PRODUCTS, step, [0, h])[1]
        fetch = tf.gradients(tf.reduce_sum(y), [w])[0] if is_gradient else y
        session = tf.Session(graph=graph)
    run = partial(session.run, fetch, feed_dict={h: start})
    return Work(lambda: run(), lambda: [run()])


def products_jax(_: Any, is_gradient: bool) -> Work:
    """The same by `lax.scan`."""
    import jax
    import jax.numpy as jnp

    weights, start = _matrices()

    def forward(w: Any, h: Any) -> Any:
        return jax.lax.scan(lambda y, _: (jnp.tanh(y @ w), None), h, None, PRODUCTS)[0]

    def total(w: Any, h: Any) -> Any:
        return forward(w, h).sum()

    jitted = jax.jit(jax.grad(total) if is_gradient else forward)
    return Work(
        lambda: jax.block_until_ready(jitted(weights, start)),
        lambda: [jitted(weights, start)],
    )


def _row(name: str, title: str, ours: Any, jax: Any, is_gradient: bool, times: float) -> Row:
    return Row(
        name=name,
        title=title,
        sides={
            "jitgraph": partial(ours, is_gradient=is_gradient),
            "tensorflow": partial(ours, is_gradient=is_gradient),
            "jax": partial(jax, is_gradient=is_gradient),
        },
        goals=(times_faster("tensorflow", times), times_faster("jax", 1)),
        rtol=1e-3,
        atol=1e-4,
    )


ROWS = (
    _row("loop", "logistic map, 10,000 iterations", logistic, logistic_jax, False, 300),
    _row("loop_slope", "the same, its derivative", logistic, logistic_jax, True, 100),
    _row("loop_matmul", "1,000 × (64×64 matmul, tanh)", products, products_jax, False, 1),
    _row("loop_matmul_slope", "the same, its gradient", products, products_jax, True, 1),
)
