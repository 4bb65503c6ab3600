"""Windows with holes by way of the batch: what TensorFlow makes of a dilation rate.

In: images, a rate for each spatial axis, and an op on images without holes. Out: the op between
space_to_batch_nd and batch_to_space_nd, with paddings that make all sizes fit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import zeros
from jitgraph.ops.packing import stack
from jitgraph.ops.partial_value import partial_value
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.space_batch import batch_to_space_nd, space_to_batch_nd
from jitgraph.ops.window_geometry import SAME, VALID

Operation = Callable[[Tensor, int, str], Tensor]


def known_constant(tensor: Any) -> np.ndarray | None:
    """The contents of an int32 tensor, if all of them are known."""
    if not isinstance(tensor, Tensor):
        return np.asarray(tensor)
    found = partial_value(tensor)
    if found is None or any(item is None for item in found.reshape(-1)):
        return None
    return found.astype(np.int32)


def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """The paddings that make blocks divide a shape, and the crops that undo the excess.

    Args:
      input_shape: int32, the sizes of the spatial axes.
      block_shape: int32, the size of a block along each.
      base_paddings: [axes, 2], the least padding; none by default.
      name: the ops' name scope.

    Returns:
      Paddings for space_to_batch_nd and crops for batch_to_space_nd, each [axes, 2].

    Raises:
      ValueError: shapes that don't fit.

    Example:
      >>> tf.required_space_to_batch_paddings([5, 6], [2, 2])[0]
      <tf.Tensor 'required_space_to_batch_paddings/paddings:0' shape=(2, 2) dtype=int32>
    """
    with name_scope(name, "required_space_to_batch_paddings", [input_shape, block_shape]):
        input_shape = convert_to_tensor(input_shape, dtypes.int32, name="input_shape")
        block_shape = convert_to_tensor(block_shape, dtypes.int32, name="block_shape")
        block_shape.get_shape().assert_is_fully_defined()
        block_shape.get_shape().assert_has_rank(1)
        count = block_shape.get_shape()[0].value
        if count == 0:
            return zeros([0, 2], dtypes.int32), zeros([0, 2], dtypes.int32)
        input_shape.get_shape().assert_is_compatible_with([count])
        base = _base(base_paddings, count)
        known = [known_constant(each) for each in (block_shape, input_shape, base)]
        if all(each is not None for each in known):
            return _paddings_and_crops(known[1], known[0], known[2], count)
        return _paddings_and_crops(input_shape, block_shape, base, count)


def _base(base_paddings: Any, count: int) -> Tensor:
    if base_paddings is None:
        return zeros([count, 2], dtypes.int32)
    base = convert_to_tensor(base_paddings, dtypes.int32, name="base_paddings")
    base.get_shape().assert_is_compatible_with([count, 2])
    return base


def _paddings_and_crops(sizes: Any, blocks: Any, base: Any, count: int) -> tuple[Tensor, Tensor]:
    """On arrays or tensors alike."""
    start, end = base[:, 0], base[:, 1]
    extra = (blocks - (sizes + start + end) % blocks) % blocks
    last = end + extra
    paddings = stack([[start[k], last[k]] for k in range(count)], name="paddings")
    return paddings, stack([[0, extra[k]] for k in range(count)], name="crops")


def with_space_to_batch(
    input: Any,
    dilation_rate: Any,
    padding: str,
    op: Operation,
    filter_shape: Any = None,
    spatial_dims: Sequence[int] | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Performs `op` on space that is taken apart by a dilation rate, so that its windows get holes.

    Args:
      input: [batch, space..., channels...].
      dilation_rate: int32, a rate for each spatial axis.
      padding: "VALID" or "SAME"; what `op` is called with is "VALID" where there are holes.
      op: takes images, the number of spatial axes and the padding.
      filter_shape: the shape of the windows, needed for "SAME".
      spatial_dims: the spatial axes, in order; those behind the batch by default.
      data_format: "NHWC", "NCHW" or their kin.

    Raises:
      ValueError: arguments that don't fit.

    Example:
      >>> x = tf.zeros([1, 8, 8, 2])
      >>> tf.nn.with_space_to_batch(x, [2, 2], "VALID", lambda x, axes, padding: x)
      <tf.Tensor 'BatchToSpaceND:0' shape=(1, 8, 8, 2) dtype=float32>
    """
    input = convert_to_tensor(input, name="input")
    rate = convert_to_tensor(dilation_rate, dtypes.int32, name="dilation_rate")
    count = _rate_count(rate)
    axes = _spatial_axes(spatial_dims, count, data_format)
    _check_rank(input, axes, data_format)
    known_rate = known_constant(rate)
    if known_rate is not None and (known_rate < 1).any():
        raise ValueError("dilation_rate must be positive")
    if known_rate is not None and (known_rate == 1).all():
        return op(input, count, padding)
    base = _base_paddings(padding, filter_shape, count, rate if known_rate is None else known_rate)
    paddings, crops = required_space_to_batch_paddings(
        input_shape=_spatial_sizes(input, axes), base_paddings=base, block_shape=rate
    )
    blocks = _adjusted(rate, 1, axes)
    paddings, crops = _adjusted(paddings, 0, axes), _adjusted(crops, 0, axes)
    result = op(space_to_batch_nd(input, blocks, paddings), count, VALID)
    return batch_to_space_nd(result, blocks, crops)


