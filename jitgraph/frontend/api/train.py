"""tf.train: optimizers and the global step."""

from __future__ import annotations

from jitgraph.frontend.graph_util import write_graph
from jitgraph.frontend.train.adadelta import AdadeltaOptimizer
from jitgraph.frontend.train.adagrad import AdagradOptimizer
from jitgraph.frontend.train.adagrad_da import AdagradDAOptimizer
from jitgraph.frontend.train.adam import AdamOptimizer
from jitgraph.frontend.train.cosine_decays import (
    cosine_decay,
    cosine_decay_restarts,
    linear_cosine_decay,
    noisy_linear_cosine_decay,
)
from jitgraph.frontend.train.decays import (
    exponential_decay,
    inverse_time_decay,
    natural_exp_decay,
    piecewise_constant,
    polynomial_decay,
)
from jitgraph.frontend.train.ftrl import FtrlOptimizer
from jitgraph.frontend.train.global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)
from jitgraph.frontend.train.gradient_descent import GradientDescentOptimizer
from jitgraph.frontend.train.momentum import MomentumOptimizer
from jitgraph.frontend.train.moving_averages import ExponentialMovingAverage
from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.train.proximal import (
    ProximalAdagradOptimizer,
    ProximalGradientDescentOptimizer,
)
from jitgraph.frontend.train.rmsprop import RMSPropOptimizer

piecewise_constant_decay = piecewise_constant

__all__ = [
    "AdadeltaOptimizer",
    "AdagradDAOptimizer",
    "AdagradOptimizer",
    "AdamOptimizer",
    "ExponentialMovingAverage",
    "FtrlOptimizer",
    "GradientDescentOptimizer",
    "MomentumOptimizer",
    "Optimizer",
    "ProximalAdagradOptimizer",
    "ProximalGradientDescentOptimizer",
    "RMSPropOptimizer",
    "assert_global_step",
    "cosine_decay",
    "cosine_decay_restarts",
    "create_global_step",
    "exponential_decay",
    "get_global_step",
    "get_or_create_global_step",
    "global_step",
    "inverse_time_decay",
    "linear_cosine_decay",
    "natural_exp_decay",
    "noisy_linear_cosine_decay",
    "piecewise_constant",
    "piecewise_constant_decay",
    "polynomial_decay",
    "write_graph",
]
