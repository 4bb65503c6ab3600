"""tf.train: optimizers and the global step."""

from __future__ import annotations

from jitgraph.frontend.train.global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)
from jitgraph.frontend.train.gradient_descent import GradientDescentOptimizer
from jitgraph.frontend.train.optimizer import Optimizer

__all__ = [
    "GradientDescentOptimizer",
    "Optimizer",
    "assert_global_step",
    "create_global_step",
    "get_global_step",
    "get_or_create_global_step",
    "global_step",
]
