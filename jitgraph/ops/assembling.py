"""Joining tensors along an axis they have: concat.

In: tensors and an axis. Out: one tensor.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.graph.control_flow_context import output_context
from jitgraph.graph.deprecation import tell_once
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    add_dims,
    as_int,
    merge_dims,
    nonnegative_axis,
    replaced,
    require_rank,
    scalar_item,
    unknown_dims,
    without_axis,
)
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import ANY, INDEX, Assembly, OpDef, Piece, Sample, ShapeQuery
from jitgraph.ops.packing import stack
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.shape_arithmetic import concat_offset
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of, shape_n
from jitgraph.ops.slicing import slice as slice_of
from jitgraph.ops.splitting import split

MOST_OFFSETS = 16
"""The gradient of a concat of more tensors than this is one split instead of many slices."""


def _concat_shape(q: ShapeQuery) -> list[Dims | None]:
    parts, axis = q.shapes[:-1], scalar_item(q.value(len(q.shapes) - 1))
    require_rank(q.shapes[-1], 0)
    known = [dims for dims in parts if dims is not None]
    if not known:
        return [None]
    if axis is None:
        _require_equal_ranks(known)
        return [unknown_dims(len(known[0]))]
    axis = nonnegative_axis(axis, len(known[0]))
    others: Dims | None = None
    total: Any = 0
    for dims in parts:
        if dims is not None:
            require_rank(dims, len(known[0]))
            others = merge_dims(others, without_axis(dims, axis))
        total = add_dims(total, None if dims is None else dims[axis])
    assert others is not None
    return [(*others[:axis], total, *others[axis:])]


def _require_equal_ranks(shapes: list[Dims]) -> None:
    for dims in shapes[1:]:
        require_rank(dims, len(shapes[0]))


def _concat_assembly(q: ShapeQuery) -> Assembly:
    parts = [q.known_dims(index) for index in range(len(q.shapes) - 1)]
    rank = len(parts[0])
    axis = nonnegative_axis(scalar_item(q.value(len(parts))), rank)
    starts = itertools.accumulate((dims[axis] for dims in parts), initial=0)
    none = (0,) * rank
    pieces = (
        Piece(index, replaced(none, axis, start), dims)
        for index, (start, dims) in enumerate(zip(starts, parts, strict=False))
    )
    return Assembly(tuple(pieces))


def _concat(values: Any, axis: Any) -> np.ndarray:
    return np.concatenate(values, as_int(axis))


def _concat_gradient(op: Any, grad: Any) -> list[Any]:
    values, axis = op.inputs[:-1], op.inputs[-1]
    if len(values) == 1:
        return [grad, None]
    if not isinstance(grad, Tensor):
        grad = convert_to_tensor(grad)
    axis = _constant_here(axis, grad) % rank_of(values[0])
    if len(values) > MOST_OFFSETS:
        along = _sizes_along(_shapes_of(values), axis)
        return [*split(grad, along, axis), None]
    sizes = _shapes_of(values)
    offsets = concat_offset(axis, sizes)
    parts = [slice_of(grad, *each) for each in zip(offsets, sizes, strict=True)]
    return [*parts, None]


def _constant_here(axis: Tensor, grad: Tensor) -> Tensor:
    """A constant axis again where the gradient is made in another loop or branch than it was."""
    if axis.op.type != "Const" or output_context(axis.op) is output_context(grad.op):
        return axis
    from jitgraph.ops.constants import constant

    return constant(constant_value(axis), dtype=axis.dtype)


def _shapes_of(values: Any) -> list[Tensor]:
    """Constants where all shapes are known, else one ShapeN (TensorFlow's order of ops)."""
    sizes = []
    for value in values:
        size = shape_of(value)
        if size.op.type != "Const":
            return shape_n(list(values))
        sizes.append(size)
    return sizes


def _sizes_along(shapes: list[Tensor], axis: Tensor) -> Tensor:
    from jitgraph.ops.reshaping import squeeze

    return squeeze(slice_of(stack(shapes, axis=1), [axis, 0], [1, -1]))


def _concat_samples(rng: np.random.Generator) -> Any:
    def arrays(dtype: Any, *shapes: tuple[int, ...]) -> list[np.ndarray]:
        return [rng.uniform(-3, 3, shape).astype(dtype) for shape in shapes]

    yield Sample((arrays(np.float32, (2, 3), (4, 3)), np.int32(0)))
    yield Sample((arrays(np.float64, (2, 3), (2, 1), (2, 2)), np.int32(-1)))
    yield Sample((arrays(np.float64, (3,), (0,), (2,)), np.int64(0)))
    yield Sample((arrays(np.int32, (1, 2, 2), (1, 3, 2)), np.int32(1)))
    yield Sample((arrays(np.bool_, (0, 2), (0, 2)), np.int32(0)))
    yield Sample((arrays(np.complex64, (2,), (1,)), np.int32(0)))
    yield Sample((arrays(np.float16, (2,), (1,)), np.int32(0)))


CONCAT_V2 = OpDef(
    "ConcatV2",
    "values: N*T, axis: Tidx -> output: T",
    _concat_shape,
    misfit=misfits.concat,
    types={"T": ANY, "Tidx": (INDEX, dtypes.int32)},
    reference=_concat,
    assemble=_concat_assembly,
    host=(-1,),
    gradient=_concat_gradient,
    samples=_concat_samples,
)


def _is_old_order(values: Any, axis: Any) -> bool:
    """Whether it is TensorFlow's order before 1.0: the axis first."""
    return isinstance(values, (int, np.integer)) and isinstance(axis, (list, tuple))


def concat(values: Any, axis: Any, name: str = "concat") -> Tensor:
    """Tensors joined along one axis.

    Args:
      values: a list of tensors equal in all other dimensions.
      axis: the axis; negative counts from the end. The two may come in TensorFlow's order before
        1.0, the axis first.
      name: the op's name.

    Raises:
      ValueError: shapes don't fit, or the axis is out of range.

    Example:
      >>> tf.concat([tf.zeros([2, 3]), tf.zeros([4, 3])], 0)
      <tf.Tensor 'concat:0' shape=(6, 3) dtype=float32>
    """
    if _is_old_order(values, axis):
        tell_once(
            "concat order",
            "tf.concat(axis, values) is deprecated. Please use tf.concat(values, axis) instead.",
        )
        values, axis = axis, values
    values = values if isinstance(values, (list, tuple)) else [values]
    if not values:
        raise ValueError(
            "List argument 'values' to 'ConcatV2' Op with length 0 shorter than minimum length 2."
        )
    if len(values) > 1:
        return apply(CONCAT_V2, [list(values), axis], name=name)
    from jitgraph.ops.identities import identity

    with name_scope(name):
        axis = convert_to_tensor(axis, name="concat_dim", dtype=dtypes.int32)
        axis.get_shape().assert_has_rank(0)
        return identity(values[0], name=name)
