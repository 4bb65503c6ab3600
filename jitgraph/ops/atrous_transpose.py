"""tf.nn.atrous_conv2d_transpose.

In: images and filters with holes. Out: the gradient of their convolution, through the batch.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.convolution_definitions import CONV2D_BACKPROP_INPUT
from jitgraph.ops.convolution_forms import conv2d_transpose
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.space_batch import batch_to_space, space_to_batch
from jitgraph.ops.window_geometry import SAME, VALID


def atrous_conv2d_transpose(
    value: Any,
    filters: Any,
    output_shape: Any,
    rate: int,
    padding: str,
    name: str | None = None,
) -> Tensor:
    """The transpose of atrous_conv2d, which is its gradient to the images.

    Args:
      value: images of shape [batch, rows, columns, filters].
      filters: of shape [rows, columns, depth, filters].
      output_shape: the shape of the result.
      rate: from one element of a window to the next, along rows and columns.
      padding: "SAME" or "VALID".
      name: the ops' name scope.

    Raises:
      ValueError: shapes, rate or padding that don't fit.

    Example:
      >>> x, w = tf.zeros([1, 5, 5, 4]), tf.zeros([3, 3, 2, 4])
      >>> tf.nn.atrous_conv2d_transpose(x, w, [1, 9, 9, 2], 2, "VALID")
      <tf.Tensor 'atrous_conv2d_transpose/BatchToSpaceND:0' shape=(1, 9, 9, 2) dtype=float32>
    """
    with name_scope(name, "atrous_conv2d_transpose", [value, filters, output_shape]):
        value = convert_to_tensor(value, name="value")
        filters = convert_to_tensor(filters, name="filters")
        _check_depth(value, filters)
        if rate < 1:
            raise ValueError(f"rate {rate} cannot be less than one")
        if rate == 1:
            return conv2d_transpose(value, filters, output_shape, [1, 1, 1, 1], padding)
        _check_output(filters, output_shape)
        return _through_batch(value, filters, output_shape, rate, padding)


def _check_depth(value: Tensor, filters: Tensor) -> None:
    found, wanted = value.get_shape()[3], filters.get_shape()[3]
    if not found.is_compatible_with(wanted):
        raise ValueError(
            f"value's input channels does not match filters' input channels, {found} != {wanted}"
        )


def _check_output(filters: Tensor, output_shape: Any) -> None:
    given = convert_to_tensor(output_shape, name="output_shape").get_shape()
    if not given.is_compatible_with([4]):
        raise ValueError(f"output_shape must have shape (4,), got {given}")
    if not isinstance(output_shape, (list, tuple, np.ndarray)):
        return
    depth = filters.get_shape()[2]
    if not depth.is_compatible_with(output_shape[3]):
        raise ValueError(
            f"output_shape does not match filter's output channels, {output_shape[3]} != {depth}"
        )


def _through_batch(
    value: Tensor, filters: Tensor, output_shape: Any, rate: int, padding: str
) -> Tensor:
    sizes = list(output_shape) if isinstance(output_shape, tuple) else output_shape
    top, bottom, left, right = _same_padding(filters, rate, padding)
    height, width = sizes[1] + top + bottom, sizes[2] + left + right
    more_rows, more_columns = (rate - height % rate) % rate, (rate - width % rate) % rate
    value = space_to_batch(value, [[0, more_rows], [0, more_columns]], rate)
    inner = [
        rate * rate * sizes[0],
        (height + more_rows) // rate,
        (width + more_columns) // rate,
        sizes[3],
    ]
    attrs = {"strides": (1, 1, 1, 1), "padding": VALID}
    found = apply(CONV2D_BACKPROP_INPUT, [inner, filters, value], attrs)
    return batch_to_space(found, [[top, bottom + more_rows], [left, right + more_columns]], rate)


def _same_padding(filters: Tensor, rate: int, padding: str) -> tuple[Any, Any, Any, Any]:
    """Rows above and below, columns left and right, that make a SAME op of a VALID one."""
    if padding == VALID:
        return 0, 0, 0, 0
    if padding != SAME:
        raise ValueError(f"padding must be either VALID or SAME: {padding}")
    shape = filters.get_shape()
    dims: Any = shape.as_list() if shape.is_fully_defined() else shape_of(filters)
    height, width = (size + (size - 1) * (rate - 1) - 1 for size in (dims[0], dims[1]))
    top, left = height // 2, width // 2
    return top, height - top, left, width - left
