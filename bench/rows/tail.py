"""Row: the 99th percentile of a run of 200,000 elements on two CPUs, one of them kept busy."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.row import RUN, Goal, Row, Work, percentile

SIZE = 200_000


def _data() -> np.ndarray:
    return np.linspace(-3.0, 3.0, SIZE, dtype=np.float32)


def bell(tf: Any) -> Work:
    """exp(-x*x) * 0.5 + x on 200,000 float32."""
    data = _data()
    x = tf.placeholder(tf.float32, [None], name="x")
    call = tf.Session().make_callable(tf.exp(-x * x) * 0.5 + x, feed_list=[x])

    def run() -> Any:
        return call(data)

    return Work(run, lambda: [run()])


def bell_jax(_: Any) -> Work:
    """The same under JAX."""
    import jax
    import jax.numpy as jnp

    step = jax.jit(lambda x: jnp.exp(-x * x) * 0.5 + x)
    data = jnp.asarray(_data())

    def run() -> Any:
        return step(data).block_until_ready()

    return Work(run, lambda: [np.asarray(run())])


ROWS = (
    Row(
        "tail",
        "200,000 elements, 2 CPUs, a process spinning beside",
        {"jitgraph": bell, "tensorflow": bell, "jax": bell_jax},
        (Goal("p99 under 1 ms", lambda f: percentile(f["jitgraph"][RUN], 99) < 1e-3),),
        batch_seconds=0.0,
        cpus=2,
        busy_processes=1,
    ),
)
