"""tf.saved_model.loader: loads SavedModels."""

from __future__ import annotations

from jitgraph.frontend.saved_model.loader import (
    load,
    maybe_saved_model_directory,
)

__all__ = [
    "load",
    "maybe_saved_model_directory",
]
