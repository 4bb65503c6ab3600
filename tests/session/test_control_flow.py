"""Branches and loops in sessions: what runs, what stays as it was, what is compiled once."""

from __future__ import annotations

import signal

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.inspection.explain import explain


def test_one_compiled_program_serves_both_sides() -> None:
    p = tf.placeholder(tf.bool, [])
    y = tf.cond(p, lambda: tf.constant(1.0), lambda: tf.constant(2.0))
    session = tf.Session()
    assert [session.run(y, {p: value}) for value in (True, False, True)] == [1.0, 2.0, 1.0]
    assert "in one native call" in str(explain(y, {p: True}, session=session))


def test_the_other_branch_needs_no_variable() -> None:
    v = tf.Variable(3.0)
    p = tf.placeholder(tf.bool, [])
    y = tf.cond(p, lambda: v * 2.0, lambda: tf.constant(-1.0))
    session = tf.Session()
    assert session.run(y, {p: False}) == -1.0
    with pytest.raises(tf.errors.FailedPreconditionError):
        session.run(y, {p: True})
    session.run(v.initializer)
    assert [session.run(y, {p: value}) for value in (False, True)] == [-1.0, 6.0]


def test_a_variable_is_initialised_in_a_branch() -> None:
    v = tf.Variable([1.0, 2.0])
    missing = tf.logical_not(tf.is_variable_initialized(v))
    start = tf.cond(missing, lambda: tf.group(tf.assign(v, [3.0, 4.0])), tf.no_op)
    session = tf.Session()
    session.run(start)
    session.run(v.assign([5.0, 6.0]))
    session.run(start)
    assert session.run(v).tolist() == [5.0, 6.0]


def test_a_failed_loop_leaves_variables_as_they_were() -> None:
    v = tf.Variable(1)
    n = tf.placeholder(tf.int32, [])

    def body(i: tf.Tensor) -> tf.Tensor:
        with tf.control_dependencies([tf.assign_add(v, 10 // (n - i))]):
            return tf.identity(i) + 1

    y = tf.while_loop(lambda i: i < 4, body, [0])
    session = tf.Session()
    session.run(v.initializer)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
        session.run(y, {n: 2})
    assert session.run(v) == 1
    session.run(y, {n: 9})
    assert session.run(v) == 1 + sum(10 // (9 - i) for i in range(4))


def test_steps_in_python_inside_a_loop(capfd: pytest.CaptureFixture[str]) -> None:
    y = tf.while_loop(lambda i: i < 3, lambda i: tf.Print(i + 1, [i], "i is "), [0])
    assert tf.Session().run(y) == 3
    assert capfd.readouterr().err == "i is [0]\ni is [1]\ni is [2]\n"


def test_a_loop_draws_new_random_numbers_each_time() -> None:
    def body(i: tf.Tensor, low: tf.Tensor, high: tf.Tensor) -> tuple[tf.Tensor, ...]:
        x = tf.random_uniform([], seed=3)
        return i + 1, tf.minimum(low, x), tf.maximum(high, x)

    y = tf.while_loop(lambda i, low, high: i < 20, body, [0, 2.0, -1.0])
    session = tf.Session()
    first, again = session.run(y), session.run(y)
    assert first[1] < 0.3
    assert first[2] > 0.7
    assert first[1:] != again[1:]


def test_second_order_gradients_of_loops_are_refused() -> None:
    x = tf.constant(2.0)
    y = tf.while_loop(lambda i, t: i < 3, lambda i, t: (i + 1, t * x), [0, 1.0])[1]
    first = tf.gradients(y, x)
    assert tf.Session().run(first) == [12.0]
    with pytest.raises(TypeError, match="Second-order gradient for while loops not supported"):
        tf.gradients(first, x)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers")
def test_an_endless_loop_is_interrupted() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    v = tf.Variable(7)
    y = tf.while_loop(lambda i: i < 1, lambda i: i * 1, [0])
    session = tf.Session()
    session.run(v.initializer)
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            session.run(y)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert session.run(v + 1) == 8


def test_what_a_branch_makes_has_no_value_outside() -> None:
    p = tf.placeholder(tf.bool, [])
    y = tf.cond(p, lambda: tf.constant([1.0]), lambda: tf.constant([2.0, 3.0]))
    session = tf.Session()
    np.testing.assert_array_equal(session.run(y, {p: False}), [2.0, 3.0])
    np.testing.assert_array_equal(session.run(y, {p: True}), [1.0])


def test_explain_tells_the_kernels_inside_branches() -> None:
    p = tf.placeholder(tf.bool, [])
    x = tf.placeholder(tf.float32, [4])
    y = tf.cond(p, lambda: tf.exp(x) * 2.0, lambda: -x)
    explained = explain(y, {p: True, x: np.zeros(4, np.float32)}, session=tf.Session())
    kinds = [region.kind for region in explained.regions]
    assert kinds == ["jump", "region", "jump", "region"]
