"""tf.random: seeds and random numbers."""

from __future__ import annotations

from jitgraph.graph import set_random_seed
from jitgraph.ops.random_numbers import (
    random_normal as normal,
    random_uniform as uniform,
    truncated_normal,
)
from jitgraph.ops.random_seed import get_seed

__all__ = [
    "get_seed",
    "normal",
    "set_random_seed",
    "truncated_normal",
    "uniform",
]
