"""Ops of neural networks: the ops each call adds, messages, and numbers, as TensorFlow 1.15.5's."""

import json
from pathlib import Path

import numpy as np
import pytest

import jitgraph as tf

RECORDED = json.loads((Path(__file__).parent / "nn_cases.json").read_text())


def evaluate(code, graph):
    with graph.as_default():
        return eval(code, {"tf": tf, "G": lambda name: graph.get_tensor_by_name(f"{name}:0")})


@pytest.mark.parametrize("code", list(RECORDED["names"]))
def test_ops_are_tensorflows(code):
    graph = tf.Graph()
    evaluate(code, graph)
    found = []
    for op in graph.get_operations():
        if op.type == "Placeholder":
            continue
        row = [op.name, op.type, [tensor.name for tensor in op.inputs]]
        found.append([*row, [c.name for c in op.control_inputs]] if op.control_inputs else row)
    assert found == RECORDED["names"][code]


@pytest.mark.parametrize("code", list(RECORDED["errors"]))
def test_errors_are_tensorflows(code):
    kind, text = RECORDED["errors"][code]
    with pytest.raises(Exception) as caught:
        evaluate(code, tf.Graph())
    assert (type(caught.value).__name__, str(caught.value)) == (kind, text)


def run(make, *arrays):
    with tf.Graph().as_default(), tf.Session() as session:
        return session.run(make(*arrays))


SPECIAL = np.float32([np.nan, -1, 0, -0.0, 1, np.inf, -np.inf])


def test_relu_keeps_nan_and_its_gradient_multiplies():
    np.testing.assert_array_equal(
        run(tf.nn.relu, SPECIAL), np.float32([np.nan, 0, 0, 0, 1, np.inf, 0])
    )
    incoming = np.float32([np.inf, np.nan, 1, 2, 3, np.nan, np.inf])

    def gradient(x):
        x = tf.constant(x)
        return tf.gradients(tf.nn.relu(x), x, grad_ys=tf.constant(incoming))[0]

    expected = np.float32([np.nan, np.nan, 0, 0, 3, np.nan, np.nan])
    np.testing.assert_array_equal(run(gradient, SPECIAL), expected)


def test_softplus_at_the_ends():
    found = run(tf.nn.softplus, SPECIAL)
    expected = np.float32([np.nan, 0.31326163, 0.6931472, 0.6931472, 1.3132616, np.inf, 0])
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_softmax_of_infinities():
    rows = np.float32([[np.inf, 1], [np.nan, 1], [-np.inf, -np.inf], [-np.inf, 3]])
    nan = np.nan
    np.testing.assert_array_equal(
        run(tf.nn.softmax, rows), np.float32([[nan, nan], [nan, nan], [nan, nan], [0, 1]])
    )
    np.testing.assert_array_equal(
        run(tf.nn.log_softmax, rows), np.float32([[nan, nan], [nan, nan], [nan, nan], [-np.inf, 0]])
    )


def test_softmax_along_any_axis():
    x = np.random.default_rng(0).normal(size=(2, 3, 4))
    powers = np.exp(x)
    for axis in (0, 1, 2, -1, -2, -3):
        found = run(lambda x, axis=axis: tf.nn.softmax(x, axis=axis), x)
        np.testing.assert_allclose(found, powers / powers.sum(axis, keepdims=True), rtol=1e-12)


@pytest.mark.parametrize("label", [3, -1])
def test_a_label_that_is_no_class_is_an_error(label):
    with tf.Graph().as_default(), tf.Session() as session:
        labels = tf.placeholder(tf.int32, [None])
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=[[1.0, 2, 3]])
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=f"label value of {label} which is outside"
        ):
            session.run(loss, {labels: [label]})


def test_cross_entropies_agree():
    logits = np.random.default_rng(1).normal(size=(2, 3, 4)).astype(np.float32)
    numbers = np.array([[0, 3, 1], [2, 2, 0]])
    dense = np.eye(4, dtype=np.float32)[numbers]
    expected = -np.take_along_axis(
        logits - np.log(np.exp(logits).sum(-1, keepdims=True)), numbers[..., None], -1
    )[..., 0]
    with tf.Graph().as_default(), tf.Session() as session:
        given = tf.placeholder(tf.float32, [None, None, 4])
        losses = [
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=numbers, logits=given),
            tf.nn.softmax_cross_entropy_with_logits(labels=dense, logits=given),
            tf.nn.softmax_cross_entropy_with_logits_v2(dense, given),
        ]
        gradients = [tf.gradients(loss, given)[0] for loss in losses]
        found, slopes = session.run([losses, gradients], {given: logits})
    for loss in found:
        np.testing.assert_allclose(loss, expected, rtol=1e-5)
    for slope in slopes[1:]:
        np.testing.assert_allclose(slope, slopes[0], atol=1e-6)


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_bias_gradient_of_gradient(data_format):
    x = np.random.default_rng(2).normal(size=(2, 3, 3))
    with tf.Graph().as_default(), tf.Session() as session:
        bias = tf.placeholder(tf.float64, [3])
        loss = tf.reduce_sum(tf.nn.bias_add(x, bias, data_format) ** 3)
        first = tf.gradients(loss, bias)[0]
        second = session.run(tf.gradients(first, bias)[0], {bias: np.ones(3)})
    axes = (0, 1) if data_format == "NHWC" else (0, 2)
    shaped = np.ones(3) if data_format == "NHWC" else np.ones((3, 1))
    np.testing.assert_allclose(second, (6 * (x + shaped)).sum(axes))
