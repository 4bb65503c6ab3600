"""Layers over many runs: what is learned, what is remembered, what stays."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

ROWS = np.random.default_rng(0).normal(3.0, 2.0, (64, 4)).astype(np.float32)


@pytest.mark.parametrize("shape", [(64, 4), (4, 4, 4, 4)])
def test_batch_normalization_remembers_while_it_trains_only(shape: tuple[int, ...]) -> None:
    given = ROWS.reshape(shape)
    axes = tuple(range(len(shape) - 1))
    mean, variance = given.mean(axes), given.var(axes)
    unbiased = variance * (64 / 63 if len(shape) == 4 else 1)
    with tf.Graph().as_default(), tf.Session() as session:
        x, training = tf.placeholder(tf.float32, shape), tf.placeholder(tf.bool, [])
        layer = tf.layers.BatchNormalization(momentum=0.5)
        y = layer(x, training=training)
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        session.run(tf.global_variables_initializer())
        remembered = [layer.moving_mean, layer.moving_variance]
        session.run([y, *updates], {x: given, training: False})
        assert np.array_equal(session.run(remembered), [np.zeros(4), np.ones(4)])
        found = session.run([y, *updates], {x: given, training: True})[0]
        assert np.allclose(found, (given - mean) / np.sqrt(variance + 1e-3), atol=1e-4)
        moving_mean, moving_variance = session.run(remembered)
        assert np.allclose(moving_mean, mean / 2, rtol=1e-4)
        assert np.allclose(moving_variance, (1 + unbiased) / 2, rtol=1e-4)
        found = session.run(y, {x: given, training: False})
        expected = (given - moving_mean) / np.sqrt(moving_variance + 1e-3)
        assert np.allclose(found, expected, atol=1e-4)


def test_dropout_of_a_fed_switch() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        training = tf.placeholder_with_default(False, [])
        y = tf.layers.dropout(tf.ones([1000]), 0.25, training=training)
        assert (session.run(y) == 1).all()
        dropped = session.run(y, {training: True})
        assert set(np.unique(dropped)) == {np.float32(0), np.float32(1 / 0.75)}
        assert 150 < (dropped == 0).sum() < 350


def test_a_network_learns_and_is_shared() -> None:
    labels = (ROWS.sum(1) > 12).astype(np.int32)

    def network(x: object, reuse: object) -> object:
        with tf.variable_scope("net", reuse=reuse):
            hidden = tf.layers.dense(x, 16, activation=tf.nn.relu)
            return tf.layers.dense(hidden, 2)

    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        x = tf.placeholder(tf.float32, [None, 4])
        loss = tf.losses.sparse_softmax_cross_entropy(labels, network(x, None))
        again = tf.nn.softmax(network(x, True))
        step = tf.train.AdamOptimizer(0.05).minimize(loss)
        session.run(tf.global_variables_initializer())
        before = session.run(loss, {x: ROWS})
        for _ in range(60):
            session.run(step, {x: ROWS})
        assert session.run(loss, {x: ROWS}) < before / 4
        assert (session.run(again, {x: ROWS}).argmax(1) == labels).mean() > 0.9
        assert len(tf.trainable_variables()) == 4


def test_what_is_not_supported_says_so() -> None:
    with tf.Graph().as_default():
        with pytest.raises(NotImplementedError, match="renorm"):
            tf.layers.batch_normalization(tf.zeros([4, 3]), renorm=True)
        with pytest.raises(NotImplementedError, match="batch_weights"):
            tf.contrib.layers.batch_norm(tf.zeros([4, 3]), batch_weights=[1.0] * 4)
        with pytest.raises(TypeError, match="unexpected"):
            tf.layers.dense(tf.zeros([4, 3]), 2, colour="red")


def test_inner_paths_of_scripts() -> None:
    from jitgraph.python.layers import base, convolutional, core, normalization, pooling

    assert core.Dense is tf.layers.Dense
    assert base.Layer is tf.layers.Layer
    assert convolutional.conv2d is tf.layers.conv2d
    assert pooling.max_pooling2d is tf.layers.max_pooling2d
    assert normalization.batch_normalization is tf.layers.batch_normalization
