"""Names that TensorFlow gave up: see `jitgraph.graph.deprecation`."""

from jitgraph.graph.deprecation import deprecated, renamed, tell_once

__all__ = ["deprecated", "renamed", "tell_once"]
