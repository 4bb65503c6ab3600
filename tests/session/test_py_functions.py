"""tf.py_func, tf.numpy_function, tf.py_function: values, errors and names as TensorFlow 1.15's."""

from __future__ import annotations

import numpy as np
import pytest

import jitgraph as tf

ONE = [1.0]


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as sess:
        yield sess


def _raising(error):
    def function(*_):
        raise error

    return function


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ValueError("no"), "InvalidArgumentError"),
        (TypeError("no"), "InvalidArgumentError"),
        (StopIteration("no"), "OutOfRangeError"),
        (MemoryError("no"), "ResourceExhaustedError"),
        (NotImplementedError("no"), "UnimplementedError"),
        (KeyError("no"), "UnknownError"),
        (ZeroDivisionError("no"), "UnknownError"),
    ],
)
def test_what_it_raises_becomes_an_error_of_the_run(session, error, expected) -> None:
    y = tf.py_func(_raising(error), ONE, tf.float32, name="called")
    with pytest.raises(getattr(tf.errors, expected)) as caught:
        session.run(y)
    text = str(caught.value)
    assert text.startswith(f"{type(error).__name__}: {error}\nTraceback (most recent call last):")
    assert "in function" in text
    assert "[[node called (defined at" in text
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    ("function", "kinds", "said"),
    [
        (np.float64, tf.float32, "0-th value returned by pyfunc_N is double, but expects float"),
        (lambda x: (x, x), tf.float32, "pyfunc_N returns 2 values, but expects to see 1 values."),
        (lambda x: None, tf.float32, "pyfunc_N returns 0 values, but expects to see 1 values."),
        (lambda x: x, [], "pyfunc_N returns 1 values, but expects to see 0 values."),
    ],
)
def test_what_it_gives_must_be_as_declared(session, function, kinds, said) -> None:
    y = tf.py_func(function, ONE, kinds)
    op = y if isinstance(y, tf.Operation) else y.op
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        session.run(y)
    assert str(caught.value).startswith(said.replace("pyfunc_N", op.get_attr("token")))


def test_numbers_and_text_come_and_go(session) -> None:
    def function(number, text, texts):
        return f"{type(number).__name__} {text!r} {texts.tolist()}", [text, "é"], np.arange(2)

    y = tf.py_func(function, [1.0, "a", ["b", "c"]], [tf.string, tf.string, tf.int64])
    told, texts, numbers = session.run(y)
    assert told == b"float32 b'a' [b'b', b'c']"
    assert texts.tolist() == [b"a", "é".encode()]
    assert session.run(tf.reduce_sum(y[2]) + 1) == 2
    assert numbers.tolist() == [0, 1]


def test_it_is_called_once_a_run_and_in_order(session) -> None:
    calls = []
    count = tf.Variable(1)

    def function(x):
        calls.append(int(x))
        return x

    called = tf.py_func(function, [count.assign_add(1)], tf.int32)
    after = count.assign(called * 10)
    session.run(tf.global_variables_initializer())
    assert session.run([called + 1, after, called]) == [3, 20, 2]
    assert calls == [2]
    with tf.control_dependencies([tf.py_func(lambda: calls.append(0), [], [])]):
        last = tf.constant(5) + count
    assert session.run(last) == 25
    assert calls == [2, 0]


def test_the_side_of_a_branch_that_runs_is_called(session) -> None:
    calls = []
    p = tf.placeholder(tf.bool, [])
    y = tf.cond(
        p,
        lambda: tf.py_func(lambda: calls.append(1) or np.float32(2), [], tf.float32),
        lambda: tf.constant(3.0),
    )
    assert session.run(y * 2, {p: False}) == 6
    assert calls == []
    assert session.run(y * 2, {p: True}) == 4
    assert calls == [1]


