"""tf.random: seeds and random numbers."""

from __future__ import annotations

from jitgraph.graph import set_random_seed
from jitgraph.ops.candidate_samplers import (
    all_candidate_sampler,
    fixed_unigram_candidate_sampler,
    log_uniform_candidate_sampler,
    uniform_candidate_sampler,
)
from jitgraph.ops.random_numbers import (
    random_normal as normal,
    random_uniform as uniform,
    truncated_normal,
)
from jitgraph.ops.random_samples import (
    categorical,
    multinomial,
    random_gamma as gamma,
    random_poisson as poisson,
    random_shuffle as shuffle,
)
from jitgraph.ops.random_seed import get_seed
from jitgraph.ops.stateless_random import (
    stateless_categorical,
    stateless_multinomial,
    stateless_random_normal as stateless_normal,
    stateless_random_uniform as stateless_uniform,
    stateless_truncated_normal,
)

__all__ = [
    "all_candidate_sampler",
    "categorical",
    "fixed_unigram_candidate_sampler",
    "gamma",
    "get_seed",
    "log_uniform_candidate_sampler",
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
    "uniform_candidate_sampler",
]
