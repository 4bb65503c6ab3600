"""tf.contrib.learn.python.learn: tf.contrib.learn by its long name."""

from __future__ import annotations

from jitgraph.frontend.api import (
    contrib_learn_datasets as datasets,
    contrib_learn_preprocessing as preprocessing,
)
from jitgraph.frontend.contrib_learn.modes import ModeKeys

__all__ = ["ModeKeys", "datasets", "preprocessing"]
