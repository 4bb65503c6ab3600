"""tf.contrib.layers: initializers."""

from __future__ import annotations

from jitgraph.frontend.contrib_initializers import (
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer as xavier_initializer_conv2d,
)

__all__ = [
    "variance_scaling_initializer",
    "xavier_initializer",
    "xavier_initializer_conv2d",
]
