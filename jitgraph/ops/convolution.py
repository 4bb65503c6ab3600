"""tf.nn.conv2d and its gradients as functions.

In: images, filters and how the windows slide, in any form that TensorFlow takes. Out: images, or
the gradient to the image or the filter.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.convolution_definitions import (
    CONV2D,
    CONV2D_BACKPROP_FILTER,
    CONV2D_BACKPROP_INPUT,
)
from jitgraph.ops.window_attributes import (
    CONVOLUTION_PADDINGS,
    FORMATS,
    channels_of,
    chosen_text,
    numbers,
    of_all_axes,
    split_padding,
)

_ONES = (1, 1, 1, 1)


def convolution_attributes(
    op: str, padding: Any, data_format: Any, use_cudnn_on_gpu: bool, **numbers_of_axes: Any
) -> dict[str, Any]:
    """The attributes of a convolution, checked.

    Raises:
      TypeError: padding or format isn't a text.
      ValueError: it is another than the op knows.
    """
    padding, explicit = split_padding(padding)
    return {
        **numbers_of_axes,
        "use_cudnn_on_gpu": bool(use_cudnn_on_gpu),
        "padding": chosen_text(op, "padding", padding, CONVOLUTION_PADDINGS),
        "explicit_paddings": explicit,
        "data_format": chosen_text(op, "data_format", data_format, FORMATS),
    }


def conv2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str | None = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """Convolution of images with filters.

    Args:
      input: images of shape [batch, rows, columns, depth] (or as `data_format` says), of a float
        dtype.
      filter: of shape [rows, columns, depth, filters]. Where its depth is a divisor of the images'
        depth, the channels and the filters make as many groups.
      strides: from one window to the next: one number, one each for rows and columns, or four.
      padding: "SAME", "VALID", or a list of four pairs (before, after).
      use_cudnn_on_gpu: kept as an attribute.
      data_format: "NHWC" or "NCHW".
      dilations: from one element of a window to the next, in the forms of `strides`.
      name: the op's name.
      filters: another name of `filter`.

    Returns:
      A tensor of the images' dtype, [batch, rows, columns, filters] or as `data_format` says.

    Raises:
      ValueError: shapes, strides or padding that don't fit.

    Example:
      >>> tf.nn.conv2d(tf.zeros([1, 28, 28, 1]), tf.zeros([5, 5, 1, 32]), 2, "SAME")
      <tf.Tensor 'Conv2D:0' shape=(1, 14, 14, 32) dtype=float32>
    """
    filter = chosen_argument("filters", filters, "filter", filter)
    data_format = data_format or "NHWC"
    channels = channels_of(data_format)
    attrs = convolution_attributes(
        "Conv2D", padding, data_format, use_cudnn_on_gpu,
        strides=of_all_axes("strides", strides, 2, channels),
        dilations=of_all_axes("dilations", dilations, 2, channels),
    )  # fmt: skip
    return apply(CONV2D, [input, filter], attrs, name)


def conv2d_backprop_input(
    input_sizes: Any,
    filter: Any = None,
    out_backprop: Any = None,
    strides: Any = None,
    padding: Any = None,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
    filters: Any = None,
) -> Tensor:
    """The gradient of a convolution to its images.

    Args:
      input_sizes: the shape of the images, int32.
      filter: of shape [rows, columns, depth, filters].
      out_backprop: the gradient to what the convolution made.
      strides: four numbers, as in the convolution.
      padding: "SAME", "VALID", or a list of four pairs (before, after).
      use_cudnn_on_gpu: kept as an attribute.
      data_format: "NHWC" or "NCHW".
      dilations: four numbers.
      name: the op's name.
      filters: another name of `filter`.

    Raises:
      ValueError: shapes, strides or padding that don't fit.

    Example:
      >>> w = tf.zeros([3, 3, 1, 2])
      >>> tf.nn.conv2d_backprop_input([1, 5, 5, 1], w, tf.zeros([1, 3, 3, 2]), [1] * 4, "VALID")
      <tf.Tensor 'Conv2DBackpropInput:0' shape=(1, 5, 5, 1) dtype=float32>
    """
    filter = chosen_argument("filters", filters, "filter", filter)
    function = "conv2d_backprop_input"
    attrs = convolution_attributes(
        "Conv2DBackpropInput", padding, data_format, use_cudnn_on_gpu,
        strides=numbers("strides", strides, function),
        dilations=numbers("dilations", dilations, function),
    )  # fmt: skip
    return apply(CONV2D_BACKPROP_INPUT, [input_sizes, filter, out_backprop], attrs, name)


def conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """The gradient of a convolution to its filter.

    Args:
      input: the images.
      filter_sizes: the shape of the filter, int32.
      out_backprop: the gradient to what the convolution made.
      strides: four numbers, as in the convolution.
      padding: "SAME", "VALID", or a list of four pairs (before, after).
      use_cudnn_on_gpu: kept as an attribute.
      data_format: "NHWC" or "NCHW".
      dilations: four numbers.
      name: the op's name.

    Raises:
      ValueError: shapes, strides or padding that don't fit.

    Example:
      >>> x, dy = tf.zeros([1, 5, 5, 1]), tf.zeros([1, 3, 3, 2])
      >>> tf.nn.conv2d_backprop_filter(x, [3, 3, 1, 2], dy, [1, 1, 1, 1], "VALID")
      <tf.Tensor 'Conv2DBackpropFilter:0' shape=(3, 3, 1, 2) dtype=float32>
    """
    function = "conv2d_backprop_filter"
    attrs = convolution_attributes(
        "Conv2DBackpropFilter", padding, data_format, use_cudnn_on_gpu,
        strides=numbers("strides", strides, function),
        dilations=numbers("dilations", dilations, function),
    )  # fmt: skip
    return apply(CONV2D_BACKPROP_FILTER, [input, filter_sizes, out_backprop], attrs, name)
