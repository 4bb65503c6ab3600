"""The gradient of gather: rows and where they belong, or their sums.

In: a GatherV2 op and the gradient of its output. Out: IndexedSlices for the first axis, a dense
tensor for any other.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, colocate_with
from jitgraph.ops.apply import apply
from jitgraph.ops.assembling import concat
from jitgraph.ops.filling import ones, zeros
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.packing import stack
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.scattering import unsorted_segment_sum
from jitgraph.ops.shapes_of import shape as shape_of, size as size_of
from jitgraph.ops.transposing import transpose


def gather_gradient(op: Any, grad: Any) -> list[Any]:
    from jitgraph.ops.registry import REGISTRY

    params, indices, axis = op.inputs
    with colocate_with(params):
        params_shape = shape_of(params, out_type=dtypes.int64)
        params_shape = apply(REGISTRY["Cast"], [params_shape], {"DstT": dtypes.int32})
    count = expand_dims(size_of(indices), 0)
    static_axis = constant_value(axis)
    batch = op.get_attr("batch_dims")
    batch = batch + len(indices._dims) if batch < 0 else batch
    if static_axis is not None and static_axis == 0:
        values = reshape(grad, concat([count, params_shape[1:]], 0))
        return [IndexedSlices(values, reshape(indices, count), params_shape), None, None]
    return [_gather_along_gradient(grad, params_shape, indices, axis, batch), None, None]


def _gather_along_gradient(
    grad: Any, params_shape: Tensor, indices: Tensor, axis: Tensor, batch: int
) -> Tensor:
    """The gradient for an axis that isn't the first: moved to the front, summed, moved back."""
    outer = params_shape[:axis]
    inner = params_shape[axis:][1:]
    values_shape = concat([outer, [-1], inner], 0)
    values_dims = size_of(values_shape)
    axis_dims = size_of(outer)
    outer_axes = range_of(batch)
    batch_axes = range_of(batch, axis_dims)
    inner_axes = range_of(axis_dims + 1, values_dims)
    values = reshape(grad, values_shape)
    order = concat([outer_axes, [axis_dims], batch_axes, inner_axes], 0)
    moved = transpose(values, order)
    summed = _summed_gradient(params_shape, moved, indices, batch, params_shape[axis])
    back = concat([outer_axes, batch_axes + 1, [batch], inner_axes], 0)
    return transpose(summed, back)


def _summed_gradient(
    params_shape: Tensor, values: Tensor, indices: Tensor, batch: int, rows: Tensor
) -> Tensor:
    from jitgraph.ops.registry import REGISTRY

    count = expand_dims(size_of(indices), 0)
    if not batch:
        return unsorted_segment_sum(values, reshape(indices, count), rows)
    values_shape = shape_of(values)
    outer = values_shape[:batch]
    inner = values_shape[batch:][1:]
    batch_size = apply(REGISTRY["Prod"], [outer, [0]], {"keep_dims": False})
    flat_shape = concat([[-1], inner], 0)
    rows = rows * batch_size
    indices = _with_batch_offsets(params_shape, indices, batch)
    values = reshape(values, flat_shape)
    summed = unsorted_segment_sum(values, reshape(indices, count), rows)
    return reshape(summed, concat([outer, flat_shape], 0))


def _with_batch_offsets(params_shape: Tensor, indices: Tensor, batch: int) -> Tensor:
    """Indices into params with their batch dimensions flattened into the axis."""
    from jitgraph.ops.registry import REGISTRY

    dtype = indices.dtype.base_dtype
    rank = len(indices._dims or ())
    sizes = params_shape
    if dtype != params_shape.dtype:
        sizes = apply(REGISTRY["Cast"], [params_shape], {"DstT": dtype})
    stride = ones((), dtype=dtype)
    total = indices
    for axis in range(batch, 0, -1):
        count = sizes[axis - 1]
        stride = stride * sizes[axis]
        steps = range_of(zeros((), dtype=dtype), count, ones((), dtype=dtype)) * stride
        shape = stack([1] * (axis - 1) + [count] + [1] * (rank - axis), axis=0)
        total = total + reshape(steps, shape)
    return total
