"""tensordot: products of tensors over chosen axes.

In: two tensors. Out: transposes, reshapes and one matrix product, as TensorFlow composes them.
"""

from __future__ import annotations

from math import prod
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.matmul import matmul


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Tensor:
    """The sum of products of `a` and `b` over pairs of axes.

    Args:
      a, b: tensors of one dtype.
      axes: a number n: the last n axes of `a` with the first n of `b`; or two lists of axes; or a
        tensor of two rows.
      name: the op's name.

    Raises:
      ValueError: axes that don't pair, or sizes that differ along them.

    Example:
      >>> tf.tensordot([[1.0, 2.0]], [[3.0], [4.0]], 1)
      <tf.Tensor 'Tensordot:0' shape=(1, 1) dtype=float32>
    """
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.reshaping import reshape

    with name_scope(name, "Tensordot", [a, b, axes]) as scope:
        a, b = convert_to_tensor(a, name="a"), convert_to_tensor(b, name="b")
        a_axes, b_axes = _paired_axes(a, axes)
        left, a_free, a_static = _as_matrix(a, a_axes, False)
        right, b_free, b_static = _as_matrix(b, b_axes, True)
        product = matmul(left, right)
        if isinstance(a_free, list) and isinstance(b_free, list):
            return reshape(product, a_free + b_free, name=scope)
        sizes = [convert_to_tensor(free, dtype=dtypes.int32) for free in (a_free, b_free)]
        result = reshape(product, concat(sizes, 0), name=scope)
        if a_static is not None and b_static is not None:
            result.set_shape(a_static + b_static)
        return result


def _paired_axes(a: Tensor, axes: Any) -> tuple[Any, Any]:
    if isinstance(axes, int):
        return _last_and_first(a, axes)
    if not isinstance(axes, (list, tuple)):
        rows = convert_to_tensor(axes, name="axes", dtype=dtypes.int32)
        return rows[0], rows[1]
    if len(axes) != 2:
        raise ValueError("'axes' must be an integer or have length 2.")
    a_axes, b_axes = axes
    if isinstance(a_axes, int) and isinstance(b_axes, int):
        a_axes, b_axes = [a_axes], [b_axes]
    if len(a_axes) != len(b_axes):
        raise ValueError(
            f"Different number of contraction axes 'a' and 'b', {len(a_axes)} != {len(b_axes)}."
        )
    return a_axes, b_axes


def _last_and_first(a: Tensor, count: int) -> tuple[Any, Any]:
    """The last `count` axes of `a`, and the first ones of the other tensor."""
    if count < 0:
        raise ValueError("'axes' must be at least 0.")
    if a._dims is None:
        from jitgraph.ops import ranges, shapes_of

        rank = shapes_of.rank(a)
        last = ranges.range(rank - count, rank, dtype=dtypes.int32)
        return last, ranges.range(count, dtype=dtypes.int32)
    known = len(a._dims)
    if count > known:
        raise ValueError(f"'axes' must not be larger than the number of dimensions of tensor {a}.")
    return list(range(known - count, known)), list(range(count))


def _as_matrix(x: Tensor, axes: Any, flipped: bool) -> tuple[Tensor, Any, Any]:
    """`x` as a matrix of free by contracted axes (contracted first if `flipped`).

    Returns:
      The matrix, the sizes of the free axes (a list or a tensor), and as far as known.
    """
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.transposing import transpose

    dims: Any = x._dims
    listed = isinstance(axes, (list, tuple))
    if dims is None or None in dims or not listed:
        return _as_dynamic_matrix(x, axes, flipped)
    axes, free = _split_axes(axes, len(dims))
    sizes: list[Any] = [dims[axis] for axis in free]
    rows, columns = prod(sizes), prod(dims[axis] for axis in axes)
    order, shape = (axes + free, [columns, rows]) if flipped else (free + axes, [rows, columns])
    return reshape(transpose(x, order), shape), sizes, sizes


def _split_axes(axes: Any, rank: int) -> tuple[list[int], list[int]]:
    contracted = [axis if axis >= 0 else axis + rank for axis in axes]
    return contracted, [axis for axis in range(rank) if axis not in contracted]


def _as_dynamic_matrix(x: Tensor, axes: Any, flipped: bool) -> tuple[Tensor, Any, Any]:
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.gathering import gather
    from jitgraph.ops.packing import stack
    from jitgraph.ops.reductions import reduce_prod
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.transposing import transpose

    sizes, axes, free, static = _dynamic_axes(x, axes)
    free_sizes, summed_sizes = gather(sizes, free), gather(sizes, axes)
    rows, columns = reduce_prod(free_sizes), reduce_prod(summed_sizes)
    if flipped:
        order, shape = concat([axes, free], 0), stack([columns, rows])
    else:
        order, shape = concat([free, axes], 0), stack([rows, columns])
    return reshape(transpose(x, order), shape), free_sizes, static


def _dynamic_axes(x: Tensor, axes: Any) -> tuple[Tensor, Tensor, Tensor, Any]:
    """Sizes of `x`, its contracted and its free axes, all as tensors; known sizes of the free."""
    from jitgraph.ops import ranges, shapes_of

    if x._dims is not None and isinstance(axes, (list, tuple)):
        contracted, free = _split_axes(axes, len(x._dims))
        static = [x._dims[axis] for axis in free]
        axes_tensor = convert_to_tensor(contracted, dtype=dtypes.int32, name="axes")
        free_tensor = convert_to_tensor(free, dtype=dtypes.int32, name="free")
        return shapes_of.shape(x), axes_tensor, free_tensor, static
    from jitgraph.ops.selection import where
    from jitgraph.ops.set_operations import setdiff1d

    sizes, rank = shapes_of.shape(x), shapes_of.rank(x)
    axes_tensor = convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
    axes_tensor = where(axes_tensor >= 0, axes_tensor, axes_tensor + rank)
    return sizes, axes_tensor, setdiff1d(ranges.range(rank), axes_tensor)[0], None
