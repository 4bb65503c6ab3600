"""tf.keras.utils."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.keras.progress import Progbar
    from jitgraph.frontend.keras.utils import Sequence, normalize, to_categorical

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = ["Progbar", "Sequence", "normalize", "to_categorical"]
