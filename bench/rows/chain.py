"""Row: a chain of 10,000 elementwise ops, each process new and its kernel cache empty."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from bench.row import Fresh, Row, at_most

LENGTH = 10_000
X = np.linspace(-1.0, 1.0, 8, dtype=np.float32)
BUILD = "build"
FIRST = "first run"


def chain(tf: Any) -> Fresh:
    """10,000 times tanh: seconds to build the graph, seconds of the first run."""
    start = time.perf_counter()
    x = tf.placeholder(tf.float32, [None], name="x")
    y = x
    for _ in range(LENGTH):
        y = tf.tanh(y)
    built = time.perf_counter()
    result = tf.Session().run(y, feed_dict={x: X})
    return Fresh({BUILD: built - start, FIRST: time.perf_counter() - built}, [result])


ROWS = (
    Row(
        "chain",
        "chain of 10,000 elementwise ops, empty cache",
        {"jitgraph": chain, "tensorflow": chain},
        (at_most(BUILD, 0.5, "0.5 s"), at_most(FIRST, 2.0, "2 s")),
        fresh=True,
        rounds=2,
        rtol=1e-3,
    ),
)
