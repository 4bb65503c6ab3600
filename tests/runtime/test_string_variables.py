"""Variables of strings: objects that host steps write into the session's own arrays."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def test_a_string_variable_keeps_what_was_assigned(session):
    name = tf.Variable("first")
    session.run(name.initializer)
    assert session.run(name) == b"first"
    assert session.run([name, name.assign("second")]) == [b"second", b"second"]
    assert session.run(name) == b"second"
    name.load("third", session)
    assert session.run(name) == b"third"


def test_what_was_fetched_is_not_written_later(session):
    words = tf.Variable(["a", "b"])
    session.run(words.initializer)
    before = session.run(words)
    session.run(words.assign(["c", "d"]))
    assert before.tolist() == [b"a", b"b"]
    before[0] = b"mine"
    assert session.run(words).tolist() == [b"c", b"d"]


def test_new_contents_wait_for_the_last_reader_of_the_old(session):
    words, fed = tf.Variable(["a", "b"]), tf.placeholder(tf.string, [2])
    session.run(words.initializer)
    old = tf.concat([words, ["end"]], 0)
    with tf.control_dependencies([old]):
        new = words.assign(fed)
    assert session.run([old, new.op], {fed: ["c", "d"]})[0].tolist() == [b"a", b"b", b"end"]
    assert session.run(words).tolist() == [b"c", b"d"]


def test_a_variable_of_another_length(session):
    words = tf.Variable(["a"], validate_shape=False)
    session.run(words.initializer)
    session.run(tf.assign(words, ["b", "c"], validate_shape=False))
    assert session.run(words).tolist() == [b"b", b"c"]


def test_strings_are_padded_with_empty_ones(session):
    padded = session.run(tf.pad(tf.constant(["a"]), [[1, 1]]))
    np.testing.assert_array_equal(padded, np.array([b"", b"a", b""], object))
