"""Short rows beside what is the same in all of them go many at a time, and the rest one by one."""

from __future__ import annotations

import re

import numpy as np
import pytest

import jitgraph as tf
from tests.lowering.kernel_runs import RUNS

ROWS = 1030


def _kernel(width: int) -> str:
    x, b = tf.placeholder(tf.float32, [ROWS, width]), tf.placeholder(tf.float32, [width])
    feeds = {x: np.ones((ROWS, width)), b: np.ones(width)}
    (source,) = tf.explain(x * b + b, feeds).sources.values()
    return str(source)


@pytest.mark.parametrize("flavour", RUNS)
def test_the_source(flavour: str) -> None:
    whole = _kernel(6)
    source = whole[whole.index("def kernel") :]
    names = set(re.findall(r"(\w+)\(", source)) - {"kernel", "range"}
    x = np.arange(ROWS * 6, dtype=np.float32).reshape(ROWS, 6)
    b, y = np.arange(6, dtype=np.float32), np.zeros((ROWS, 6), np.float32)
    words = [*(each.ctypes.data for each in (x, b, y)), 6, 6, 6]
    assert RUNS[flavour](source, sorted(names), words, ROWS) == 0
    np.testing.assert_array_equal(y, x * b + b)


def test_long_rows_and_few_rows_stay_plain_loops() -> None:
    assert "local_float32(32)" in _kernel(2)
    assert "local_float32(240)" in _kernel(15)
    assert "local_" not in _kernel(16)
    x, b = tf.placeholder(tf.float32, [40, 6]), tf.placeholder(tf.float32, [6])
    (source,) = tf.explain(x * b, {x: np.ones((40, 6)), b: np.ones(6)}).sources.values()
    assert "local_" not in source


@pytest.mark.parametrize("kind", ["float32", "float64", "float16", "int64", "uint8", "complex64"])
def test_kinds_of_elements(kind: str) -> None:
    x = (np.arange(1100 * 7) % 90).reshape(1100, 7).astype(kind)
    b = np.arange(1, 8).astype(kind)
    with tf.Graph().as_default(), tf.Session() as session:
        given = tf.placeholder(kind, [None, 7])
        for count in (1100, 1024, 5):
            got = session.run(given * b + given, {given: x[:count]})
            np.testing.assert_array_equal(got, x[:count] * b + x[:count])


def test_rows_inside_other_loops() -> None:
    x = np.arange(3 * 1500 * 5, dtype=np.float32).reshape(3, 1500, 5)
    per_picture, b = np.arange(15, dtype=np.float32).reshape(3, 1, 5), np.arange(5.0)
    one, flags = np.arange(3, dtype=np.float32).reshape(3, 1, 1), np.arange(5) % 2 == 0
    with tf.Graph().as_default(), tf.Session() as session:
        given, mean = tf.placeholder(tf.float32, [None, None, 5]), tf.placeholder(tf.float32)
        y = tf.where(tf.broadcast_to(flags, tf.shape(given)), (given - per_picture) * one, given)
        got = session.run(y + tf.constant(b, tf.float32) + mean, {given: x, mean: 2.0})
        expected = np.where(flags, (x - per_picture) * one, x) + b + 2
        np.testing.assert_allclose(got, expected, rtol=1e-6)
        column = np.arange(1500, dtype=np.float32)[:, None]
        got = session.run(given * column + b.astype(np.float32), {given: x})
        np.testing.assert_allclose(got, x * column + b, rtol=1e-6)
