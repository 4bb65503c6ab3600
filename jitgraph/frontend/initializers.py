"""The initializers by the names that users and `get_variable` call them."""

from __future__ import annotations

from jitgraph.frontend.matrix_initializers import (
    Identity as identity_initializer,
    Orthogonal as orthogonal_initializer,
)
from jitgraph.frontend.plain_initializers import (
    Constant as constant_initializer,
    Initializer,
    Ones as ones_initializer,
    RandomNormal as random_normal_initializer,
    RandomUniform as random_uniform_initializer,
    TruncatedNormal as truncated_normal_initializer,
    Zeros as zeros_initializer,
)
from jitgraph.frontend.scaled_initializers import (
    GlorotNormal as glorot_normal_initializer,
    GlorotUniform as glorot_uniform_initializer,
    UniformUnitScaling as uniform_unit_scaling_initializer,
    VarianceScaling as variance_scaling_initializer,
)

__all__ = [
    "Initializer",
    "constant_initializer",
    "glorot_normal_initializer",
    "glorot_uniform_initializer",
    "identity_initializer",
    "ones_initializer",
    "orthogonal_initializer",
    "random_normal_initializer",
    "random_uniform_initializer",
    "truncated_normal_initializer",
    "uniform_unit_scaling_initializer",
    "variance_scaling_initializer",
    "zeros_initializer",
]
