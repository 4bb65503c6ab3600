"""Pooling along one axis, in volumes, and of tensors of any of these ranks.

In: signals, images or volumes, and windows. Out: the greatest element or the mean of each window.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef
from jitgraph.ops.pooling3d_definitions import AVG_POOL3D, MAX_POOL3D
from jitgraph.ops.pooling_definitions import AVG_POOL, MAX_POOL
from jitgraph.ops.reshaping import expand_dims, squeeze
from jitgraph.ops.window_attributes import FORMATS, PADDINGS, chosen_text, of_all_axes

_VOLUMES = ("NDHWC", "NCDHW")


def _attributes(
    op: str, ksize: Any, strides: Any, padding: Any, data_format: str, formats: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "ksize": ksize,
        "strides": strides,
        "padding": chosen_text(op, "padding", padding, PADDINGS),
        "data_format": chosen_text(op, "data_format", data_format, formats),
    }


def _along_one_axis(
    kind: OpDef, input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any, name: str
) -> Tensor:
    data_format = data_format or "NWC"
    channels = 1 if data_format.startswith("NC") else 2
    added = 1 if data_format == "NWC" else 2
    attrs = _attributes(
        kind.name,
        (1, *of_all_axes("ksize", ksize, 1, channels)),
        (1, *of_all_axes("strides", strides, 1, channels)),
        padding,
        "NHWC" if data_format == "NWC" else "NCHW",
        FORMATS,
    )
    result: Tensor = squeeze(apply(kind, [expand_dims(input, added)], attrs, name), added)
    return result


def max_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NWC",
    name: str | None = None,
) -> Tensor:
    """The greatest element of each window along one axis.

    Args:
      input: signals of shape [batch, width, depth], or [batch, depth, width] for "NCW".
      ksize: the window: a number, or one for each axis.
      strides: from one window to the next.
      padding: "SAME" or "VALID".
      data_format: "NWC" or "NCW".
      name: the ops' name scope.

    Raises:
      ValueError: windows that don't fit.

    Example:
      >>> tf.nn.max_pool1d(tf.zeros([1, 10, 3]), 2, 2, "SAME")
      <tf.Tensor 'MaxPool1d/Squeeze:0' shape=(1, 5, 3) dtype=float32>
    """
    with name_scope(name, "MaxPool1d", [input]) as scope:
        return _along_one_axis(MAX_POOL, input, ksize, strides, padding, data_format, scope)


def avg_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NWC",
    name: str | None = None,
) -> Tensor:
    """The mean of each window along one axis; padding isn't counted.

    Args:
      input: signals of shape [batch, width, depth], or [batch, depth, width] for "NCW".
      ksize: the window: a number, or one for each axis.
      strides: from one window to the next.
      padding: "SAME" or "VALID".
      data_format: "NWC" or "NCW".
      name: the ops' name scope.

    Raises:
      ValueError: windows that don't fit.

    Example:
      >>> tf.nn.avg_pool1d(tf.zeros([1, 10, 3]), 2, 2, "SAME")
      <tf.Tensor 'AvgPool1D/Squeeze:0' shape=(1, 5, 3) dtype=float32>
    """
    with name_scope(name, "AvgPool1D", [input]) as scope:
        return _along_one_axis(AVG_POOL, input, ksize, strides, padding, data_format, scope)


def max_pool2d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NHWC",
    name: str | None = None,
) -> Tensor:
    """The greatest element of each window of images: `max_pool` under another name.

    Args:
      input: images of rank 4.
      ksize: the window: one number, one each for rows and columns, or four.
      strides: from one window to the next, in the forms of `ksize`.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      name: the op's name.

    Raises:
      ValueError: windows that don't fit.

    Example:
      >>> tf.nn.max_pool2d(tf.zeros([1, 28, 28, 32]), 2, 2, "SAME")
      <tf.Tensor 'MaxPool2d:0' shape=(1, 14, 14, 32) dtype=float32>
    """
    with name_scope(name, "MaxPool2d", [input]) as scope:
        return _in_space(MAX_POOL, 2, input, ksize, strides, padding, data_format, scope)


def _in_space(
    kind: OpDef, axes: int, input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any,
    name: str | None,
) -> Tensor:  # fmt: skip
    data_format = data_format or (_VOLUMES[0] if axes == 3 else FORMATS[0])
    channels = 1 if data_format.startswith("NC") else axes + 1
    attrs = _attributes(
        kind.name,
        of_all_axes("ksize", ksize, axes, channels),
        of_all_axes("strides", strides, axes, channels),
        padding,
        data_format,
        _VOLUMES if axes == 3 else FORMATS,
    )
    result: Tensor = apply(kind, [input], attrs, name)
    return result


def max_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """The greatest element of each window of volumes.

    Args:
      input: volumes of shape [batch, planes, rows, columns, depth], or as `data_format` says.
      ksize: the window: one number, one for each spatial axis, or five.
      strides: from one window to the next, in the forms of `ksize`.
      padding: "SAME" or "VALID".
      data_format: "NDHWC" or "NCDHW".
      name: the op's name.

    Raises:
      ValueError: windows that don't fit.

    Example:
      >>> tf.nn.max_pool3d(tf.zeros([1, 4, 8, 8, 2]), 2, 2, "SAME")
      <tf.Tensor 'MaxPool3D:0' shape=(1, 2, 4, 4, 2) dtype=float32>
    """
    with name_scope(name, "MaxPool3D", [input]) as scope:
        return _in_space(MAX_POOL3D, 3, input, ksize, strides, padding, data_format, scope)


def avg_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """The mean of each window of volumes; padding isn't counted.

    Args:
      input: volumes of shape [batch, planes, rows, columns, depth], or as `data_format` says.
      ksize: the window: one number, one for each spatial axis, or five.
      strides: from one window to the next, in the forms of `ksize`.
      padding: "SAME" or "VALID".
      data_format: "NDHWC" or "NCDHW".
      name: the op's name.

    Raises:
      ValueError: windows that don't fit.

    Example:
      >>> tf.nn.avg_pool3d(tf.zeros([1, 4, 8, 8, 2]), 2, 2, "SAME")
      <tf.Tensor 'AvgPool3D:0' shape=(1, 2, 4, 4, 2) dtype=float32>
    """
    with name_scope(name, "AvgPool3D", [input]) as scope:
        return _in_space(AVG_POOL3D, 3, input, ksize, strides, padding, data_format, scope)


def max_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The greatest element of each window along one, two or three axes, by the rank.

    Args:
      input: a tensor of rank 3, 4 or 5.
      ksize: the window: one number, one for each spatial axis, or all.
      strides: from one window to the next, in the forms of `ksize`.
      padding: "SAME" or "VALID".
      data_format: the order of the axes; channels last when None.
      name: the op's name.

    Raises:
      ValueError: the rank, or windows that don't fit.

    Example:
      >>> tf.nn.max_pool_v2(tf.zeros([1, 28, 28, 32]), 2, 2, "SAME")
      <tf.Tensor 'MaxPool:0' shape=(1, 14, 14, 32) dtype=float32>
    """
    kinds = {2: MAX_POOL, 3: MAX_POOL3D}
    return _of_any_rank(max_pool1d, kinds, input, ksize, strides, padding, data_format, name)


