"""tf.nn.max_pool and tf.nn.avg_pool.

In: images and windows, in any form that TensorFlow takes. Out: the greatest element or the mean of
each window.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.definition import OpDef
from jitgraph.ops.pooling_definitions import AVG_POOL, MAX_POOL
from jitgraph.ops.window_attributes import (
    FORMATS,
    PADDINGS,
    channels_of,
    chosen_text,
    of_all_axes,
)


def _pooled(
    kind: OpDef, value: Any, ksize: Any, strides: Any, padding: Any, data_format: Any, name: str
) -> Tensor:
    data_format = data_format or "NHWC"
    channels = channels_of(data_format)
    attrs = {
        "ksize": of_all_axes("ksize", ksize, 2, channels),
        "strides": of_all_axes("strides", strides, 2, channels),
    }
    if 0 in attrs["ksize"]:
        raise ValueError("ksize cannot be zero.")
    names = {
        "padding": chosen_text(kind.name, "padding", padding, PADDINGS),
        "data_format": chosen_text(kind.name, "data_format", data_format, FORMATS),
    }
    return apply(kind, [value], {**attrs, **names}, name)


def max_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The greatest element of each window.

    Args:
      value: images of shape [batch, rows, columns, depth], or as `data_format` says.
      ksize: the window: one number, one each for rows and columns, or four. A window along the
        depth must divide it and not slide along rows and columns too.
      strides: from one window to the next, in the forms of `ksize`.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      name: the op's name.
      input: another name of `value`.

    Raises:
      ValueError: windows that don't fit.

    Example:
      >>> tf.nn.max_pool(tf.zeros([1, 28, 28, 32]), 2, 2, "SAME")
      <tf.Tensor 'MaxPool:0' shape=(1, 14, 14, 32) dtype=float32>
    """
    value = chosen_argument("input", input, "value", value)
    with name_scope(name, "MaxPool", [value]) as scope:
        return _pooled(MAX_POOL, value, ksize, strides, padding, data_format, scope)


def avg_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The mean of each window; padding isn't counted.

    Args:
      value: images of shape [batch, rows, columns, depth], or as `data_format` says, of a float
        dtype.
      ksize: the window: one number, one each for rows and columns, or four.
      strides: from one window to the next, in the forms of `ksize`.
      padding: "SAME" or "VALID".
      data_format: "NHWC" or "NCHW".
      name: the op's name.
      input: another name of `value`.

    Raises:
      ValueError: windows that don't fit.

    Example:
      >>> tf.nn.avg_pool(tf.zeros([1, 28, 28, 32]), 2, 2, "SAME")
      <tf.Tensor 'AvgPool:0' shape=(1, 14, 14, 32) dtype=float32>
    """
    with name_scope(name, "AvgPool", [value]) as scope:
        value = chosen_argument("input", input, "value", value)
        return _pooled(AVG_POOL, value, ksize, strides, padding, data_format, scope)
