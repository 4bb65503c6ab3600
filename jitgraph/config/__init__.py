"""Options of sessions and runs: TensorFlow's messages, without protocol buffers. A leaf.

In: what users set. Out: records with TensorFlow 1.15's fields (its `config.proto`). Lists and
nested messages act as protocol buffers do in Python.
"""

from jitgraph.config.run_options import RunMetadata, RunOptions
from jitgraph.config.session_options import (
    ConfigProto,
    GPUOptions,
    GraphOptions,
    OptimizerOptions,
)

__all__ = [
    "ConfigProto",
    "GPUOptions",
    "GraphOptions",
    "OptimizerOptions",
    "RunMetadata",
    "RunOptions",
]
