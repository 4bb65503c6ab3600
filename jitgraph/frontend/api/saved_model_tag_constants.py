"""tf.saved_model.tag_constants: tags of graphs."""

from __future__ import annotations

from jitgraph.frontend.saved_model.names import (
    GPU,
    SERVING,
    TPU,
    TRAINING,
)

__all__ = [
    "GPU",
    "SERVING",
    "TPU",
    "TRAINING",
]
