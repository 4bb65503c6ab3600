"""tf.io: files, records, and what stands in them."""

from __future__ import annotations

from jitgraph.frontend.api import io_gfile as gfile
from jitgraph.frontend.graph_util import write_graph

__all__ = ["gfile", "write_graph"]
