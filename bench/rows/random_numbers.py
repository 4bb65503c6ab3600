"""Rows: a million random numbers of a seed, and dropout of a million. Both sides' are the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

SIZE = 1_000_000
SEED = 7


def _uniform(tf: Any) -> Any:
    return tf.random.uniform([SIZE], -1.0, 1.0, seed=SEED)


def _normal(tf: Any) -> Any:
    return tf.random.normal([SIZE], stddev=0.1, seed=SEED)


def _truncated(tf: Any) -> Any:
    return tf.random.truncated_normal([SIZE], stddev=0.1, seed=SEED)


def _dropout(tf: Any) -> Any:
    return tf.nn.dropout(tf.ones([1000, SIZE // 1000]), rate=0.5, seed=SEED)


def draw(tf: Any, make: Callable[[Any], Any]) -> Work:
    """Draws again and again; what is compared are the first numbers of a session."""
    numbers = make(tf)
    call = tf.Session().make_callable(numbers)
    return Work(call, lambda: [np.asarray(tf.Session().run(numbers))])


def _row(name: str, title: str, make: Callable[[Any], Any], factor: float) -> Row:
    side = partial(draw, make=make)
    sides = {"jitgraph": side, "tensorflow": side}
    return Row(name, title, sides, (times_faster("tensorflow", factor),), rtol=2e-6, atol=1e-7)


ROWS = (
    _row("uniform", "uniform numbers of a range, 1M float32", _uniform, 4),
    _row("normal", "scaled normal numbers, 1M float32", _normal, 3),
    _row("truncated", "scaled truncated normal numbers, 1M float32", _truncated, 2),
    _row("dropout", "dropout of 1M float32", _dropout, 4),
)
