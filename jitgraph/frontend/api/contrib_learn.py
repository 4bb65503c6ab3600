"""tf.contrib.learn: documents as numbers, tables from files, modes."""

from __future__ import annotations

from jitgraph.frontend.api import (
    contrib_learn_datasets as datasets,
    contrib_learn_preprocessing as preprocessing,
    contrib_learn_python as python,
)
from jitgraph.frontend.contrib_learn.modes import ModeKeys

__all__ = ["ModeKeys", "datasets", "preprocessing", "python"]
