"""What the models are made of. Imports NumPy alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from bench.ops.cases import TWO


def weights(tf: Any, *shape: int) -> Any:
    """A variable of small normal numbers, the same everywhere."""
    random = np.random.RandomState(sum(shape))
    return tf.Variable((random.randn(*shape) * 0.1).astype(np.float32))


def bias(tf: Any, x: Any) -> Any:
    """`x` and a variable of zeros added to its last axis."""
    return x + tf.Variable(np.zeros(int(x.shape[-1]), np.float32))


def dense(tf: Any, x: Any, size: int, act: Callable[[Any], Any] | None = None) -> Any:
    """A fully connected layer."""
    y = bias(tf, tf.matmul(x, weights(tf, int(x.shape[-1]), size)))
    return act(y) if act else y


def conv(tf: Any, x: Any, side: int, size: int, stride: int = 1, padding: str = "SAME") -> Any:
    """A convolution."""
    kernel = weights(tf, side, side, int(x.shape[-1]), size)
    return tf.nn.conv2d(x, kernel, [1, stride, stride, 1], padding)


def relu_conv(tf: Any, x: Any, *sizes: Any) -> Any:
    """A convolution with bias and relu."""
    return tf.nn.relu(bias(tf, conv(tf, x, *sizes)))


def pool(tf: Any, x: Any, padding: str = "SAME") -> Any:
    """2x2 maximum."""
    return tf.nn.max_pool(x, TWO, TWO, padding)


def flat(tf: Any, x: Any) -> Any:
    """Rows."""
    return tf.reshape(x, [-1, int(np.prod([int(d) for d in x.shape[1:]]))])


def entropy(tf: Any, logits: Any, labels: Any) -> Any:
    """The mean cross entropy."""
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    return tf.reduce_mean(each)


def adam(tf: Any, loss: Any, variables: Any = None) -> list[Any]:
    """The loss, and a step of Adam."""
    return [loss, tf.train.AdamOptimizer(1e-3).minimize(loss, var_list=variables)]


def momentum(tf: Any, loss: Any) -> list[Any]:
    """The loss, and a step with momentum."""
    return [loss, tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss)]


def normed(tf: Any, x: Any, is_training: bool) -> Any:
    """Batch normalisation."""
    size = int(x.shape[-1])
    ones, zeros = np.ones(size, np.float32), np.zeros(size, np.float32)
    given = [tf.Variable(ones), tf.Variable(zeros)]
    if not is_training:
        given += [tf.Variable(zeros), tf.Variable(ones)]
    return tf.nn.fused_batch_norm(x, *given, is_training=is_training)[0]
