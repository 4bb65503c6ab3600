"""Stage frontend: columns made of other columns: buckets of numbers, weights, crosses.

In: columns. Out: columns of categories.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType, as_dtype
from jitgraph.frontend.feature_columns.categorical import HashedCategoricalColumn
from jitgraph.frontend.feature_columns.columns import (
    CategoricalColumn,
    DenseColumn,
    Features,
    IdsAndWeights,
    Weights,
    as_sparse,
)
from jitgraph.frontend.feature_columns.numeric import NumericColumn
from jitgraph.frontend.records.features import VarLenFeature
from jitgraph.graph import Tensor
from jitgraph.ops.bucketing import bucketize
from jitgraph.ops.casting import cast
from jitgraph.ops.masking import one_hot
from jitgraph.ops.packing import stack
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.sparse_crosses import sparse_cross_hashed
from jitgraph.ops.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor
from jitgraph.ops.transposing import transpose
from jitgraph.shapes import TensorShape


@dataclass(frozen=True)
class BucketizedColumn(DenseColumn, CategoricalColumn):
    """Numbers by the interval they are in; made by `bucketized_column`."""

    source_column: NumericColumn
    boundaries: tuple[float, ...]

    @property
    def name(self) -> str:
        return f"{self.source_column.name}_bucketized"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return self.source_column.parse_example_spec

    @property
    def variable_shape(self) -> TensorShape:
        return TensorShape([*self.source_column.shape, len(self.boundaries) + 1])

    @property
    def num_buckets(self) -> int:
        return (len(self.boundaries) + 1) * self.source_column.shape[0]

    def transformed(self, features: Features) -> Any:
        return bucketize(features.of(self.source_column), self.boundaries)

    def dense_tensor(self, features: Features, weights: Weights) -> Tensor:
        found = cast(features.of(self), dtypes.int64)
        return one_hot(found, depth=len(self.boundaries) + 1, on_value=1.0, off_value=0.0)

    def sparse_tensors(self, features: Features) -> IdsAndWeights:
        buckets = features.of(self)
        rows, width = shape_of(buckets)[0], self.source_column.shape[0]
        row = reshape(tile(expand_dims(range_of(0, rows), 1), [1, width]), (-1,))
        column = tile(range_of(0, width), [rows])
        values = reshape(buckets, (-1,)) + (len(self.boundaries) + 1) * column
        indices = cast(transpose(stack((row, column))), dtypes.int64)
        sizes = cast(stack([rows, width]), dtypes.int64)
        return IdsAndWeights(SparseTensor(indices, values, sizes), None)


@dataclass(frozen=True)
class WeightedCategoricalColumn(CategoricalColumn):
    """Categories with weights; made by `weighted_categorical_column`."""

    categorical_column: CategoricalColumn
    weight_feature_key: str
    dtype: DType

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_weighted_by_{self.weight_feature_key}"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        found, key = self.categorical_column.parse_example_spec, self.weight_feature_key
        if key in found:
            raise ValueError(f"Parse config {found[key]} already exists for {key}.")
        return {**found, key: VarLenFeature(self.dtype)}

    @property
    def num_buckets(self) -> int:
        return self.categorical_column.num_buckets

    def transformed(self, features: Features) -> Any:
        weights = convert_to_tensor_or_sparse_tensor(features.of(self.weight_feature_key))
        if self.dtype != weights.dtype.base_dtype:
            raise ValueError(f"Bad dtype, expected {self.dtype}, but got {weights.dtype}.")
        weights = as_sparse(weights, 0.0)
        if not weights.dtype.is_floating:
            weights = cast(weights, dtypes.float32)
        return features.of(self.categorical_column), weights

    def sparse_tensors(self, features: Features) -> IdsAndWeights:
        return IdsAndWeights(*features.of(self))


@dataclass(frozen=True)
class CrossedColumn(CategoricalColumn):
    """Combinations of categories, hashed; made by `crossed_column`."""

    keys: tuple[Any, ...]
    hash_bucket_size: int
    hash_key: int | None

    @property
    def name(self) -> str:
        names = [key if isinstance(key, str) else key.name for key in self._leaves()]
        return "_X_".join(sorted(names))

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key in self.keys:
            is_text = isinstance(key, str)
            found |= {key: VarLenFeature(dtypes.string)} if is_text else key.parse_example_spec
        return found

    @property
    def num_buckets(self) -> int:
        return self.hash_bucket_size

    def _leaves(self) -> list[Any]:
        """The keys, those of crosses among them."""
        found: list[Any] = []
        for key in self.keys:
            found += key._leaves() if isinstance(key, CrossedColumn) else [key]
        return found

    def transformed(self, features: Features) -> Any:
        inputs = []
        for key in self._leaves():
            if isinstance(key, str):
                inputs.append(features.of(key))
                continue
            found = key.sparse_tensors(features)
            if found.weights is not None:
                raise ValueError(
                    "crossed_column does not support weight_tensor, but the given column populates "
                    f"weight_tensor. Given column: {key.name}"
                )
            inputs.append(found.ids)
        return sparse_cross_hashed(inputs, self.hash_bucket_size, self.hash_key)


def bucketized_column(source_column: Any, boundaries: Sequence[float]) -> BucketizedColumn:
    """A column of the intervals that numbers are in.

    Args:
      source_column: a numeric_column of one dimension.
      boundaries: rising numbers between the intervals.

    Raises:
      ValueError: another column, or boundaries that don't rise.

    Example:
      >>> age = tf.feature_column.numeric_column("age")
      >>> tf.feature_column.bucketized_column(age, [18, 65]).name
      'age_bucketized'
    """
    if not isinstance(source_column, NumericColumn):
        raise ValueError(
            "source_column must be a column generated with numeric_column(). Given: "
            f"{source_column}"
        )
    if len(source_column.shape) > 1:
        raise ValueError(f"source_column must be one-dimensional column. Given: {source_column}")
    if not boundaries:
        raise ValueError("boundaries must not be empty.")
    rises = all(low < high for low, high in pairwise(boundaries))
    if not isinstance(boundaries, (list, tuple)) or not rises:
        raise ValueError("boundaries must be a sorted list.")
    return BucketizedColumn(source_column, tuple(boundaries))


def weighted_categorical_column(
    categorical_column: Any, weight_feature_key: str, dtype: Any = dtypes.float32
) -> WeightedCategoricalColumn:
    """A column of categories of which each has a weight.

    Args:
      categorical_column: the categories.
      weight_feature_key: the name of the feature that tells the weights.
      dtype: theirs.

    Raises:
      ValueError: a dtype that is no number's.

    Example:
      >>> words = tf.feature_column.categorical_column_with_hash_bucket("words", 100)
      >>> tf.feature_column.weighted_categorical_column(words, "counts").name
      'words_weighted_by_counts'
    """
    kind = None if dtype is None else as_dtype(dtype)
    if kind is None or not (kind.is_integer or kind.is_floating):
        raise ValueError(f"dtype {dtype} is not convertible to float.")
    return WeightedCategoricalColumn(categorical_column, weight_feature_key, kind)


def crossed_column(keys: Any, hash_bucket_size: int, hash_key: int | None = None) -> CrossedColumn:
    """A column of combinations of categories, by their hash.

    Args:
      keys: names of features, and columns of categories.
      hash_bucket_size: how many buckets there are.
      hash_key: what the hash begins with.

    Raises:
      ValueError: less than two keys, less than one bucket, or a key of another kind.

    Example:
      >>> tf.feature_column.crossed_column(["word", "colour"], 100).name
      'colour_X_word'
    """
    if not hash_bucket_size or hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be > 1. hash_bucket_size: {hash_bucket_size}")
    if not keys or len(keys) < 2:
        raise ValueError(f"keys must be a list with length > 1. Given: {keys}")
    for key in keys:
        if not isinstance(key, (str, CategoricalColumn)):
            raise ValueError(
                "Unsupported key type. All keys must be either string, or categorical column "
                f"except HashedCategoricalColumn. Given: {key}"
            )
        if isinstance(key, HashedCategoricalColumn):
            raise ValueError(
                "categorical_column_with_hash_bucket is not supported for crossing. Hashing before "
                "crossing will increase probability of collision. Instead, use the feature name as "
                f"a string. Given: {key}"
            )
    return CrossedColumn(tuple(keys), hash_bucket_size, hash_key)
