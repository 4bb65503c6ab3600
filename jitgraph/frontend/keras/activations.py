"""tf.keras.activations: functions and words. In: a tensor. Out: a tensor of its shape."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.api import math, nn
from jitgraph.frontend.keras.identifiers import resolved
from jitgraph.ops.constants import constant
from jitgraph.ops.elementwise_extrema import clip_by_value

elu = nn.elu
selu = nn.selu
softplus = math.softplus
softsign = nn.softsign
tanh = math.tanh
exponential = math.exp


def linear(x: Any) -> Any:
    """x itself."""
    return x


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return nn.sigmoid(x)


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0) -> Any:
    """max(x, 0), or with a slope below a threshold and a largest value.

    Args:
      x: a tensor.
      alpha: the slope below the threshold.
      max_value: the largest value.
      threshold: where the function leaves zero.
    """
    if alpha == 0 and max_value is None and threshold == 0:
        return nn.relu(x)
    if alpha and max_value is None and threshold == 0:
        return nn.leaky_relu(x, alpha=alpha)
    below = nn.relu(threshold - x) if threshold else nn.relu(-x)
    above = x * math.cast(math.greater(x, threshold), x.dtype) if threshold else nn.relu(x)
    if max_value is not None:
        above = clip_by_value(above, 0.0, max_value)
    return above - alpha * below if alpha else above


def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) / sum(exp(x)) along an axis.

    Args:
      x: a tensor of two axes or more.
      axis: the axis that sums to one.

    Raises:
      ValueError: a tensor of fewer axes.
    """
    rank = x.get_shape().ndims
    if rank == 2:
        return nn.softmax(x)
    if rank is not None and rank > 2:
        shifted = math.exp(x - math.reduce_max(x, axis=axis, keepdims=True))
        return shifted / math.reduce_sum(shifted, axis=axis, keepdims=True)
    raise ValueError("Cannot apply softmax to a tensor that is 1D")


def hard_sigmoid(x: Any) -> Any:
    """0.2 x + 0.5, cut off at 0 and 1."""
    fifth, half = (constant(each, x.dtype.base_dtype) for each in (0.2, 0.5))
    return clip_by_value(math.add(math.multiply(x, fifth), half), 0.0, 1.0)


_NAMED: dict[str, Any] = {
    "elu": elu,
    "exponential": exponential,
    "hard_sigmoid": hard_sigmoid,
    "linear": linear,
    "relu": relu,
    "selu": selu,
    "sigmoid": sigmoid,
    "softmax": softmax,
    "softplus": softplus,
    "softsign": softsign,
    "tanh": tanh,
}


def get(identifier: Any) -> Any:
    """A function of a tensor, from itself or its word; `linear` for None.

    Args:
      identifier: "relu", or a function.

    Raises:
      ValueError: an unknown word.
    """
    if identifier is None:
        return linear
    return resolved(identifier, _NAMED, "activation function", makes=False)
