"""tf.keras.preprocessing.sequence."""

from __future__ import annotations

from jitgraph.frontend.keras.sequences import pad_sequences

__all__ = ["pad_sequences"]
