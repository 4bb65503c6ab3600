"""Means and variances, and normalisation by them.

In: tensors. Out: the ops that TensorFlow composes for the same call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.arithmetic import add, multiply, square, squared_difference, subtract
from jitgraph.ops.array_dims import chosen_argument, product
from jitgraph.ops.casting import cast
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_powers import reciprocal, rsqrt
from jitgraph.ops.filling import zeros_like
from jitgraph.ops.gathering import gather
from jitgraph.ops.identities import stop_gradient
from jitgraph.ops.reductions import reduce_mean, reduce_prod, reduce_sum
from jitgraph.ops.reshaping import squeeze
from jitgraph.ops.shapes_of import shape as shape_of


def moments(
    x: Any,
    axes: Any,
    shift: Any = None,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """The mean and the variance of `x` along axes.

    Args:
      x: a tensor of floats.
      axes: the axes to average over, for batch normalisation all but the last.
      shift: not used.
      name: the ops' name scope.
      keep_dims: the old name of `keepdims`.
      keepdims: keep these axes, with size 1.

    Returns:
      The mean and the (biased) variance. Those of float16 are computed in float32.

    Example:
      >>> tf.nn.moments(tf.constant([[1.0, 2.0], [3.0, 4.0]]), [0])[0]
      <tf.Tensor 'moments/Squeeze:0' shape=(2,) dtype=float32>
    """
    keeps = bool(chosen_argument("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "moments", [x, axes]):
        is_narrow = x.dtype == dtypes.float16
        y = cast(x, dtypes.float32) if is_narrow else x
        mean = reduce_mean(y, axes, keepdims=True, name="mean")
        distances = squared_difference(y, stop_gradient(mean))
        variance = reduce_mean(distances, axes, keepdims=True, name="variance")
        return _finished(mean, variance, axes, keeps, is_narrow)


def _finished(
    mean: Tensor, variance: Tensor, axes: Any, keeps: bool, is_narrow: bool
) -> tuple[Tensor, Tensor]:
    if not keeps:
        mean, variance = squeeze(mean, axes), squeeze(variance, axes)
    if is_narrow:
        return cast(mean, dtypes.float16), cast(variance, dtypes.float16)
    return mean, variance


def weighted_moments(
    x: Any,
    axes: Any,
    frequency_weights: Any,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """The mean and the variance of `x` along axes, where elements count more than once.

    Args:
      x: a tensor of floats.
      axes: the axes to average over.
      frequency_weights: how often each element counts; broadcasts with `x`.
      name: the ops' name scope.
      keep_dims: the old name of `keepdims`.
      keepdims: keep these axes, with size 1.

    Example:
      >>> tf.nn.weighted_moments([1.0, 4.0], [0], [2.0, 1.0])[0]
      <tf.Tensor 'weighted_moments/Squeeze:0' shape=() dtype=float32>
    """
    keeps = bool(chosen_argument("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(frequency_weights, name="frequency_weights")
        is_narrow = x.dtype == dtypes.float16
        if is_narrow:
            x = cast(x, dtypes.float32)
        if weights.dtype != x.dtype:
            weights = cast(weights, x.dtype)
        total = reduce_sum(weights * x, axes, name="weighted_input_sum", keepdims=True)
        spread = weights + zeros_like(x)
        weight = reduce_sum(spread, axes, name="sum_of_weights", keepdims=True)
        divisor = reciprocal(weight, name="inv_weight_sum")
        mean = multiply(total, divisor)
        distances = weights * squared_difference(x, mean)
        distance = reduce_sum(distances, axes, name="weighted_distsq", keepdims=True)
        return _finished(mean, multiply(distance, divisor), axes, keeps, is_narrow)


def sufficient_statistics(
    x: Any,
    axes: Sequence[int],
    shift: Any = None,
    keep_dims: bool | None = None,
    name: str | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """What the mean and the variance of `x` are computed from, in one pass over it.

    Args:
      x: a tensor.
      axes: the axes to sum over.
      shift: a value near the mean, subtracted from `x` for precision; None for none.
      keep_dims: the old name of `keepdims`.
      name: the ops' name scope.
      keepdims: keep these axes, with size 1.

    Returns:
      The number of elements, their sum, the sum of their squares (of the shifted ones), `shift`.

    Example:
      >>> tf.nn.sufficient_statistics(tf.constant([1.0, 2.0]), [0])[1]
      <tf.Tensor 'sufficient_statistics/mean_ss:0' shape=() dtype=float32>
    """
    axes = list(set(axes))
    keeps = bool(chosen_argument("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "sufficient_statistics", [x, shift]):
        x = convert_to_tensor(x, name="x")
        counts = _count_along(x, axes)
        if shift is not None:
            shift = convert_to_tensor(shift, name="shift")
            values, squares = subtract(x, shift), squared_difference(x, shift)
        else:
            values, squares = x, square(x)
        total = reduce_sum(values, axes, keepdims=keeps, name="mean_ss")
        return counts, total, reduce_sum(squares, axes, keepdims=keeps, name="var_ss"), shift


def _count_along(x: Tensor, axes: Sequence[int]) -> Tensor:
    known = [] if x._dims is None else [x._dims[axis] for axis in axes]
    if x._dims is not None and None not in known:
        return constant(product(known), dtype=x.dtype)
    sizes = gather(cast(shape_of(x), x.dtype), axes)
    return reduce_prod(sizes, name="count")


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """The mean and the variance from what `sufficient_statistics` gives.

    Args:
      counts: the number of elements.
      mean_ss: their sum, shifted.
      variance_ss: the sum of their squares, shifted.
      shift: what they were shifted by, or None.
      name: the ops' name scope.

    Example:
      >>> tf.nn.normalize_moments(2.0, 3.0, 5.0, None)[0]
      <tf.Tensor 'normalize/mean:0' shape=() dtype=float32>
    """
    with name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = reciprocal(counts, name="divisor")
        if shift is None:
            shifted = mean = multiply(mean_ss, divisor, name="mean")
        else:
            shifted = multiply(mean_ss, divisor, name="shifted_mean")
            mean = add(shifted, shift, name="mean")
        squares = multiply(variance_ss, divisor)
        return mean, subtract(squares, square(shifted), name="variance")


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: float,
    name: str | None = None,
) -> Tensor:
    """(x - mean) / sqrt(variance + epsilon) * scale + offset.

    Args:
      x: a tensor.
      mean, variance: of the shape of `x` with size 1 in the axes averaged over, or vectors for the
        last axis.
      offset: what to add, or None.
      scale: what to multiply with, or None.
      variance_epsilon: a small number, so that nothing is divided by 0.
      name: the ops' name scope.

    Example:
      >>> tf.nn.batch_normalization(tf.ones([2, 3]), tf.zeros([3]), tf.ones([3]), None, None, 1e-3)
      <tf.Tensor 'batchnorm/add_1:0' shape=(2, 3) dtype=float32>
    """
    with name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        inverse = rsqrt(variance + variance_epsilon)
        if scale is not None:
            inverse *= scale
        scaled = x * cast(inverse, x.dtype)
        moved = offset - mean * inverse if offset is not None else -mean * inverse
        return scaled + cast(moved, x.dtype)
