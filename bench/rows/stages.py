"""Rows: runs in which sizes become known on the way, and loops that are driven from Python."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

FEW, MANY = 8, 1_000_000
ITERATIONS = 100
TWICE, FASTER, EQUAL = 2, 1.5, 1


def _positive_sum(tf: Any, x: Any) -> list[Any]:
    return [tf.reduce_sum(tf.boolean_mask(x, x > 0.0) * 2.0)]


def _different(tf: Any, x: Any) -> list[Any]:
    return list(tf.unique_with_counts(tf.cast(x * 1000.0, tf.int32)))


def _called(tf: Any, x: Any) -> list[Any]:
    def body(i: Any, total: Any) -> tuple[Any, Any]:
        told = tf.py_func(lambda value: value, [total * 1.01], tf.float32)
        told.set_shape([])
        return i + 1, told

    return [tf.while_loop(lambda i, _: i < ITERATIONS, body, [0, tf.reduce_sum(x)])[1]]


def stages(tf: Any, make: Callable[[Any, Any], list[Any]], size: int) -> Work:
    """Runs what `make` makes of `size` normal numbers."""
    data = np.random.default_rng(1).normal(size=size).astype(np.float32)
    x = tf.placeholder(tf.float32, [None])
    call = tf.Session().make_callable(make(tf, x), [x])
    return Work(lambda: call(data), lambda: [np.asarray(each) for each in call(data)])


def _row(name: str, title: str, make: Any, size: int, factor: float) -> Row:
    side = partial(stages, make=make, size=size)
    goals = (times_faster("tensorflow", factor),)
    return Row(name, title, {"jitgraph": side, "tensorflow": side}, goals, rtol=1e-3)


ROWS = (
    _row("mask_8", "boolean_mask and sum of 8 numbers", _positive_sum, FEW, TWICE),
    _row("mask_1m", "boolean_mask and sum of 1M numbers", _positive_sum, MANY, TWICE),
    _row("unique_1m", "unique_with_counts of 1M int32", _different, MANY, FASTER),
    _row("called", "while_loop that calls a Python function 100 times", _called, FEW, EQUAL),
)
