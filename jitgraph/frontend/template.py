"""Stage frontend: make_template: a function that makes its variables once and shares them.

In: a function that calls `get_variable`. Out: one that may be called again and again.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from jitgraph.frontend.api import logging
from jitgraph.frontend.variable_scope import VariableScope, open_scopes
from jitgraph.frontend.variable_sharing import PureVariableScope, variable_scope
from jitgraph.graph import GraphKeys, get_collection


class Template:
    """A function with a variable scope of its own: later calls take what the first one made."""

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        create_scope_now: bool = False,
        unique_name: str | None = None,
        custom_getter: Callable[..., Any] | None = None,
    ) -> None:
        if name is None:
            raise ValueError("name cannot be None.")
        self._name = name
        self._func = func
        self._unique_name = unique_name
        self._custom_getter = custom_getter
        self._variable_scope: VariableScope | None = None
        self._was_called = False
        if create_scope_now:
            own = unique_name or open_scopes().unique(name)
            with PureVariableScope(own, custom_getter=custom_getter) as scope:
                self._variable_scope = scope

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._variable_scope is not None:
            with variable_scope(self._variable_scope, reuse=self._was_called):
                return self._called(args, kwargs)
        block = variable_scope(self._unique_name, self._name, custom_getter=self._custom_getter)
        with block as scope:
            self._variable_scope = scope
            return self._called(args, kwargs)

    def _called(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if not self._was_called:
            result = self._func(*args, **kwargs)
            self._was_called = True
            return result
        trainable = len(get_collection(GraphKeys.TRAINABLE_VARIABLES))
        variables = len(get_collection(GraphKeys.GLOBAL_VARIABLES))
        result = self._func(*args, **kwargs)
        made = get_collection(GraphKeys.TRAINABLE_VARIABLES)[trainable:]
        if made:
            raise ValueError(
                "Trainable variable created when calling a template after the first time, perhaps "
                f"you used tf.Variable when you meant tf.get_variable: {made}"
            )
        others = get_collection(GraphKeys.GLOBAL_VARIABLES)[variables:]
        if others:
            logging.info(
                "New variables created when calling a template after the first time, perhaps you "
                "used tf.Variable when you meant tf.get_variable: %s",
                others,
            )
        return result

    @property
    def name(self) -> str:
        """The name it was given."""
        return self._name

    @property
    def func(self) -> Callable[..., Any]:
        """The function."""
        return self._func

    @property
    def variable_scope(self) -> VariableScope | None:
        """Its scope; None before the first call, unless it was made at once."""
        return self._variable_scope

    @property
    def variable_scope_name(self) -> str | None:
        """The prefix of its variables' names."""
        if self._variable_scope is None:
            return None
        name = self._variable_scope.name
        return name if not name or name.endswith("/") else f"{name}/"

    @property
    def variables(self) -> list[Any]:
        """Its global and local variables."""
        return self.global_variables + self.local_variables

    @property
    def trainable_variables(self) -> list[Any]:
        """Its trainable variables."""
        return self._made(GraphKeys.TRAINABLE_VARIABLES)

    @property
    def global_variables(self) -> list[Any]:
        """Its global variables."""
        return self._made(GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self) -> list[Any]:
        """Its local variables."""
        return self._made(GraphKeys.LOCAL_VARIABLES)

    def _made(self, key: str) -> list[Any]:
        return get_collection(key, self.variable_scope_name) if self._was_called else []


def make_template(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    custom_getter_: Callable[..., Any] | None = None,
    **kwargs: Any,
) -> Template:
    """A function whose variables are made by the first call and shared by all.

    Args:
      name_: the name of its variable scope, made unique.
      func_: the function; it makes variables with `get_variable`.
      create_scope_now_: whether the scope is opened now, or at the first call.
      unique_name_: a name that is not made unique.
      custom_getter_: as for `variable_scope`.
      kwargs: arguments that every call of `func_` gets.

    Raises:
      ValueError: no name; or, in a later call, a trainable variable is made.

    Example:
      >>> scale = tf.make_template("scale", lambda x: x * tf.get_variable("w", []))
      >>> y = scale(x1) + scale(x2)
    """
    function = functools.partial(func_, **kwargs) if kwargs else func_
    return Template(name_, function, create_scope_now_, unique_name_, custom_getter_)
