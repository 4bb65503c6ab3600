"""tf.version: which TensorFlow's API this is, as scripts ask before they choose a spelling."""

from __future__ import annotations

VERSION = "1.15.5"
GIT_VERSION = "v1.15.5"
COMPILER_VERSION = "numba"
GRAPH_DEF_VERSION = 134
GRAPH_DEF_VERSION_MIN_CONSUMER = 0
GRAPH_DEF_VERSION_MIN_PRODUCER = 0
