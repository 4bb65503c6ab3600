"""The variables that an optimizer keeps for each variable it changes: momenta, averages.

In: a slot's name and the variable it belongs to. Out: the slot's variable, made when first asked
for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from jitgraph.dtypes import DType
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Tensor, colocate_with, get_default_graph, name_scope
from jitgraph.ops.constants import constant
from jitgraph.ops.filling import zeros
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.shapes import as_shape


def _key(variable: Any) -> tuple[Any, str]:
    return variable.op.graph, variable.op.name


class Slots:
    """What an optimizer remembers: slots by name and variable, and variables of its own."""

    def __init__(self) -> None:
        self._slots: dict[str, dict[tuple[Any, str], Any]] = {}
        self._non_slot_dict: dict[tuple[str, Any], Any] = {}

    def get_slot(self, var: Any, name: str) -> Any:
        """The slot variable of that name that belongs to `var`; None if there is none."""
        return self._slots.get(name, {}).get(_key(var))

    def get_slot_names(self) -> list[str]:
        """The names of the slots there are."""
        return sorted(self._slots)

    def variables(self) -> list[Any]:
        """All variables that the optimizer keeps in the default graph, by name."""
        slots = [slot for named in self._slots.values() for slot in named.values()]
        graph = get_default_graph()
        found = [v for v in [*self._non_slot_dict.values(), *slots] if v.op.graph is graph]
        return sorted(found, key=lambda variable: variable.name)

    def _slot_dict(self, slot_name: str) -> dict[tuple[Any, str], Any]:
        return self._slots.setdefault(slot_name, {})

    def _get_or_make_slot(self, var: Any, val: Tensor, slot_name: str, op_name: str) -> Any:
        """The slot of `var`; one that isn't there yet starts as `val`, named `op_name`."""
        return self._slot(var, slot_name, lambda: value_slot(var, val, op_name))

    def _get_or_make_slot_with_initializer(
        self, var: Any, initializer: Any, shape: Any, dtype: DType, slot_name: str, op_name: str
    ) -> Any:
        """The slot of `var`; `initializer(shape, dtype=dtype)` makes one that isn't there yet;
        where the shape isn't known, `initializer()`, or it is a tensor."""
        is_known = shape.is_fully_defined()

        def initial() -> Any:
            if not callable(initializer):
                return initializer
            return initializer(shape.as_list(), dtype=dtype) if is_known else initializer()

        return self._slot(var, slot_name, lambda: _variable_of(var, initial, op_name, is_known))

    def _zeros_slot(self, var: Any, slot_name: str, op_name: str) -> Any:
        """The slot of `var`; one that isn't there yet starts as zeros."""
        return self._slot(var, slot_name, lambda: zeros_slot(var, op_name))

    def _create_non_slot_variable(self, initial_value: Any, name: str, colocate_with: Any) -> Any:
        """A variable that belongs to no other, made when it isn't there yet."""
        key = (name, colocate_with.graph)
        if key not in self._non_slot_dict:
            self._non_slot_dict[key] = _placed_variable(initial_value, name, colocate_with)
        return self._non_slot_dict[key]

    def _slot(self, var: Any, slot_name: str, make: Callable[[], Any]) -> Any:
        named = self._slot_dict(slot_name)
        key = _key(var)
        if key not in named:
            named[key] = make()
        return named[key]

    def _get_non_slot_variable(self, name: str, graph: Any = None) -> Any:
        return self._non_slot_dict.get((name, graph))

    def _non_slot_variables(self) -> Any:
        return self._non_slot_dict.values()


def zeros_slot(primary: Any, name: str, shape: Any = None) -> Variable:
    """A variable of zeros beside another, of its dtype.

    Args:
      primary: the variable or tensor it belongs to.
      name: its name below that of `primary`.
      shape: its shape; that of `primary` if None.
    """
    kind = primary.dtype.base_dtype
    known = primary.get_shape() if shape is None else as_shape(shape)
    if known.is_fully_defined():
        return _variable_of(primary, lambda: zeros(known.as_list(), kind), name, True)
    source = primary.initialized_value() if isinstance(primary, Variable) else primary
    return _variable_of(primary, zeros(shape_of(source), kind), name, False)


def value_slot(primary: Any, value: Tensor, name: str) -> Variable:
    """A variable beside another that starts as a tensor.

    Args:
      primary: the variable it belongs to.
      value: what it starts as.
      name: its name below that of `primary`.
    """
    return _variable_of(primary, value, name, value.get_shape().is_fully_defined())


def constant_slot(primary: Any, value: float) -> Tensor:
    """A constant of a variable's shape and dtype, placed where the variable is."""
    with colocate_with(primary):
        return constant(value, dtype=primary.dtype.base_dtype, shape=primary.get_shape())


def _variable_of(primary: Any, initial: Any, name: str, is_validated: bool) -> Variable:
    with name_scope(None), _beside(primary):
        full = f"{primary.op.name}/{name}"
        return Variable(initial, trainable=False, validate_shape=is_validated, name=full)


def _beside(primary: Any) -> AbstractContextManager[Any]:
    """Where slots are placed: with their variable; those of a tensor anywhere."""
    is_variable = isinstance(primary, Variable) or primary.op.type == "VariableV2"
    return colocate_with(primary) if is_variable else nullcontext()


def _placed_variable(initial: Any, name: str, primary: Any) -> Variable:
    with colocate_with(primary):
        return Variable(initial, trainable=False, name=name)
