"""Convolution and pooling beyond TensorFlow's CPU kernels: channels first, groups, dilated
gradients, sizes that change from run to run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jitgraph as tf

RNG = np.random.default_rng(0)


def drawn(*dims: int) -> np.ndarray:
    return RNG.uniform(-1, 1, dims).astype(np.float32)


def evaluated(*tensors: Any, feed: Any = None) -> Any:
    with tf.Session() as session:
        return session.run(tensors, feed)


def last(images: np.ndarray) -> np.ndarray:
    """Channels first as channels last."""
    return np.moveaxis(images, 1, -1)


def first(images: np.ndarray) -> np.ndarray:
    """Channels last as channels first."""
    return np.moveaxis(images, -1, 1)


@pytest.mark.parametrize("padding", ["SAME", "VALID", [[0, 0], [0, 0], [1, 2], [0, 1]]])
def test_convolution_of_channels_first(padding: Any) -> None:
    x, w = drawn(2, 3, 7, 6), drawn(3, 2, 3, 4)
    turned = [padding[k] for k in (0, 2, 3, 1)] if isinstance(padding, list) else padding
    results = []
    for image, pads, strides, data_format in (
        (x, padding, [1, 1, 2, 1], "NCHW"),
        (last(x), turned, [1, 2, 1, 1], "NHWC"),
    ):
        with tf.Graph().as_default():
            images, filters = tf.constant(image), tf.constant(w)
            y = tf.nn.conv2d(images, filters, strides, pads, data_format=data_format)
            grads = tf.gradients(tf.sin(y), [images, filters])
            results.append(evaluated(y, *grads))
    (y, dx, dw), (y_last, dx_last, dw_last) = results
    np.testing.assert_allclose(y, first(y_last), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(dx, first(dx_last), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(dw, dw_last, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("pool", [tf.nn.max_pool, tf.nn.avg_pool])
def test_pooling_of_channels_first(pool: Any) -> None:
    x = drawn(2, 3, 7, 6)
    with tf.Graph().as_default():
        images, turned = tf.constant(x), tf.constant(last(x))
        y = pool(images, [3, 2], 2, "SAME", data_format="NCHW")
        wanted = pool(turned, [3, 2], 2, "SAME")
        grads = tf.gradients(tf.sin(y), images) + tf.gradients(tf.sin(wanted), turned)
        found, reference, dx, dx_last = evaluated(y, wanted, *grads)
    np.testing.assert_allclose(found, first(reference), rtol=1e-6)
    np.testing.assert_allclose(dx, first(dx_last), rtol=1e-5, atol=1e-6)


def test_groups_are_convolutions_side_by_side() -> None:
    x, w = drawn(2, 5, 5, 6), drawn(3, 3, 2, 9)
    with tf.Graph().as_default():
        images, filters = tf.constant(x), tf.constant(w)
        whole = tf.nn.conv2d(images, filters, 1, "SAME")
        parts = [
            tf.nn.conv2d(images[..., 2 * k : 2 * k + 2], filters[..., 3 * k : 3 * k + 3], 1, "SAME")
            for k in range(3)
        ]
        wanted = tf.concat(parts, 3)
        found = tf.gradients(tf.sin(whole), [images, filters])
        references = tf.gradients(tf.sin(wanted), [images, filters])
        results = evaluated(whole, *found, wanted, *references)
    for got, want in zip(results[:3], results[3:], strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5)


def test_dilation_is_a_filter_with_zeros_between() -> None:
    x, w = drawn(1, 9, 8, 2), drawn(3, 2, 2, 3)
    wide = np.zeros((5, 4, 2, 3), np.float32)
    wide[::2, ::3] = w
    with tf.Graph().as_default():
        images, filters, spread = tf.constant(x), tf.constant(w), tf.constant(wide)
        y = tf.nn.conv2d(images, filters, 1, "VALID", dilations=[2, 3])
        wanted = tf.nn.conv2d(images, spread, 1, "VALID")
        dx, dw = tf.gradients(tf.sin(y), [images, filters])
        dx_wide, dw_wide = tf.gradients(tf.sin(wanted), [images, spread])
        results = evaluated(y, dx, dw, wanted, dx_wide, dw_wide[::2, ::3])
    for got, want in zip(results[:3], results[3:], strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5)


def test_depthwise_convolution_is_one_convolution_for_each_channel() -> None:
    x, w = drawn(2, 6, 5, 3), drawn(2, 3, 3, 2)
    with tf.Graph().as_default():
        images, filters = tf.constant(x), tf.constant(w)
        y = tf.nn.depthwise_conv2d(images, filters, [1, 2, 2, 1], "SAME")
        parts = [
            tf.nn.conv2d(images[..., k : k + 1], filters[:, :, k : k + 1], 2, "SAME")
            for k in range(3)
        ]
        wanted = tf.concat(parts, 3)
        found = tf.gradients(tf.sin(y), [images, filters])
        references = tf.gradients(tf.sin(wanted), [images, filters])
        results = evaluated(y, *found, wanted, *references)
    for got, want in zip(results[:3], results[3:], strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-5, atol=1e-5)


def test_empty_batches_give_filters_no_gradient() -> None:
    with tf.Graph().as_default():
        images = tf.zeros([0, 4, 4, 2])
        for convolve in (tf.nn.conv2d, tf.nn.depthwise_conv2d):
            filters = tf.ones([3, 3, 2, 3])
            y = convolve(images, filters, [1, 1, 1, 1], "SAME")
            made, dw = evaluated(y, tf.gradients(y, filters)[0])
            assert made.shape[0] == 0
            np.testing.assert_array_equal(dw, np.zeros((3, 3, 2, 3)))


def test_sizes_change_from_run_to_run() -> None:
    w = drawn(3, 3, 1, 2)
    with tf.Graph().as_default():
        images = tf.placeholder(tf.float32, [None, None, None, 1])
        hidden = tf.nn.relu(tf.nn.conv2d(images, tf.constant(w), 2, "SAME"))
        y = tf.nn.max_pool(hidden, 2, 2, "VALID")
        dx = tf.gradients(y, images)[0]
        with tf.Session() as session:
            for batch, rows, columns in ((1, 8, 8), (3, 8, 8), (2, 9, 12), (5, 4, 30)):
                x = drawn(batch, rows, columns, 1)
                found, gradient = session.run([y, dx], {images: x})
                made = (-(-rows // 2) // 2, -(-columns // 2) // 2)
                assert found.shape == (batch, *made, 2)
                assert gradient.shape == x.shape


def test_batch_norm_has_mean_and_variance_of_offset_and_scale() -> None:
    x = drawn(4, 3, 5, 6) * 3 + 1
    with tf.Graph().as_default():
        outputs = tf.nn.fused_batch_norm(x, [1.0, 2.0, 3.0], [0.5, 0.0, -1.0], data_format="NCHW")
        y, mean, variance = evaluated(*outputs)
    np.testing.assert_allclose(y.mean((0, 2, 3)), [0.5, 0.0, -1.0], atol=1e-5)
    np.testing.assert_allclose(y.std((0, 2, 3)), [1.0, 2.0, 3.0], rtol=1e-3)
    np.testing.assert_allclose(mean, x.mean((0, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(variance, x.var((0, 2, 3), ddof=1), rtol=1e-5)


def test_second_derivative_of_batch_norm_follows_differences() -> None:
    x, direction = drawn(3, 2, 2, 2) * 2, drawn(3, 2, 2, 2)
    with tf.Graph().as_default():
        images = tf.placeholder(tf.float32, x.shape)
        y = tf.nn.fused_batch_norm(images, [1.5, -0.5], [0.0, 0.3], epsilon=0.1)[0]
        g = tf.gradients(tf.sin(2 * y), images)[0]
        along = tf.reduce_sum(g * direction)
        second = tf.gradients(along, images)[0]
        with tf.Session() as session:
            found = session.run(second, {images: x})
            step = np.float32(1e-2)
            ends = [session.run(g, {images: x + s * step * direction}) for s in (1, -1)]
    np.testing.assert_allclose(found, (ends[0] - ends[1]) / (2 * step), rtol=0.02, atol=0.02)


def test_space_to_batch_of_fed_blocks() -> None:
    x = drawn(2, 4, 6, 1)
    with tf.Graph().as_default():
        block = tf.placeholder(tf.int32, [2])
        y = tf.space_to_batch_nd(x, block, [[0, 0], [0, 0]])
        back = tf.batch_to_space_nd(y, block, [[0, 0], [0, 0]])
        for sizes in ([2, 2], [1, 3], [4, 1]):
            moved, again = evaluated(y, back, feed={block: sizes})
            assert moved.shape == (2 * sizes[0] * sizes[1], 4 // sizes[0], 6 // sizes[1], 1)
            np.testing.assert_array_equal(again, x)
