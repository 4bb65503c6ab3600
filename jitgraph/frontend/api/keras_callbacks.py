"""tf.keras.callbacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.keras.callbacks import (
        BaseLogger,
        Callback,
        CallbackList,
        CSVLogger,
        EarlyStopping,
        History,
        LambdaCallback,
        LearningRateScheduler,
        Logs,
        ModelCheckpoint,
        ProgbarLogger,
        ReduceLROnPlateau,
        TensorBoard,
        TerminateOnNaN,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "BaseLogger",
    "CSVLogger",
    "Callback",
    "CallbackList",
    "EarlyStopping",
    "History",
    "LambdaCallback",
    "LearningRateScheduler",
    "Logs",
    "ModelCheckpoint",
    "ProgbarLogger",
    "ReduceLROnPlateau",
    "TensorBoard",
    "TerminateOnNaN",
]
