"""tf.random: seeds."""

from __future__ import annotations

from jitgraph.graph import set_random_seed
from jitgraph.ops.random_seed import get_seed

__all__ = [
    "get_seed",
    "set_random_seed",
]
