"""Numbers that kernels take as arguments, where one is wider than a word."""

from __future__ import annotations

import numpy as np

import jitgraph as tf

NUMBER = 1.5 - 2.5j


def test_both_parts_of_a_complex_number_reach_every_kind_of_kernel():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.complex128, [None])
        size = tf.shape(x)[0]
        number = tf.constant(NUMBER)
        fetches = [
            number,
            x * number,
            tf.fill([size], number),
            tf.pad(x, [[1, 0]], constant_values=NUMBER),
            x + tf.cast(size, tf.complex128),
        ]
        fed = np.array([1, 1j])
        alone, product, filled, padded, raised = session.run(fetches, {x: fed})
    assert alone == NUMBER
    np.testing.assert_array_equal(product, fed * NUMBER)
    np.testing.assert_array_equal(filled, [NUMBER, NUMBER])
    np.testing.assert_array_equal(padded, [NUMBER, *fed])
    np.testing.assert_array_equal(raised, fed + 2)


def test_a_complex_variable_keeps_both_parts():
    with tf.Graph().as_default(), tf.Session() as session:
        variable = tf.Variable(NUMBER)
        session.run(variable.initializer)
        assert session.run(variable) == NUMBER
