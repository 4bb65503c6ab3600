"""VariableScope: what get_variable takes where its call says nothing; and the one in force.

In: the default graph. Out: the scope of this thread in this graph, and the counts of the scopes
opened so far, which make default names unique.
"""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.variable_kinds import VariableAggregation, VariableSynchronization
from jitgraph.frontend.variable_request import VariableRequest
from jitgraph.graph import (
    GraphKeys,
    add_to_collection,
    get_collection,
    name_scope,
)
from jitgraph.ops.convert import convert_to_tensor


class _ReuseMode(enum.Enum):
    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE
"""As `reuse`: get_variable takes the variable if it exists, and makes it if it doesn't."""

_SCOPES_KEY: Any = ("__varscope",)


def no_regularizer(_: Any) -> None:
    """A regularizer that adds nothing, to override that of the scope."""
    return


class VariableScope:
    """A prefix of variable names, and the defaults of `get_variable` below it.

    Args:
      reuse: True: variables exist; False or None: they are made; AUTO_REUSE: either.
      name: the prefix, without a trailing slash.
      initializer, regularizer, caching_device, partitioner, custom_getter, dtype, use_resource,
        constraint: the defaults.
      name_scope: the name scope in which it was opened first, with a trailing slash.
    """

    def __init__(
        self,
        reuse: Any,
        name: str = "",
        initializer: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Callable[..., Any] | None = None,
        name_scope: str = "",
        dtype: Any = dtypes.float32,
        use_resource: bool | None = None,
        constraint: Callable[[Any], Any] | None = None,
    ) -> None:
        self._reuse = reuse
        self._name = name
        self._name_scope = name_scope
        self.initializer = initializer
        self.regularizer = regularizer
        self.caching_device = caching_device
        self.partitioner = partitioner
        self.custom_getter = custom_getter
        self.dtype = dtype
        self.use_resource = use_resource
        self.constraint = constraint

    @property
    def name(self) -> str:
        """The prefix of variable names."""
        return self._name

    @property
    def original_name_scope(self) -> str:
        """The name scope in which it was opened first."""
        return self._name_scope

    @property
    def reuse(self) -> Any:
        """Whether variables are taken, not made."""
        return self._reuse

    def reuse_variables(self) -> None:
        """From here on variables are taken, not made."""
        self._reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """Sets the default initializer."""
        self.initializer = initializer

    def set_dtype(self, dtype: Any) -> None:
        """Sets the default dtype."""
        self.dtype = dtype

    def set_use_resource(self, use_resource: bool) -> None:
        """Accepted for compatibility."""
        self.use_resource = use_resource

    def set_regularizer(self, regularizer: Any) -> None:
        """Sets the default regularizer."""
        self.regularizer = regularizer

    def set_caching_device(self, caching_device: Any) -> None:
        """Sets the default device of reads."""
        self.caching_device = caching_device

    def set_partitioner(self, partitioner: Any) -> None:
        """Sets the default partitioner."""
        self.partitioner = partitioner

    def set_custom_getter(self, custom_getter: Any) -> None:
        """Sets the default custom getter."""
        self.custom_getter = custom_getter

    def get_collection(self, name: Any) -> list[Any]:
        """The items of a collection whose names are below this scope."""
        return get_collection(name, f"{self._name}/" if self._name else "")

    def trainable_variables(self) -> list[Any]:
        """The trainable variables below this scope."""
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self) -> list[Any]:
        """The global variables below this scope."""
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self) -> list[Any]:
        """The local variables below this scope."""
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def get_variable(
        self,
        var_store: Any,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        reuse: Any = None,
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
        """Finds or makes a variable below this scope. See `tf.get_variable`.

        Args:
          var_store: where the variables of the graph are.
          name: its name below this scope.
          reuse: as that of the scope.

        Raises:
          ValueError: the initializer's dtype isn't the one asked for.
        """
        with name_scope(None):
            _check_initializer_dtype(initializer, dtype)
            request = VariableRequest(
                name=f"{self._name}/{name}" if self._name else name,
                shape=shape,
                dtype=_first(dtype, self.dtype),
                initializer=_first(initializer, self.initializer),
                regularizer=_first(regularizer, self.regularizer),
                reuse=_first(reuse, self._reuse),
                trainable=trainable,
                collections=collections,
                caching_device=_first(caching_device, self.caching_device),
                partitioner=_first(partitioner, self.partitioner),
                validate_shape=validate_shape,
                use_resource=_first(use_resource, self.use_resource),
                constraint=_first(constraint, self.constraint),
                synchronization=synchronization,
                aggregation=aggregation,
            )
            return var_store.get_variable(request, _first(custom_getter, self.custom_getter))


def _first(given: Any, default: Any) -> Any:
    return default if given is None else given


def _check_initializer_dtype(initializer: Any, dtype: Any) -> None:
    if dtype is None or initializer is None or callable(initializer):
        return
    own = convert_to_tensor(initializer).dtype.base_dtype
    if own != dtype:
        raise ValueError(f"Initializer type '{own}' and explicit dtype '{dtype}' don't match.")


class OpenScopes(threading.local):
    """The scope in force in this thread, and how often each name was opened."""

    def __init__(self) -> None:
        self.current = VariableScope(False)
        self.counts: dict[str, int] = {}

    def opened(self, name: str) -> None:
        """Counts one more scope of that name."""
        self.counts[name] = self.counts.get(name, 0) + 1

    def forget_below(self, name: str) -> None:
        """Makes the names below a scope free again."""
        for other in self.counts:
            if other.startswith(f"{name}/"):
                self.counts[other] = 0

    def unique(self, prefix: str) -> str:
        """`prefix`, with `_1`, `_2` .. behind it where the current scope has such a scope."""
        full = f"{self.current.name}/{prefix}" if self.current.name else prefix
        if not self.counts.get(full):
            return prefix
        index = 1
        while self.counts.get(f"{full}_{index}"):
            index += 1
        return f"{prefix}_{index}"


def open_scopes() -> OpenScopes:
    """Those of the default graph."""
    found = get_collection(_SCOPES_KEY)
    if found:
        return found[0]  # type: ignore[no-any-return]
    scopes = OpenScopes()
    add_to_collection(_SCOPES_KEY, scopes)
    return scopes


def get_variable_scope() -> VariableScope:
    """The variable scope in force.

    Example:
      >>> with tf.variable_scope("layer"):
      ...     tf.get_variable_scope().name
      'layer'
    """
    return open_scopes().current
