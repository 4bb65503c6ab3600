"""tf.keras.optimizers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.keras.optimizers import (
        SGD,
        Adadelta,
        Adagrad,
        Adam,
        Adamax,
        Optimizer,
        RMSprop,
        TFOptimizer,
        get,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "Adamax",
    "Optimizer",
    "RMSprop",
    "TFOptimizer",
    "get",
]
