"""tf.contrib.layers' initializers: Xavier's and scaled variance.

In: parameters of the distribution. Out: functions of a shape and a dtype.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.random_numbers import random_uniform, truncated_normal

_MODES = ("FAN_IN", "FAN_OUT", "FAN_AVG")
_NOT_FLOATING = "Cannot create initializer for non-floating point type."


def xavier_initializer(
    uniform: bool = True, seed: int | None = None, dtype: Any = dtypes.float32
) -> Callable[..., Tensor]:
    """Random numbers of variance 2 / (inputs + outputs), Xavier Glorot's.

    Args:
      uniform: uniform numbers, not truncated normal ones.
      seed: see `tf.set_random_seed`.
      dtype: the dtype where the call gives none.

    Raises:
      TypeError: a dtype that is not floating.

    Example:
      >>> tf.contrib.layers.xavier_initializer()([4, 2])
      <tf.Tensor 'random_uniform:0' shape=(4, 2) dtype=float32>
    """
    return variance_scaling_initializer(1.0, "FAN_AVG", uniform, seed, dtype)


def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = dtypes.float32,
) -> Callable[..., Tensor]:
    """Random numbers whose variance is `factor` by a layer's inputs, outputs, or their mean.

    Args:
      factor: a positive number.
      mode: "FAN_IN", "FAN_OUT" or "FAN_AVG".
      uniform: uniform numbers, not truncated normal ones.
      seed: see `tf.set_random_seed`.
      dtype: the dtype where the call gives none.

    Raises:
      TypeError: another mode, a dtype that is not floating.

    Example:
      >>> tf.contrib.layers.variance_scaling_initializer()([4, 2])
      <tf.Tensor 'truncated_normal:0' shape=(4, 2) dtype=float32>
    """
    own = dtypes.as_dtype(dtype)
    if not own.is_floating:
        raise TypeError(_NOT_FLOATING)
    if mode not in _MODES:
        raise TypeError("Unknown mode %s [FAN_IN, FAN_OUT, FAN_AVG]", mode)

    def initializer(shape: Any, dtype: Any = own, partition_info: Any = None) -> Tensor:
        kind = dtypes.as_dtype(dtype)
        if not kind.is_floating:
            raise TypeError(_NOT_FLOATING)
        count = _count(shape, mode)
        if uniform:
            limit = math.sqrt(3.0 * factor / count)
            return random_uniform(shape, -limit, limit, kind, seed=seed)
        return truncated_normal(shape, 0.0, math.sqrt(1.3 * factor / count), kind, seed=seed)

    return initializer


def _count(shape: Any, mode: str) -> float:
    """The number of inputs, outputs, or their mean, of a layer whose weights have this shape."""
    sizes = [float(dim) for dim in shape]
    places = math.prod(sizes[:-2])
    outputs = sizes[-1] * places if sizes else 1.0
    inputs = sizes[-2] * places if len(sizes) > 1 else outputs
    return {"FAN_IN": inputs, "FAN_OUT": outputs, "FAN_AVG": (inputs + outputs) / 2.0}[mode]
