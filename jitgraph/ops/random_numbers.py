"""Tensors of random numbers: uniform, normal, truncated normal.

In: a shape, parameters of the distribution, a seed. Out: tensors that hold other numbers in every
run. With a seed (of the op or of the graph) each new session begins anew with the same numbers,
which are those of TensorFlow on a CPU.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.arithmetic import add
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import FLOATS, INDEX, OpDef
from jitgraph.ops.random_definitions import (
    RANDOM_STANDARD_NORMAL,
    RANDOM_UNIFORM,
    RANDOM_UNIFORM_INT,
    TRUNCATED_NORMAL,
)
from jitgraph.ops.random_seed import get_seed
from jitgraph.shapes import dimension_value


def seeds(op_seed: int | None) -> dict[str, int]:
    """The attributes that say an op's seeds."""
    first, second = get_seed(op_seed)
    return {"seed": first or 0, "seed2": second or 0}


def shape_tensor(shape: Any) -> Tensor:
    """The vector of a shape, given as a list, a TensorShape or a tensor."""
    dtype = None
    if isinstance(shape, (list, tuple)):
        if shape:
            shape = tuple(map(dimension_value, shape))
        else:
            dtype = dtypes.int32
    return convert_to_tensor(shape, dtype=dtype, name="shape")


def random_uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers of [minval, maxval), all equally likely.

    Args:
      shape: the shape, a list or an integer vector.
      minval: the least number, a scalar.
      maxval: the number that all are below; 1 for a float dtype.
      dtype: float16, bfloat16, float32, float64, int32 or int64.
      seed: see `tf.set_random_seed`.
      name: the name of the result.

    Raises:
      ValueError: another dtype, or no `maxval` for integers.

    Example:
      >>> tf.random_uniform([2, 3], seed=1)
      <tf.Tensor 'random_uniform:0' shape=(2, 3) dtype=float32>
    """
    kind = dtypes.as_dtype(dtype)
    if kind not in FLOATS + INDEX:
        raise ValueError(f"Invalid dtype {kind!r}")
    if maxval is None:
        if kind.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {kind!r}")
        maxval = 1
    with name_scope(name, "random_uniform", [shape, minval, maxval]) as scope:
        sizes = shape_tensor(shape)
        low = convert_to_tensor(minval, dtype=kind, name="min")
        high = convert_to_tensor(maxval, dtype=kind, name="max")
        attrs = seeds(seed)
        if kind.is_integer:
            return apply(RANDOM_UNIFORM_INT, [sizes, low, high], attrs, name=scope)
        unit = apply(RANDOM_UNIFORM, [sizes], {**attrs, "dtype": kind})
        return add(unit * (high - low), low, name=scope)


def random_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers of a normal distribution.

    Args:
      shape: the shape, a list or an integer vector.
      mean, stddev: mean and standard deviation, scalars or what broadcasts with the shape.
      dtype: float16, bfloat16, float32 or float64.
      seed: see `tf.set_random_seed`.
      name: the name of the result.

    Example:
      >>> tf.random_normal([2, 3], stddev=0.1)
      <tf.Tensor 'random_normal:0' shape=(2, 3) dtype=float32>
    """
    given = (shape, mean, stddev, dtype, seed, name)
    return _scaled(RANDOM_STANDARD_NORMAL, "random_normal", *given)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers of a normal distribution, all within two standard deviations of the mean.

    Args:
      shape: the shape, a list or an integer vector.
      mean, stddev: mean and standard deviation before truncation.
      dtype: float16, bfloat16, float32 or float64.
      seed: see `tf.set_random_seed`.
      name: the name of the result.

    Example:
      >>> tf.truncated_normal([2, 3], stddev=0.1)
      <tf.Tensor 'truncated_normal:0' shape=(2, 3) dtype=float32>
    """
    given = (shape, mean, stddev, dtype, seed, name)
    return _scaled(TRUNCATED_NORMAL, "truncated_normal", *given)


def _scaled(
    definition: OpDef, default_name: str, shape: Any, mean: Any, stddev: Any,
    dtype: Any, seed: int | None, name: str | None,
) -> Tensor:  # fmt: skip
    """Numbers around 0 of deviation 1, times `stddev`, plus `mean`."""
    kind: DType = dtypes.as_dtype(dtype)
    with name_scope(name, default_name, [shape, mean, stddev]) as scope:
        sizes = shape_tensor(shape)
        center = convert_to_tensor(mean, dtype=kind, name="mean")
        deviation = convert_to_tensor(stddev, dtype=kind, name="stddev")
        unit = apply(definition, [sizes], {**seeds(seed), "dtype": kind})
        return add(unit * deviation, center, name=scope)
