"""tf.contrib.tensorboard.plugins."""

from jitgraph.frontend.api import contrib_projector as projector

__all__ = ["projector"]
