"""tf.estimator.inputs: input functions of arrays."""

from __future__ import annotations

from jitgraph.frontend.estimator.array_inputs import numpy_input_fn, pandas_input_fn

__all__ = [
    "numpy_input_fn",
    "pandas_input_fn",
]
