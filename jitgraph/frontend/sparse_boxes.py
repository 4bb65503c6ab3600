"""Functions that change the shape around a sparse tensor's elements, and sparse unit matrices.

In: SparseTensors. Out: SparseTensors; the elements are the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.frontend.check_ops import assert_equal, assert_less_equal
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import identity, with_dependencies
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.slicing import slice as slice_of
from jitgraph.ops.sparse_shaping import SPARSE_SPLIT
from jitgraph.ops.sparse_tensor import SparseTensor, as_sparse, parts_of


class KeywordRequired:
    """Stands before arguments that must be named."""

    def __repr__(self) -> str:
        return "KeywordRequired()"


_NAMED = KeywordRequired()


def sparse_split(
    keyword_required: Any = _NAMED,
    sp_input: Any = None,
    num_split: int | None = None,
    axis: Any = None,
    name: str | None = None,
    split_dim: Any = None,
) -> list[SparseTensor]:
    """A SparseTensor cut into pieces along an axis.

    Args:
      keyword_required: nothing; it keeps the other arguments named.
      sp_input: the SparseTensor.
      num_split: how many pieces; the first ones are larger by one where it doesn't come out even.
      axis: the axis.
      name: the op's name.
      split_dim: a former name of `axis`, which must be given all the same.

    Raises:
      ValueError: arguments that are not named, or missing.
      TypeError: it is not sparse.

    Example:
      >>> x = tf.SparseTensor([[0, 3]], [1.0], [2, 4])
      >>> len(tf.sparse_split(sp_input=x, num_split=2, axis=1))
      2
    """
    if not isinstance(keyword_required, KeywordRequired):
        raise ValueError("Keyword arguments are required for this function.")
    for argument, value in (("sp_input", sp_input), ("num_split", num_split), ("axis", axis)):
        if value is None:
            raise ValueError(f"{argument} is required")
    axis = chosen_argument("axis", axis, "split_dim", split_dim)
    return sparse_split_v2(sp_input, num_split, axis, name)


def sparse_split_v2(
    sp_input: Any = None, num_split: int | None = None, axis: Any = None, name: str | None = None
) -> list[SparseTensor]:
    """`sparse_split` whose arguments need no names.

    Example:
      >>> len(tf.sparse.split(sp_input=tf.SparseTensor([[3]], [1.0], [4]), num_split=2, axis=0))
      2
    """
    inputs = [axis, *parts_of(as_sparse(sp_input))]
    pieces = apply(SPARSE_SPLIT, inputs, {"num_split": num_split}, name)
    return [SparseTensor(*each) for each in zip(*pieces, strict=True)]


def sparse_reset_shape(sp_input: Any, new_shape: Any = None) -> SparseTensor:
    """A SparseTensor with another shape around the same places.

    Args:
      sp_input: the SparseTensor.
      new_shape: a vector, nowhere smaller than the shape; the smallest that holds all elements
        when None.

    Raises:
      TypeError: it is not sparse.
      ValueError: it is known that the new shape has another rank, or is smaller.
      InvalidArgumentError: when run, if it has, or is.

    Example:
      >>> tf.sparse_reset_shape(tf.SparseTensor([[0, 1]], [2.0], [2, 3]), [4, 4]).shape
      TensorShape([Dimension(4), Dimension(4)])
    """
    sparse = as_sparse(sp_input)
    places, values = identity(sparse.indices), identity(sparse.values)
    sizes = identity(sparse.dense_shape)
    wanted = _tight(places, sizes) if new_shape is None else _wider(sparse, sizes, new_shape)
    return SparseTensor(places, values, wanted)


def _tight(places: Tensor, sizes: Tensor) -> Tensor:
    from jitgraph.ops.arithmetic import add
    from jitgraph.ops.elementwise_extrema import maximum
    from jitgraph.ops.filling import ones_like
    from jitgraph.ops.reductions import reduce_max

    last = reduce_max(places, axis=0)
    return maximum(constant(0, dtype=dtypes.int64), add(last, ones_like(sizes)))


def _wider(sparse: SparseTensor, sizes: Tensor, new_shape: Any) -> Any:
    wanted = convert_to_tensor(new_shape)
    wanted.get_shape().assert_has_rank(1)
    wanted = cast(wanted, dtypes.int64)
    if wanted.get_shape().ndims is not None:
        wanted.get_shape()[0].merge_with(sizes.get_shape()[0])
    known = constant_value(wanted)
    if known is not None and sparse.get_shape().is_fully_defined():
        old = np.array(sparse.get_shape().as_list())
        if not (old <= known).all():
            raise ValueError(
                "Requested new_shape should have dimension sizes >= sp_input.shape.  Found "
                f"new_shape ({old}), sp_input.shape ({known})."
            )
        return known
    same = assert_equal(shape_of(sizes), shape_of(wanted))
    wanted = with_dependencies([same], wanted)
    return with_dependencies([assert_less_equal(sizes, wanted)], wanted)


def sparse_expand_dims(sp_input: SparseTensor, axis: Any = None, name: str | None = None) -> Any:
    """A SparseTensor with an axis of size 1 more.

    Args:
      sp_input: the SparseTensor.
      axis: where the axis is put, an int or an int32 tensor; last when None.
      name: the ops' name scope.

    Raises:
      TypeError: `axis` is neither.

    Example:
      >>> tf.sparse.expand_dims(tf.SparseTensor([[0, 1]], [2.0], [2, 3]), 0).indices.shape
      TensorShape([Dimension(1), Dimension(3)])
    """
    from jitgraph.ops.filling import zeros
    from jitgraph.ops.selection import where_v2

    rank = sp_input.dense_shape.get_shape()[0]
    axis = -1 if axis is None else axis
    with name_scope(name, "expand_dims", [*parts_of(sp_input)]):
        if isinstance(axis, (int, np.integer)):
            axis = convert_to_tensor(axis, name="axis", dtype=dtypes.int32)
        elif not isinstance(axis, Tensor):
            raise TypeError(
                "axis must be an integer value in range [-rank(sp_input) - 1, rank(sp_input)]"
            )
        axis = where_v2(axis >= 0, axis, axis + rank + 1)
        count = shape_of(sp_input.indices)[0]
        column = zeros([count, 1], dtype=dtypes.int64)
        before = slice_of(sp_input.indices, [0, 0], [-1, axis])
        after = slice_of(sp_input.indices, [0, axis], [-1, -1])
        places = concat([before, column, after], axis=1)
        sizes_before = slice_of(sp_input.dense_shape, [0], [axis])
        sizes_after = slice_of(sp_input.dense_shape, [axis], [-1])
        one = convert_to_tensor([1], name="new_shape", dtype=dtypes.int64)
        sizes = concat([sizes_before, one, sizes_after], axis=0)
        return SparseTensor(places, sp_input.values, sizes)


def sparse_eye(
    num_rows: Any, num_columns: Any = None, dtype: Any = dtypes.float32, name: str | None = None
) -> SparseTensor:
    """A sparse matrix with ones on its diagonal.

    Args:
      num_rows: the number of rows.
      num_columns: the number of columns; as many when None.
      dtype: the dtype of the ones.
      name: the ops' name scope.

    Example:
      >>> tf.sparse.eye(3).shape
      TensorShape([Dimension(3), Dimension(3)])
    """
    from jitgraph.ops.elementwise_extrema import minimum
    from jitgraph.ops.filling import ones
    from jitgraph.ops.packing import stack
    from jitgraph.ops.ranges import range as range_of

    with name_scope(name, "eye", [num_rows, num_columns]):
        rows = _as_int64(num_rows, "num_rows")
        columns = rows if num_columns is None else _as_int64(num_columns, "num_columns")
        count = minimum(rows, columns)
        along = range_of(count, dtype=dtypes.int64)
        places = stack([along, along], axis=1)
        return SparseTensor(places, ones(count, dtype=dtype), [rows, columns])


def _as_int64(value: Any, name: str) -> Tensor:
    if isinstance(value, (int, np.integer)):
        return convert_to_tensor(value, name=name, dtype=dtypes.int64)
    if isinstance(value, Tensor):
        return cast(value, dtypes.int64)
    raise TypeError(f"{name} must be an integer value")
