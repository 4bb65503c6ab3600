"""tf.custom_gradient: a function of tensors that brings its own derivative.

In: a function that gives a result and the function that differentiates it. Out: a function whose
result passes through an op that gradients differentiate by the second one.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any

from jitgraph.frontend.gradient_registry import RegisterGradient
from jitgraph.graph import get_default_graph
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import identity, identity_n

_numbers = itertools.count()


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator for a function that brings its own gradient.

    Args:
      f: takes tensors; gives (result, grad_fn), where the result is a tensor or a list of them, and
        grad_fn takes the result's gradients and gives those of f's arguments.

    Raises:
      ValueError: keyword arguments are given when the function is called.

    Example:
      >>> @tf.custom_gradient
      ... def clipped(x):
      ...     return tf.identity(x), lambda grad: tf.clip_by_value(grad, -1.0, 1.0)
    """

    @functools.wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise ValueError(
                "The custom_gradient decorator currently supports keywords arguments only when "
                "eager execution is enabled."
            )
        tensors = [convert_to_tensor(arg) for arg in args]
        result, differentiate = f(*tensors)
        is_list = isinstance(result, (list, tuple))
        results = [convert_to_tensor(item) for item in (result if is_list else [result])]
        for item in results:
            identity(item)
        passed = _passed_on(results, tensors, differentiate)
        return type(result)(passed) if is_list else passed[0]

    return decorated


def _passed_on(
    results: Sequence[Any], arguments: Sequence[Any], differentiate: Callable[..., Any]
) -> list[Any]:
    name = f"CustomGradient-{next(_numbers)}"

    @RegisterGradient(name)
    def _gradient(op: Any, *grads: Any) -> list[Any]:
        found = differentiate(*grads[: len(results)])
        found = list(found) if isinstance(found, (list, tuple)) else [found]
        return [None] * len(results) + found

    with get_default_graph().gradient_override_map({"IdentityN": name}):
        return identity_n([*results, *arguments])[: len(results)]
