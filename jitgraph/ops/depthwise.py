"""tf.nn.depthwise_conv2d, its gradients, and separable_conv2d.

In: images, filters for each channel and how windows slide. Out: images, or gradients.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.atrous import with_space_to_batch
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.convolution import conv2d
from jitgraph.ops.definition import OpDef
from jitgraph.ops.depthwise_definitions import (
    DEPTHWISE,
    DEPTHWISE_BACKPROP_FILTER,
    DEPTHWISE_BACKPROP_INPUT,
)
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.window_attributes import FORMATS, PADDINGS, chosen_text, numbers

_ONES = (1, 1, 1, 1)


def _applied(
    kind: OpDef, function: str, inputs: list[Any], strides: Any, padding: Any, data_format: Any,
    dilations: Any, name: str | None,
) -> Tensor:  # fmt: skip
    attrs = {
        "strides": numbers("strides", strides, function),
        "padding": chosen_text(kind.name, "padding", padding, PADDINGS),
        "data_format": chosen_text(kind.name, "data_format", data_format or "NHWC", FORMATS),
        "dilations": numbers("dilations", dilations, function),
    }
    result: Tensor = apply(kind, inputs, attrs, name)
    return result


def depthwise_conv2d_native(
    input: Any,
    filter: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """Depthwise convolution as one op.

    Args:
      input: images of shape [batch, rows, columns, channels] (or as `data_format` says).
      filter: of shape [rows, columns, channels, multiplier].
      strides: four numbers.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      dilations: four numbers.
      name: the op's name.

    Raises:
      ValueError: shapes, strides or padding that don't fit.

    Example:
      >>> x, w = tf.zeros([1, 8, 8, 3]), tf.zeros([3, 3, 3, 2])
      >>> tf.nn.depthwise_conv2d_native(x, w, [1, 1, 1, 1], "SAME")
      <tf.Tensor 'DepthwiseConv2dNative:0' shape=(1, 8, 8, 6) dtype=float32>
    """
    function = "depthwise_conv2d_native"
    given = [input, filter]
    return _applied(DEPTHWISE, function, given, strides, padding, data_format, dilations, name)


def depthwise_conv2d_native_backprop_input(
    input_sizes: Any,
    filter: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """The gradient of a depthwise convolution to its images.

    Args:
      input_sizes: the shape of the images, int32.
      filter: of shape [rows, columns, channels, multiplier].
      out_backprop: the gradient to what the convolution made.
      strides: four numbers, as in the convolution.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      dilations: four numbers.
      name: the op's name.

    Raises:
      ValueError: shapes, strides or padding that don't fit.

    Example:
      >>> w, dy = tf.zeros([3, 3, 3, 2]), tf.zeros([1, 8, 8, 6])
      >>> tf.nn.depthwise_conv2d_backprop_input([1, 8, 8, 3], w, dy, [1, 1, 1, 1], "SAME")
      <tf.Tensor 'DepthwiseConv2dNativeBackpropInput:0' shape=(1, 8, 8, 3) dtype=float32>
    """
    function = "depthwise_conv2d_native_backprop_input"
    given = [input_sizes, filter, out_backprop]
    return _applied(
        DEPTHWISE_BACKPROP_INPUT, function, given, strides, padding, data_format, dilations, name
    )


def depthwise_conv2d_native_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NHWC",
    dilations: Any = _ONES,
    name: str | None = None,
) -> Tensor:
    """The gradient of a depthwise convolution to its filter.

    Args:
      input: the images.
      filter_sizes: the shape of the filter, int32.
      out_backprop: the gradient to what the convolution made.
      strides: four numbers, as in the convolution.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      dilations: four numbers.
      name: the op's name.

    Raises:
      ValueError: shapes, strides or padding that don't fit.

    Example:
      >>> x, dy = tf.zeros([1, 8, 8, 3]), tf.zeros([1, 8, 8, 6])
      >>> tf.nn.depthwise_conv2d_backprop_filter(x, [3, 3, 3, 2], dy, [1, 1, 1, 1], "SAME")
      <tf.Tensor 'DepthwiseConv2dNativeBackpropFilter:0' shape=(3, 3, 3, 2) dtype=float32>
    """
    function = "depthwise_conv2d_native_backprop_filter"
    given = [input, filter_sizes, out_backprop]
    return _applied(
        DEPTHWISE_BACKPROP_FILTER, function, given, strides, padding, data_format, dilations, name
    )


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """Convolution of each channel with its own filters.

    Args:
      input: images of shape [batch, rows, columns, channels] (or as `data_format` says).
      filter: of shape [rows, columns, channels, multiplier].
      strides: four numbers; ones where a rate is above 1.
      padding: "SAME" or "VALID".
      rate: dilation along rows and columns.
      name: the ops' name.
      data_format: "NHWC" or "NCHW".
      dilations: another name of `rate`.

    Returns:
      Images of channels x multiplier channels.

    Raises:
      ValueError: shapes, strides, rates or padding that don't fit.

    Example:
      >>> tf.nn.depthwise_conv2d(tf.zeros([1, 8, 8, 3]), tf.zeros([3, 3, 3, 2]), [1] * 4, "SAME")
      <tf.Tensor 'depthwise:0' shape=(1, 8, 8, 6) dtype=float32>
    """
    rate = chosen_argument("dilations", dilations, "rate", rate)
    with name_scope(name, "depthwise", [input, filter]) as scope:
        images = convert_to_tensor(input, name="tensor_in")
        filters = convert_to_tensor(filter, name="filter_in")

        def op(inner: Tensor, _: int, inner_padding: str) -> Tensor:
            return depthwise_conv2d_native(
                inner, filters, strides, inner_padding, data_format, name=scope
            )

        return with_space_to_batch(
            images,
            [1, 1] if rate is None else rate,
            padding,
            op,
            filter_shape=shape_of(filters),
            data_format=data_format,
        )


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: str,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """A depthwise convolution and then one of 1x1 that mixes channels.

    Args:
      input: images of shape [batch, rows, columns, channels] (or as `data_format` says).
      depthwise_filter: of shape [rows, columns, channels, multiplier].
      pointwise_filter: of shape [1, 1, channels x multiplier, filters].
      strides: four numbers, of the depthwise convolution.
      padding: "SAME" or "VALID".
      rate: dilation along rows and columns.
      name: the ops' name.
      data_format: "NHWC" or "NCHW".
      dilations: another name of `rate`.

    Raises:
      ValueError: shapes, strides, rates or padding that don't fit.

    Example:
      >>> x, d, p = tf.zeros([1, 8, 8, 3]), tf.zeros([3, 3, 3, 2]), tf.zeros([1, 1, 6, 4])
      >>> tf.nn.separable_conv2d(x, d, p, [1, 1, 1, 1], "SAME")
      <tf.Tensor 'separable_conv2d:0' shape=(1, 8, 8, 4) dtype=float32>
    """
    rate = chosen_argument("dilations", dilations, "rate", rate)
    values = [input, depthwise_filter, pointwise_filter]
    with name_scope(name, "separable_conv2d", values) as scope:
        images = convert_to_tensor(input, name="tensor_in")
        depthwise = convert_to_tensor(depthwise_filter, name="depthwise_filter")
        pointwise = convert_to_tensor(pointwise_filter, name="pointwise_filter")
        dims = pointwise.get_shape().with_rank(4)
        dims[0].assert_is_compatible_with(1)
        dims[1].assert_is_compatible_with(1)

        def op(inner: Tensor, _: int, inner_padding: str) -> Tensor:
            return depthwise_conv2d_native(
                inner, depthwise, strides, inner_padding, data_format, name="depthwise"
            )

        mixed = with_space_to_batch(
            images,
            [1, 1] if rate is None else rate,
            padding,
            op,
            filter_shape=shape_of(depthwise),
            data_format=data_format,
        )
        return conv2d(mixed, pointwise, _ONES, "VALID", data_format=data_format, name=scope)