def _rate_count(rate: Tensor) -> int:
    dims = rate._dims
    if dims is not None and len(dims) != 1:
        raise ValueError("rate must be rank 1")
    if dims is None or dims[0] is None:
        raise ValueError("rate must have known shape")
    return int(dims[0])


def _is_channels_first(data_format: str | None) -> bool:
    return data_format is not None and data_format.startswith("NC")


def _spatial_axes(given: Sequence[int] | None, count: int, data_format: str | None) -> list[int]:
    first = 2 if _is_channels_first(data_format) else 1
    axes = list(range(first, first + count) if given is None else given)
    if sorted({int(axis) for axis in axes}) != axes or any(axis < 1 for axis in axes):
        raise ValueError(
            "spatial_dims must be a montonically increasing sequence of positive integers"
        )
    return axes


def _check_rank(input: Tensor, axes: list[int], data_format: str | None) -> None:
    least = axes[-1] if _is_channels_first(data_format) else axes[-1] + 1
    if input._dims is not None and len(input._dims) < least:
        raise ValueError(f"input tensor must have rank {least} at least")


def _base_paddings(padding: str, filter_shape: Any, count: int, rate: Any) -> Any:
    """The padding that makes a VALID op of a SAME one, on arrays or tensors alike."""
    if padding == VALID:
        return np.zeros([count, 2], np.int32)
    if padding != SAME:
        raise ValueError(f"Invalid padding method {padding!r}")
    if filter_shape is None:
        raise ValueError("filter_shape must be specified for SAME padding")
    tensor = convert_to_tensor(filter_shape, name="filter_shape")
    known = known_constant(tensor)
    window = (tensor if known is None else known)[:count]
    more = window + (window - 1) * (rate - 1) - 1
    start = more // 2
    end = more - start
    return stack([[start[k], end[k]] for k in range(count)])


def _spatial_sizes(input: Tensor, axes: list[int]) -> Any:
    if input._dims is not None and all(input._dims[axis] is not None for axis in axes):
        return [input._dims[axis] for axis in axes]
    sizes = shape_of(input)
    return stack([sizes[axis] for axis in axes])


def _adjusted(tensor: Tensor, fill: int, axes: list[int]) -> Any:
    """Rows for every axis from 1 on: those of `tensor` for the spatial axes, else `fill`."""
    known = known_constant(tensor)
    rows: Any = tensor if known is None else known
    inner = list(tensor._dims or ())[1:]
    parts: list[Any] = []
    previous = position = 0
    while position < len(axes):
        begin, first = position, axes[position]
        if first > 1:
            parts.append(np.full([first - 1 - previous, *inner], fill, np.int32))
        while position + 1 < len(axes) and axes[position + 1] == axes[position] + 1:
            position += 1
        parts.append(rows[begin : position + 1])
        previous = axes[position]
        position += 1
    return np.concatenate(parts) if known is not None else concat(parts, 0)
