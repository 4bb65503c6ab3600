"""Stage frontend: variable scopes and get_variable: variables that are found again by name.

In: names. Out: blocks in which names begin with a prefix, and variables, made the first time and
taken afterwards. Names of scopes and operations are TensorFlow's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Any

from jitgraph.frontend.variable_kinds import VariableAggregation, VariableSynchronization
from jitgraph.frontend.variable_scope import (
    AUTO_REUSE,
    OpenScopes,
    VariableScope,
    get_variable_scope,
    open_scopes,
)
from jitgraph.frontend.variable_store import default_variable_store
from jitgraph.graph import GraphKeys, get_default_graph, name_scope
from jitgraph.graph.default import _get_graph_from_inputs

_DEFAULTS = (
    *("initializer", "regularizer", "caching_device", "partitioner", "dtype", "use_resource"),
    "constraint",
)
"""What a scope passes on to those within it, unless they are told otherwise."""


class PureVariableScope:
    """A block with a prefix of variable names; operations keep their names.

    Args:
      name_or_scope: what is added to the prefix; or a scope, which is entered again.
      reuse: as for `variable_scope`.
      old_name_scope: the name scope that the scope was opened with.
      custom_getter: as for `variable_scope`.
      defaults: those of _DEFAULTS that are given.
    """

    def __init__(
        self,
        name_or_scope: str | VariableScope,
        reuse: Any = None,
        old_name_scope: str | None = None,
        custom_getter: Callable[..., Any] | None = None,
        **defaults: Any,
    ) -> None:
        self._name_or_scope = name_or_scope
        self._reuse = reuse
        self._old_name_scope = old_name_scope
        self._custom_getter = custom_getter
        self._defaults = {name: value for name, value in defaults.items() if value is not None}
        self._scopes: OpenScopes = open_scopes()

    def __enter__(self) -> VariableScope:
        scopes, given = self._scopes, self._name_or_scope
        self._before = scopes.current
        self._counts = dict(scopes.counts)
        if isinstance(given, VariableScope):
            self._name = given.name
            made = self._derived(given, self._reuse or given.reuse, given.original_name_scope)
        else:
            outer = self._before
            self._name = f"{outer.name}/{given}" if outer.name else given
            opened = given if self._old_name_scope is None else self._old_name_scope
            made = self._derived(outer, self._reuse or outer.reuse, opened)
        scopes.opened(self._name)
        scopes.current = self._made = made
        return made

    def _derived(self, base: VariableScope, reuse: Any, opened: str) -> VariableScope:
        inherited = {name: getattr(base, name) for name in _DEFAULTS}
        getter = _composed(self._custom_getter, base.custom_getter)
        return VariableScope(
            reuse,
            name=self._name,
            name_scope=opened,
            custom_getter=getter,
            **{**inherited, **self._defaults},
        )

    def __exit__(self, *_: Any) -> None:
        scopes = self._scopes
        if scopes.current is not self._made:
            raise RuntimeError("Improper nesting of variable_scope.")
        if isinstance(self._name_or_scope, VariableScope):
            scopes.counts = self._counts
        else:
            scopes.forget_below(self._name)
        scopes.current = self._before


def _composed(getter: Any, outer: Any) -> Any:
    """A getter that calls `getter`, whose getter calls `outer`."""
    if getter is None or outer is None:
        return getter or outer

    def composed(getter_below: Any = None, *args: Any, **kwargs: Any) -> Any:
        below = kwargs.pop("getter", getter_below)
        return getter(partial(outer, below), *args, **kwargs)

    return composed


class variable_scope:
    """A block in which `get_variable` adds a prefix to names, and has other defaults.

    Args:
      name_or_scope: what is added to the prefix; or a scope, which is entered again.
      default_name: the name when `name_or_scope` is None; made unique.
      values: tensors whose graph becomes the default one.
      initializer, regularizer, caching_device, partitioner, custom_getter, dtype, use_resource,
        constraint: what `get_variable` takes where its call says nothing.
      reuse: True: variables must exist; None: as around; tf.AUTO_REUSE: taken or made.
      auxiliary_name_scope: whether operations get the prefix, too.

    Raises:
      TypeError: neither a name nor a default name; a name of another type.
      ValueError: `reuse` is none of these, or there is no name to reuse.

    Example:
      >>> def layer(x):
      ...     with tf.variable_scope("layer", reuse=tf.AUTO_REUSE):
      ...         return tf.matmul(x, tf.get_variable("w", [3, 2]))
    """

    def __init__(
        self,
        name_or_scope: Any,
        default_name: str | None = None,
        values: Sequence[Any] | None = None,
        initializer: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Callable[..., Any] | None = None,
        reuse: Any = None,
        dtype: Any = None,
        use_resource: bool | None = None,
        constraint: Callable[[Any], Any] | None = None,
        auxiliary_name_scope: bool = True,
    ) -> None:
        if default_name is None and name_or_scope is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        reuse = None if reuse is False else reuse
        if not (reuse is True or reuse is None or reuse is AUTO_REUSE):
            raise ValueError("The reuse parameter must be True or False or None.")
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError(
                "The auxiliary_name_scope must be `True` or `False`, while get "
                f"{auxiliary_name_scope}"
            )
        self._name_or_scope = name_or_scope
        self._default_name = default_name
        self._values = list(values or ())
        self._reuse = reuse
        self._settings = {
            "initializer": initializer,
            "regularizer": regularizer,
            "caching_device": caching_device,
            "partitioner": partitioner,
            "custom_getter": custom_getter,
            "dtype": dtype,
            "use_resource": use_resource,
            "constraint": constraint,
        }
        self._has_names = auxiliary_name_scope
        self._blocks: list[ExitStack] = []

    def __enter__(self) -> VariableScope:
        with ExitStack() as blocks:
            graph = _get_graph_from_inputs(self._values) if self._values else get_default_graph()
            if graph is not get_default_graph():
                blocks.enter_context(graph.as_default())
            scope = self._enter(blocks)
            self._blocks.append(blocks.pop_all())
            return scope

    def _enter(self, blocks: ExitStack) -> VariableScope:
        given = self._name_or_scope
        if given is None:
            if self._reuse:
                raise ValueError("reuse=True cannot be used without a name_or_scope")
            opened = self._enter_names(blocks, str(self._default_name))
            given = open_scopes().unique(str(self._default_name))
            return self._enter_variables(blocks, given, opened)
        if not isinstance(given, (VariableScope, str)):
            raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")
        name = given if isinstance(given, str) else given.name.split("/")[-1]
        if not name and self._has_names:
            return self._enter_variables(blocks, given, None)
        opened = self._enter_names(blocks, name)
        if isinstance(given, VariableScope):
            opened = given.original_name_scope
        return self._enter_variables(blocks, given, opened)

    def _enter_names(self, blocks: ExitStack, name: str) -> str:
        if self._has_names:
            return str(blocks.enter_context(name_scope(name)))
        current = get_default_graph().get_name_scope()
        return str(blocks.enter_context(name_scope(f"{current}/" if current else None)) or "")

    def _enter_variables(self, blocks: ExitStack, given: Any, opened: str | None) -> VariableScope:
        pure = PureVariableScope(given, self._reuse, opened, **self._settings)
        return blocks.enter_context(pure)

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        self._blocks.pop().__exit__(kind, value, trace)

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        from functools import wraps

        @wraps(function)
        def within(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return within


def variable_op_scope(
    values: Sequence[Any], name_or_scope: Any, default_name: str | None = None, **kwargs: Any
) -> variable_scope:
    """The old form of `variable_scope`, with the values first."""
    return variable_scope(name_or_scope, default_name, values, **kwargs)


def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Callable[[Any], Any] | None = None,
    trainable: bool | None = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Callable[..., Any] | None = None,
    constraint: Callable[[Any], Any] | None = None,
    synchronization: VariableSynchronization = VariableSynchronization.AUTO,
    aggregation: VariableAggregation = VariableAggregation.NONE,
) -> Any:
    """The variable of that name in the variable scope in force: made, or taken.

    Args:
      name: its name in the scope.
      shape: its shape; not given where the initializer is a value.
      dtype: its dtype; the scope's if None, which is float32.
      initializer: a function of a shape, a class of such functions, or a value; the scope's if
        None, Glorot's uniform one if that has none (zeros for whole numbers).
      regularizer: a function of the variable; what it gives joins REGULARIZATION_LOSSES.
      trainable: whether optimizers change it.
      collections: the collections it joins; the global variables if None.
      caching_device, use_resource, synchronization, aggregation: as for `tf.Variable`.
      partitioner: a function of shape and dtype that says into how many parts to divide it.
      validate_shape: whether its shape must be known.
      custom_getter: a function called instead, with the getter as its first argument.
      constraint: a function that optimizers apply to it after an update.

    Returns:
      A Variable; a PartitionedVariable with a partitioner.

    Raises:
      ValueError: it is there and must not be, or the other way round; shape or dtype differ from
        those it has; both a shape and a value as initializer.

    Example:
      >>> w = tf.get_variable("w", [784, 10], initializer=tf.zeros_initializer())
    """
    return get_variable_scope().get_variable(
        default_variable_store(),
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
        collections=collections,
        caching_device=caching_device,
        partitioner=partitioner,
        validate_shape=validate_shape,
        use_resource=use_resource,
        custom_getter=custom_getter,
        constraint=constraint,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def get_local_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Callable[[Any], Any] | None = None,
    trainable: bool = False,
    collections: Any = None,
    **kwargs: Any,
) -> Any:
    """As `get_variable`, for a variable that is not part of the model: one of LOCAL_VARIABLES."""
    return get_variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=False,
        collections=[*(collections or ()), GraphKeys.LOCAL_VARIABLES],
        **kwargs,
    )
