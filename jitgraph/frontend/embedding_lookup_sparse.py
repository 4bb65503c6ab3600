"""tf.nn.embedding_lookup_sparse: sums or means of rows of a table.

In: a table, for each example a few row numbers, maybe weights. Out: a vector for each example.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.api import logging
from jitgraph.frontend.embedding_lookup import embedding_lookup
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.elementwise_division import div
from jitgraph.ops.elementwise_powers import pow, sqrt
from jitgraph.ops.filling import fill
from jitgraph.ops.gathering import gather
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.segments import segment_sum
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of
from jitgraph.ops.sparse_segments import (
    sparse_segment_mean,
    sparse_segment_sqrt_n,
    sparse_segment_sum,
)
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.ops.unique import unique

_COMBINERS = {
    "mean": sparse_segment_mean,
    "sqrtn": sparse_segment_sqrt_n,
    "sum": sparse_segment_sum,
}


def embedding_lookup_sparse(
    params: Any,
    sp_ids: SparseTensor,
    sp_weights: SparseTensor | None,
    partition_strategy: str = "mod",
    name: str | None = None,
    combiner: str | None = None,
    max_norm: float | None = None,
) -> Tensor:
    """The rows that each example names, summed up.

    Args:
      params: the table, see `tf.nn.embedding_lookup`.
      sp_ids: int64 SparseTensor [examples, any]: the row numbers.
      sp_weights: a SparseTensor of the same places with their weights, or None.
      partition_strategy: see `tf.nn.embedding_lookup`.
      name: the ops' name scope.
      combiner: "sum", "mean", or "sqrtn": the sum divided by the root of the summed squares of the
        weights. "mean" when None.
      max_norm: scale down rows whose Euclidean norm is greater.

    Raises:
      TypeError: `sp_ids` or `sp_weights` is not sparse.
      ValueError: an unknown combiner, or weights that don't fit the ids.

    Example:
      >>> ids = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], tf.constant([1, 3, 2], tf.int64), [2, 2])
      >>> tf.nn.embedding_lookup_sparse(tf.zeros([10, 4]), ids, None, combiner="sum").dtype
      tf.float32
    """
    if combiner is None:
        logging.warn(
            'The default value of combiner will change from "mean" to "sqrtn" after 2016/11/01.'
        )
        combiner = "mean"
    if combiner not in _COMBINERS:
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'")
    tables = list(params) if hasattr(params, "_get_partitions") else params
    tables = tables if isinstance(tables, list) else [tables]
    _check_sparse(sp_ids, sp_weights)
    with name_scope(name, "embedding_lookup_sparse", [*tables, sp_ids]) as scope:
        segments = sp_ids.indices[:, 0]  # type: ignore[index]
        if segments.dtype != dtypes.int32:
            segments = cast(segments, dtypes.int32)
        ids, places = unique(sp_ids.values)
        rows = embedding_lookup(
            tables, ids, partition_strategy=partition_strategy, max_norm=max_norm
        )
        if rows.dtype in (dtypes.float16, dtypes.bfloat16):
            rows = cast(rows, dtypes.float32)
        if sp_weights is None:
            combined: Tensor = _COMBINERS[combiner](rows, places, segments, name=scope)
            return combined
        return _weighted(rows, places, segments, sp_weights.values, combiner, scope)


def _check_sparse(sp_ids: Any, sp_weights: Any) -> None:
    if not isinstance(sp_ids, SparseTensor):
        raise TypeError("sp_ids must be SparseTensor")
    if sp_weights is None:
        return
    if not isinstance(sp_weights, SparseTensor):
        raise TypeError("sp_weights must be either None or SparseTensor")
    for part in ("values", "indices", "dense_shape"):
        ids, weights = getattr(sp_ids, part), getattr(sp_weights, part)
        ids.get_shape().assert_is_compatible_with(weights.get_shape())


def _weighted(
    rows: Tensor, places: Tensor, segments: Tensor, weights: Tensor, combiner: str, scope: str
) -> Tensor:
    if weights.dtype != rows.dtype:
        weights = cast(weights, rows.dtype)
    rows = gather(rows, places)
    weights = _as_columns(weights, rows)
    rows *= weights
    if combiner == "sum":
        return segment_sum(rows, segments, name=scope)
    total = segment_sum(rows, segments)
    if combiner == "mean":
        return div(total, segment_sum(weights, segments), name=scope)
    return div(total, sqrt(segment_sum(pow(weights, 2), segments)), name=scope)


def _as_columns(weights: Tensor, rows: Tensor) -> Tensor:
    """The weights in a shape that broadcasts against the rows."""
    ones = fill(expand_dims(rank_of(rows) - 1, 0), 1)
    static = weights.get_shape()
    weights = reshape(weights, concat([shape_of(weights), ones], 0))
    if rows.shape.ndims is not None:
        weights.set_shape(static.concatenate([1] * (rows.shape.ndims - 1)))
    return weights
