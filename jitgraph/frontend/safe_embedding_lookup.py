"""tf.nn.safe_embedding_lookup_sparse: sums of rows of a table, zeros for examples without any.

In: a table, for each example a few row numbers, maybe weights. Out: a vector for each example.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.embedding_lookup_sparse import embedding_lookup_sparse
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import greater, greater_equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import ones_like, zeros_like
from jitgraph.ops.gathering import gather
from jitgraph.ops.logical import logical_and
from jitgraph.ops.packing import stack
from jitgraph.ops.reductions import reduce_prod
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import shape as shape_of, size
from jitgraph.ops.slicing import slice as slice_of
from jitgraph.ops.sparse_functions import sparse_fill_empty_rows, sparse_reshape
from jitgraph.ops.sparse_ordering import sparse_retain
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.shapes import TensorShape


def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: SparseTensor,
    sparse_weights: SparseTensor | None = None,
    combiner: str = "mean",
    default_id: int | None = None,
    name: str | None = None,
    partition_strategy: str = "div",
    max_norm: float | None = None,
) -> Tensor:
    """The rows that each example names, summed up; ids below 0 are left out.

    Args:
      embedding_weights: the table, or a list of its parts.
      sparse_ids: int64 SparseTensor [..., any]: the row numbers.
      sparse_weights: a SparseTensor of the same places with their weights, or None.
      combiner: "sum", "mean" or "sqrtn", see `tf.nn.embedding_lookup_sparse`.
      default_id: the row of an example that names none; zeros if None.
      name: the ops' name scope.
      partition_strategy: see `tf.nn.embedding_lookup`.
      max_norm: scale down rows whose Euclidean norm is greater.

    Raises:
      ValueError: there is no table.

    Example:
      >>> ids = tf.SparseTensor([[0, 0], [2, 0]], tf.constant([1, 3], tf.int64), [3, 2])
      >>> tf.Session().run(tf.nn.safe_embedding_lookup_sparse(tf.ones([4, 1]), ids)).ravel()
      array([1., 0., 1.], dtype=float32)
    """
    if embedding_weights is None:
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    is_split = hasattr(embedding_weights, "_get_partitions")
    tables = list(embedding_weights) if is_split else embedding_weights
    tables = tables if isinstance(tables, list) else [tables]
    if not tables:
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    dtype = None if sparse_weights is None else sparse_weights.dtype
    tables = [convert_to_tensor(table, dtype) for table in tables]
    given = [*tables, sparse_ids, *([] if sparse_weights is None else [sparse_weights])]
    with name_scope(name, "embedding_lookup", given) as scope:
        sizes: Any = sparse_ids.dense_shape
        static = sizes.get_shape()[0].value
        rank = size(sizes) if static is None else static
        ids, weights = _as_matrix(sparse_ids, sparse_weights, sizes, rank)
        ids, weights = _kept(ids, weights, combiner)
        ids, is_empty = sparse_fill_empty_rows(ids, default_id or 0)
        if weights is not None:
            weights, _ = sparse_fill_empty_rows(weights, 1.0)
        found = embedding_lookup_sparse(
            tables,
            ids,
            weights,
            combiner=combiner,
            partition_strategy=partition_strategy,
            name=None if default_id is None else scope,
            max_norm=max_norm,
        )
        if default_id is None:
            found = _with_zeros(found, is_empty, scope)
        outer = slice_of(cast(sizes, dtypes.int32), [0], [rank - 1])
        inner = slice_of(shape_of(found), [1], [-1])
        result = reshape(found, concat([outer, inner], 0))
        if static is not None:
            known = TensorShape([None] * (static - 1)).concatenate(found.get_shape()[1:])
            result.set_shape(known)
        return result


def _as_matrix(ids: Any, weights: Any, sizes: Any, rank: Any) -> tuple[Any, Any]:
    """A row for each example."""
    rows = reduce_prod(slice_of(sizes, [0], [rank - 1]))
    found = sparse_reshape(ids, [rows, gather(sizes, rank - 1)])
    if weights is not None:
        weights = SparseTensor(found.indices, weights.values, found.dense_shape)
    return found, weights


def _kept(ids: Any, weights: Any, combiner: str) -> tuple[Any, Any]:
    """Without ids below 0; without weights not above 0 where their sum divides."""
    is_fine = greater_equal(ids.values, 0)
    if weights is None:
        return sparse_retain(ids, is_fine), None
    is_fine = logical_and(is_fine, ones_like(weights.values, dtype=dtypes.bool))
    ids, weights = sparse_retain(ids, is_fine), sparse_retain(weights, is_fine)
    if combiner != "sum":
        is_fine = greater(weights.values, 0)
        ids, weights = sparse_retain(ids, is_fine), sparse_retain(weights, is_fine)
    return ids, weights


def _with_zeros(found: Tensor, is_empty: Tensor, scope: str) -> Tensor:
    column = reshape(is_empty, [-1, 1])
    is_empty = tile(column, stack([1, shape_of(found)[1]]))
    return where(is_empty, zeros_like(found), found, name=scope)
