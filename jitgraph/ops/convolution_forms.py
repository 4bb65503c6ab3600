"""Forms of two-dimensional convolution: its transpose, and convolution along one axis.

In: signals or images, and filters. Out: the same ops as conv2d's, with axes added and taken away.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.assembling import concat
from jitgraph.ops.convolution import convolution_attributes
from jitgraph.ops.convolution_definitions import CONV2D, CONV2D_BACKPROP_INPUT
from jitgraph.ops.reshaping import expand_dims, squeeze
from jitgraph.ops.window_attributes import channels_of, of_all_axes

_OF_ONE_AXIS = {"NWC": "NHWC", "NHWC": "NHWC", "NCW": "NCHW", "NCHW": "NCHW"}


def conv2d_transpose(
    value: Any = None,
    filter: Any = None,
    output_shape: Any = None,
    strides: Any = None,
    padding: str = "SAME",
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The transpose of conv2d, which is its gradient to the images.

    Args:
      value: images of shape [batch, rows, columns, filters] (or as `data_format` says).
      filter: of shape [rows, columns, depth, filters].
      output_shape: the shape of the result, of which a convolution with this filter and these
        strides would make the shape of `value`.
      strides: of the convolution: one number, one each for rows and columns, or four.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      name: the op's name.
      input: another name of `value`.
      filters: another name of `filter`.
      dilations: in the forms of `strides`.

    Raises:
      ValueError: shapes, strides or padding that don't fit.

    Example:
      >>> x, w = tf.zeros([1, 7, 7, 64]), tf.zeros([5, 5, 32, 64])
      >>> tf.nn.conv2d_transpose(x, w, [1, 14, 14, 32], 2)
      <tf.Tensor 'conv2d_transpose:0' shape=(1, 14, 14, 32) dtype=float32>
    """
    value = chosen_argument("input", input, "value", value)
    filter = chosen_argument("filters", filters, "filter", filter)
    with name_scope(name, "conv2d_transpose", [value, filter, output_shape]) as scope:
        data_format = data_format or "NHWC"
        channels = channels_of(data_format)
        attrs = convolution_attributes(
            "Conv2DBackpropInput", padding, data_format, True,
            strides=of_all_axes("strides", strides, 2, channels),
            dilations=of_all_axes("dilations", dilations, 2, channels),
        )  # fmt: skip
        return apply(CONV2D_BACKPROP_INPUT, [output_shape, filter, value], attrs, scope)


def _format_of_one_axis(data_format: str | None) -> str:
    found = _OF_ONE_AXIS.get(data_format or "NWC")
    if found is None:
        raise ValueError('data_format must be "NWC" or "NCW".')
    return found


def _attributes_of_one_axis(
    op: str, padding: Any, data_format: str, use_cudnn_on_gpu: bool, stride: Any, dilations: Any
) -> dict[str, Any]:
    channels = 1 if data_format == "NCHW" else 2
    return convolution_attributes(
        op, padding, data_format, use_cudnn_on_gpu,
        strides=(1, *of_all_axes("stride", stride, 1, channels)),
        dilations=(1, *of_all_axes("dilations", dilations, 1, channels)),
    )  # fmt: skip


def conv1d(
    value: Any = None,
    filters: Any = None,
    stride: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool | None = None,
    data_format: str | None = None,
    name: str | None = None,
    input: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Convolution along one axis.

    Args:
      value: signals of shape [batch, width, depth], or [batch, depth, width] for "NCW".
      filters: of shape [width, depth, filters].
      stride: from one window to the next: a number, or one for each axis.
      padding: "SAME" or "VALID".
      use_cudnn_on_gpu: kept as an attribute.
      data_format: "NWC" or "NCW".
      name: the op's name.
      input: another name of `value`.
      dilations: from one element of a window to the next.

    Raises:
      ValueError: shapes, strides, padding or format that don't fit.

    Example:
      >>> tf.nn.conv1d(tf.zeros([1, 10, 3]), tf.zeros([5, 3, 8]), 2, "SAME")
      <tf.Tensor 'conv1d/Squeeze:0' shape=(1, 5, 8) dtype=float32>
    """
    value = chosen_argument("input", input, "value", value)
    with name_scope(name, "conv1d", [value, filters]) as scope:
        inner_format = _format_of_one_axis(data_format)
        attrs = _attributes_of_one_axis(
            "Conv2D", padding, inner_format, use_cudnn_on_gpu is not False, stride, dilations
        )
        added = 2 if inner_format == "NCHW" else 1
        inner = [expand_dims(value, added), expand_dims(filters, 0)]
        return squeeze(apply(CONV2D, inner, attrs, scope), [added])


def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str = "NWC",
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of conv1d, which is its gradient to the signals.

    Args:
      input: signals of shape [batch, width, filters], or [batch, filters, width] for "NCW".
      filters: of shape [width, depth, filters].
      output_shape: the shape of the result.
      strides: of the convolution: a number, or one for each axis.
      padding: "SAME" or "VALID".
      data_format: "NWC" or "NCW".
      dilations: from one element of a window to the next.
      name: the op's name.

    Raises:
      ValueError: shapes, strides, padding or format that don't fit.

    Example:
      >>> tf.nn.conv1d_transpose(tf.zeros([1, 5, 8]), tf.zeros([5, 3, 8]), [1, 10, 3], 2)
      <tf.Tensor 'conv1d_transpose/Squeeze:0' shape=(1, 10, 3) dtype=float32>
    """
    with name_scope(name, "conv1d_transpose", [input, filters, output_shape]) as scope:
        if data_format not in ("NWC", "NCW"):
            raise ValueError('data_format must be "NWC" or "NCW".')
        inner_format = _format_of_one_axis(data_format)
        attrs = _attributes_of_one_axis(
            "Conv2DBackpropInput", padding, inner_format, True, strides, dilations
        )
        added = 2 if inner_format == "NCHW" else 1
        image, filter = expand_dims(input, added), expand_dims(filters, 0)
        sizes = output_shape if isinstance(output_shape, Tensor) else list(output_shape)
        sizes = concat([sizes[:added], [1], sizes[added:]], 0)
        found = apply(CONV2D_BACKPROP_INPUT, [sizes, filter, image], attrs, scope)
        return squeeze(found, added)
