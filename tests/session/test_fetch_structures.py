"""Fetches in lists, tuples and dicts: a second run takes the short way and gives the same kinds."""

from __future__ import annotations

import collections

import numpy as np
import pytest

import jitgraph as tf

Pair = collections.namedtuple("Pair", ["first", "second"])


@pytest.mark.parametrize(
    "shape",
    [
        lambda a, b: [a, b],
        lambda a, b: (a, b),
        lambda a, b: [a],
        lambda a, b: [b, a, a],
        lambda a, b: {"x": a, "y": [b, (a,)]},
        lambda a, b: {"y": a, "x": [b, (a,)]},
        lambda a, b: [{"x": a}, {"x": b}, [], ()],
        lambda a, b: Pair(a, [b]),
        lambda a, b: collections.OrderedDict([("b", b), ("a", a)]),
    ],
)
def test_structures_come_back(shape) -> None:
    given = tf.placeholder(tf.float32, [])
    a, b = given + 1.0, given * 2.0
    wanted = shape(a, b)
    with tf.Session() as session:
        for value in (1.0, 2.0, 3.0):
            found = session.run(wanted, {given: value})
            expected = shape(np.float32(value + 1), np.float32(value * 2))
            assert found == expected
            assert type(found) is type(expected)


def test_other_structures_of_the_same_are_told_apart() -> None:
    a, b = tf.constant(1) + 1, tf.constant(2) + 2
    with tf.Session() as session:
        for _ in range(3):
            assert session.run([a, b]) == [2, 4]
            assert session.run((a, b)) == (2, 4)
            assert session.run([[a], b]) == [[2], 4]
            assert session.run({"a": a, "b": b}) == {"a": 2, "b": 4}
            assert session.run({"b": a, "a": b}) == {"b": 2, "a": 4}


def test_a_list_may_change_between_runs() -> None:
    a, b = tf.constant(1) + 1, tf.constant(2) + 2
    wanted = [a]
    with tf.Session() as session:
        first = session.run(wanted)
        wanted.append(b)
        assert session.run(wanted) == [2, 4]
        assert first == [2]
        assert session.run(wanted) is not session.run(wanted)
        with pytest.raises(TypeError, match="has invalid type"):
            session.run([a, np.zeros(2)])
