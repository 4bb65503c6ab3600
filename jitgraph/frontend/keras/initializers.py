"""tf.keras.initializers: classes and words. In: a word or object. Out: an initializer."""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend import initializers as plain
from jitgraph.frontend.initializers import (
    Initializer,
    constant_initializer as Constant,
    glorot_normal_initializer as glorot_normal,
    glorot_uniform_initializer as glorot_uniform,
    identity_initializer as Identity,
    ones_initializer as Ones,
    orthogonal_initializer as Orthogonal,
    variance_scaling_initializer as VarianceScaling,
    zeros_initializer as Zeros,
)
from jitgraph.frontend.keras.identifiers import resolved


class RandomNormal(plain.random_normal_initializer):
    """Normal numbers of deviation 0.05. See `tf.random_normal_initializer`."""

    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 0.05,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        super().__init__(mean, stddev, seed, dtype)


class RandomUniform(plain.random_uniform_initializer):
    """Uniform numbers from -0.05 to 0.05. See `tf.random_uniform_initializer`."""

    def __init__(
        self,
        minval: Any = -0.05,
        maxval: Any = 0.05,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        super().__init__(minval, maxval, seed, dtype)


class TruncatedNormal(plain.truncated_normal_initializer):
    """Normal numbers of deviation 0.05, cut off at two. See `tf.truncated_normal_initializer`."""

    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 0.05,
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        super().__init__(mean, stddev, seed, dtype)


def he_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal numbers of variance 2 / inputs."""
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed=seed)


def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform numbers of variance 2 / inputs."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed=seed)


def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """Truncated normal numbers of variance 1 / inputs."""
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed=seed)


def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Uniform numbers of variance 1 / inputs."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed=seed)


zeros, ones, constant = Zeros, Ones, Constant
identity, orthogonal = Identity, Orthogonal
normal = random_normal = RandomNormal
uniform = random_uniform = RandomUniform
truncated_normal = TruncatedNormal

_NAMED: dict[str, Any] = {
    **dict.fromkeys(("zero", "zeros", "Zeros"), Zeros),
    **dict.fromkeys(("one", "ones", "Ones"), Ones),
    **dict.fromkeys(("constant", "Constant"), Constant),
    **dict.fromkeys(("identity", "Identity"), Identity),
    **dict.fromkeys(("orthogonal", "Orthogonal"), Orthogonal),
    **dict.fromkeys(("normal", "random_normal", "RandomNormal"), RandomNormal),
    **dict.fromkeys(("uniform", "random_uniform", "RandomUniform"), RandomUniform),
    **dict.fromkeys(("truncated_normal", "TruncatedNormal"), TruncatedNormal),
    **dict.fromkeys(("glorot_normal", "GlorotNormal"), glorot_normal),
    **dict.fromkeys(("glorot_uniform", "GlorotUniform"), glorot_uniform),
    "VarianceScaling": VarianceScaling,
    "he_normal": he_normal,
    "he_uniform": he_uniform,
    "lecun_normal": lecun_normal,
    "lecun_uniform": lecun_uniform,
}


def get(identifier: Any) -> Any:
    """An initializer, from itself, its word or its configuration; None for None.

    Args:
      identifier: "glorot_uniform", an object, or {"class_name": ..., "config": {...}}.

    Raises:
      ValueError: an unknown word.

    Example:
      >>> tf.keras.initializers.get("ones")([2])
      <tf.Tensor 'ones:0' shape=(2,) dtype=float32>
    """
    found = resolved(identifier, _NAMED, "initializer")
    return found() if isinstance(found, type) else found


__all__ = [
    "Constant",
    "Identity",
    "Initializer",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "uniform",
    "zeros",
]
