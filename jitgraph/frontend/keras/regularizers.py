"""tf.keras.regularizers: losses of weights. In: a word or object. Out: a function of weights."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.api import math
from jitgraph.frontend.keras.identifiers import resolved
from jitgraph.graph import Tensor
from jitgraph.ops.constants import constant


class Regularizer:
    """A function of weights that gives a loss: the base of regularizers."""

    def __call__(self, x: Any) -> Tensor | float:
        """The loss of weights."""
        return 0.0

    def get_config(self) -> dict[str, Any]:
        """The arguments by which it can be made again."""
        return {}


class L1L2(Regularizer):
    """l1 * sum(abs(x)) + l2 * sum(x * x).

    Args:
      l1, l2: the factors.

    Example:
      >>> tf.keras.regularizers.l2(0.1).get_config()
      {'l1': 0.0, 'l2': 0.1}
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = float(l1)
        self.l2 = float(l2)

    def __call__(self, x: Any) -> Tensor | float:
        if not self.l1 and not self.l2:
            return constant(0.0)
        found: Any = 0.0
        if self.l1:
            found += math.reduce_sum(self.l1 * math.abs(x))
        if self.l2:
            found += math.reduce_sum(self.l2 * math.square(x))
        return found  # type: ignore[no-any-return]

    def get_config(self) -> dict[str, Any]:
        """The arguments by which it can be made again."""
        return {"l1": self.l1, "l2": self.l2}


def l1(l: float = 0.01) -> L1L2:  # noqa: E741
    """l * sum(abs(x))."""
    return L1L2(l1=l)


def l2(l: float = 0.01) -> L1L2:  # noqa: E741
    """l * sum(x * x)."""
    return L1L2(l2=l)


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """Both."""
    return L1L2(l1=l1, l2=l2)


_NAMED: dict[str, Any] = {"l1": l1, "l2": l2, "l1_l2": l1_l2, "L1L2": L1L2}


def get(identifier: Any) -> Any:
    """A regularizer, from itself, its word or its configuration; None for None.

    Args:
      identifier: "l2", an object, or {"class_name": ..., "config": {...}}.

    Raises:
      ValueError: an unknown word.
    """
    return resolved(identifier, _NAMED, "regularizer")
