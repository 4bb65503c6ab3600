"""Convolution of any rank, with dilation through the batch.

In: signals, images or volumes. Out: what the op of that rank makes.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.atrous import with_space_to_batch
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.convolution import conv2d
from jitgraph.ops.convolution3d import conv3d, conv3d_transpose
from jitgraph.ops.convolution_forms import conv1d, conv1d_transpose, conv2d_transpose
from jitgraph.ops.window_attributes import of_all_axes

_FORMATS = {1: "NWC", 2: "NHWC", 3: "NDHWC"}
_KINDS = {1: conv1d, 2: conv2d, 3: conv3d}
_TRANSPOSES = {1: conv1d_transpose, 2: conv2d_transpose, 3: conv3d_transpose}


def convolution(
    input: Any,
    filter: Any,
    padding: str,
    strides: Any = None,
    dilation_rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """Convolution along one, two or three axes, by the rank.

    Args:
      input: [batch, space..., depth], or channels second for a format that begins with "NC".
      filter: [space..., depth, filters].
      padding: "SAME" or "VALID".
      strides: one number, or one for each spatial axis; ones where a rate is above 1.
      dilation_rate: one number, or one for each spatial axis.
      name: the ops' name.
      data_format: the order of the axes; channels last when None.
      filters: another name of `filter`.
      dilations: another name of `dilation_rate`.

    Raises:
      ValueError: ranks, shapes, strides, rates or padding that don't fit.

    Example:
      >>> tf.nn.convolution(tf.zeros([1, 9, 9, 2]), tf.zeros([3, 3, 2, 4]), "SAME")
      <tf.Tensor 'convolution:0' shape=(1, 9, 9, 4) dtype=float32>
    """
    filter = chosen_argument("filters", filters, "filter", filter)
    rate = chosen_argument("dilations", dilations, "dilation_rate", dilation_rate)
    axes = _spatial_rank(input, filter)
    channels = 1 if is_channels_first(data_format) else axes + 1
    all_strides = of_all_axes("strides", strides, axes, channels)
    rates = of_all_axes("dilations", rate, axes, channels)
    with name_scope(name, "convolution", [input, filter]) as scope:
        if all(each == 1 for each in rates):
            return _plain(axes, input, filter, all_strides, padding, data_format, scope)
        inner = slice(2, None) if channels == 1 else slice(1, -1)
        return _dilated(
            convert_to_tensor(input), convert_to_tensor(filter), all_strides[inner], rates[inner],
            padding, data_format, scope,
        )  # fmt: skip


def _spatial_rank(input: Any, filter: Any) -> int:
    for given in (input, filter):
        dims = given.get_shape().ndims if hasattr(given, "get_shape") else np.ndim(given)
        if dims is None:
            continue
        if not 3 <= dims <= 5:
            raise ValueError(f"Input tensor must be of rank 3, 4 or 5 but was {dims}.")
        return int(dims) - 2
    raise ValueError("rank of input or filter must be known")


def is_channels_first(data_format: str | None) -> bool:
    """Whether a data format begins with "NC"."""
    return data_format is not None and data_format.startswith("NC")


def _plain(
    axes: int, input: Any, filter: Any, strides: Any, padding: Any, data_format: str | None,
    name: str,
) -> Tensor:  # fmt: skip
    kind: Any = _KINDS[axes]
    chosen = data_format or _FORMATS[axes]
    result: Tensor = kind(input, filter, strides, padding, data_format=chosen, name=name)
    return result


def _dilated(
    input: Tensor, filter: Tensor, strides: tuple[int, ...], rates: tuple[int, ...], padding: str,
    data_format: str | None, name: str,
) -> Tensor:  # fmt: skip
    axes = len(rates)
    _check_ranks(input, filter, axes, data_format)
    check_strides(strides, rates)
    is_first = is_channels_first(data_format)
    ones = (1, 1, *strides) if is_first else (1, *strides, 1)

    def op(inner: Tensor, _: int, inner_padding: str) -> Tensor:
        return _plain(axes, inner, filter, ones, inner_padding, data_format, name)

    first = 2 if is_first else 1
    return with_space_to_batch(
        input,
        np.array(rates, np.int32),
        padding,
        op,
        filter_shape=filter.get_shape(),
        spatial_dims=range(first, first + axes),
        data_format=data_format,
    )


def _check_ranks(input: Tensor, filter: Tensor, axes: int, data_format: str | None) -> None:
    for tensor, what in ((input, "input"), (filter, "filter")):
        if tensor._dims is not None and len(tensor._dims) != axes + 2:
            raise ValueError(f"{what} tensor must have rank {axes + 2}")
    channels = 1 if is_channels_first(data_format) else axes + 1
    depth = None if input._dims is None else input._dims[channels]
    filter_depth = None if filter._dims is None else filter._dims[axes]
    if None not in (depth, filter_depth) and depth != filter_depth:
        raise ValueError(
            "number of input channels does not match corresponding dimension of filter, "
            f"{depth} != {filter_depth}"
        )


def check_strides(strides: Sequence[int], rates: Sequence[int]) -> None:
    """Raises ValueError unless strides and rates are positive, and one of them all ones."""
    if min(rates) < 1:
        raise ValueError("all values of dilation_rate must be positive")
    if min(strides) < 1:
        raise ValueError("all values of strides must be positive")
    if max(strides) > 1 and max(rates) > 1:
        raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")


def atrous_conv2d(
    value: Any, filters: Any, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """Convolution of images with filters that have holes.

    Args:
      value: images of shape [batch, rows, columns, depth].
      filters: of shape [rows, columns, depth, filters].
      rate: from one element of a window to the next, along rows and columns.
      padding: "SAME" or "VALID".
      name: the ops' name.

    Raises:
      ValueError: shapes, rate or padding that don't fit.

    Example:
      >>> tf.nn.atrous_conv2d(tf.zeros([1, 9, 9, 2]), tf.zeros([3, 3, 2, 4]), 2, "VALID")
      <tf.Tensor 'convolution/BatchToSpaceND:0' shape=(1, 5, 5, 4) dtype=float32>
    """
    rates = np.broadcast_to(rate, (2,))
    return convolution(value, filters, padding, dilation_rate=rates, name=name)


def conv_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Any,
    padding: str = "SAME",
    data_format: str | None = None,
    dilations: Any = None,
    name: str | None = None,
) -> Tensor:
    """The transpose of convolution along one, two or three axes, by the shape of the result.

    Args:
      input: [batch, space..., filters], or channels second.
      filters: [space..., depth, filters].
      output_shape: the shape of the result.
      strides: of the convolution: one number, one for each spatial axis, or all.
      padding: "SAME" or "VALID".
      data_format: the order of the axes; channels last when None.
      dilations: in the forms of `strides`.
      name: the op's name.

    Raises:
      ValueError: ranks, shapes, strides or padding that don't fit.

    Example:
      >>> x, w = tf.zeros([1, 7, 7, 4]), tf.zeros([3, 3, 2, 4])
      >>> tf.nn.conv_transpose(x, w, [1, 14, 14, 2], 2)
      <tf.Tensor 'conv_transpose:0' shape=(1, 14, 14, 2) dtype=float32>
    """
    with name_scope(name, "conv_transpose", [input, filters, output_shape]) as scope:
        axes = _length(output_shape) - 2
        if not 1 <= axes <= 3:
            raise ValueError(f"output_shape must be of length 3, 4 or 5 but was {axes + 2}.")
        kind: Any = _TRANSPOSES[axes]
        result: Tensor = kind(
            input, filters, output_shape, strides, padding,
            data_format=data_format or _FORMATS[axes], dilations=dilations, name=scope,
        )  # fmt: skip
        return result


def _length(output_shape: Any) -> int:
    if isinstance(output_shape, Tensor):
        return int(output_shape.get_shape()[0])
    if isinstance(output_shape, Sized):
        return len(output_shape)
    raise ValueError("output_shape must be a tensor or sized collection.")
