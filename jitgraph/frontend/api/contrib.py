"""tf.contrib: parts of TensorFlow 1's contributed code that many programs use."""

from __future__ import annotations

from jitgraph.frontend.api import (
    contrib_framework as framework,
    contrib_layers as layers,
    contrib_opt as opt,
    contrib_rnn as rnn,
    contrib_slim as slim,
    contrib_tensorboard as tensorboard,
)

__all__ = [
    "framework",
    "layers",
    "opt",
    "rnn",
    "slim",
    "tensorboard",
]
