"""Random numbers that a seed alone decides: the same in every run.

In: a shape, parameters of the distribution, a seed of two integers. Out: tensors of the numbers
that TensorFlow's CPU kernels make of that seed.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.arithmetic import add
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import FLOATS, INDEX, OpDef
from jitgraph.ops.random_numbers import shape_tensor
from jitgraph.ops.stateless_definitions import (
    STATELESS_MULTINOMIAL,
    STATELESS_RANDOM_NORMAL,
    STATELESS_RANDOM_UNIFORM,
    STATELESS_RANDOM_UNIFORM_INT,
    STATELESS_TRUNCATED_NORMAL,
)


def stateless_random_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Numbers of [minval, maxval), all equally likely, that the seed alone decides.

    Args:
      shape: the shape, a list or an integer vector.
      seed: two integers.
      minval: the least number, a scalar.
      maxval: the number that all are below; 1 for a float dtype.
      dtype: float16, bfloat16, float32, float64, int32 or int64.
      name: the name of the result.

    Raises:
      ValueError: another dtype, or no `maxval` for integers.

    Example:
      >>> tf.random.stateless_uniform([2, 3], [1, 2])
      <tf.Tensor 'stateless_random_uniform:0' shape=(2, 3) dtype=float32>
    """
    kind = dtypes.as_dtype(dtype)
    if kind not in FLOATS + INDEX:
        raise ValueError(f"Invalid dtype {kind!r}")
    if maxval is None:
        if kind.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {kind!r}")
        maxval = 1
    with name_scope(name, "stateless_random_uniform", [shape, seed, minval, maxval]) as scope:
        sizes = shape_tensor(shape)
        low = convert_to_tensor(minval, dtype=kind, name="min")
        high = convert_to_tensor(maxval, dtype=kind, name="max")
        if kind.is_integer:
            return apply(STATELESS_RANDOM_UNIFORM_INT, [sizes, seed, low, high], name=scope)
        unit = apply(STATELESS_RANDOM_UNIFORM, [sizes, seed], {"dtype": kind})
        return add(unit * (high - low), low, name=scope)


def stateless_random_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Numbers of a normal distribution that the seed alone decides.

    Args:
      shape: the shape, a list or an integer vector.
      seed: two integers.
      mean, stddev: mean and standard deviation.
      dtype: float16, bfloat16, float32 or float64.
      name: the name of the result.

    Example:
      >>> tf.random.stateless_normal([2, 3], [1, 2])
      <tf.Tensor 'stateless_random_normal:0' shape=(2, 3) dtype=float32>
    """
    given = (shape, seed, mean, stddev, dtype, name)
    return _scaled(STATELESS_RANDOM_NORMAL, "stateless_random_normal", *given)


def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Normal numbers within two standard deviations of the mean that the seed alone decides.

    Args:
      shape: the shape, a list or an integer vector.
      seed: two integers.
      mean, stddev: mean and standard deviation before truncation.
      dtype: float16, bfloat16, float32 or float64.
      name: the name of the result.

    Example:
      >>> tf.random.stateless_truncated_normal([2, 3], [1, 2])
      <tf.Tensor 'stateless_truncated_normal:0' shape=(2, 3) dtype=float32>
    """
    given = (shape, seed, mean, stddev, dtype, name)
    return _scaled(STATELESS_TRUNCATED_NORMAL, "stateless_truncated_normal", *given)


def _scaled(
    definition: OpDef, default_name: str, shape: Any, seed: Any, mean: Any, stddev: Any,
    dtype: Any, name: str | None,
) -> Tensor:  # fmt: skip
    kind = dtypes.as_dtype(dtype)
    with name_scope(name, default_name, [shape, seed, mean, stddev]) as scope:
        sizes = shape_tensor(shape)
        center = convert_to_tensor(mean, dtype=kind, name="mean")
        deviation = convert_to_tensor(stddev, dtype=kind, name="stddev")
        unit = apply(definition, [sizes, seed], {"dtype": kind})
        return add(unit * deviation, center, name=scope)


def stateless_multinomial(
    logits: Any,
    num_samples: Any,
    seed: Any,
    output_dtype: Any = dtypes.int64,
    name: str | None = None,
) -> Tensor:
    """Classes drawn by their logits that the seed alone decides; the older name of
    `tf.random.stateless_categorical`.

    Args:
      logits: unnormalised log-probabilities, [rows, classes].
      num_samples: how many classes are drawn for each row, a scalar.
      seed: two integers.
      output_dtype: int32 or int64.
      name: the scope of the op.

    Example:
      >>> tf.random.stateless_multinomial([[0.0, 1.0]], 5, [1, 2]).shape
      TensorShape([Dimension(1), Dimension(5)])
    """
    with name_scope(name, "stateless_multinomial", [logits, seed]):
        return _categorical(logits, num_samples, output_dtype, seed)


def stateless_categorical(
    logits: Any,
    num_samples: Any,
    seed: Any,
    dtype: Any = dtypes.int64,
    name: str | None = None,
) -> Tensor:
    """Classes drawn by their logits that the seed alone decides.

    Args:
      logits: unnormalised log-probabilities, [rows, classes].
      num_samples: how many classes are drawn for each row, a scalar.
      seed: two integers.
      dtype: int32 or int64.
      name: the scope of the op.

    Example:
      >>> tf.random.stateless_categorical([[0.0, 1.0]], 5, [1, 2]).shape
      TensorShape([Dimension(1), Dimension(5)])
    """
    with name_scope(name, "stateless_categorical", [logits, seed]):
        return _categorical(logits, num_samples, dtype, seed)


def _categorical(logits: Any, num_samples: Any, dtype: Any, seed: Any) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    attrs = {"output_dtype": dtypes.as_dtype(dtype)}
    return apply(STATELESS_MULTINOMIAL, [logits, num_samples, seed], attrs)
