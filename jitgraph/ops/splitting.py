"""Cutting a tensor into parts along one axis: split.

In: a tensor, an axis, and how many parts or the size of each. Out: the parts.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.graph.deprecation import tell_once
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    as_int,
    as_ints,
    replaced,
    require_rank,
    scalar_item,
    unknown_dims,
)
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery
from jitgraph.shapes import Dimension


def _split_shape(q: ShapeQuery) -> list[Dims | None]:
    axis, dims, count = scalar_item(q.value(0)), q.shapes[1], q.attrs["num_split"]
    require_rank(q.shapes[0], 0)
    if dims is None or axis is None:
        return [None if dims is None else unknown_dims(len(dims))] * count
    axis = _split_axis(axis, len(dims))
    size = None if dims[axis] is None else _divided(dims[axis], count)
    return [replaced(dims, axis, size)] * count


def _split_axis(axis: int, rank: int) -> int:
    if axis < -rank or axis >= rank:
        raise ValueError(
            f"Dimension size, given by scalar input {axis} must be in range [{-rank}, {rank})"
        )
    return axis + rank if axis < 0 else axis


def _divided(dim: Any, count: int) -> Any:
    if dim % count != 0:
        raise ValueError(
            f"Dimension size must be evenly divisible by {count} but is {dim}\n"
            "\tNumber of ways to split should evenly divide the split dimension"
        )
    return dim // count


def _split(split_dim: Any, value: np.ndarray, num_split: int) -> tuple[np.ndarray, ...]:
    return tuple(np.split(value, num_split, as_int(split_dim)))


def _emit_parts(b: Any, instr: Any, value: Any, axis: Any) -> list[Any]:
    rank = len(value.type.dims)
    axis = axis + rank if axis < 0 else axis
    start: Any = 0
    parts = []
    for output in instr.outputs:
        begin = replaced((0,) * rank, axis, start)
        parts.append(b.emit("Slice", value, b.sizes(begin), b.sizes(output.type.dims)))
        start = start + output.type.dims[axis]
    return parts


def _decompose_split(b: Any, instr: Any) -> list[Any]:
    return _emit_parts(b, instr, instr.inputs[1], scalar_item(b.host(instr.inputs[0])))


def _split_gradient(op: Any, *grads: Tensor) -> list[Any]:
    from jitgraph.ops.assembling import concat

    return [None, concat(list(grads), op.inputs[0])]


def _split_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (4, 6))
    yield Sample((np.int32(0), x.astype(np.float32)), {"num_split": 2})
    yield Sample((np.int32(-1), x), {"num_split": 3})
    yield Sample((np.int32(1), x.astype(np.int32)), {"num_split": 1})
    yield Sample((np.int32(0), np.zeros((0, 2), np.bool_)), {"num_split": 2})


SPLIT = OpDef(
    "Split",
    "split_dim: int32, value: T -> output: num_split*T",
    _split_shape,
    misfit=misfits.split,
    types={"T": ANY},
    attrs={"num_split": 1},
    reference=_split,
    decompose=_decompose_split,
    host=(0,),
    gradient=_split_gradient,
    samples=_split_samples,
)


def _split_v_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, sizes, axis = q.shapes[0], q.value(1), scalar_item(q.value(2))
    count = q.attrs["num_split"]
    if dims is None:
        return [None] * count
    if axis is None:
        return [unknown_dims(len(dims))] * count
    axis = _split_axis(axis, len(dims))
    if sizes is None or any(size is None for size in sizes):
        return [replaced(dims, axis, dims[axis] if count == 1 else None)] * count
    return [replaced(dims, axis, size) for size in _completed_sizes(list(sizes), dims[axis])]


def _completed_sizes(sizes: list[Any], dim: Any) -> list[Any]:
    """The sizes with -1 replaced by what the others leave."""
    holes = [index for index, size in enumerate(sizes) if size == -1]
    named: Any = 0
    for index, size in enumerate(sizes):
        named = named if index in holes else named + size
    if dim is None:
        return [None if index in holes else size for index, size in enumerate(sizes)]
    if len(holes) > 1 or (dim < named if holes else dim != named):
        text = ",".join(str(size) for size in sizes)
        raise ValueError(f"can't split axis of size {dim} into pieces of size [{text}]")
    return [dim - named if index in holes else size for index, size in enumerate(sizes)]


def _split_v(
    value: np.ndarray, size_splits: Any, split_dim: Any, num_split: int
) -> tuple[np.ndarray, ...]:
    axis = as_int(split_dim)
    sizes = _completed_sizes(as_ints(size_splits), value.shape[axis])
    return tuple(np.split(value, list(itertools.accumulate(sizes[:-1])), axis))


def _decompose_split_v(b: Any, instr: Any) -> list[Any]:
    return _emit_parts(b, instr, instr.inputs[0], scalar_item(b.host(instr.inputs[2])))


def _split_v_gradient(op: Any, *grads: Tensor) -> list[Any]:
    from jitgraph.ops.assembling import concat

    return [concat(list(grads), op.inputs[2]), None, None]


def _split_v_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (4, 6))
    sizes = np.array([1, -1, 2], np.int32)
    yield Sample((x.astype(np.float32), sizes, np.int32(1)), {"num_split": 3})
    yield Sample((x, np.array([3, 1], np.int64), np.int32(0)), {"num_split": 2})
    yield Sample((x.astype(np.int64), np.array([6, 0], np.int32), np.int32(-1)), {"num_split": 2})


SPLIT_V = OpDef(
    "SplitV",
    "value: T, size_splits: Tlen, split_dim: int32 -> output: num_split*T",
    _split_v_shape,
    misfit=misfits.split_v,
    types={"T": ANY, "Tlen": (INDEX, dtypes.int64)},
    attrs={"num_split": 1},
    reference=_split_v,
    decompose=_decompose_split_v,
    host=(1, 2),
    gradient=_split_v_gradient,
    samples=_split_v_samples,
)


def _is_old_order(value: Any, axis: Any) -> bool:
    """Whether it is TensorFlow's order before 1.0: the axis first."""
    if not isinstance(value, (int, np.integer)):
        return False
    is_array = isinstance(axis, np.ndarray) and axis.ndim > 0
    return is_array or hasattr(axis, "_as_graph_element") or _has_axes(axis)


