"""What tensor arrays refuse, in TensorFlow's words; loops that end in other ways than well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import jitgraph as tf


def _array(**more: Any) -> tf.TensorArray:
    return tf.TensorArray(tf.float32, size=3, **more)


def _read_twice() -> Any:
    array = _array().write(0, 1.0)
    first = array.read(0)
    with tf.control_dependencies([first]):
        return array.read(0)


def _read_behind_the_end_in_a_loop() -> Any:
    array = _array().unstack([1.0, 2.0, 3.0])
    step = lambda i, y: (i + 1, y + array.read(i))  # noqa: E731
    return tf.while_loop(lambda i, y: i < 4, step, [0, 0.0])[1]


REFUSED: dict[str, Callable[[], Any]] = {
    "Tried to read from index 5 but array size is: 3": lambda: (
        _array().unstack([1.0] * 3).read(tf.placeholder_with_default(5, []))
    ),
    "Tried to read from index 3 but array size is: 3": _read_behind_the_end_in_a_loop,
    "Could not read from TensorArray index 1.": lambda: _array().write(0, 1.0).read(1),
    "Could not read index 0 twice because it was cleared": _read_twice,
    "Could not write to TensorArray index 0 because it has already been written to.": lambda: (
        _array().write(0, 1.0).write(0, 2.0).flow
    ),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_arrays_refuse(words: str) -> None:
    fetched = REFUSED[words]()
    with pytest.raises(tf.errors.InvalidArgumentError, match=words) as caught:
        tf.Session().run(fetched)
    assert "test_array_errors.py" in str(caught.value)


def test_elements_with_a_declared_shape_are_zeros_before_they_are_written() -> None:
    array = _array(element_shape=[2]).write(1, [1.0, 2.0])
    assert tf.Session().run(array.stack()).tolist() == [[0.0, 0.0], [1.0, 2.0], [0.0, 0.0]]


def test_other_shapes_are_refused_while_building() -> None:
    with pytest.raises(ValueError, match="Inconsistent shapes: saw"):
        _array().write(0, 1.0).write(1, [1.0])


def test_arguments_that_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="Size must be provided if handle is not provided"):
        tf.TensorArray(tf.float32)
    with pytest.raises(TypeError, match="Handle must be a Tensor"):
        tf.TensorArray(tf.float32, handle=3)


def test_a_gradient_through_a_thousand_iterations() -> None:
    x = tf.placeholder(tf.float64, [])
    step = lambda i, y: (i + 1, 1.85 * y * (1 - y) + 0.1 * tf.sin(x))  # noqa: E731
    y = tf.while_loop(lambda i, y: i < 1000, step, [0, x])[1]
    (slope,) = tf.gradients(y, x)
    session, d = tf.Session(), 1e-6
    found = session.run(slope, {x: 0.3})
    ends = [session.run(y, {x: 0.3 + each}) for each in (d, -d)]
    assert found == pytest.approx((ends[0] - ends[1]) / (2 * d), rel=1e-7)


def test_training_through_a_loop_moves_its_variables() -> None:
    w = tf.get_variable("w", [3, 3], initializer=tf.constant_initializer(0.3))
    rows = tf.placeholder(tf.float32, [None, 3])
    states = tf.scan(lambda a, v: tf.tanh(tf.matmul(a[None], w)[0] + v), rows)
    loss = tf.reduce_mean(states**2)
    train = tf.train.AdamOptimizer(0.05).minimize(loss)
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    feed = {rows: np.linspace(-1, 1, 12).reshape(4, 3)}
    before = session.run(loss, feed)
    for _ in range(30):
        session.run(train, feed)
    assert session.run(loss, feed) < before
    assert session.run(loss, {rows: np.zeros((6, 3))}) == 0


def test_arrays_of_strings_and_of_what_python_makes() -> None:
    words = tf.placeholder(tf.string, [None])
    loud = tf.map_fn(lambda word: tf.string_join([word, "!"]), words)
    array = tf.TensorArray(tf.string, size=2).write(0, "a").write(1, "b")
    doubled = tf.map_fn(lambda v: tf.py_func(lambda n: n * 2, [v], tf.float32), tf.constant([1.0]))
    found = tf.Session().run([loud, array.stack(), doubled], {words: ["x", "y"]})
    assert [each.tolist() for each in found] == [[b"x!", b"y!"], [b"a", b"b"], [2.0]]


def test_an_array_is_there_behind_a_size_that_data_decides() -> None:
    rows = tf.placeholder(tf.float32, [None, 2])
    array = tf.TensorArray(tf.float32, size=2).unstack(rows)
    large = tf.boolean_mask(rows, rows[:, 0] > 1.0)
    number = tf.shape(large)[0]
    mapped = tf.map_fn(lambda row: row * 2.0, large)
    found = tf.Session().run([array.read(number), mapped], {rows: [[1.0, 2.0], [3.0, 4.0]]})
    assert [each.tolist() for each in found] == [[3.0, 4.0], [[6.0, 8.0]]]
