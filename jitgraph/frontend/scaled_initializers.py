"""Initializers whose scale follows from the variable's shape: variance scaling and its kin.

In: parameters of the distribution. Out: objects to call with a shape, as in `plain_initializers`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.plain_initializers import Initializer, floating
from jitgraph.graph import Tensor
from jitgraph.ops.random_numbers import random_normal, random_uniform, truncated_normal

TRUNCATED_DEVIATION = 0.87962566103423978
"""The standard deviation of the standard normal distribution cut off at 2."""

_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("normal", "uniform", "truncated_normal", "untruncated_normal")


class UniformUnitScaling(Initializer):
    """Uniform numbers that keep the scale of what they are multiplied with.

    Args:
      factor: a multiple of that scale.
      seed: see `tf.set_random_seed`.
      dtype: the dtype where the call gives none.

    Raises:
      ValueError: a dtype that is not floating.

    Example:
      >>> tf.uniform_unit_scaling_initializer()([4, 2])
      <tf.Tensor 'random_uniform:0' shape=(4, 2) dtype=float32>
    """

    def __init__(
        self, factor: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        self.factor = factor
        self.seed = seed
        self.dtype = floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        inputs = math.prod(float(dim) for dim in _whole_shape(shape, partition_info)[:-1])
        most = math.sqrt(3 / max(inputs, 1.0)) * self.factor
        return random_uniform(shape, -most, most, dtype or self.dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "seed": self.seed, "dtype": self.dtype.name}


class VarianceScaling(Initializer):
    """Numbers whose variance is `scale` by the number of a layer's inputs, outputs, or their mean.

    Args:
      scale: a positive number.
      mode: "fan_in", "fan_out" or "fan_avg".
      distribution: "truncated_normal" (or "normal"), "untruncated_normal" or "uniform".
      seed: see `tf.set_random_seed`.
      dtype: the dtype where the call gives none.

    Raises:
      ValueError: another mode or distribution, a scale that is not positive, a dtype that is not
        floating.

    Example:
      >>> tf.variance_scaling_initializer(2.0)([4, 2])
      <tf.Tensor 'truncated_normal:0' shape=(4, 2) dtype=float32>
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        if scale <= 0.0:
            raise ValueError("`scale` must be positive float.")
        if mode not in _MODES:
            raise ValueError("Invalid `mode` argument:", mode)
        distribution = distribution.lower()
        if distribution not in _DISTRIBUTIONS:
            raise ValueError("Invalid `distribution` argument:", distribution)
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed
        self.dtype = floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        variance = self._variance(_whole_shape(shape, partition_info))
        kind = dtype or self.dtype
        if self.distribution in ("normal", "truncated_normal"):
            deviation = math.sqrt(variance) / TRUNCATED_DEVIATION
            return truncated_normal(shape, 0.0, deviation, kind, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return random_normal(shape, 0.0, math.sqrt(variance), kind, seed=self.seed)
        limit = math.sqrt(3.0 * variance)
        return random_uniform(shape, -limit, limit, kind, seed=self.seed)

    def _variance(self, shape: Any) -> float:
        inputs, outputs = fans(shape)
        by_mode = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2.0}
        return self.scale / max(1.0, by_mode[self.mode])

    def get_config(self) -> dict[str, Any]:
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "seed": self.seed,
            "dtype": self.dtype.name,
        }


class GlorotUniform(VarianceScaling):
    """Uniform numbers of variance 2 / (inputs + outputs), Glorot's (or Xavier's).

    Args:
      seed: see `tf.set_random_seed`.
      dtype: the dtype where the call gives none.

    Example:
      >>> tf.glorot_uniform_initializer()([4, 2])
      <tf.Tensor 'random_uniform:0' shape=(4, 2) dtype=float32>
    """

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "dtype": self.dtype.name}


class GlorotNormal(VarianceScaling):
    """Truncated normal numbers of variance 2 / (inputs + outputs), Glorot's (or Xavier's).

    Args:
      seed: see `tf.set_random_seed`.
      dtype: the dtype where the call gives none.

    Example:
      >>> tf.glorot_normal_initializer()([4, 2])
      <tf.Tensor 'truncated_normal:0' shape=(4, 2) dtype=float32>
    """

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "dtype": self.dtype.name}


def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal numbers of variance 1 / inputs.

    Args:
      seed: see `tf.set_random_seed`.

    Example:
      >>> tf.initializers.lecun_normal()([4, 2])
      <tf.Tensor 'truncated_normal:0' shape=(4, 2) dtype=float32>
    """
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed)


def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform numbers of variance 1 / inputs.

    Args:
      seed: see `tf.set_random_seed`.

    Example:
      >>> tf.initializers.lecun_uniform()([4, 2])
      <tf.Tensor 'random_uniform:0' shape=(4, 2) dtype=float32>
    """
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


def he_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal numbers of variance 2 / inputs.

    Args:
      seed: see `tf.set_random_seed`.

    Example:
      >>> tf.initializers.he_normal()([4, 2])
      <tf.Tensor 'truncated_normal:0' shape=(4, 2) dtype=float32>
    """
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed)


def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform numbers of variance 2 / inputs.

    Args:
      seed: see `tf.set_random_seed`.

    Example:
      >>> tf.initializers.he_uniform()([4, 2])
      <tf.Tensor 'random_uniform:0' shape=(4, 2) dtype=float32>
    """
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


def fans(shape: Sequence[Any]) -> tuple[int, int]:
    """The numbers of inputs and outputs of a layer whose weights have this shape."""
    if len(shape) < 1:
        return 1, 1
    if len(shape) == 1:
        return int(shape[0]), int(shape[0])
    places = math.prod(int(dim) for dim in shape[:-2])
    return int(shape[-2]) * places, int(shape[-1]) * places


def _whole_shape(shape: Any, partition_info: Any) -> Any:
    return shape if partition_info is None else partition_info.full_shape
