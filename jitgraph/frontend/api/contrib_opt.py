"""tf.contrib.opt: further optimizers."""

from __future__ import annotations

from jitgraph.frontend.contrib_adam import AdaMaxOptimizer, LazyAdamOptimizer, NadamOptimizer
from jitgraph.frontend.contrib_external_optimizer import (
    ExternalOptimizerInterface,
    ScipyOptimizerInterface,
)
from jitgraph.frontend.contrib_signs import AddSignOptimizer, PowerSignOptimizer
from jitgraph.frontend.contrib_weight_decay import (
    AdamWOptimizer,
    DecoupledWeightDecayExtension,
    MomentumWOptimizer,
    extend_with_decoupled_weight_decay,
)

__all__ = [
    "AdaMaxOptimizer",
    "AdamWOptimizer",
    "AddSignOptimizer",
    "DecoupledWeightDecayExtension",
    "ExternalOptimizerInterface",
    "LazyAdamOptimizer",
    "MomentumWOptimizer",
    "NadamOptimizer",
    "PowerSignOptimizer",
    "ScipyOptimizerInterface",
    "extend_with_decoupled_weight_decay",
]
