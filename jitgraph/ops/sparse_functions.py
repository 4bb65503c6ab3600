"""Functions of sparse tensors: joined, cut, reshaped, with rows filled, merged with their ids.

In: SparseTensors. Out: SparseTensors, or a tensor that says which ids there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import fill
from jitgraph.ops.identities import identity
from jitgraph.ops.partial_value import constant_value, partial_value
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.sparse_ordering import sparse_reorder
from jitgraph.ops.sparse_shaping import (
    SPARSE_CONCAT,
    SPARSE_FILL_EMPTY_ROWS,
    SPARSE_RESHAPE,
    SPARSE_SLICE,
)
from jitgraph.ops.sparse_tensor import (
    SparseTensor,
    SparseTensorValue,
    as_sparse,
    parts_of,
    sparse_tensor_to_dense,
)


def sparse_reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    """A SparseTensor with its elements in another shape.

    Args:
      sp_input: the SparseTensor.
      shape: the new shape; one size may be -1.
      name: the op's name.

    Raises:
      TypeError: it is not sparse.
      ValueError: it is known that the sizes don't fit.

    Example:
      >>> tf.sparse_reshape(tf.SparseTensor([[0, 3]], [1.0], [2, 4]), [8]).indices.shape
      TensorShape([Dimension(1), Dimension(1)])
    """
    sparse = as_sparse(sp_input)
    shape = cast(shape, dtype=dtypes.int64)
    with name_scope(name, "SparseReshape", [sparse]) as scope:
        places, sizes = apply(
            SPARSE_RESHAPE, [sparse.indices, sparse.dense_shape, shape], name=scope
        )
        known = _known_sizes(sparse, shape)
        sizes = sizes if known is None else _constant(known)
        return SparseTensor(places, identity(sparse.values), sizes)


def _constant(sizes: list[int]) -> Tensor:
    from jitgraph.ops.constants import constant

    return constant(sizes, dtype=dtypes.int64)


_SIZES_TOLD = {"Cast", "Const", "Rank", "Shape", "Size"}
"""What makes numbers that TensorFlow knows when it builds a graph."""


def _told_sizes(shape: Tensor, count: int) -> list[bool]:
    """Which sizes of a shape are told by the graph itself, as TensorFlow sees it."""
    op = shape.op
    while op.type == "Cast":
        op = op.inputs[0].op
    if op.type != "Pack":
        return [True] * count
    return [each.op.type in _SIZES_TOLD for each in op.inputs]


def _known_sizes(sparse: SparseTensor, shape: Any) -> list[int] | None:
    wanted, old = partial_value(shape), sparse.get_shape()
    if wanted is None or not old.is_fully_defined():
        return None
    told = _told_sizes(shape, len(wanted))
    given = [
        None if size in (None, -1) or not is_told else int(size)
        for size, is_told in zip(wanted, told, strict=True)
    ]
    open_sizes = given.count(None)
    if sum(1 for size in wanted if size == -1) > 1:
        raise ValueError(f"At most one dimension can be inferred (-1). Found: {list(wanted)}")
    if open_sizes > 1:
        return None
    count, rest = old.num_elements() or 0, 1
    for size in given:
        rest *= 1 if size is None else size
    found = [count // max(rest, 1) if size is None else size for size in given]
    total = 1
    for size in found:
        total *= size
    if total != count:
        raise ValueError(
            f"Cannot reshape a tensor with {count} elements to shape {given} ({total} elements)."
        )
    return found


def sparse_slice(sp_input: Any, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """A box of a SparseTensor.

    Args:
      sp_input: the SparseTensor.
      start: where it begins, a vector.
      size: how large it is, a vector; it is cut where the tensor ends.
      name: the op's name.

    Raises:
      TypeError: it is not sparse.

    Example:
      >>> tf.sparse_slice(tf.SparseTensor([[0, 3]], [1.0], [2, 4]), [0, 2], [2, 2]).values.dtype
      tf.float32
    """
    sparse = as_sparse(sp_input)
    start = convert_to_tensor(start, dtypes.int64)
    size = convert_to_tensor(size, dtypes.int64)
    with name_scope(name, "SparseSlice", [sparse]) as scope:
        return SparseTensor(*apply(SPARSE_SLICE, [*parts_of(sparse), start, size], name=scope))


def sparse_concat(
    axis: int,
    sp_inputs: Sequence[Any],
    name: str | None = None,
    expand_nonconcat_dim: bool = False,
    concat_dim: int | None = None,
    expand_nonconcat_dims: bool | None = None,
) -> SparseTensor:
    """SparseTensors joined along an axis.

    Args:
      axis: the axis.
      sp_inputs: SparseTensors; in other axes they are of one size.
      name: the op's name.
      expand_nonconcat_dim: whether they may differ there, and count as of the largest size.
      concat_dim: the former name of `axis`.
      expand_nonconcat_dims: the later name of `expand_nonconcat_dim`.

    Raises:
      TypeError: they aren't a list of SparseTensors.

    Example:
      >>> one = tf.SparseTensor([[0, 3]], [1.0], [2, 4])
      >>> tf.sparse_concat(1, [one, one]).values.shape
      TensorShape([Dimension(2)])
    """
    from jitgraph.ops.reductions import reduce_max

    axis = axis if concat_dim is None else concat_dim
    if not isinstance(sp_inputs, (list, tuple)):
        raise TypeError("Inputs must be a list")
    if not all(isinstance(each, (SparseTensor, SparseTensorValue)) for each in sp_inputs):
        raise TypeError("All inputs must be SparseTensors")
    given = [as_sparse(each) for each in sp_inputs]
    if len(given) == 1:
        return given[0]
    places = [each.indices for each in given]
    values = [each.values for each in given]
    sizes: list[Any] = [each.dense_shape for each in given]
    if expand_nonconcat_dim or expand_nonconcat_dims:
        rows = concat([reshape(each, [1, -1]) for each in sizes], 0)
        sizes = _expanded(sizes, reduce_max(rows, 0), axis)
    attrs = {"concat_dim": axis}
    joined, elements, total = apply(SPARSE_CONCAT, [places, values, sizes], attrs, name)
    is_expanded = expand_nonconcat_dim or expand_nonconcat_dims
    known = [None if is_expanded else constant_value(each) for each in sizes]
    if all(each is not None for each in known):
        whole: Any = np.array(known[0], np.int64)
        whole[axis] = sum(each[axis] for each in known if each is not None)
        total = convert_to_tensor(whole)
    return SparseTensor(joined, elements, total)


def _expanded(sizes: list[Any], largest: Any, axis: int) -> list[Any]:
    """Shapes that are as large as the largest in all axes but one."""
    found: list[Any] = []
    for each in sizes:
        before = largest[:axis]
        own = each[-1:] if axis == -1 else each[axis : axis + 1]
        after = [] if axis == -1 else largest[axis + 1 :]
        found.append(concat([before, own, after], 0))
    return found


def sparse_fill_empty_rows(
    sp_input: Any, default_value: Any, name: str | None = None
) -> tuple[SparseTensor, Tensor]:
    """A SparseTensor whose empty rows hold a default value in their first column.

    Args:
      sp_input: the SparseTensor.
      default_value: the value.
      name: the ops' name scope.

    Returns:
      The SparseTensor, and a bool for each row: whether it was empty.

    Raises:
      TypeError: it is not sparse.

    Example:
      >>> filled, is_empty = tf.sparse_fill_empty_rows(tf.SparseTensor([[0]], [1.0], [3]), 0.0)
      >>> is_empty.dtype
      tf.bool
    """
    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseFillEmptyRows", [sparse]):
        value = convert_to_tensor(default_value, dtype=sparse.values.dtype)
        inputs = [*parts_of(sparse), value]
        places, values, is_empty, _ = apply(SPARSE_FILL_EMPTY_ROWS, inputs)
        return SparseTensor(places, values, sparse.dense_shape), is_empty


def sparse_merge(
    sp_ids: Any,
    sp_values: Any,
    vocab_size: Any,
    name: str | None = None,
    already_sorted: bool = False,
) -> SparseTensor:
    """Values placed by ids: the last axis of the places is replaced by the ids.

    Args:
      sp_ids: a SparseTensor of ids, or several for several axes.
      sp_values: a SparseTensor of values at the same places.
      vocab_size: how many ids there are, or a list of that.
      name: the ops' name scope.
      already_sorted: whether the ids of a row are in order.

    Raises:
      TypeError: other kinds of arguments.
      ValueError: not as many sizes as ids.

    Example:
      >>> ids = tf.SparseTensor([[0, 0], [1, 0]], [3, 1], [2, 1])
      >>> weights = tf.SparseTensor([[0, 0], [1, 0]], [0.5, 0.1], [2, 1])
      >>> tf.sparse_merge(ids, weights, 5).values.dtype
      tf.float32
    """
    if isinstance(sp_ids, (SparseTensor, SparseTensorValue)):
        sp_ids, vocab_size = [sp_ids], [vocab_size]
    if not isinstance(sp_ids, (list, tuple)):
        raise TypeError(f"sp_ids has to be a SparseTensor or list thereof. Found {type(sp_ids)}")
    if not isinstance(vocab_size, (list, tuple)):
        found = type(vocab_size)
        raise TypeError(f"vocab_size has to be a list of Tensors or Python ints. Found {found}")
    if len(sp_ids) != len(vocab_size):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    with name_scope(name, "SparseMerge", [*sp_ids, sp_values]):
        given = [as_sparse(each) for each in sp_ids]
        values = as_sparse(sp_values).values
        columns = [
            expand_dims(
                each.values if each.dtype == dtypes.int64 else cast(each.values, dtypes.int64),
                axis=1,
            )
            for each in given
        ]
        sizes = [cast(size, dtypes.int64) for size in vocab_size]
        first: Any = given[0]
        places = concat([first.indices[:, :-1], *columns], 1)
        shape = concat([first.dense_shape[:-1], sizes], 0)
        merged = SparseTensor(places, values, shape)
        if already_sorted:
            return merged
        ordered = sparse_reorder(merged)
        return SparseTensor(ordered.indices, ordered.values, shape)


def sparse_to_indicator(sp_input: Any, vocab_size: Any, name: str | None = None) -> Tensor:
    """Which ids each row of a SparseTensor of ids holds, as bools.

    Args:
      sp_input: a SparseTensor of ids.
      vocab_size: how many ids there are.
      name: the op's name.

    Raises:
      TypeError: it is not sparse.

    Example:
      >>> tf.sparse_to_indicator(tf.SparseTensor([[0, 0], [1, 0]], [3, 1], [2, 1]), 5).dtype
      tf.bool
    """
    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseToIndicator", [sparse]) as scope:
        count = shape_of(sparse.indices)[0]
        all_true = fill(expand_dims(count, 0), True)
        marks = SparseTensor(sparse.indices, all_true, sparse.dense_shape)
        merged = sparse_merge(sparse, marks, vocab_size, scope)
        return sparse_tensor_to_dense(merged, False, validate_indices=False, name=scope)
