"""tf.keras.constraints: what weights are made after an update. In: weights. Out: allowed ones."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.api import math
from jitgraph.frontend.keras.identifiers import resolved
from jitgraph.ops.casting import cast
from jitgraph.ops.elementwise_extrema import clip_by_value

_EPSILON = 1e-7


class Constraint:
    """A function of weights that gives allowed ones: the base of constraints."""

    def __call__(self, w: Any) -> Any:
        """Allowed weights."""
        return w

    def get_config(self) -> dict[str, Any]:
        """The arguments by which it can be made again."""
        return dict(vars(self))


def _norms(w: Any, axis: Any) -> Any:
    return math.sqrt(math.reduce_sum(math.square(w), axis=axis, keepdims=True))


class MaxNorm(Constraint):
    """Scales weights whose norm along an axis is larger than `max_value`.

    Args:
      max_value: the largest norm.
      axis: the axis, or several.
    """

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        norms = _norms(w, self.axis)
        desired = clip_by_value(norms, 0, self.max_value)
        return w * (desired / (_EPSILON + norms))


class NonNeg(Constraint):
    """Makes negative weights zero."""

    def __call__(self, w: Any) -> Any:
        return w * cast(math.greater_equal(w, 0.0), w.dtype.base_dtype)


class UnitNorm(Constraint):
    """Scales weights to a norm of one along an axis.

    Args:
      axis: the axis, or several.
    """

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        return w / (_EPSILON + _norms(w, self.axis))


class MinMaxNorm(Constraint):
    """Moves norms along an axis into an interval.

    Args:
      min_value, max_value: the interval.
      rate: how far they are moved there.
      axis: the axis, or several.
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        norms = _norms(w, self.axis)
        clipped = clip_by_value(norms, self.min_value, self.max_value)
        desired = self.rate * clipped + (1 - self.rate) * norms
        return w * (desired / (_EPSILON + norms))


max_norm, non_neg, unit_norm, min_max_norm = MaxNorm, NonNeg, UnitNorm, MinMaxNorm

_NAMED: dict[str, Any] = {
    **dict.fromkeys(("max_norm", "MaxNorm"), MaxNorm),
    **dict.fromkeys(("non_neg", "NonNeg", "nonneg"), NonNeg),
    **dict.fromkeys(("unit_norm", "UnitNorm"), UnitNorm),
    **dict.fromkeys(("min_max_norm", "MinMaxNorm"), MinMaxNorm),
}


def get(identifier: Any) -> Any:
    """A constraint, from itself, its word or its configuration; None for None.

    Args:
      identifier: "non_neg", an object, or {"class_name": ..., "config": {...}}.

    Raises:
      ValueError: an unknown word.
    """
    return resolved(identifier, _NAMED, "constraint")
