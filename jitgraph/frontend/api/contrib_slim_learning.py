"""tf.contrib.slim.learning: training operations and the training loop of TF-Slim."""

from __future__ import annotations

from jitgraph.frontend.slim.learning import (
    add_gradients_summaries,
    clip_gradient_norms,
    create_train_op,
    multiply_gradients,
    train,
    train_step,
)

__all__ = [
    "add_gradients_summaries",
    "clip_gradient_norms",
    "create_train_op",
    "multiply_gradients",
    "train",
    "train_step",
]
