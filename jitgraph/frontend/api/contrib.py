"""tf.contrib: parts of TensorFlow 1's contributed code that many programs use."""

from __future__ import annotations

from jitgraph.frontend.api import contrib_layers as layers, contrib_opt as opt

__all__ = [
    "layers",
    "opt",
]