def test_it_is_called_in_each_iteration(session) -> None:
    seen = []

    def goes_on(i):
        seen.append(f"test {i}")
        return i < 3

    def step(i, x):
        seen.append(f"step {i}")
        return np.float32(x + i)

    def body(i, x):
        x = tf.py_func(step, [i, tf.tanh(x) * 0 + x], tf.float32)
        x.set_shape([])
        return i + 1, x * 2

    i, x = tf.while_loop(lambda i, _: tf.py_func(goes_on, [i], tf.bool), body, [0, 1.0])
    assert session.run([i, x]) == [3, 16]
    assert seen == ["test 0", "step 0", "test 1", "step 1", "test 2", "step 2", "test 3"]


def test_a_loop_over_strings(session) -> None:
    def body(i, text):
        more = tf.cond(tf.equal(text, "n01"), lambda: tf.constant("!"), lambda: tf.constant(""))
        return i + 1, tf.py_func(lambda t, m, n: t + m + b"%d" % n, [text, more, i], tf.string)

    shapes = [tf.TensorShape([]), tf.TensorShape(None)]
    text = tf.while_loop(lambda i, _: i < 4, body, [0, "n"], shape_invariants=shapes)[1]
    assert session.run(text) == b"n01!23"


def test_print_and_assert_in_a_loop_with_a_function(session, capfd) -> None:
    def body(i, x):
        x = tf.Print(x, [i, x], "at ")
        with tf.control_dependencies([tf.Assert(i < 2, [i], name="small")]):
            y = tf.py_func(lambda v: v + np.float32(1), [x], tf.float32)
        y.set_shape([])
        return i + 1, y

    n = tf.placeholder(tf.int32, [])
    x = tf.while_loop(lambda i, _: i < n, body, [0, 1.0])[1]
    assert session.run(x, {n: 2}) == 3
    assert capfd.readouterr().err.splitlines() == ["at [0][1]", "at [1][2]"]
    with pytest.raises(tf.errors.InvalidArgumentError, match="assertion failed"):
        session.run(x, {n: 3})


def test_gradients_by_an_override(session) -> None:
    name = "GradientOfTheCube"
    try:

        @tf.RegisterGradient(name)
        def _gradient(op, grad):
            return 3 * tf.square(op.inputs[0]) * grad

    except KeyError:
        pass
    x = tf.constant([1.0, 2.0])
    with tf.get_default_graph().gradient_override_map({"PyFunc": name}):
        y = tf.py_func(lambda v: v**3, [x], tf.float32)
    assert tf.gradients(tf.py_func(np.sin, [x], tf.float32), x) == [None]
    assert session.run(tf.gradients(y, x)[0]).tolist() == [3, 12]


def test_a_function_of_tensors_and_its_gradient(session) -> None:
    x = tf.constant(3.0)
    y = tf.py_function(lambda v: tf.square(v) * 2.0, [x], tf.float32)
    numbers = tf.py_function(lambda v: [v.numpy() + 1, 7], [x], [tf.float32, tf.int64])
    assert session.run([y, *numbers, tf.gradients(y, x)[0]]) == [18, 4, 7, 12]


def test_names_and_refusals(session) -> None:
    ops = [
        tf.py_func(np.sin, ONE, tf.float32).op,
        tf.py_func(np.sin, ONE, [tf.float32], stateful=False, name="foo")[0].op,
        tf.numpy_function(np.sin, ONE, tf.float32).op,
        tf.py_function(np.sin, ONE, tf.float32).op,
        tf.py_func(lambda: None, [], []),
    ]
    assert [(op.name, op.type) for op in ops] == [
        ("PyFunc", "PyFunc"),
        ("foo", "PyFuncStateless"),
        ("PyFunc_1", "PyFunc"),
        ("EagerPyFunc", "EagerPyFunc"),
        ("PyFunc_2", "PyFunc"),
    ]
    assert ops[0].inputs[0].name == "PyFunc/input_0:0"
    assert ops[0].outputs[0].shape.ndims is None
    with pytest.raises(ValueError, match="Expected func to be callable, got func of type"):
        tf.py_func(3, ONE, tf.float32)


def test_a_function_may_run_the_session(session) -> None:
    x = tf.constant(4.0)
    total = tf.Variable(0.0)
    session.run(tf.global_variables_initializer())
    y = tf.py_func(lambda v: session.run(x) + v, [x], tf.float32)
    assert session.run(total.assign_add(y)) == 8
