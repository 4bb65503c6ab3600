"""`from jitgraph.python.layers import normalization`, as scripts import TensorFlow's."""

from jitgraph.frontend.layers.batch_normalization import BatchNormalization, batch_normalization

__all__ = ["BatchNormalization", "batch_normalization"]
