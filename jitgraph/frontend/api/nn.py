"""tf.nn: activations, losses and what else neural networks are made of."""

from __future__ import annotations

from jitgraph.ops.activations import relu, softplus
from jitgraph.ops.elementwise_exponential import sigmoid
from jitgraph.ops.elementwise_trigonometric import tanh
from jitgraph.ops.softmax import log_softmax, softmax

__all__ = [
    "log_softmax",
    "relu",
    "sigmoid",
    "softmax",
    "softplus",
    "tanh",
]
