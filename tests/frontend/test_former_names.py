"""What TensorFlow gave up works, and says once what the new name is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jitgraph as tf
from jitgraph.graph import deprecation

A = np.array([[1.0, 2.0], [3.0, 4.0]], np.float32)
FORMER = {
    "tf.sub(a, 1.0)": (A - 1, "please use `tf.subtract(x, y)` or `x - y`"),
    "tf.mul(a, a)": (A * A, "please use `tf.multiply(x, y)` or `x * y`"),
    "tf.neg(a)": (-A, "please use `tf.negative(x)` or `-x`"),
    "tf.inv(a)": (1 / A, "The name tf.inv is deprecated. Please use tf.reciprocal instead."),
    "tf.pack([a, a])": (np.stack([A, A]), "Please use tf.stack instead."),
    "tf.unpack(a)[1]": (A[1], "Please use tf.unstack instead."),
    "tf.select(a > 2.0, a, -a)": (np.where(A > 2, A, -A), "Please use tf.where instead."),
    "tf.batch_matmul([a], [a], adj_y=True)": ([A @ A.T], "Please use tf.matmul instead."),
    "tf.complex_abs(tf.complex(a, a))": (np.abs(A + 1j * A), "Please use tf.abs instead."),
    "tf.concat_v2([a, a], 1)": (np.hstack([A, A]), "Please use tf.concat instead."),
    "tf.concat(1, [a, a])": (np.hstack([A, A]), "Please use tf.concat(values, axis) instead."),
    "tf.split(1, 2, a)[0]": (A[:, :1], "Please use tf.split(value, num_split, axis) instead."),
    "tf.batch_matrix_diag([a[0]])": ([np.diag(A[0])], "Please use tf.matrix_diag instead."),
    "tf.to_float(a)": (A, "Use `tf.cast` instead."),
    "tf.reduce_sum(a, reduction_indices=0)": (A.sum(0), "use axis instead"),
    "tf.reduce_sum(a, 0, keep_dims=True)": (A.sum(0, keepdims=True), "use keepdims instead"),
    "tf.argmax(a, dimension=1)": ([1, 1], "use axis instead"),
}


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deprecation, "_told", set())


@pytest.mark.parametrize("call", FORMER)
def test_calls(call: str, caplog: pytest.LogCaptureFixture) -> None:
    wanted, told = FORMER[call]
    with tf.Graph().as_default(), tf.Session() as session:
        made = [eval(call, {"tf": tf, "a": tf.constant(A)}) for _ in range(2)]
        for each in session.run(made):
            np.testing.assert_allclose(each, wanted, rtol=1e-6)
    messages = [record.getMessage() for record in caplog.records]
    assert sum(told in message for message in messages) == 1
    assert len(messages) <= 2
    assert messages[0].startswith("From <string>:1: ")


def test_variables(caplog: pytest.LogCaptureFixture) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(1.0)
        session.run(tf.initialize_all_variables())
        assert tf.all_variables() == [v]
    first, second = (record.getMessage() for record in caplog.records)
    assert first.partition(": ")[2] == (
        "initialize_all_variables (from tensorflow.python.ops.variables) is deprecated and will "
        "be removed after 2017-03-02.\nInstructions for updating:\n"
        "Use `tf.global_variables_initializer` instead."
    )
    assert "Please use tf.global_variables instead." in second


def test_names_of_ops() -> None:
    with tf.Graph().as_default():
        assert tf.pack([1, 2]).name == "pack:0"
        assert tf.mul(1.0, 2.0).name == "Mul:0"
        assert tf.concat(0, [[1], [2]]).name == "concat:0"


def test_orders_that_are_todays(caplog: pytest.LogCaptureFixture) -> None:
    with tf.Graph().as_default():
        tf.split(tf.zeros([4, 6]), 2, 1)
        tf.split(tf.zeros([4, 6]), [1, 3], tf.constant(0))
        tf.concat([tf.zeros([2]), tf.zeros([2])], tf.constant(0))
        tf.concat(tf.zeros([2, 2]), 0)
    assert not caplog.records


def labels_first(function: str) -> Any:
    return getattr(tf.nn, function)([[1.0, 2.0]], [[0.0, 1.0]])


@pytest.mark.parametrize(
    "function", ["softmax_cross_entropy_with_logits", "sigmoid_cross_entropy_with_logits"]
)
def test_cross_entropies_take_named_arguments_alone(function: str) -> None:
    with pytest.raises(ValueError, match=f"Only call `{function}` with named arguments"):
        labels_first(function)
