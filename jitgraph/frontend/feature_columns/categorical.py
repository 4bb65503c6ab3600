"""Stage frontend: columns of categories: hashed, by vocabularies, as numbers.

In: the name of a feature, what its categories are. Out: columns that give their numbers.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType, as_dtype
from jitgraph.frontend.api import logging
from jitgraph.frontend.check_ops import assert_greater_equal, assert_less
from jitgraph.frontend.feature_columns.columns import (
    CategoricalColumn,
    Features,
    as_sparse,
    check_key,
    check_kind,
)
from jitgraph.frontend.records.features import VarLenFeature
from jitgraph.graph import control_dependencies
from jitgraph.ops.casting import cast
from jitgraph.ops.filling import fill
from jitgraph.ops.identities import identity
from jitgraph.ops.logical import logical_or
from jitgraph.ops.selection import where_v2
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.ops.string_hashing import string_to_hash_bucket_fast
from jitgraph.ops.string_numbers import as_string


@dataclass(frozen=True)
class _KeyedColumn(CategoricalColumn):
    """Categories that one feature tells."""

    key: str

    @property
    def name(self) -> str:
        return self.key

    def _sparse(self, features: Features, dtype: DType) -> Any:
        found = as_sparse(features.of(self.key))
        check_kind(found.dtype, f"column_name: {self.key} input_tensor")
        if dtype.is_integer != found.dtype.is_integer:
            raise ValueError(
                f"Column dtype and SparseTensors dtype must be compatible. key: {self.key}, column "
                f"dtype: {dtype}, tensor dtype: {found.dtype}"
            )
        return found


@dataclass(frozen=True)
class HashedCategoricalColumn(_KeyedColumn):
    """Categories by hash; made by `categorical_column_with_hash_bucket`."""

    hash_bucket_size: int
    dtype: DType

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: VarLenFeature(self.dtype)}

    @property
    def num_buckets(self) -> int:
        return self.hash_bucket_size

    def transformed(self, features: Features) -> Any:
        found = self._sparse(features, self.dtype)
        values = found.values if self.dtype == dtypes.string else as_string(found.values)
        ids = string_to_hash_bucket_fast(values, self.hash_bucket_size, name="lookup")
        return SparseTensor(found.indices, ids, found.dense_shape)


@dataclass(frozen=True)
class VocabularyListCategoricalColumn(_KeyedColumn):
    """Categories of a list; made by `categorical_column_with_vocabulary_list`."""

    vocabulary_list: tuple[Any, ...]
    dtype: DType
    default_value: int
    num_oov_buckets: int

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: VarLenFeature(self.dtype)}

    @property
    def num_buckets(self) -> int:
        return len(self.vocabulary_list) + self.num_oov_buckets

    def transformed(self, features: Features) -> Any:
        from jitgraph.frontend.lookup.index_tables import index_table_from_tensor

        found = self._sparse(features, self.dtype)
        is_whole = found.dtype.is_integer
        found = cast(found, dtypes.int64) if is_whole else found
        table = index_table_from_tensor(
            self.vocabulary_list,
            num_oov_buckets=self.num_oov_buckets,
            default_value=self.default_value,
            dtype=dtypes.int64 if is_whole else self.dtype,
            name=f"{self.key}_lookup",
        )
        return table.lookup(found)


@dataclass(frozen=True)
class VocabularyFileCategoricalColumn(_KeyedColumn):
    """Categories of a file; made by `categorical_column_with_vocabulary_file`."""

    vocabulary_file: str
    vocabulary_size: int
    num_oov_buckets: int
    dtype: DType
    default_value: int

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: VarLenFeature(self.dtype)}

    @property
    def num_buckets(self) -> int:
        return self.vocabulary_size + self.num_oov_buckets

    def transformed(self, features: Features) -> Any:
        from jitgraph.frontend.lookup.index_tables import index_table_from_file

        found = self._sparse(features, self.dtype)
        is_whole = found.dtype.is_integer
        found = cast(found, dtypes.int64) if is_whole else found
        table = index_table_from_file(
            self.vocabulary_file,
            num_oov_buckets=self.num_oov_buckets,
            vocab_size=self.vocabulary_size,
            default_value=self.default_value,
            key_dtype=dtypes.int64 if is_whole else self.dtype,
            name=f"{self.key}_lookup",
        )
        return table.lookup(found)


@dataclass(frozen=True)
class IdentityCategoricalColumn(_KeyedColumn):
    """Categories that are numbers already; made by `categorical_column_with_identity`."""

    number_buckets: int
    default_value: int | None

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return {self.key: VarLenFeature(dtypes.int64)}

    @property
    def num_buckets(self) -> int:
        return self.number_buckets

    def transformed(self, features: Features) -> Any:
        found = as_sparse(features.of(self.key))
        if not found.dtype.is_integer:
            raise ValueError(f"Invalid input, not integer. key: {self.key} dtype: {found.dtype}")
        values = cast(found.values, dtypes.int64, name="values")
        count = cast(self.num_buckets, dtypes.int64, name="num_buckets")
        zero = cast(0, dtypes.int64, name="zero")
        checked = self._checked if self.default_value is None else self._replaced
        return SparseTensor(found.indices, checked(values, count, zero), found.dense_shape)

    def _checked(self, values: Any, count: Any, zero: Any) -> Any:
        is_less = assert_less(
            values,
            count,
            data=[values, count],
            message=f'Bucket index for categorical column "{self.name}" exceeds number of buckets',
            name="assert_less_than_num_buckets",
        )
        is_positive = assert_greater_equal(
            values,
            zero,
            data=[values],
            message=f'Negative bucket index for categorical column "{self.name}"',
            name="assert_greater_or_equal_0",
        )
        with control_dependencies([is_less, is_positive]):
            return identity(values)

    def _replaced(self, values: Any, count: Any, zero: Any) -> Any:
        is_out = logical_or(values < zero, values >= count, name="out_of_range")
        sizes = shape_of(values)
        default = cast(self.default_value, dtypes.int64)
        return where_v2(is_out, fill(sizes, default, name="default_values"), values)


def categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: Any = dtypes.string
) -> HashedCategoricalColumn:
    """A column whose categories are buckets of a hash.

    Args:
      key: the feature's name.
      hash_bucket_size: how many buckets there are.
      dtype: strings or whole numbers.

    Raises:
      ValueError: less than one bucket, another dtype, or a name that is no text.

    Example:
      >>> tf.feature_column.categorical_column_with_hash_bucket("word", 100).num_buckets
      100
    """
    if hash_bucket_size is None:
        raise ValueError(f"hash_bucket_size must be set. key: {key}")
    if hash_bucket_size < 1:
        raise ValueError(
            f"hash_bucket_size must be at least 1. hash_bucket_size: {hash_bucket_size}, key: {key}"
        )
    check_key(key)
    kind = as_dtype(dtype)
    check_kind(kind, f"column_name: {key}")
    return HashedCategoricalColumn(key, hash_bucket_size, kind)


def categorical_column_with_vocabulary_list(
    key: str,
    vocabulary_list: Sequence[Any],
    dtype: Any = None,
    default_value: int = -1,
    num_oov_buckets: int = 0,
) -> VocabularyListCategoricalColumn:
    """A column whose categories are a list's words.

    Args:
      key: the feature's name.
      vocabulary_list: the words: strings or whole numbers.
      dtype: theirs; found out if None.
      default_value: the number of other words, where there are no buckets; -1 leaves them out.
      num_oov_buckets: how many buckets there are for other words.

    Raises:
      ValueError: no words, a word twice, another dtype, or both a default and buckets.

    Example:
      >>> make = tf.feature_column.categorical_column_with_vocabulary_list
      >>> make("colour", ["red", "green"]).num_buckets
      2
    """
    if vocabulary_list is None or len(vocabulary_list) < 1:
        raise ValueError(f"vocabulary_list {vocabulary_list} must be non-empty, column_name: {key}")
    if len(set(vocabulary_list)) != len(vocabulary_list):
        raise ValueError(f"Duplicate keys in vocabulary_list {vocabulary_list}, column_name: {key}")
    own = as_dtype(np.array(vocabulary_list).dtype)
    _check_buckets(key, num_oov_buckets, default_value != -1)
    check_kind(own, f"column_name: {key} vocabulary")
    kind = own if dtype is None else as_dtype(dtype)
    if kind.is_integer != own.is_integer:
        raise ValueError(
            f"dtype {kind} and vocabulary dtype {own} do not match, column_name: {key}"
        )
    check_kind(kind, f"column_name: {key}")
    check_key(key)
    words = tuple(vocabulary_list)
    return VocabularyListCategoricalColumn(key, words, kind, default_value, num_oov_buckets)


def categorical_column_with_vocabulary_file(
    key: str,
    vocabulary_file: str,
    vocabulary_size: int | None = None,
    num_oov_buckets: int = 0,
    default_value: int | None = None,
    dtype: Any = dtypes.string,
) -> VocabularyFileCategoricalColumn:
    """A column whose categories are a file's lines.

    Args:
      key: the feature's name.
      vocabulary_file: the file.
      vocabulary_size: how many lines are read; all if None.
      num_oov_buckets: how many buckets there are for other words.
      default_value: the number of other words, where there are no buckets; None leaves them out.
      dtype: strings or whole numbers.

    Raises:
      ValueError: no file, no lines, another dtype, or both a default and buckets.

    Example:
      >>> make = tf.feature_column.categorical_column_with_vocabulary_file
      >>> column = make("word", "/tmp/words.txt", vocabulary_size=100)
    """
    if not vocabulary_file:
        raise ValueError(f"Missing vocabulary_file in {key}.")
    if vocabulary_size is None:
        vocabulary_size = _lines(key, vocabulary_file)
    if vocabulary_size < 1:
        raise ValueError(f"Invalid vocabulary_size in {key}.")
    _check_buckets(key, num_oov_buckets, default_value is not None)
    kind = as_dtype(dtype)
    check_kind(kind, f"column_name: {key}")
    check_key(key)
    default = -1 if default_value is None else default_value
    return VocabularyFileCategoricalColumn(
        key, vocabulary_file, vocabulary_size, num_oov_buckets or 0, kind, default
    )


def categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> IdentityCategoricalColumn:
    """A column whose categories are the feature's numbers.

    Args:
      key: the feature's name.
      num_buckets: how many there are; numbers are below it.
      default_value: what other numbers count as; None refuses them when run.

    Raises:
      ValueError: less than one number, or a default that is none of them.

    Example:
      >>> tf.feature_column.categorical_column_with_identity("day", 7).name
      'day'
    """
    if num_buckets < 1:
        raise ValueError(f"num_buckets {num_buckets} < 1, column_name {key}")
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError(
            f"default_value {default_value} not in range [0, {num_buckets}), column_name {key}"
        )
    check_key(key)
    return IdentityCategoricalColumn(key, num_buckets, default_value)


def _check_buckets(key: str, count: int, has_default: bool) -> None:
    if count and has_default:
        raise ValueError(f"Can't specify both num_oov_buckets and default_value in {key}.")
    if count and count < 0:
        raise ValueError(f"Invalid num_oov_buckets {count} in {key}.")


def _lines(key: str, path: str) -> int:
    if not os.path.exists(path):
        raise ValueError(f"vocabulary_file in {key} does not exist.")
    with open(path, "rb") as file:
        count = sum(1 for _ in file)
    logging.info(
        "vocabulary_size = %d in %s is inferred from the number of elements in the "
        "vocabulary_file %s.",
        count,
        key,
        path,
    )
    return count
