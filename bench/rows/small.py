"""Rows: one run of relu(x * w + b) on 8 elements, with a feed. The cost of a call, not of work."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.row import Goal, Row, Work, least, times_faster

X = np.linspace(-1.0, 1.0, 8, dtype=np.float32)
W = np.linspace(2.0, 3.0, 8, dtype=np.float32)
B = np.linspace(-0.5, 0.5, 8, dtype=np.float32)


def _model(tf: Any) -> tuple[Any, Any, Any]:
    x = tf.placeholder(tf.float32, [8], name="x")
    w = tf.Variable(W, name="w")
    b = tf.Variable(B, name="b")
    y = tf.nn.relu(x * w + b)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return session, x, y


def run_session(tf: Any) -> Work:
    """`session.run` with a feed_dict, as users write it."""
    session, x, y = _model(tf)

    def run() -> Any:
        return session.run(y, feed_dict={x: X})

    return Work(run, lambda: [run()])


def run_callable(tf: Any) -> Work:
    """The same through `make_callable`."""
    session, x, y = _model(tf)
    call = session.make_callable(y, feed_list=[x])

    def run() -> Any:
        return call(X)

    return Work(run, lambda: [run()])


def run_jax(_: Any) -> Work:
    """JAX's jit on a NumPy array in, a NumPy array out."""
    import jax
    import jax.numpy as jnp

    w, b = jnp.asarray(W), jnp.asarray(B)
    step = jax.jit(lambda x: jax.nn.relu(x * w + b))

    def run() -> Any:
        return np.asarray(step(X))

    return Work(run, lambda: [run()])


def _under(microseconds: float) -> Goal:
    limit = microseconds * 1e-6
    return Goal(f"aim: {microseconds:g} µs", lambda figures: least(figures, "jitgraph") <= limit)


ROWS = (
    Row(
        "run",
        "sess.run of relu(x*w+b), 8 elements, fed",
        {"jitgraph": run_session, "tensorflow": run_session, "jax": run_jax},
        (times_faster("tensorflow", 50), _under(2)),
    ),
    Row(
        "callable",
        "the same through make_callable",
        {"jitgraph": run_callable, "tensorflow": run_callable, "jax": run_jax},
        (times_faster("tensorflow", 100), _under(1)),
    ),
)
