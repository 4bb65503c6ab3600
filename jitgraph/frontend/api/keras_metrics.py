"""tf.keras.metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.keras.metrics import (
        AUC,
        BinaryAccuracy,
        CategoricalAccuracy,
        MeanAbsoluteError,
        MeanOf,
        MeanSquaredError,
        Metric,
        Precision,
        Recall,
        SparseCategoricalAccuracy,
        TopKCategoricalAccuracy,
        binary_accuracy,
        categorical_accuracy,
        get,
        metric_of,
        sparse_categorical_accuracy,
        sparse_top_k_categorical_accuracy,
        top_k_categorical_accuracy,
    )

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "AUC",
    "BinaryAccuracy",
    "CategoricalAccuracy",
    "MeanAbsoluteError",
    "MeanOf",
    "MeanSquaredError",
    "Metric",
    "Precision",
    "Recall",
    "SparseCategoricalAccuracy",
    "TopKCategoricalAccuracy",
    "binary_accuracy",
    "categorical_accuracy",
    "get",
    "metric_of",
    "sparse_categorical_accuracy",
    "sparse_top_k_categorical_accuracy",
    "top_k_categorical_accuracy",
]
