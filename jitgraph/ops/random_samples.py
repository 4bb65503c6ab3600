"""Random classes, orders, gamma and Poisson numbers.

In: parameters of the distributions, a seed. Out: tensors that hold other numbers in every run; see
`random_numbers` for seeds.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_extrema import maximum
from jitgraph.ops.filling import zeros_like
from jitgraph.ops.random_definitions import (
    MULTINOMIAL,
    RANDOM_GAMMA,
    RANDOM_POISSON_V2,
    RANDOM_SHUFFLE,
)
from jitgraph.ops.random_numbers import seeds


def multinomial(
    logits: Any,
    num_samples: Any,
    seed: int | None = None,
    name: str | None = None,
    output_dtype: Any = None,
) -> Tensor:
    """Classes drawn by their logits; the older name of `tf.random.categorical`.

    Args:
      logits: unnormalised log-probabilities, [rows, classes].
      num_samples: how many classes are drawn for each row, a scalar.
      seed: see `tf.set_random_seed`.
      name: the scope of the op.
      output_dtype: int32 or int64 (when None).

    Returns:
      Numbers of classes, [rows, num_samples].

    Example:
      >>> tf.multinomial([[0.0, 1.0]], 5)
      <tf.Tensor 'multinomial/Multinomial:0' shape=(1, 5) dtype=int64>
    """
    with name_scope(name, "multinomial", [logits]):
        return _categorical(logits, num_samples, output_dtype, seed)


def categorical(
    logits: Any,
    num_samples: Any,
    dtype: Any = None,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Classes drawn by their logits.

    Args:
      logits: unnormalised log-probabilities, [rows, classes].
      num_samples: how many classes are drawn for each row, a scalar.
      dtype: int32 or int64 (when None).
      seed: see `tf.set_random_seed`.
      name: the scope of the op.

    Returns:
      Numbers of classes, [rows, num_samples].

    Example:
      >>> tf.random.categorical([[0.0, 1.0]], 5, dtype=tf.int32)
      <tf.Tensor 'categorical/Multinomial:0' shape=(1, 5) dtype=int32>
    """
    with name_scope(name, "categorical", [logits]):
        return _categorical(logits, num_samples, dtype, seed)


def _categorical(logits: Any, num_samples: Any, dtype: Any, seed: int | None) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    kind = dtypes.int64 if dtype is None else dtypes.as_dtype(dtype)
    attrs = {**seeds(seed), "output_dtype": kind}
    return apply(MULTINOMIAL, [logits, num_samples], attrs)


def random_shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """The rows of a tensor in a random order.

    Args:
      value: a tensor.
      seed: see `tf.set_random_seed`.
      name: the op's name.

    Example:
      >>> tf.random_shuffle([1, 2, 3])
      <tf.Tensor 'RandomShuffle:0' shape=(3,) dtype=int32>
    """
    return apply(RANDOM_SHUFFLE, [value], seeds(seed), name)


def random_gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers of gamma distributions.

    Args:
      shape: how many numbers are drawn for each parameter, a list or an integer vector.
      alpha: shape parameters.
      beta: inverse scales, which broadcast with `alpha`; 1 when None.
      dtype: float16, float32 or float64.
      seed: see `tf.set_random_seed`.
      name: the scope of the ops.

    Returns:
      A tensor of the shape `shape`, then that of alpha + beta; differentiable to both.

    Example:
      >>> tf.random_gamma([10], [0.5, 1.5])
      <tf.Tensor 'random_gamma/Maximum:0' shape=(10, 2) dtype=float32>
    """
    kind = dtypes.as_dtype(dtype)
    with name_scope(name, "random_gamma", [shape, alpha, beta]):
        shape = convert_to_tensor(shape, name="shape", dtype=dtypes.int32)
        alpha = convert_to_tensor(alpha, name="alpha", dtype=kind)
        beta = convert_to_tensor(1 if beta is None else beta, name="beta", dtype=kind)
        of_both = alpha + zeros_like(beta)
        least = np.finfo(alpha.dtype.as_numpy_dtype).tiny
        return maximum(least, apply(RANDOM_GAMMA, [shape, of_both], seeds(seed)) / beta)


def random_poisson(
    lam: Any,
    shape: Any,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Numbers of Poisson distributions.

    Args:
      lam: rates, of a float dtype or int32 or int64.
      shape: how many numbers are drawn for each rate, a list or an integer vector.
      dtype: float16, float32, float64, int32 or int64.
      seed: see `tf.set_random_seed`.
      name: the scope of the op.

    Returns:
      A tensor of the shape `shape`, then that of `lam`.

    Example:
      >>> tf.random_poisson([0.5, 1.5], [10])
      <tf.Tensor 'random_poisson/RandomPoissonV2:0' shape=(10, 2) dtype=float32>
    """
    with name_scope(name, "random_poisson", [lam, shape]):
        shape = convert_to_tensor(shape, name="shape", dtype=dtypes.int32)
        attrs = {**seeds(seed), "dtype": dtypes.as_dtype(dtype)}
        return apply(RANDOM_POISSON_V2, [shape, lam], attrs)
