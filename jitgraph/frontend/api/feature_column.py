"""tf.feature_column: columns of raw features."""

from __future__ import annotations

from jitgraph.frontend.feature_columns.input_layer import input_layer, make_parse_example_spec
from jitgraph.frontend.feature_columns.numeric import numeric_column

__all__ = [
    "input_layer",
    "make_parse_example_spec",
    "numeric_column",
]
