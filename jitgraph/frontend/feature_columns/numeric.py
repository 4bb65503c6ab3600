"""Stage frontend: columns of numbers.

In: the key of a feature, its shape. Out: a column, from which `input_layer` makes float32 values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType, as_dtype
from jitgraph.frontend.feature_columns.columns import DenseColumn, Features, Weights
from jitgraph.frontend.records.features import FixedLenFeature
from jitgraph.graph import Tensor
from jitgraph.ops.casting import cast
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.shapes import TensorShape


@dataclass(frozen=True)
class NumericColumn(DenseColumn):
    """Numbers; made by `numeric_column`."""

    key: str
    shape: tuple[int, ...]
    default_value: Any
    dtype: DType
    normalizer_fn: Callable[[Any], Any] | None

    @property
    def name(self) -> str:
        return self.key

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: FixedLenFeature(self.shape, self.dtype, self.default_value)}

    @property
    def variable_shape(self) -> TensorShape:
        return TensorShape(self.shape)

    def transformed(self, features: Features) -> Any:
        raw = features.of(self.key)
        if isinstance(raw, SparseTensor):
            raise ValueError(
                "The corresponding Tensor of numerical column must be a Tensor. SparseTensor is "
                f"not supported. key: {self.key}"
            )
        values = raw if self.normalizer_fn is None else self.normalizer_fn(raw)
        return cast(values, dtypes.float32)

    def dense_tensor(self, features: Features, weights: Weights) -> Tensor:
        found: Tensor = features.of(self)
        return found


def numeric_column(
    key: str,
    shape: Any = (1,),
    default_value: Any = None,
    dtype: Any = dtypes.float32,
    normalizer_fn: Callable[[Any], Any] | None = None,
) -> NumericColumn:
    """A column of numbers.

    Args:
      key: the feature's name.
      shape: the shape of one row's values.
      default_value: what an Example without the feature stands for: a number, or one of each.
      dtype: whole numbers or floats.
      normalizer_fn: what is done with the values first.

    Raises:
      TypeError: a dimension, default or function of a wrong type.
      ValueError: a dimension below 1, or another dtype.

    Example:
      >>> tf.feature_column.numeric_column("price", shape=[2]).name
      'price'
    """
    dims = _checked_shape(shape, key)
    kind = as_dtype(dtype)
    if not (kind.is_integer or kind.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {kind}, key: {key}")
    default = _checked_default(default_value, dims, kind, key)
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")
    if not isinstance(key, str):
        raise ValueError(f"key must be a string. Got: type {type(key)}. Given key: {key}.")
    return NumericColumn(key, dims, default, kind, normalizer_fn)


def _checked_shape(shape: Any, key: str) -> tuple[int, ...]:
    if shape is None:
        raise ValueError(f"shape cannot be None, key: {key}")
    dims = tuple(shape) if isinstance(shape, Iterable) else (shape,)
    for size in dims:
        if not isinstance(size, (int, np.integer)):
            raise TypeError(f"shape dimensions must be integer. shape: {dims}, key: {key}")
        if size < 1:
            raise ValueError(f"shape dimensions must be greater than 0. shape: {dims}, key: {key}")
    return dims


def _checked_default(value: Any, dims: tuple[int, ...], dtype: DType, key: str) -> Any:
    """The default as nested tuples of the column's shape, None where there is none."""
    if value is None:
        return None
    array = np.asarray(value)
    if dtype.is_integer and array.dtype.kind not in "iub":
        raise TypeError(
            f"default_value must be compatible with dtype. default_value: {value}, dtype: {dtype}, "
            f"key: {key}"
        )
    if array.ndim and array.shape != dims:
        raise ValueError(
            "The shape of default_value must be equal to given shape. default_value: "
            f"{value}, shape: {dims}, key: {key}"
        )
    kind: Any = dtype.as_numpy_dtype
    return _nested(np.broadcast_to(array, dims).astype(kind).tolist())


def _nested(items: Any) -> Any:
    return tuple(map(_nested, items)) if isinstance(items, list) else items
