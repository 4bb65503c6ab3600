"""Rows: batch normalisation in training with its gradients, and a depthwise separable layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.row import Row, Work, times_faster

IMAGES = (32, 28, 28, 64)


def _images() -> np.ndarray:
    return np.random.RandomState(0).standard_normal(IMAGES).astype(np.float32)


def _work(tf: Any, outputs: Any) -> Work:
    """Runs the greatest elements of all tensors that `outputs(x)` gives."""
    x = tf.Variable(_images())
    tensors = outputs(x)
    small = [tf.reduce_max(tensor) for tensor in tensors]
    session = tf.Session()
    session.run(tf.global_variables_initializer())
    return Work(lambda: session.run(small), lambda: session.run(small))


def batch_norm(tf: Any) -> Work:
    """fused_batch_norm in training, and its gradients to images, scale and offset."""

    def outputs(x: Any) -> list[Any]:
        scale, offset = tf.Variable(tf.ones([64])), tf.Variable(tf.zeros([64]))
        y = tf.nn.fused_batch_norm(x, scale, offset)[0]
        return [y, *tf.gradients(y, [x, scale, offset], x * x)]

    return _work(tf, outputs)


def separable(tf: Any) -> Work:
    """Depthwise 3x3, batch normalisation, relu6, 1x1 to 128 filters, and all gradients."""

    def outputs(x: Any) -> list[Any]:
        random = np.random.RandomState(1)
        depthwise = tf.Variable(random.uniform(-1, 1, (3, 3, 64, 1)).astype(np.float32))
        pointwise = tf.Variable(random.uniform(-1, 1, (1, 1, 64, 128)).astype(np.float32))
        h = tf.nn.depthwise_conv2d(x, depthwise, [1, 1, 1, 1], "SAME")
        h = tf.nn.fused_batch_norm(h, tf.ones([64]), tf.zeros([64]))[0]
        y = tf.nn.conv2d(tf.nn.relu6(h), pointwise, [1, 1, 1, 1], "SAME")
        return [y, *tf.gradients(y, [x, depthwise, pointwise])]

    return _work(tf, outputs)


def _row(name: str, title: str, work: Any) -> Row:
    return Row(
        name,
        title,
        {"jitgraph": work, "tensorflow": work},
        (times_faster("tensorflow", 1),),
        rtol=1e-3,
        atol=1e-3,
        batch_seconds=0.02,
    )


ROWS = (
    _row("batch_norm", "batch normalisation and its gradients, 32x28x28x64", batch_norm),
    _row("separable", "a layer of MobileNet and its gradients, 32x28x28x64", separable),
)
