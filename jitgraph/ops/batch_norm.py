"""tf.nn.fused_batch_norm and the old form of batch_normalization.

In: images and a scale and offset for each channel. Out: normalised images, means, variances.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.batch_norm_definitions import FORMATS, FUSED_BATCH_NORM_V3
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.moments import batch_normalization
from jitgraph.ops.window_attributes import chosen_text

_LEAST_EPSILON = 1.001e-5


def fused_batch_norm(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any = None,
    variance: Any = None,
    epsilon: float = 0.001,
    data_format: str = "NHWC",
    is_training: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Batch normalisation in one op.

    Args:
      x: images of rank 4, float32 or half floats.
      scale: a vector of channels, float32.
      offset: a vector of channels, float32.
      mean: the population's means; only where `is_training` is False.
      variance: the population's variances; only where `is_training` is False.
      epsilon: added to variances; at least 1.001e-5.
      data_format: "NHWC" or "NCHW".
      is_training: normalise by the batch's own means and variances.
      name: the op's name.

    Returns:
      The normalised images, the means and the (unbiased) variances.

    Raises:
      ValueError: shapes that don't fit, or a mean or variance given in training.

    Example:
      >>> tf.nn.fused_batch_norm(tf.zeros([8, 4, 4, 3]), [1.0] * 3, [0.0] * 3)[0]
      <tf.Tensor 'FusedBatchNormV3:0' shape=(8, 4, 4, 3) dtype=float32>
    """
    x = convert_to_tensor(x, name="input")
    scale = convert_to_tensor(scale, name="scale")
    offset = convert_to_tensor(offset, name="offset")
    if is_training and (mean is not None or variance is not None):
        raise ValueError("Both 'mean' and 'variance' must be None if is_training is True.")
    mean = constant([]) if mean is None else mean
    variance = constant([]) if variance is None else variance
    attrs = {
        "epsilon": max(epsilon, _LEAST_EPSILON),
        "data_format": chosen_text("FusedBatchNormV3", "data_format", data_format, FORMATS),
        "is_training": bool(is_training),
    }
    outputs = apply(FUSED_BATCH_NORM_V3, [x, scale, offset, mean, variance], attrs, name)
    return outputs[0], outputs[1], outputs[2]


def batch_norm_with_global_normalization(
    t: Any = None,
    m: Any = None,
    v: Any = None,
    beta: Any = None,
    gamma: Any = None,
    variance_epsilon: Any = None,
    scale_after_normalization: bool | None = None,
    name: str | None = None,
    input: Any = None,
    mean: Any = None,
    variance: Any = None,
) -> Tensor:
    """Batch normalisation under its old name: see `tf.nn.batch_normalization`.

    Args:
      t: images of rank 4.
      m: a mean for each channel.
      v: a variance for each channel.
      beta: an offset for each channel.
      gamma: a scale for each channel.
      variance_epsilon: added to variances.
      scale_after_normalization: whether to scale by `gamma`.
      name: the ops' name scope.
      input: another name of `t`.
      mean: another name of `m`.
      variance: another name of `v`.

    Example:
      >>> one = tf.ones([3])
      >>> x = tf.zeros([8, 4, 4, 3])
      >>> tf.nn.batch_norm_with_global_normalization(x, one, one, one, one, 1e-3, True)
      <tf.Tensor 'batchnorm/add_1:0' shape=(8, 4, 4, 3) dtype=float32>
    """
    t = chosen_argument("input", input, "t", t)
    m = chosen_argument("mean", mean, "m", m)
    v = chosen_argument("variance", variance, "v", v)
    scale = gamma if scale_after_normalization else None
    return batch_normalization(t, m, v, beta, scale, variance_epsilon, name)
