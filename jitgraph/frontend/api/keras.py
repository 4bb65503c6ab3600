"""tf.keras: layers, models, and what trains them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.api import (
        keras_backend as backend,
        keras_callbacks as callbacks,
        keras_datasets as datasets,
        keras_layers as layers,
        keras_losses as losses,
        keras_metrics as metrics,
        keras_models as models,
        keras_optimizers as optimizers,
        keras_preprocessing as preprocessing,
        keras_utils as utils,
    )
    from jitgraph.frontend.keras import (
        activations,
        constraints,
        initializers,
        regularizers,
    )
    from jitgraph.frontend.keras.input_layer import (
        Input,
    )
    from jitgraph.frontend.keras.model import (
        Model,
    )
    from jitgraph.frontend.keras.sequential import (
        Sequential,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "Input",
    "Model",
    "Sequential",
    "activations",
    "backend",
    "callbacks",
    "constraints",
    "datasets",
    "initializers",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "preprocessing",
    "regularizers",
    "utils",
]
