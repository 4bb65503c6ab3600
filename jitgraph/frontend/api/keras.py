"""tf.keras: layers, models, and what trains them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.api import (
        keras_backend as backend,
        keras_layers as layers,
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

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "Input",
    "activations",
    "backend",
    "constraints",
    "initializers",
    "layers",
    "regularizers",
]
