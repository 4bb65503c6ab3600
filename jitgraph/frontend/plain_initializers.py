"""Initializers: what makes the initial value of a variable from its shape and dtype.

In: parameters of the distribution. Out: objects to call with a shape; each call creates the ops
that TensorFlow 1.15 creates. `tf.get_variable` calls them; so may anybody.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Tensor
from jitgraph.ops.constants import constant
from jitgraph.ops.filling import ones, zeros
from jitgraph.ops.random_numbers import random_normal, random_uniform, truncated_normal


class Initializer:
    """What makes an initial value: call it with a shape.

    Initializers print as their configuration and are made again from it:
    `type(i).from_config(i.get_config())`.
    """

    dtype: DType

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        """The initial value.

        Args:
          shape: the variable's shape.
          dtype: its dtype; the initializer's own when None.
          partition_info: where a part of a partitioned variable lies, or None.
        """
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The arguments by which it can be made again."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """The initializer of a configuration.

        Example:
          >>> tf.ones_initializer.from_config({"dtype": "int32"}).get_config()
          {'dtype': 'int32'}
        """
        return cls(**config)

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.get_config().items())
        return f"{type(self).__name__}({given})"


class Zeros(Initializer):
    """Zeros.

    Args:
      dtype: the dtype where the call gives none.

    Example:
      >>> tf.zeros_initializer()([2])
      <tf.Tensor 'zeros:0' shape=(2,) dtype=float32>
    """

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return zeros(shape, dtype or self.dtype)

    def get_config(self) -> dict[str, Any]:
        return {"dtype": self.dtype.name}


class Ones(Initializer):
    """Ones.

    Args:
      dtype: the dtype where the call gives none.

    Example:
      >>> tf.ones_initializer()([2])
      <tf.Tensor 'ones:0' shape=(2,) dtype=float32>
    """

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return ones(shape, dtype or self.dtype)

    def get_config(self) -> dict[str, Any]:
        return {"dtype": self.dtype.name}


class Constant(Initializer):
    """Given values; the last one fills what is left of the shape.

    Args:
      value: a number, a list or an array.
      dtype: the dtype where the call gives none.
      verify_shape: refuse a value of another shape than the variable's.

    Raises:
      TypeError: a value of another kind, or of another shape where that is refused.
      ValueError: more values than the shape holds.

    Example:
      >>> tf.constant_initializer(3)([2])
      <tf.Tensor 'Const:0' shape=(2,) dtype=float32>
    """

    def __init__(
        self, value: Any = 0, dtype: Any = dtypes.float32, verify_shape: bool = False
    ) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value: {type(value)} (expected Python scalar, list or "
                "tuple of values, or numpy.ndarray)."
            )
        self.value = value
        self.dtype = dtypes.as_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(
        self,
        shape: Any,
        dtype: Any = None,
        partition_info: Any = None,
        verify_shape: bool | None = None,
    ) -> Tensor:
        is_checked = self._verify_shape if verify_shape is None else verify_shape
        kind = dtype or self.dtype
        return constant(self.value, dtype=kind, shape=shape, verify_shape=is_checked)

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value, "dtype": self.dtype.name}


class RandomUniform(Initializer):
    """Numbers of [minval, maxval), all equally likely.

    Args:
      minval, maxval: the range; to 1 for float dtypes when `maxval` is None.
      seed: see `tf.set_random_seed`.
      dtype: the dtype where the call gives none.

    Example:
      >>> tf.random_uniform_initializer(-1, 1)([2])
      <tf.Tensor 'random_uniform:0' shape=(2,) dtype=float32>
    """

    def __init__(
        self,
        minval: Any = 0,
        maxval: Any = None,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        self.minval = minval
        self.maxval = maxval
        self.seed = seed
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return random_uniform(shape, self.minval, self.maxval, dtype or self.dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        own = {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}
        return {**own, "dtype": self.dtype.name}


class RandomNormal(Initializer):
    """Numbers of a normal distribution.

    Args:
      mean, stddev: mean and standard deviation.
      seed: see `tf.set_random_seed`.
      dtype: the dtype where the call gives none.

    Raises:
      ValueError: a dtype that is not floating.

    Example:
      >>> tf.random_normal_initializer(stddev=0.1)([2])
      <tf.Tensor 'random_normal:0' shape=(2,) dtype=float32>
    """

    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return random_normal(shape, self.mean, self.stddev, dtype or self.dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        own = {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}
        return {**own, "dtype": self.dtype.name}


class TruncatedNormal(Initializer):
    """Numbers of a normal distribution within two standard deviations of the mean.

    Args:
      mean, stddev: mean and standard deviation before truncation.
      seed: see `tf.set_random_seed`.
      dtype: the dtype where the call gives none.

    Raises:
      ValueError: a dtype that is not floating.

    Example:
      >>> tf.truncated_normal_initializer(stddev=0.1)([2])
      <tf.Tensor 'truncated_normal:0' shape=(2,) dtype=float32>
    """

    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return truncated_normal(shape, self.mean, self.stddev, dtype or self.dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        own = {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}
        return {**own, "dtype": self.dtype.name}


def floating(dtype: Any) -> DType:
    """A dtype that must be floating."""
    kind: DType = dtypes.as_dtype(dtype)
    if not kind.is_floating:
        raise ValueError(f"Expected floating point type, got {kind}.")
    return kind
