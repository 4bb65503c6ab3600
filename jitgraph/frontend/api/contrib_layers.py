"""tf.contrib.layers: layers as functions, initializers, regularizers."""

from __future__ import annotations

from jitgraph.frontend.contrib_initializers import (
    variance_scaling_initializer,
    xavier_initializer,
    xavier_initializer as xavier_initializer_conv2d,
)
from jitgraph.frontend.contrib_layers.batch_norm import batch_norm, layer_norm
from jitgraph.frontend.contrib_layers.convolution import (
    avg_pool2d,
    convolution,
    convolution1d,
    convolution1d as conv1d,
    convolution2d,
    convolution2d as conv2d,
    convolution2d_transpose,
    convolution2d_transpose as conv2d_transpose,
    convolution3d,
    convolution3d as conv3d,
    max_pool2d,
)
from jitgraph.frontend.contrib_layers.dense import (
    dropout,
    elu,
    embed_sequence,
    flatten,
    fully_connected,
    linear,
    one_hot_encoding,
    relu,
    relu6,
    softmax,
)
from jitgraph.frontend.contrib_layers.optimize_loss import (
    OPTIMIZER_CLS_NAMES,
    OPTIMIZER_SUMMARIES,
    optimize_loss,
)
from jitgraph.frontend.contrib_layers.separable_convolution import (
    separable_convolution2d,
    separable_convolution2d as separable_conv2d,
)
from jitgraph.frontend.contrib_layers.stacking import repeat, stack
from jitgraph.frontend.contrib_regularizers import (
    apply_regularization,
    l1_l2_regularizer,
    l1_regularizer,
    l2_regularizer,
    sum_regularizer,
)

__all__ = [
    "OPTIMIZER_CLS_NAMES",
    "OPTIMIZER_SUMMARIES",
    "apply_regularization",
    "avg_pool2d",
    "batch_norm",
    "conv1d",
    "conv2d",
    "conv2d_transpose",
    "conv3d",
    "convolution",
    "convolution1d",
    "convolution2d",
    "convolution2d_transpose",
    "convolution3d",
    "dropout",
    "elu",
    "embed_sequence",
    "flatten",
    "fully_connected",
    "l1_l2_regularizer",
    "l1_regularizer",
    "l2_regularizer",
    "layer_norm",
    "linear",
    "max_pool2d",
    "one_hot_encoding",
    "optimize_loss",
    "relu",
    "relu6",
    "repeat",
    "separable_conv2d",
    "separable_convolution2d",
    "softmax",
    "stack",
    "sum_regularizer",
    "variance_scaling_initializer",
    "xavier_initializer",
    "xavier_initializer_conv2d",
]
