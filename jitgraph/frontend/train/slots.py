"""The variables that an optimizer keeps for each variable it changes: momenta, averages.

In: a slot's name and the variable it belongs to. Out: the slot's variable, made when first asked
for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.graph import get_default_graph


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

    def _slot(self, var: Any, slot_name: str, make: Callable[[], Any]) -> Any:
        """The slot of `var`, made by `make` when it isn't there yet."""
        named = self._slot_dict(slot_name)
        key = _key(var)
        if key not in named:
            named[key] = make()
        return named[key]

    def _non_slot(self, name: str, graph: Any, make: Callable[[], Any]) -> Any:
        """A variable that belongs to no other, made by `make` when it isn't there yet."""
        key = (name, graph)
        if key not in self._non_slot_dict:
            self._non_slot_dict[key] = make()
        return self._non_slot_dict[key]

    def _get_non_slot_variable(self, name: str, graph: Any = None) -> Any:
        return self._non_slot_dict.get((name, graph))

    def _non_slot_variables(self) -> Any:
        return self._non_slot_dict.values()
