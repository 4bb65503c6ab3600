"""tf.contrib.learn.python: the long name of tf.contrib.learn."""

from __future__ import annotations

from jitgraph.frontend.api import contrib_learn_inner as learn

__all__ = ["learn"]
