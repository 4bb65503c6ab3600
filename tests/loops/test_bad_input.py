"""Branches, loops and arrays that are refused: TensorFlow 1.15's class, words, op and line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import jitgraph as tf

ALIKE = "don't have the same nested structure"


def _pred() -> Any:
    return tf.placeholder(tf.bool, [])


def _loop(body: Callable[..., Any], start: Any, **options: Any) -> Any:
    return tf.while_loop(lambda i, *_: i < 3, body, start, **options)


WHEN_BUILT = {
    "branches of two dtypes": (
        lambda: tf.cond(_pred(), lambda: tf.constant(1), lambda: tf.constant(1.0)),
        ValueError,
        "must have the same type: int32, float32",
    ),
    "branches of two structures": (
        lambda: tf.cond(_pred(), lambda: [tf.constant(1)] * 2, lambda: [tf.constant(1)]),
        ValueError,
        ALIKE,
    ),
    "a branch without a result": (
        lambda: tf.cond(_pred(), lambda: None, lambda: tf.constant(1)),
        ValueError,
        "true_fn must have a return value",
    ),
    "a branch that is a tensor": (
        lambda: tf.cond(_pred(), tf.constant(1), tf.constant(2)),
        TypeError,
        "true_fn must be callable",
    ),
    "a predicate of Python": (
        lambda: tf.cond(True, lambda: tf.constant(1), lambda: tf.constant(2)),
        TypeError,
        "pred must not be a Python bool",
    ),
    "a loop variable that grows": (
        lambda: _loop(lambda i, x: (i + 1, tf.concat([x, x], 0)), [0, tf.ones([2])]),
        ValueError,
        "enters the loop with shape \\(2,\\), but has shape \\(4,\\) after one iteration",
    ),
    "too few loop variables": (
        lambda: _loop(lambda i, x: i + 1, [0, tf.ones([2])]),
        ValueError,
        ALIKE,
    ),
    "an invariant that doesn't fit": (
        lambda: _loop(
            lambda i, x: (i + 1, x),
            [0, tf.ones([2])],
            shape_invariants=[tf.TensorShape([]), tf.TensorShape([3])],
        ),
        ValueError,
        "shape invariant specified for ones:0 is not compatible with the initial shape",
    ),
    "a condition of several elements": (
        lambda: tf.while_loop(lambda i: tf.constant([True]), lambda i: i + 1, [0]),
        ValueError,
        "Shape must be rank 0 but is rank 1 for 'while/LoopCond'",
    ),
    "a condition that is a number": (
        lambda: tf.while_loop(lambda i: i, lambda i: i + 1, [0]),
        TypeError,
        "does not match expected type of bool",
    ),
    "no loop variables": (
        lambda: tf.while_loop(lambda: True, lambda: 0, []),
        ValueError,
        "No loop variables provided",
    ),
    "several maxima": (
        lambda: _loop(lambda i: i + 1, [0], maximum_iterations=[3]),
        ValueError,
        "maximum_iterations must be a scalar",
    ),
    "elements of two shapes": (
        lambda: tf.TensorArray(tf.float32, 2).write(0, [1.0]).write(1, [1.0, 2.0]),
        ValueError,
        "Inconsistent shapes: saw \\(2,\\) but expected \\(1,\\)",
    ),
    "a number to map over": (
        lambda: tf.map_fn(lambda x: x, 3.0),
        ValueError,
        "elems must be a 1\\+ dimensional Tensor",
    ),
}


@pytest.mark.parametrize("name", WHEN_BUILT)
def test_refused_when_it_is_built(name: str) -> None:
    make, kind, text = WHEN_BUILT[name]
    with tf.Graph().as_default(), pytest.raises(kind, match=text):
        make()


def _array(**options: Any) -> Any:
    return tf.TensorArray(tf.float32, 3, **options).unstack([1.0, 2.0, 3.0])


def _read_twice() -> Any:
    array = _array()
    first = array.read(1)
    with tf.control_dependencies([first]):
        return array.read(1, name="second")


def _written_in_loop() -> Any:
    array = tf.TensorArray(tf.float32, 3)
    body = lambda i, a: (i + 1, a.write(i, 1.0, name="far"))  # noqa: E731 - as users write it
    return tf.while_loop(lambda i, a: i < 5, body, [0, array])[1].stack()


def _read_in_loop() -> Any:
    array = _array()
    body = lambda i, s: (i + 1, s + array.read(i, name="far"))  # noqa: E731 - as users write it
    return tf.while_loop(lambda i, s: i < 5, body, [0, 0.0])[1]


WHEN_RUN = {
    "an element read twice": (_read_twice, "Could not read index 1 twice", "second"),
    "an element out of range": (
        lambda: _array().read(5, name="far"),
        "Tried to read from index 5 but array size is: 3",
        "far",
    ),
    "one written twice": (
        lambda: tf.TensorArray(tf.float32, 2).write(0, [1.0]).write(0, [1.0], name="again").flow,
        "index 0 because it has already been written to",
        "again/again",
    ),
    "out of range in a loop": (_read_in_loop, "Tried to read from index", "while/far"),
    "written out of range in a loop": (
        _written_in_loop,
        "Tried to write to index 3 but array is not resizeable and size is: 3",
        "while/far/far",
    ),
}


@pytest.mark.parametrize("name", WHEN_RUN)
def test_refused_when_it_runs(name: str) -> None:
    make, text, op = WHEN_RUN[name]
    with tf.Graph().as_default(), tf.Session() as session:
        found = make()
        good = tf.constant(3.0) * 2.0
        with pytest.raises(tf.errors.InvalidArgumentError, match=text) as raised:
            session.run(found)
        assert raised.value.op.name == op
        assert "defined at test_bad_input.py:" in str(raised.value)
        assert session.run(good) == 6.0


def test_a_maximum_ends_a_loop() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        loops = [
            tf.while_loop(lambda i: i < 100, lambda i: i + 1, [0], maximum_iterations=most)
            for most in (7, 0, -1)
        ]
        assert session.run(loops) == [7, 0, 0]
