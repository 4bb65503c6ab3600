"""tf.contrib.layers: initializers and regularizers."""

from __future__ import annotations

from jitgraph.frontend.contrib_initializers import (
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer as xavier_initializer_conv2d,
)
from jitgraph.frontend.contrib_regularizers import (
    apply_regularization,
    l1_l2_regularizer,
    l1_regularizer,
    l2_regularizer,
    sum_regularizer,
)

__all__ = [
    "apply_regularization",
    "l1_l2_regularizer",
    "l1_regularizer",
    "l2_regularizer",
    "sum_regularizer",
    "variance_scaling_initializer",
    "xavier_initializer",
    "xavier_initializer_conv2d",
]
