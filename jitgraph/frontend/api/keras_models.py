"""tf.keras.models: models, and how they are made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.keras.configurations import (
        clone_model,
        model_from_config,
        model_from_json,
    )
    from jitgraph.frontend.keras.model import (
        Model,
    )
    from jitgraph.frontend.keras.sequential import (
        Sequential,
    )
    from jitgraph.frontend.keras.weight_files import (
        load_model,
        save_model,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_config",
    "model_from_json",
    "save_model",
]
