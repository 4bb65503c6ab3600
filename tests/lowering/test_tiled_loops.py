"""Maps that read across rows go tile by tile, whatever is left over at the borders."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

TILED = "column + 8"


@pytest.mark.parametrize("shape", [(32, 8), (8, 32), (33, 9), (70, 45), (129, 64), (1, 40)])
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_a_transposed_operand_beside_a_plain_one(shape: tuple[int, int], known: bool) -> None:
    rows, columns = shape
    x = np.arange(rows * columns, dtype=np.float32).reshape(columns, rows)
    y = -np.arange(rows * columns, dtype=np.float32).reshape(rows, columns)
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.placeholder(tf.float32, x.shape if known else [None, None])
        b = tf.placeholder(tf.float32, y.shape if known else [None, None])
        for count in (1, 2):
            got = session.run(tf.transpose(a) * count + b, {a: x, b: y})
            np.testing.assert_array_equal(got, x.T * count + y)


def test_the_contiguous_axis_may_be_any() -> None:
    x = np.arange(3 * 37 * 5 * 41, dtype=np.float32).reshape(3, 37, 5, 41)
    with tf.Graph().as_default(), tf.Session() as session:
        given = tf.placeholder(tf.float32, x.shape)
        for order in ([0, 3, 2, 1], [3, 1, 0, 2], [2, 3, 0, 1], [1, 3, 0, 2]):
            got = session.run(tf.transpose(given, order), {given: x})
            np.testing.assert_array_equal(got, x.transpose(order))


def test_short_axes_stay_plain_loops() -> None:
    x, y = tf.placeholder(tf.float32, [64, 64]), tf.placeholder(tf.float32, [64, 3])
    feeds = {x: np.ones((64, 64)), y: np.ones((64, 3))}
    (source,) = tf.explain(tf.transpose(x), feeds).sources.values()
    assert TILED in source
    (source,) = tf.explain(tf.transpose(y), feeds).sources.values()
    assert TILED not in source
