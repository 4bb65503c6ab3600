"""tf.random: seeds and random numbers."""

from __future__ import annotations

from jitgraph.graph import set_random_seed
from jitgraph.ops.random_numbers import random_normal as normal
from jitgraph.ops.random_numbers import random_uniform as uniform
from jitgraph.ops.random_numbers import truncated_normal
from jitgraph.ops.random_samples import categorical, multinomial
from jitgraph.ops.random_samples import random_gamma as gamma
from jitgraph.ops.random_samples import random_poisson as poisson
from jitgraph.ops.random_samples import random_shuffle as shuffle
from jitgraph.ops.random_seed import get_seed
from jitgraph.ops.stateless_random import stateless_categorical, stateless_multinomial
from jitgraph.ops.stateless_random import stateless_random_normal as stateless_normal
from jitgraph.ops.stateless_random import stateless_random_uniform as stateless_uniform
from jitgraph.ops.stateless_random import stateless_truncated_normal

__all__ = [
    "categorical",
    "gamma",
    "get_seed",
    "multinomial",
    "normal",
    "poisson",
    "set_random_seed",
    "shuffle",
    "stateless_categorical",
    "stateless_multinomial",
    "stateless_normal",
    "stateless_truncated_normal",
    "stateless_uniform",
    "truncated_normal",
    "uniform",
]
