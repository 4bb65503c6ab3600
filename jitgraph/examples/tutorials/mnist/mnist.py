"""The network of "TensorFlow Mechanics 101": `from ... .mnist import mnist`.

In: batches of digits. Out: logits, their loss, a training step, how many are right; operations are
named as the tutorial names them: https://www.tensorflow.org/versions/r1.1/get_started/mnist/mechanics
"""

from __future__ import annotations

import math
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.losses.classification import sparse_softmax_cross_entropy
from jitgraph.frontend.summaries.functions import scalar
from jitgraph.frontend.train.gradient_descent import GradientDescentOptimizer
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Operation, Tensor, name_scope
from jitgraph.ops.activations import relu
from jitgraph.ops.casting import cast
from jitgraph.ops.filling import zeros
from jitgraph.ops.matmul import matmul
from jitgraph.ops.random_numbers import truncated_normal
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.top_k import in_top_k

NUM_CLASSES = 10
IMAGE_SIZE = 28
IMAGE_PIXELS = IMAGE_SIZE * IMAGE_SIZE


def _affine(inputs: Any, size: int, units: int) -> Tensor:
    start = truncated_normal([size, units], stddev=1.0 / math.sqrt(float(size)))
    weights = Variable(start, name="weights")
    biases = Variable(zeros([units]), name="biases")
    return matmul(inputs, weights) + biases


def inference(images: Any, hidden1_units: int, hidden2_units: int) -> Tensor:
    """Logits of two hidden layers.

    Args:
      images: [batch, 784].
      hidden1_units, hidden2_units: how wide the layers are.
    """
    with name_scope("hidden1"):
        hidden1 = relu(_affine(images, IMAGE_PIXELS, hidden1_units))
    with name_scope("hidden2"):
        hidden2 = relu(_affine(hidden1, hidden1_units, hidden2_units))
    with name_scope("softmax_linear"):
        return _affine(hidden2, hidden2_units, NUM_CLASSES)


def loss(logits: Any, labels: Any) -> Tensor:
    """The mean cross entropy; labels are [batch] of integers."""
    return sparse_softmax_cross_entropy(labels=cast(labels, dtypes.int64), logits=logits)


def training(loss: Tensor, learning_rate: float) -> Operation:
    """One step of gradient descent; the loss is summarised."""
    scalar("loss", loss)
    optimizer = GradientDescentOptimizer(learning_rate)
    global_step = Variable(0, name="global_step", trainable=False)
    return optimizer.minimize(loss, global_step=global_step)


def evaluation(logits: Any, labels: Any) -> Tensor:
    """How many of a batch are right."""
    return reduce_sum(cast(in_top_k(logits, labels, 1), dtypes.int32))
