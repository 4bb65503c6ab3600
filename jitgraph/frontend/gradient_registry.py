"""Which function differentiates an operation.

In: an operation. Out: its op definition's gradient rule, or a rule that the user registered under
the type's name or under the name that `Graph.gradient_override_map` gave the operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.graph import Operation
from jitgraph.ops.definition import no_gradient
from jitgraph.ops.registry import REGISTRY

GradientFunction = Callable[..., Any]

_registered: dict[str, GradientFunction | None] = {}


class RegisterGradient:
    """A decorator that registers the gradient function of an op type.

    Args:
      op_type: the type's name, or a name to use in `Graph.gradient_override_map`.

    Raises:
      TypeError: `op_type` is no string.
      KeyError: the name has a gradient already.

    Example:
      >>> @tf.RegisterGradient("ClippedSquare")
      ... def _clipped(op, grad):
      ...     return tf.clip_by_value(2.0 * op.inputs[0] * grad, -1.0, 1.0)
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, function: GradientFunction) -> GradientFunction:
        """Registers `function(op, *grads)` and returns it."""
        _register(self._op_type, function)
        return function


def not_differentiable(op_type: str) -> None:
    """Says that an op type has no gradient (tf.NotDifferentiable, tf.NoGradient).

    Args:
      op_type: the type's name.

    Raises:
      TypeError: `op_type` is no string.
      KeyError: the name has a gradient already.
    """
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    _register(op_type, None)


NotDifferentiable = not_differentiable
NoGradient = not_differentiable


def _register(op_type: str, function: GradientFunction | None) -> None:
    known = REGISTRY.get(op_type)
    if op_type in _registered or (known is not None and known.gradient is not None):
        raise KeyError(f"Registering two gradient with name '{op_type}'!")
    _registered[op_type] = function


def gradient_function(op: Operation) -> GradientFunction | None:
    """The function that differentiates `op`; None where there is nothing to differentiate.

    Raises:
      LookupError: no gradient is defined.
    """
    if not op._inputs:
        return None
    name = op._attrs.get("_gradient_op_type", op._type)
    if name in _registered:
        return _registered[name]
    definition: Any = op.definition if name == op._type else REGISTRY.get(name)
    if definition is None or definition.gradient is None:
        raise LookupError(f"No gradient defined for operation '{op.name}' (op type: {op.type})")
    return None if definition.gradient is no_gradient else definition.gradient
