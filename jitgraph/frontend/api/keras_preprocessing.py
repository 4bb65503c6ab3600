"""tf.keras.preprocessing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.api import keras_sequence as sequence

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = ["sequence"]
