"""Sums of many numbers are as exact as sums of pieces are."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

SHAPES = [((2, 300_000), [1]), ((300_000, 3), [0]), ((2, 100_000, 3), [1]), ((600_000,), [0])]


@pytest.mark.parametrize(("shape", "axes"), SHAPES)
@pytest.mark.parametrize("is_fed", [True, False])
def test_sum_and_mean(shape: tuple[int, ...], axes: list[int], is_fed: bool) -> None:
    numbers = np.full(shape, 0.1, np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, shape) if is_fed else tf.constant(numbers)
        feeds = {x: numbers} if is_fed else {}
        total, mean = session.run([tf.reduce_sum(x * x, axes), tf.reduce_mean(x, axes)], feeds)
    exact = numbers.astype(np.float64)
    np.testing.assert_allclose(total, (exact * exact).sum(tuple(axes)), rtol=1e-4)
    np.testing.assert_allclose(mean, exact.mean(tuple(axes)), rtol=1e-4)
