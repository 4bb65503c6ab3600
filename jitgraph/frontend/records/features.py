"""Stage frontend: what is wanted of an Example: FixedLenFeature and its kin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jitgraph import dtypes
from jitgraph.dtypes import as_dtype
from jitgraph.shapes import TensorShape, as_shape


class FixedLenFeature(NamedTuple):
    """A feature that has the same shape in each Example.

    Attributes:
      shape: the shape; dtype: float32, int64 or string.
      default_value: taken where an Example lacks it; without one the run fails then.
    """

    shape: Any
    dtype: Any
    default_value: Any = None


class VarLenFeature(NamedTuple):
    """A feature with any number of values: it gives a SparseTensor.

    Attributes:
      dtype: float32, int64 or string.
    """

    dtype: Any


class FixedLenSequenceFeature(NamedTuple):
    """A feature that is a list of things of one shape: batches are filled up.

    Attributes:
      shape: the shape of one thing; dtype: float32, int64 or string.
      allow_missing: must be true: an Example without it has none.
      default_value: what batches are filled up with; 0 or "" if None.
    """

    shape: Any
    dtype: Any
    allow_missing: bool = False
    default_value: Any = None


@dataclass
class Wanted:
    """The features that are wanted, in TensorFlow's order."""

    sparse_keys: list[str] = field(default_factory=list)
    sparse_types: list[Any] = field(default_factory=list)
    dense_keys: list[str] = field(default_factory=list)
    dense_types: list[Any] = field(default_factory=list)
    dense_shapes: list[TensorShape] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)


def wanted(features: Mapping[str, Any] | None) -> Wanted:
    """The features as ops take them.

    Raises:
      ValueError: there are none, or one lacks something.
    """
    if not features:
        raise ValueError(f"Missing: features was {features}.")
    found = Wanted()
    for key in sorted(features):
        feature = features[key]
        if isinstance(feature, VarLenFeature):
            found.sparse_keys.append(key)
            found.sparse_types.append(_type(key, feature))
        elif isinstance(feature, FixedLenFeature):
            _add(found, key, feature, _fixed_shape(key, feature))
        elif isinstance(feature, FixedLenSequenceFeature):
            if not feature.allow_missing:
                raise ValueError(
                    "Unsupported: FixedLenSequenceFeature requires allow_missing to be True."
                )
            _add(found, key, feature, TensorShape([None, *as_shape(feature.shape).as_list()]))
        else:
            raise ValueError(f"Invalid feature {key}:{feature}.")
    return found


def _add(found: Wanted, key: str, feature: Any, shape: TensorShape) -> None:
    found.dense_keys.append(key)
    found.dense_types.append(_type(key, feature))
    found.dense_shapes.append(shape)
    if feature.default_value is not None:
        found.defaults[key] = feature.default_value


def _type(key: str, feature: Any) -> Any:
    if not feature.dtype:
        raise ValueError(f"Missing type for feature {key}.")
    dtype = as_dtype(feature.dtype)
    if dtype not in (dtypes.float32, dtypes.int64, dtypes.string):
        raise ValueError(
            f"Feature {key} is of {dtype.name}; Examples hold float32, int64 and string"
        )
    return dtype


def _fixed_shape(key: str, feature: FixedLenFeature) -> TensorShape:
    if feature.shape is None:
        raise ValueError(f"Missing shape for feature {key}.")
    shape = as_shape(feature.shape)
    if shape.ndims and shape.as_list()[0] is None:
        raise ValueError(
            f"First dimension of shape for feature {key} unknown. Consider using "
            "FixedLenSequenceFeature."
        )
    if not shape.is_fully_defined():
        raise ValueError(
            f"All dimensions of shape for feature {key} need to be known but received "
            f"{feature.shape}."
        )
    return shape
