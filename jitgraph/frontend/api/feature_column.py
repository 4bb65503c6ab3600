"""tf.feature_column: columns of raw features."""

from __future__ import annotations

from jitgraph.frontend.feature_columns.categorical import (
    categorical_column_with_hash_bucket,
    categorical_column_with_identity,
    categorical_column_with_vocabulary_file,
    categorical_column_with_vocabulary_list,
)
from jitgraph.frontend.feature_columns.combined import (
    bucketized_column,
    crossed_column,
    weighted_categorical_column,
)
from jitgraph.frontend.feature_columns.embedding import (
    embedding_column,
    indicator_column,
    shared_embedding_columns,
)
from jitgraph.frontend.feature_columns.input_layer import input_layer, make_parse_example_spec
from jitgraph.frontend.feature_columns.linear_model import linear_model
from jitgraph.frontend.feature_columns.numeric import numeric_column

__all__ = [
    "bucketized_column",
    "categorical_column_with_hash_bucket",
    "categorical_column_with_identity",
    "categorical_column_with_vocabulary_file",
    "categorical_column_with_vocabulary_list",
    "crossed_column",
    "embedding_column",
    "indicator_column",
    "input_layer",
    "linear_model",
    "make_parse_example_spec",
    "numeric_column",
    "shared_embedding_columns",
    "weighted_categorical_column",
]