def avg_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """The mean of each window along one, two or three axes, by the rank.

    Args:
      input: a tensor of rank 3, 4 or 5.
      ksize: the window: one number, one for each spatial axis, or all.
      strides: from one window to the next, in the forms of `ksize`.
      padding: "SAME" or "VALID".
      data_format: the order of the axes; channels last when None.
      name: the op's name.

    Raises:
      ValueError: the rank, or windows that don't fit.

    Example:
      >>> tf.nn.avg_pool_v2(tf.zeros([1, 28, 28, 32]), 2, 2, "SAME")
      <tf.Tensor 'AvgPool:0' shape=(1, 14, 14, 32) dtype=float32>
    """
    kinds = {2: AVG_POOL, 3: AVG_POOL3D}
    return _of_any_rank(avg_pool1d, kinds, input, ksize, strides, padding, data_format, name)


def _of_any_rank(
    along_one: Any, kinds: dict[int, OpDef], input: Any, ksize: Any, strides: Any, padding: Any,
    data_format: Any, name: str | None,
) -> Tensor:  # fmt: skip
    axes = len(convert_to_tensor(input).get_shape()) - 2
    if not 1 <= axes <= 3:
        raise ValueError(f"Input tensor must be of rank 3, 4 or 5 but was {axes + 2}.")
    if axes == 1:
        result: Tensor = along_one(input, ksize, strides, padding, data_format or "NWC", name)
        return result
    return _in_space(kinds[axes], axes, input, ksize, strides, padding, data_format, name)
