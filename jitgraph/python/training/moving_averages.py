"""`from jitgraph.python.training import moving_averages`, as scripts import TensorFlow's."""

from jitgraph.frontend.train.moving_averages import (
    ExponentialMovingAverage,
    assign_moving_average,
    weighted_moving_average,
)

__all__ = ["ExponentialMovingAverage", "assign_moving_average", "weighted_moving_average"]