def _has_axes(axis: Any) -> bool:
    return isinstance(axis, Tensor) and axis._dims != ()


def split(
    value: Any, num_or_size_splits: Any, axis: Any = 0, num: int | None = None, name: str = "split"
) -> list[Tensor]:
    """A tensor cut into parts along one axis.

    Args:
      value: a tensor.
      num_or_size_splits: how many equal parts, or the size of each.
      axis: the axis. It may come first and the tensor last, TensorFlow's order before 1.0.
      num: how many sizes there are, where that can't be seen.
      name: the op's name.

    Raises:
      ValueError: the parts don't fill the axis.

    Example:
      >>> tf.split(tf.zeros([4, 6]), [2, 4], axis=1)
      [<tf.Tensor 'split:0' shape=(4, 2) ...>, <tf.Tensor 'split:1' shape=(4, 4) ...>]
    """
    if _is_old_order(value, axis):
        tell_once(
            "split order",
            "tf.split(axis, num_split, value) is deprecated. Please use "
            "tf.split(value, num_split, axis) instead.",
        )
        value, axis = axis, value
    sizes = convert_to_tensor(num_or_size_splits)
    if isinstance(num_or_size_splits, (int, Dimension)):
        return apply(SPLIT, [axis, value], {"num_split": int(num_or_size_splits)}, name)
    if sizes._dims == ():
        raise ValueError(
            "Rank-0 tensors are not supported as the num_or_size_splits argument to split. "
            f"Argument provided: {num_or_size_splits}"
        )
    count = num if num is not None else sizes._dims[0] if sizes._dims else None
    if count is None:
        raise ValueError(f"Cannot infer num from shape {num_or_size_splits}")
    return apply(SPLIT_V, [value, sizes, axis], {"num_split": count}, name)
