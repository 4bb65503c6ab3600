"""tf.contrib.framework.arg_scope: defaults of arguments for whole blocks.

In: functions marked by `add_arg_scope`, and arguments. Out: a block in which calls of those
functions take these arguments where they are not given.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Scope = dict[str, dict[str, Any]]

_STACK: list[Scope] = [{}]
_MARKED: dict[str, tuple[str, ...]] = {}


def arg_scope_func_key(op: Any) -> str:
    """The key of a function in a scope."""
    return getattr(op, "_key_op", None) or str(op)


def current_arg_scope() -> Scope:
    """The arguments in force, by function and name."""
    return _STACK[-1]


@contextmanager
def arg_scope(list_ops_or_scope: Any, **kwargs: Any) -> Iterator[Scope]:
    """A block in which functions have other defaults.

    Args:
      list_ops_or_scope: the functions, or a scope that was made before.
      kwargs: the arguments, for functions only.

    Raises:
      TypeError: neither a list, a tuple nor a scope.
      ValueError: a function that is not marked by `add_arg_scope`; a scope and arguments.

    Example:
      >>> slim = tf.contrib.slim
      >>> with slim.arg_scope([slim.conv2d], padding="VALID", activation_fn=None):
      ...     y = slim.conv2d(tf.zeros([1, 8, 8, 3]), 4, 3)
    """
    _STACK.append(_extended(list_ops_or_scope, kwargs))
    try:
        yield _STACK[-1]
    finally:
        _STACK.pop()


def _extended(given: Any, arguments: dict[str, Any]) -> Scope:
    if isinstance(given, dict):
        if arguments:
            raise ValueError(
                "When attempting to re-use a scope by suppling adictionary, kwargs must be empty."
            )
        return given.copy()
    if not isinstance(given, (list, tuple)):
        raise TypeError("list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)")
    scope = current_arg_scope().copy()
    for op in given:
        if not has_arg_scope(op):
            raise ValueError(
                "%s is not decorated with @add_arg_scope", (op.__module__, op.__name__)
            )
        key = arg_scope_func_key(op)
        scope[key] = {**scope.get(key, {}), **arguments}
    return scope


def add_arg_scope(func: Callable[..., Any]) -> Callable[..., Any]:
    """Marks a function, so that `arg_scope` can give it defaults."""
    key = arg_scope_func_key(func)
    parameters = inspect.signature(func).parameters.values()
    _MARKED[key] = tuple(each.name for each in parameters if each.default is not each.empty)

    @functools.wraps(func)
    def func_with_args(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **{**current_arg_scope().get(key, {}), **kwargs})

    func_with_args._key_op = key  # type: ignore[attr-defined]
    return func_with_args


def has_arg_scope(func: Any) -> bool:
    """Whether a function is marked by `add_arg_scope`."""
    return arg_scope_func_key(func) in _MARKED


def arg_scoped_arguments(func: Any) -> tuple[str, ...]:
    """The arguments that a scope can give to a marked function."""
    return _MARKED[arg_scope_func_key(func)]
