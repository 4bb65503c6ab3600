"""tf.nn.embedding_lookup: rows of one table, or of a table that is split into several.

In: variables or tensors that hold a vector a row, and row numbers. Out: the vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, colocate_with, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.gathering import gather
from jitgraph.ops.identities import identity
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.norms import clip_by_norm
from jitgraph.ops.packing import stack
from jitgraph.ops.partitioning import dynamic_partition, parallel_dynamic_stitch
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of, size as size_of

Transform = Callable[[Tensor], Tensor]


def embedding_lookup(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    validate_indices: bool = True,
    max_norm: float | None = None,
) -> Tensor:
    """The rows of a table that `ids` number; its gradient is IndexedSlices.

    Args:
      params: the table, a variable or a tensor, or a list of tables that the rows are split into.
      ids: row numbers, int32 or int64, of any shape.
      partition_strategy: how rows are dealt to several tables: "mod" gives row i to table
        i % count, "div" gives each table a run of rows.
      name: the name of the lookup.
      validate_indices: not used; a row that isn't there fails the run.
      max_norm: scale down rows whose Euclidean norm is greater.

    Returns:
      A tensor of shape shape(ids) + shape(row).

    Raises:
      ValueError: there is no table, or the strategy isn't known.

    Example:
      >>> tf.nn.embedding_lookup(tf.zeros([10, 4]), [[1, 2], [3, 4]]).shape
      TensorShape([Dimension(2), Dimension(2), Dimension(4)])
    """
    return look_up_and_transform(params, ids, partition_strategy, name, max_norm, None)


def look_up_and_transform(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    max_norm: float | None = None,
    transform: Transform | None = None,
) -> Tensor:
    """`embedding_lookup` that changes the rows found in each table by `transform`."""
    tables = _tables(params)
    with name_scope(name, "embedding_lookup", [*tables, ids]) as scope:
        tables = [_as_tensor(table, index) for index, table in enumerate(tables)]
        ids = convert_to_tensor(ids, name="ids")
        if len(tables) == 1 and (transform is None or ids.shape.ndims == 1):
            with colocate_with(tables[0]):
                rows = _clipped(gather(tables[0], ids, name=scope), ids, max_norm)
                if transform is not None:
                    rows = transform(rows)
            return identity(rows)
        return _from_parts(tables, ids, partition_strategy, scope, max_norm, transform)


def _tables(params: Any) -> list[Any]:
    if params is None:
        raise ValueError("params must be specified")
    if isinstance(params, (list, tuple)) and not params:
        raise ValueError("Need at least one param")
    if isinstance(params, list):
        return params
    return list(params) if hasattr(params, "_get_partitions") else [params]


def _as_tensor(table: Any, index: int) -> Any:
    if isinstance(table, IndexedSlices):
        return table
    return convert_to_tensor(table, name=f"params_{index}")


def _clipped(rows: Tensor, ids: Tensor, max_norm: float | None) -> Tensor:
    if max_norm is None:
        return rows
    first, last = ids.shape.ndims, rows.shape.ndims
    axes: Any
    if first and last:
        axes = list(range(first, last))
    else:
        axes = range_of(first or rank_of(ids), last or rank_of(rows))
    clipped: Tensor = clip_by_norm(rows, max_norm, axes=axes)
    return clipped


def _from_parts(
    tables: Sequence[Tensor],
    ids: Tensor,
    strategy: str,
    scope: str,
    max_norm: float | None,
    transform: Transform | None,
) -> Tensor:
    """Deals the ids to the tables, looks up, and puts the rows back in order."""
    count = len(tables)
    flat = reshape(ids, [-1])
    places = range_of(size_of(flat))
    owners, numbers = _dealt(tables, flat, strategy)
    owners = cast(owners, dtypes.int32)
    numbers_of = dynamic_partition(numbers, owners, count)
    places_of = dynamic_partition(places, owners, count)
    found = []
    for table, part in zip(tables, numbers_of, strict=True):
        with colocate_with(table):
            rows = gather(table, part)
            if transform is not None:
                rows = transform(_clipped(rows, part, max_norm))
        found.append(rows)
    stitched = parallel_dynamic_stitch(places_of, found, name=scope)
    rows = _in_shape_of(ids, stitched, tables, is_transformed=transform is not None)
    return rows if transform is not None else _clipped(rows, ids, max_norm)


def _dealt(tables: Sequence[Tensor], ids: Tensor, strategy: str) -> tuple[Tensor, Tensor]:
    """For each id the number of its table, and of its row there."""
    count = len(tables)
    if strategy == "mod":
        return ids % count, ids // count
    if strategy != "div":
        raise ValueError("Unrecognized partition strategy: " + strategy)
    total = _count_rows(tables, ids)
    each, extras = total // count, total % count
    owners = maximum(ids // (each + 1), (ids - extras) // each)
    return owners, where(owners < extras, ids % (each + 1), (ids - extras) % each)


def _count_rows(tables: Sequence[Tensor], ids: Tensor) -> Tensor:
    known = [table.shape[0].value for table in tables]
    if None not in known and sum(known):
        return constant(sum(known), ids.dtype)
    sizes: list[Any] = []
    for table, rows in zip(tables, known, strict=True):
        if rows is not None:
            sizes.append(rows)
            continue
        with colocate_with(table):
            sizes.append(shape_of(table)[0])
    return reduce_sum(cast(stack(sizes), ids.dtype))


def _in_shape_of(
    ids: Tensor, rows: Tensor, tables: Sequence[Tensor], *, is_transformed: bool
) -> Tensor:
    """The rows of the flattened ids, in the shape of the ids."""
    static = rows.shape[1:] if is_transformed else tables[0].shape[1:]
    if not is_transformed:
        for table in tables[1:]:
            static = static.merge_with(table.shape[1:])
    dynamic: Any = static
    if not static.is_fully_defined():
        if is_transformed:
            dynamic = shape_of(rows)[1:]
        else:
            with colocate_with(tables[0]):
                sizes = shape_of(tables[0])
            dynamic = sizes[1:]
    result = reshape(rows, concat([shape_of(ids), dynamic], 0))
    result.set_shape(ids.shape.concatenate(static))
    return result
