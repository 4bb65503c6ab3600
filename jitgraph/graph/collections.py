"""Stage graph: the named collections of a graph."""

from __future__ import annotations

import re
import threading
from typing import Any


class Collections:
    """Lists of anything by key; several threads may add."""

    __slots__ = ("_lists", "_lock")

    def __init__(self) -> None:
        self._lists: dict[Any, list[Any]] = {}
        self._lock = threading.Lock()

    def add(self, key: Any, value: Any) -> None:
        """Appends a value, also where it is in already."""
        with self._lock:
            self._lists.setdefault(key, []).append(value)

    def reference(self, key: Any) -> list[Any]:
        """The list itself, made where there is none."""
        with self._lock:
            return self._lists.setdefault(key, [])

    def items(self, key: Any, scope: str | None) -> list[Any]:
        """A copy; with `scope`, a regular expression, of the items whose names begin so."""
        with self._lock:
            items = list(self._lists.get(key, ()))
        if scope is None:
            return items
        begins = re.compile(scope).match
        return [item for item in items if hasattr(item, "name") and begins(item.name)]

    def names(self) -> list[Any]:
        """The keys in the order of their making."""
        with self._lock:
            return list(self._lists)

    def clear(self, key: Any) -> None:
        """Drops a collection."""
        with self._lock:
            self._lists.pop(key, None)
