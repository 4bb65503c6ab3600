"""Stage frontend: what the options of ready-made models mean.

In: optimizers by name, features. Out: optimizers; errors.
"""

from __future__ import annotations

import math
from typing import Any

from jitgraph.frontend.partitioned_variables import min_max_variable_partitioner
from jitgraph.frontend.train.adagrad import AdagradOptimizer
from jitgraph.frontend.train.adam import AdamOptimizer
from jitgraph.frontend.train.ftrl import FtrlOptimizer
from jitgraph.frontend.train.gradient_descent import GradientDescentOptimizer
from jitgraph.frontend.train.optimizer import Optimizer
from jitgraph.frontend.train.rmsprop import RMSPropOptimizer

_OPTIMIZERS = {
    "Adagrad": AdagradOptimizer,
    "Adam": AdamOptimizer,
    "Ftrl": FtrlOptimizer,
    "RMSProp": RMSPropOptimizer,
    "SGD": GradientDescentOptimizer,
}
_LEAST_PART = 64 << 20
DEEP_RATE = 0.05
"""How fast deep models learn where an optimizer is told by its name."""
LINEAR_RATE = 0.2
"""How fast linear models learn at most."""


def chosen_optimizer(given: Any, rate: float) -> Any:
    """An Optimizer, by itself, by a function, or by its name.

    Args:
      given: one of them.
      rate: how fast one given by its name learns.

    Raises:
      ValueError: it is none of them.
    """
    if isinstance(given, str):
        if given not in _OPTIMIZERS:
            raise ValueError(
                f"Unsupported optimizer name: {given}. Supported names are: "
                f"{tuple(sorted(_OPTIMIZERS))}"
            )
        return _OPTIMIZERS[given](learning_rate=rate)
    found = given() if callable(given) else given
    if not isinstance(found, Optimizer):
        raise ValueError(f"The given object is not an Optimizer instance. Given: {found}")
    return found


def linear_rate(columns: int, most: float = LINEAR_RATE) -> float:
    """How fast a linear model of so many columns learns."""
    return min(most, 1.0 / math.sqrt(columns))


def check_features(features: Any) -> None:
    """Features are given by name.

    Raises:
      ValueError: they are no dict.
    """
    if not isinstance(features, dict):
        raise ValueError(
            f"features should be a dictionary of `Tensor`s. Given type: {type(features)}"
        )


def input_partitioner() -> Any:
    """Divides the columns' variables, as for one process."""
    return min_max_variable_partitioner(max_partitions=0, min_slice_size=_LEAST_PART)
