"""The variables that an optimizer keeps for each variable it changes: momenta, averages.

In: a slot's name and the variable it belongs to. Out: the slot's variable, made when first asked
for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

from jitgraph.dtypes import DType
from jitgraph.frontend.plain_initializers import Zeros as zeros_initializer
from jitgraph.frontend.variable_sharing import get_variable, variable_scope
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Tensor, colocate_with, get_default_graph
from jitgraph.ops.constants import constant
from jitgraph.ops.filling import zeros
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.shapes import TensorShape, as_shape


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
        if not callable(initializer):
            return self._get_or_make_slot(var, initializer, slot_name, op_name)
        return self._slot(
            var, slot_name, lambda: _variable_of(var, initializer, op_name, shape, dtype)
        )

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
        return _variable_of(primary, zeros_initializer(), name, known, kind)
    source = primary.initialized_value() if isinstance(primary, Variable) else primary
    return value_slot(primary, zeros(shape_of(source), kind), name)


def value_slot(primary: Any, value: Tensor, name: str) -> Variable:
    """A variable beside another that starts as a tensor.

    Args:
      primary: the variable it belongs to.
      value: what it starts as.
      name: its name below that of `primary`.
    """
    return _variable_of(primary, value, name, None, None)


def constant_slot(primary: Any, value: float) -> Tensor:
    """A constant of a variable's shape and dtype, placed where the variable is."""
    with colocate_with(primary):
        return constant(value, dtype=primary.dtype.base_dtype, shape=primary.get_shape())


def _variable_of(
    primary: Any, initializer: Any, name: str, shape: TensorShape | None, dtype: DType | None
) -> Any:
    """A variable named below another; that name becomes part of the scope in force.

    Args:
      primary: the other.
      initializer: a tensor, or what makes one of `shape` and `dtype`.
      name: the last part of its name.
      shape, dtype: None for a tensor.
    """
    known = initializer.get_shape() if shape is None else shape
    with variable_scope(None, f"{primary.op.name}/{name}") as scope, _beside(primary):
        scope.set_partitioner(None)
        slot = get_variable(
            "",
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            trainable=False,
            validate_shape=known.is_fully_defined(),
        )
    info = getattr(primary, "_save_slice_info", None)
    if info is not None:
        own = slot.op.name[len(primary.op.name) + 1 :]
        slot._set_save_slice_info(replace(info, full_name=f"{info.full_name}/{own}"))
    return slot


def _beside(primary: Any) -> AbstractContextManager[Any]:
    """Where slots are placed: with their variable; those of a tensor anywhere."""
    is_variable = isinstance(primary, Variable) or primary.op.type == "VariableV2"
    return colocate_with(primary) if is_variable else nullcontext()


def _placed_variable(initial: Any, name: str, primary: Any) -> Variable:
    with colocate_with(primary):
        return Variable(initial, trainable=False, name=name)
