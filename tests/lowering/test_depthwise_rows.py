"""Depthwise convolutions of few channels go along rows of images, whatever their size."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.ops.depthwise_definitions import depthwise, depthwise_input_gradient


@pytest.mark.parametrize("padding", ["VALID", "SAME"])
@pytest.mark.parametrize(
    ("image", "taps", "dilations"),
    [
        ((2, 13, 11, 3), (11, 11), (1, 1)),
        ((3, 20, 70, 1), (6, 5), (1, 1)),
        ((1, 9, 45, 12), (2, 14), (1, 2)),
        ((1, 40, 8, 5), (9, 4), (3, 1)),
    ],
)
def test_results_and_gradients(
    padding: str,
    image: tuple[int, ...],
    taps: tuple[int, int],
    dilations: tuple[int, int],
) -> None:
    rng = np.random.RandomState(0)
    x, w = rng.randn(*image), rng.randn(*taps, image[3], 1)
    attrs = {
        "strides": [1, 1, 1, 1],
        "padding": padding,
        "data_format": "NHWC",
        "dilations": [1, *dilations, 1],
    }
    expected = depthwise(x, w, **attrs)
    dy = rng.randn(*expected.shape)
    turned = depthwise_input_gradient(np.array(image), w, dy, **attrs)
    for dtype, rtol in ((tf.float32, 1e-4), (tf.float64, 1e-12)):
        with tf.Graph().as_default(), tf.Session() as session:
            given = tf.placeholder(dtype, [None, *image[1:]])
            filters = tf.constant(w, dtype)
            found = tf.nn.depthwise_conv2d(given, filters, [1] * 4, padding, dilations)
            (gradient,) = tf.gradients(found, given, tf.constant(dy, dtype))
            for fetch, wanted in ((found, expected), (gradient, turned)):
                got = session.run(fetch, {given: x})
                np.testing.assert_allclose(got, wanted, rtol=rtol, atol=10 * rtol)


def test_the_kernel_of_rows_is_used() -> None:
    x = tf.placeholder(tf.float32, [2, 30, 30, 3])
    blurred = tf.nn.depthwise_conv2d(x, tf.ones([11, 11, 3, 1]), [1] * 4, "SAME")
    kernels = tf.explain(blurred, {x: np.ones((2, 30, 30, 3))}).sources
    assert "depthwise_rows" in kernels
