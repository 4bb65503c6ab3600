"""tf.nn: activations, losses and what else neural networks are made of."""

from __future__ import annotations

from jitgraph.ops.elementwise_exponential import sigmoid
from jitgraph.ops.elementwise_trigonometric import tanh

__all__ = [
    "sigmoid",
    "tanh",
]
