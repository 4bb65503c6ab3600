"""tf.contrib.layers.repeat and stack: one layer on another.

In: a function of inputs with an argument `scope`. Out: what the last one gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.ops.convert import convert_to_tensor


def repeat(
    inputs: Any, repetitions: int, layer: Callable[..., Any], *args: Any, **kwargs: Any
) -> Any:
    """A layer on itself.

    Args:
      inputs: those of the first.
      repetitions: how many.
      layer: the function.
      args, kwargs: its arguments; `scope` is that around all of them.
    """
    return _stacked(inputs, "Repeat", "repeat", layer, [args] * repetitions, kwargs)


def stack(inputs: Any, layer: Callable[..., Any], stack_args: Sequence[Any], **kwargs: Any) -> Any:
    """Layers of one kind, each with arguments of its own.

    Args:
      inputs: those of the first.
      layer: the function.
      stack_args: for each layer its argument, or a list or tuple of them.
      kwargs: what all have; `scope` is that around all of them.

    Raises:
      ValueError: `stack_args` is neither a list nor a tuple.
    """
    if not isinstance(stack_args, (list, tuple)):
        raise ValueError("stack_args need to be a list or tuple")
    each = [args if isinstance(args, (list, tuple)) else [args] for args in stack_args]
    return _stacked(inputs, "Stack", "stack", layer, each, kwargs)


def _stacked(
    inputs: Any, default: str, anonymous: str, layer: Any, calls: Sequence[Any], kwargs: Any
) -> Any:
    scope = kwargs.pop("scope", None)
    with variable_scope(scope, default, [inputs]):
        outputs = convert_to_tensor(inputs)
        if scope is None:
            named = getattr(layer, "__name__", None) or getattr(layer, "func", None)
            scope = named if isinstance(named, str) else getattr(named, "__name__", anonymous)
        for index, args in enumerate(calls):
            outputs = layer(outputs, *args, **{**kwargs, "scope": f"{scope}_{index + 1}"})
        return outputs
