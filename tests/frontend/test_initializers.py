"""Initializers: configurations, values, refusals; tests/ops/test_random.py has their numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jitgraph as tf

MADE = [
    tf.zeros_initializer(),
    tf.ones_initializer(tf.int32),
    tf.constant_initializer([1, 2]),
    tf.random_uniform_initializer(-1, 1, seed=2),
    tf.random_normal_initializer(1.0, 2.0),
    tf.truncated_normal_initializer(stddev=0.1, dtype=tf.float64),
    tf.uniform_unit_scaling_initializer(2.0),
    tf.variance_scaling_initializer(2.0, "fan_out", "uniform", 3),
    tf.glorot_uniform_initializer(seed=1),
    tf.glorot_normal_initializer(),
    tf.orthogonal_initializer(0.5),
    tf.initializers.identity(2.0),
    tf.initializers.he_uniform(1),
]


@pytest.mark.parametrize("made", MADE, ids=lambda made: type(made).__name__)
def test_made_again_from_its_configuration(made: Any) -> None:
    again = type(made).from_config(made.get_config())
    assert again.get_config() == made.get_config()
    assert again.dtype == made.dtype


def run(tensor: Any) -> np.ndarray:
    return np.asarray(tf.Session().run(tensor))


def test_constants() -> None:
    assert run(tf.zeros_initializer()([2], tf.int32)).tolist() == [0, 0]
    assert run(tf.constant_initializer([1, 2])([2, 2])).tolist() == [[1, 2], [2, 2]]
    with pytest.raises(TypeError, match="Expected Tensor's shape"):
        tf.constant_initializer([1, 2], verify_shape=True)([3])
    with pytest.raises(TypeError, match="Invalid type for initial value"):
        tf.constant_initializer({})


def test_orthogonal_matrices() -> None:
    tall = run(tf.orthogonal_initializer(seed=1)([3, 2, 4]))
    flat = tall.reshape(6, 4)
    np.testing.assert_allclose(flat.T @ flat, np.eye(4), atol=1e-6)
    wide = run(tf.orthogonal_initializer(2.0, seed=1)([2, 5]))
    np.testing.assert_allclose(wide @ wide.T, 4 * np.eye(2), atol=1e-6)
    assert run(tf.initializers.identity(3.0)([2, 3])).tolist() == [[3, 0, 0], [0, 3, 0]]


def test_orthogonal_numbers_are_tensorflows() -> None:
    tf.set_random_seed(42)
    found = run(tf.orthogonal_initializer(seed=1)([3, 2]))
    np.testing.assert_allclose(found, ORTHOGONAL, atol=2e-7)


ORTHOGONAL = [[-0.9435162, -0.3286409], [0.3288783, -0.9443713], [-0.0402024, -0.0125644]]
"""TensorFlow 1.15.5's."""


@pytest.mark.parametrize("uniform", [True, False])
def test_contributed_initializers(uniform: bool) -> None:
    xavier = tf.contrib.layers.xavier_initializer_conv2d(uniform, seed=1)
    numbers = run(xavier([3, 3, 40, 50]))
    assert abs(numbers.std() / np.sqrt(2 / (9 * 90)) - 1) < 0.05
    scaled = tf.contrib.layers.variance_scaling_initializer(seed=1)
    assert run(scaled([1000])).std() < 0.06
    with pytest.raises(TypeError, match="non-floating"):
        tf.contrib.layers.xavier_initializer(dtype=tf.int32)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="must be positive float"):
        tf.variance_scaling_initializer(0.0)
    with pytest.raises(ValueError, match="Invalid `mode`"):
        tf.variance_scaling_initializer(1.0, "fan")
    with pytest.raises(ValueError, match="Invalid `distribution`"):
        tf.variance_scaling_initializer(1.0, "fan_in", "even")
    with pytest.raises(ValueError, match="Expected floating point type, got <dtype: 'int32'>"):
        tf.random_normal_initializer(dtype=tf.int32)
    with pytest.raises(ValueError, match="at least two-dimensional"):
        tf.orthogonal_initializer()([3])
    with pytest.raises(ValueError, match="2D matrices"):
        tf.initializers.identity()([3])


def test_a_dropout_without_a_rate() -> None:
    x = tf.placeholder(tf.float32, [2])
    assert tf.nn.dropout(x, 1.0) is x
    assert tf.nn.dropout(x, rate=0) is x
    with pytest.raises(ValueError, match="You must provide a rate"):
        tf.nn.dropout(x)
    with pytest.raises(ValueError, match=r"range \[0, 1\), got 1.5"):
        tf.nn.dropout(x, rate=1.5)
    with pytest.raises(ValueError, match="has to be a floating point tensor"):
        tf.nn.dropout([1, 2], rate=0.5)
    with pytest.raises(ValueError, match="keep_prob must be a floating point number"):
        tf.nn.dropout(x, "half")
