"""tf.contrib.tensorboard: what its plugins are told."""

from jitgraph.frontend.api import contrib_tensorboard_plugins as plugins

__all__ = ["plugins"]
