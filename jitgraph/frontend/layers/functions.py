"""Layers as functions: made, called once, and forgotten.

In: a class of layers. Out: a function of inputs and the arguments of the class.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from jitgraph.frontend.layers.layer import Layer


def layer_function(kind: type[Layer], name: str, shares: bool = True) -> Callable[..., Any]:
    """The function that calls a new layer.

    Args:
      kind: the class.
      name: the function's name.
      shares: whether it has variables, which `reuse` shares.

    Returns:
      A function of `inputs`, the arguments of the class, and `reuse` where it shares.
    """
    own = list(inspect.signature(kind).parameters.values())[:-1]
    position = inspect.Parameter.POSITIONAL_OR_KEYWORD
    reuse = [inspect.Parameter("reuse", position, default=None)] if shares else []
    signature = inspect.Signature([inspect.Parameter("inputs", position), *own, *reuse])

    def function(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs).arguments
        inputs, shared = bound.pop("inputs"), bound.pop("reuse", None)
        scope = {"_reuse": shared, "_scope": bound.get("name")} if shares else {}
        return kind(**bound, **scope)(inputs)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"A new `tf.layers.{kind.__name__}`, called; its arguments after `inputs`."
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function
