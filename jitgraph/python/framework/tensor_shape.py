"""`from jitgraph.python.framework import tensor_shape`, as scripts import TensorFlow's."""

from jitgraph.shapes import (
    Dimension,
    TensorShape,
    as_shape,
    dimension_value,
    scalar,
    unknown_shape,
)

__all__ = [
    "Dimension",
    "TensorShape",
    "as_shape",
    "dimension_value",
    "matrix",
    "scalar",
    "unknown_shape",
    "vector",
]


def vector(length: int | None) -> TensorShape:
    """The shape of a vector."""
    return TensorShape([length])


def matrix(rows: int | None, cols: int | None) -> TensorShape:
    """The shape of a matrix."""
    return TensorShape([rows, cols])
