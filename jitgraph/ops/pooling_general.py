"""Pooling of any rank, with dilation through the batch: tf.nn.pool.

In: signals, images or volumes. Out: what the op of that rank makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.atrous import with_space_to_batch
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.convolution_general import check_strides, is_channels_first
from jitgraph.ops.pooling import avg_pool, max_pool
from jitgraph.ops.pooling_forms import avg_pool3d, max_pool3d
from jitgraph.ops.reshaping import expand_dims, squeeze


def pool(
    input: Any,
    window_shape: Sequence[int],
    pooling_type: str,
    padding: str,
    dilation_rate: Sequence[int] | None = None,
    strides: Sequence[int] | None = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Sequence[int] | None = None,
) -> Tensor:
    """Pooling along one, two or three axes.

    Args:
      input: [batch, space..., channels], or channels second for a format that begins with "NC".
      window_shape: the window along each spatial axis.
      pooling_type: "MAX" or "AVG".
      padding: "SAME" or "VALID"; "VALID" where a rate is above 1.
      dilation_rate: from one element of a window to the next.
      strides: from one window to the next, not above the window's size.
      name: the ops' name.
      data_format: the order of the axes; channels last when None.
      dilations: another name of `dilation_rate`.

    Raises:
      ValueError: arguments that don't fit.

    Example:
      >>> tf.nn.pool(tf.zeros([1, 8, 8, 2]), [2, 2], "MAX", "SAME", strides=[2, 2])
      <tf.Tensor 'max_pool:0' shape=(1, 4, 4, 2) dtype=float32>
    """
    rate = chosen_argument("dilations", dilations, "dilation_rate", dilation_rate)
    with name_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        tensor = convert_to_tensor(input, name="input")
        axes = len(window_shape)
        if not 1 <= axes <= 3:
            raise ValueError("It is required that 1 <= num_spatial_dims <= 3.")
        tensor.get_shape().with_rank(axes + 2)
        steps = _numbers("strides", strides, axes)
        rates = _numbers("dilation_rate", rate, axes)
        check_strides(steps, rates)
        _check_pooling(padding, steps, rates, window_shape)
        op = _pooling(pooling_type, window_shape, steps, data_format, scope)
        first = 2 if is_channels_first(data_format) else 1
        return with_space_to_batch(
            tensor,
            np.array(rates, np.int32),
            padding,
            op,
            filter_shape=np.array(window_shape, np.int32),
            spatial_dims=range(first, first + axes),
        )


def _numbers(what: str, given: Sequence[int] | None, axes: int) -> list[int]:
    if given is None:
        return [1] * axes
    if len(given) != axes:
        raise ValueError(f"len({what})={len(given)} but should be {axes}")
    return [int(each) for each in given]


def _check_pooling(
    padding: str, strides: Sequence[int], rates: Sequence[int], window: Sequence[int]
) -> None:
    if padding == "SAME" and max(rates) > 1:
        raise ValueError("pooling with SAME padding is not implemented for dilation_rate > 1")
    if any(step > size for step, size in zip(strides, window, strict=True)):
        raise ValueError(
            "strides > window_shape not supported due to inconsistency between CPU and GPU "
            "implementations"
        )


def _pooling(
    pooling_type: str, window: Sequence[int], strides: Sequence[int], data_format: str | None,
    name: str,
) -> Any:  # fmt: skip
    """The op on images without holes that with_space_to_batch calls."""
    axes = len(window)
    kinds = {"MAX": (max_pool, max_pool, max_pool3d), "AVG": (avg_pool, avg_pool, avg_pool3d)}
    if pooling_type not in kinds:
        raise ValueError(f"{axes}-D {pooling_type} pooling is not supported.")
    kind: Any = kinds[pooling_type][axes - 1]
    is_first = is_channels_first(data_format)
    if axes == 1 and data_format not in (None, "NWC", "NCW"):
        raise ValueError('data_format must be either "NWC" or "NCW".')
    chosen = ("NCHW" if is_first else "NHWC") if axes == 1 else data_format
    sizes, steps = (_of_every_axis(each, is_first, axes == 1) for each in (window, strides))
    added = 2 if is_first else 1

    def op(inner: Tensor, _: int, padding: str) -> Tensor:
        images = expand_dims(inner, added) if axes == 1 else inner
        found: Tensor = kind(images, sizes, steps, padding, data_format=chosen, name=name)
        return squeeze(found, [added]) if axes == 1 else found

    return op


def _of_every_axis(spatial: Sequence[int], is_first: bool, is_single: bool) -> list[int]:
    whole = [1, 1, *spatial] if is_first else [1, *spatial, 1]
    return [1, *whole] if is_single else whole
