"""Innermost loops of few iterations are written for as many: vectors are made of those around."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf


@pytest.mark.parametrize("width", [2, 3, 4, 5])
def test_channels_beside_what_has_none(width: int) -> None:
    x = np.arange(7 * 9 * width, dtype=np.float32).reshape(7, 9, width)
    y = np.arange(63, dtype=np.float32).reshape(7, 9, 1)
    z = np.arange(width, dtype=np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        a, b, c = (tf.placeholder(tf.float32, each.shape) for each in (x, y, z))
        feeds = {a: x, b: y, c: z}
        got = session.run([a * b + c, tf.reduce_sum(a * b, [0, 1]), tf.reduce_max(a, 0)], feeds)
        for found, expected in zip(got, [x * y + z, (x * y).sum((0, 1)), x.max(0)], strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-6)
        (source,) = tf.explain(a * b + c, feeds).sources.values()
        assert (f"range({width})" in source) == (width <= 4)


def test_a_size_that_is_known_late_keeps_its_name() -> None:
    a, b = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None, 1])
    with tf.Session() as session:
        for width in (3, 4, 1):
            got = session.run(a + b, {a: np.ones([5, width]), b: np.ones([5, 1])})
            np.testing.assert_array_equal(got, np.full([5, width], 2))


def test_arrays_of_a_loop() -> None:
    step = tf.constant(np.arange(40, dtype=np.float32).reshape(40, 1))
    _, found = tf.while_loop(
        lambda i, x: i < 10, lambda i, x: (i + 1, x + step), [0, tf.zeros([40, 3])]
    )
    with tf.Session() as session:
        np.testing.assert_array_equal(
            session.run(found), np.repeat(10.0 * np.arange(40)[:, None], 3, axis=1)
        )


def test_what_has_no_channels_is_computed_in_front_of_their_loop() -> None:
    x = np.random.RandomState(3).rand(5, 8, 3).astype(np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        given = tf.placeholder(tf.float32, x.shape)
        most = tf.maximum(given[:, :, :1], given[:, :, 1:2])
        shares = given / (most + 1.0)
        both = tf.stack([shares, tf.square(shares)])
        feeds = {given: x}
        sources = tf.explain(shares, feeds).sources
        expected_most = np.maximum(x[..., :1], x[..., 1:2])
        expected = x / (expected_most + 1)
        fetches = [most, shares, tf.reduce_sum(shares, [0, 1]), tf.reduce_mean(shares, 2), both]
        expected = [
            expected_most, expected, expected.sum((0, 1)), expected.mean(2),
            np.stack([expected, expected**2]),
        ]  # fmt: skip
        for found, wanted in zip(session.run(fetches, feeds), expected, strict=True):
            np.testing.assert_allclose(found, wanted, rtol=1e-5)
        for fetch, wanted in zip(fetches, expected, strict=True):
            np.testing.assert_allclose(session.run(fetch, feeds), wanted, rtol=1e-5)
    (source,) = sources.values()
    assert source.index("maximum(") < source.index("range(3)") < source.index("store(")
