"""tf.nn.conv3d and its transpose.

In: volumes, filters and how the windows slide, in any form that TensorFlow takes. Out: volumes.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.convolution3d_definitions import (
    CONV3D,
    CONV3D_BACKPROP_FILTER_V2,
    CONV3D_BACKPROP_INPUT_V2,
)
from jitgraph.ops.window_attributes import (
    PADDINGS,
    channels_of,
    chosen_text,
    numbers,
    of_all_axes,
)

_FORMATS = ("NDHWC", "NCDHW")
_ONES = (1, 1, 1, 1, 1)


def _attributes(
    op: str, padding: Any, data_format: Any, strides: Any, dilations: Any
) -> dict[str, Any]:
    return {
        "strides": strides,
        "dilations": dilations,
        "padding": chosen_text(op, "padding", padding, PADDINGS),
        "data_format": chosen_text(op, "data_format", data_format, _FORMATS),
    }


def conv3d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    data_format: str = "NDHWC",
    dilations: Any = _ONES,
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Convolution of volumes with filters.

    Args:
      input: volumes of shape [batch, planes, rows, columns, depth] (or as `data_format` says), of
        a float dtype.
      filter: of shape [planes, rows, columns, depth, filters].
      strides: five numbers.
      padding: "SAME" or "VALID".
      data_format: "NDHWC" or "NCDHW".
      dilations: five numbers.
      name: the op's name.
      filters: another name of `filter`.

    Raises:
      ValueError: shapes, strides or padding that don't fit.

    Example:
      >>> tf.nn.conv3d(tf.zeros([1, 4, 8, 8, 2]), tf.zeros([3, 3, 3, 2, 5]), [1] * 5, "SAME")
      <tf.Tensor 'Conv3D:0' shape=(1, 4, 8, 8, 5) dtype=float32>
    """
    filter = chosen_argument("filters", filters, "filter", filter)
    attrs = _attributes(
        "Conv3D", padding, data_format,
        numbers("strides", strides, "conv3d", "Conv3D", 5),
        numbers("dilations", dilations, "conv3d", "Conv3D", 5),
    )  # fmt: skip
    return apply(CONV3D, [input, filter], attrs, name)


def conv3d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NDHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """The gradient of conv3d to its filter.

    Args:
      input: the volumes.
      filter_sizes: the shape of the filter, int32.
      out_backprop: the gradient to what the convolution made.
      strides: five numbers, as in the convolution.
      padding: "SAME" or "VALID".
      data_format: "NDHWC" or "NCDHW".
      dilations: five numbers.
      name: the op's name.

    Raises:
      ValueError: shapes, strides or padding that don't fit.

    Example:
      >>> x, dy = tf.zeros([1, 4, 8, 8, 2]), tf.zeros([1, 4, 8, 8, 5])
      >>> tf.nn.conv3d_backprop_filter_v2(x, [3, 3, 3, 2, 5], dy, [1] * 5, "SAME")
      <tf.Tensor 'Conv3DBackpropFilterV2:0' shape=(3, 3, 3, 2, 5) dtype=float32>
    """
    function, op = "conv3d_backprop_filter_v2", "Conv3DBackpropFilterV2"
    attrs = _attributes(
        op, padding, data_format,
        numbers("strides", strides, function, op, 5),
        numbers("dilations", dilations, function, op, 5),
    )  # fmt: skip
    return apply(CONV3D_BACKPROP_FILTER_V2, [input, filter_sizes, out_backprop], attrs, name)


def conv3d_transpose(
    value: Any,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: str = "SAME",
    data_format: str | None = "NDHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The transpose of conv3d, which is its gradient to the volumes.

    Args:
      value: volumes of shape [batch, planes, rows, columns, filters] (or as `data_format` says).
      filter: of shape [planes, rows, columns, depth, filters].
      output_shape: the shape of the result.
      strides: of the convolution: one number, one for each spatial axis, or five.
      padding: "SAME" or "VALID".
      data_format: "NDHWC" or "NCDHW".
      name: the op's name.
      input: another name of `value`.
      filters: another name of `filter`.
      dilations: in the forms of `strides`.

    Raises:
      ValueError: shapes, strides or padding that don't fit.

    Example:
      >>> x, w = tf.zeros([1, 2, 4, 4, 5]), tf.zeros([3, 3, 3, 2, 5])
      >>> tf.nn.conv3d_transpose(x, w, [1, 4, 8, 8, 2], 2)
      <tf.Tensor 'conv3d_transpose:0' shape=(1, 4, 8, 8, 2) dtype=float32>
    """
    filter = chosen_argument("filters", filters, "filter", filter)
    value = chosen_argument("input", input, "value", value)
    with name_scope(name, "conv3d_transpose", [value, filter, output_shape]) as scope:
        data_format = data_format or "NDHWC"
        channels = channels_of(data_format)
        attrs = _attributes(
            "Conv3DBackpropInputV2", padding, data_format,
            of_all_axes("strides", strides, 3, channels),
            of_all_axes("dilations", dilations, 3, channels),
        )  # fmt: skip
        return apply(CONV3D_BACKPROP_INPUT_V2, [output_shape, filter, value], attrs, scope)
