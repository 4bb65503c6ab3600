"""Stage frontend: columns that turn categories into numbers: counts, or rows of a table.

In: columns of categories. Out: columns of numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph.frontend.feature_columns.columns import (
    CategoricalColumn,
    DenseColumn,
    Features,
    Weights,
)
from jitgraph.frontend.feature_columns.combined import WeightedCategoricalColumn
from jitgraph.frontend.plain_initializers import TruncatedNormal
from jitgraph.frontend.safe_embedding_lookup import safe_embedding_lookup_sparse
from jitgraph.frontend.train.checkpoint_utils import init_from_checkpoint
from jitgraph.graph import Tensor, add_to_collection, get_collection, name_scope
from jitgraph.ops.masking import one_hot
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.scattering import scatter_nd
from jitgraph.ops.sparse_functions import sparse_merge, sparse_slice
from jitgraph.ops.sparse_tensor import sparse_tensor_to_dense
from jitgraph.shapes import TensorShape


@dataclass(frozen=True)
class IndicatorColumn(DenseColumn):
    """How often an example is of each category; made by `indicator_column`."""

    categorical_column: CategoricalColumn

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_indicator"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return self.categorical_column.parse_example_spec

    @property
    def variable_shape(self) -> TensorShape:
        return TensorShape([1, self.categorical_column.num_buckets])

    def transformed(self, features: Features) -> Any:
        ids, weights = self.categorical_column.sparse_tensors(features)
        count = self.categorical_column.num_buckets
        if weights is not None:
            merged = sparse_merge(ids, weights, count)
            merged = sparse_slice(merged, [0, 0], merged.dense_shape)
            return scatter_nd(merged.indices, merged.values, merged.dense_shape)
        dense = sparse_tensor_to_dense(ids, default_value=-1)
        found = one_hot(dense, depth=count, on_value=1.0, off_value=0.0)
        return reduce_sum(found, axis=[-2])

    def dense_tensor(self, features: Features, weights: Weights) -> Tensor:
        found: Tensor = features.of(self)
        return found


@dataclass(frozen=True)
class EmbeddingColumn(DenseColumn):
    """Rows of a table, combined; made by `embedding_column`."""

    categorical_column: CategoricalColumn
    dimension: int
    combiner: str
    initializer: Any
    ckpt_to_load_from: str | None
    tensor_name_in_ckpt: str | None
    max_norm: float | None
    trainable: bool

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_embedding"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        return self.categorical_column.parse_example_spec

    @property
    def variable_shape(self) -> TensorShape:
        return TensorShape([self.dimension])

    def transformed(self, features: Features) -> Any:
        return features.of(self.categorical_column)

    def dense_tensor(self, features: Features, weights: Weights) -> Tensor:
        ids, counts = self.categorical_column.sparse_tensors(features)
        return self._looked_up(self.table(weights), ids, counts)

    def table(self, weights: Weights) -> Any:
        """The variable: a row for each category."""
        shape = (self.categorical_column.num_buckets, self.dimension)
        return weights(self, "embedding_weights", shape, self.initializer, self.trainable)

    def _looked_up(self, table: Any, ids: Any, counts: Any) -> Tensor:
        if self.ckpt_to_load_from is not None:
            init_from_checkpoint(self.ckpt_to_load_from, {str(self.tensor_name_in_ckpt): table})
        return safe_embedding_lookup_sparse(
            table,
            ids,
            counts,
            combiner=self.combiner,
            name=f"{self.name}_weights",
            max_norm=self.max_norm,
        )


@dataclass(frozen=True)
class SharedEmbeddingColumn(EmbeddingColumn):
    """Rows of a table that columns share; made by `shared_embedding_columns`."""

    shared_embedding_collection_name: str

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_shared_embedding"

    @property
    def scope_name(self) -> str:
        return self.shared_embedding_collection_name

    def dense_tensor(self, features: Features, weights: Weights) -> Tensor:
        with name_scope(None, default_name=self.name):
            ids, counts = self.categorical_column.sparse_tensors(features)
            return self._looked_up(self.table(weights), ids, counts)

    def table(self, weights: Weights) -> Any:
        key = self.shared_embedding_collection_name
        found = get_collection(key)
        if len(found) > 1:
            raise ValueError(
                f"Collection {found} can only contain one variable. Suggested fix A: Choose a "
                "unique name for this collection. Suggested fix B: Do not add any variables to "
                "this collection. The feature_column library already adds a variable under the "
                "hood."
            )
        if found:
            return found[0]
        made = super().table(weights)
        add_to_collection(key, made)
        return made


def indicator_column(categorical_column: Any) -> IndicatorColumn:
    """A column that tells for each category how often an example is of it.

    Args:
      categorical_column: the categories.

    Example:
      >>> words = tf.feature_column.categorical_column_with_hash_bucket("words", 100)
      >>> tf.feature_column.indicator_column(words).name
      'words_indicator'
    """
    return IndicatorColumn(categorical_column)


def embedding_column(
    categorical_column: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Callable[..., Any] | None = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> EmbeddingColumn:
    """A column that gives the rows of a table that an example's categories name, combined.

    Args:
      categorical_column: the categories.
      dimension: how long a row is.
      combiner: "mean", "sqrtn" or "sum".
      initializer: of the table; truncated normal if None.
      ckpt_to_load_from, tensor_name_in_ckpt: a checkpoint and a name in it to begin with.
      max_norm: rows are scaled down to this length.
      trainable: whether the table is trained.

    Raises:
      ValueError: no dimension, half a checkpoint, or an initializer that is no function.

    Example:
      >>> words = tf.feature_column.categorical_column_with_hash_bucket("words", 100)
      >>> tf.feature_column.embedding_column(words, 8).name
      'words_embedding'
    """
    text = "initializer must be callable if specified. Embedding of column_name: "
    text += str(getattr(categorical_column, "name", categorical_column))
    made = _checked(dimension, ckpt_to_load_from, tensor_name_in_ckpt, initializer, text)
    return EmbeddingColumn(
        categorical_column,
        dimension,
        combiner,
        made,
        ckpt_to_load_from,
        tensor_name_in_ckpt,
        max_norm,
        trainable,
    )


def shared_embedding_columns(
    categorical_columns: Sequence[Any],
    dimension: int,
    combiner: str = "mean",
    initializer: Callable[..., Any] | None = None,
    shared_embedding_collection_name: str | None = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> list[SharedEmbeddingColumn]:
    """Columns that give rows of one table.

    Args:
      categorical_columns: columns of the same kind and with as many categories.
      dimension, combiner, initializer, ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable:
        as for `embedding_column`.
      shared_embedding_collection_name: the name of the table's scope and collection; one made of
        the columns' names if None.

    Raises:
      ValueError: columns that differ, or what `embedding_column` refuses.

    Example:
      >>> make = tf.feature_column.categorical_column_with_hash_bucket
      >>> pair = [make("a", 10), make("b", 10)]
      >>> [each.name for each in tf.feature_column.shared_embedding_columns(pair, 4)]
      ['a_shared_embedding', 'b_shared_embedding']
    """
    text = "initializer must be callable if specified."
    made = _checked(dimension, ckpt_to_load_from, tensor_name_in_ckpt, initializer, text)
    ordered = sorted(categorical_columns, key=lambda column: column.name)
    _check_alike(ordered)
    shared = "_".join(column.name for column in ordered) + "_shared_embedding"
    return [
        SharedEmbeddingColumn(
            column,
            dimension,
            combiner,
            made,
            ckpt_to_load_from,
            tensor_name_in_ckpt,
            max_norm,
            trainable,
            shared_embedding_collection_name or shared,
        )
        for column in categorical_columns
    ]


def _checked(dimension: int, folder: Any, name: Any, initializer: Any, text: str) -> Any:
    if dimension is None or dimension < 1:
        raise ValueError(f"Invalid dimension {dimension}.")
    if (folder is None) != (name is None):
        raise ValueError(
            "Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them."
        )
    if initializer is not None and not callable(initializer):
        raise ValueError(text)
    return initializer or TruncatedNormal(mean=0.0, stddev=1 / math.sqrt(dimension))


def _plain(column: Any) -> Any:
    is_weighted = isinstance(column, WeightedCategoricalColumn)
    return column.categorical_column if is_weighted else column


def _check_alike(columns: Sequence[Any]) -> None:
    first = columns[0]
    if not isinstance(first, CategoricalColumn):
        raise ValueError(
            "All categorical_columns must be subclasses of _CategoricalColumn. Given: "
            f"{first}, of type: {type(first)}"
        )
    kind = type(_plain(first))
    for column in columns[1:]:
        if not isinstance(_plain(column), kind):
            raise ValueError(
                "To use shared_embedding_column, all categorical_columns must have the same type, "
                "or be weighted_categorical_column of the same type. Given column: "
                f"{_plain(first)} of type: {kind} does not match given column: {_plain(column)} of "
                f"type: {type(_plain(column))}"
            )
        if first.num_buckets != column.num_buckets:
            raise ValueError(
                "To use shared_embedding_column, all categorical_columns must have the same number "
                f"of buckets. Given column: {first} with buckets: {first.num_buckets} does  not "
                f"match column: {column} with buckets: {column.num_buckets}"
            )
