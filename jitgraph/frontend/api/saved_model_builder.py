"""tf.saved_model.builder: writes SavedModels."""

from __future__ import annotations

from jitgraph.frontend.saved_model.builder import (
    SavedModelBuilder,
)

__all__ = [
    "SavedModelBuilder",
]
