"""Angles and quotients too large for the fast formulas: the C library's results, in full vectors,
mixed ones and at the ends of arrays."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

FAR = [2.0**45 * 1.5, -3e20, 1e22, 6.5e37]


def angles(dtype: str, count: int, far: str) -> np.ndarray:
    x = np.linspace(-50, 50, count)
    if far == "all":
        x = np.resize(FAR, count)
    if far == "some":
        x[::7] = np.resize(FAR, len(x[::7]))
    return x.astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16"])
@pytest.mark.parametrize("count", [1, 3, 64, 101])
@pytest.mark.parametrize("far", ["all", "some", "none"])
def test_sines_of_far_angles(dtype: str, count: int, far: str) -> None:
    x = angles(dtype, count, "none" if dtype == "float16" else far)
    wide = x.astype(np.longdouble)
    with tf.Graph().as_default(), tf.Session() as session:
        t = tf.constant(x)
        found = session.run([tf.sin(t), tf.cos(t), tf.sin(t) * tf.cos(t), tf.tan(t)])
    wanted = [np.sin(wide), np.cos(wide), np.sin(wide) * np.cos(wide), np.tan(wide)]
    for got, want in zip(found, wanted, strict=True):
        np.testing.assert_allclose(got, want.astype(dtype), rtol=8 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("count", [1, 3, 64, 101])
def test_remainders_of_huge_quotients(dtype: str, count: int) -> None:
    rng = np.random.default_rng(count)
    least, most = (-120, 120) if dtype == "float32" else (-1000, 1000)
    x, y = (
        (rng.choice([-1, 1], count) * np.ldexp(rng.uniform(1, 2, count), powers)).astype(dtype)
        for powers in rng.integers(least, most, (2, count))
    )
    with tf.Graph().as_default(), tf.Session() as session:
        found = session.run([tf.truncatemod(x, y), tf.floormod(x, y)])
    np.testing.assert_array_equal(found[0], np.fmod(x, y))
    np.testing.assert_array_equal(found[1], np.remainder(x, y))


def test_remainders_at_specials() -> None:
    inf, nan = np.inf, np.nan
    x = np.array([1, -1, inf, 0, -0.0, 1e38, nan, 4, -4, 1, -1], np.float32)
    y = np.array([inf, inf, 2, 0, 1, 10, 1, 2, 2, -inf, -inf], np.float32)
    with tf.Graph().as_default(), tf.Session() as session:
        truncated, floored = session.run([tf.truncatemod(x, y), tf.floormod(x, y)])
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(truncated, np.fmod(x, y))
        np.testing.assert_array_equal(floored, np.remainder(x, y))
    assert np.signbit(truncated[[4, 8]]).all()
