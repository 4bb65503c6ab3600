"""Stage config: what a field of a message may be, and the lists and mappings that fields hold.

In: a field's kind and what a user puts into it. Out: the value as the field holds it, or
protocol buffers' TypeError or ValueError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, MutableSequence
from dataclasses import dataclass
from typing import Any

Changed = Callable[[], None]


@dataclass(frozen=True)
class Scalar:
    """A field that holds one number, truth value or text."""

    default: Any
    takes: tuple[type, ...]
    named: str
    limits: tuple[int, int] | None = None
    enum: Enum | None = None

    def checked(self, value: Any) -> Any:
        """`value` as the field holds it; TypeError or ValueError when it doesn't fit."""
        if hasattr(value, "item"):
            value = value.item()
        if not isinstance(value, self.takes):
            raise TypeError(
                f"{value!r} has type {type(value).__name__}, but expected one of: {self.named}"
            )
        number: Any = value
        if self.limits and not self.limits[0] <= number <= self.limits[1]:
            raise ValueError(f"Value out of range: {value}")
        if isinstance(value, bytes):
            return value.decode()
        return type(self.default)(value)

    def text(self, value: Any) -> str:
        """The value in protocol buffers' text form."""
        if self.enum is not None:
            return self.enum.numbers.get(value, str(value))
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str):
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return repr(value)


@dataclass(frozen=True)
class Nested:
    """A field that holds a message."""

    of: Callable[[], type[Any]]


@dataclass(frozen=True)
class Repeated:
    """A field that holds a list."""

    of: Scalar | Nested


@dataclass(frozen=True)
class MapOf:
    """A field that holds a mapping."""

    key: Scalar
    value: Scalar


Field = Scalar | Nested | Repeated | MapOf
Fields = Mapping[str, Field]


class Enum:
    """The names and numbers of an enumeration."""

    def __init__(self, name: str, **values: int) -> None:
        self.name = name
        self.names = values
        self.numbers = {number: key for key, number in values.items()}

    def Value(self, name: str) -> int:
        """The number of a name."""
        if name not in self.names:
            raise ValueError(f"Enum {self.name} has no value defined for name {name}")
        return self.names[name]

    def Name(self, number: int) -> str:
        """The name of a number."""
        if number not in self.numbers:
            raise ValueError(f"Enum {self.name} has no name defined for value {number}")
        return self.numbers[number]

    def keys(self) -> list[str]:
        """All names."""
        return list(self.names)

    def values(self) -> list[int]:
        """All numbers."""
        return list(self.names.values())

    def items(self) -> list[tuple[str, int]]:
        """All (name, number)."""
        return list(self.names.items())

    def field(self) -> Scalar:
        """A field that holds one of its numbers."""
        first = next(iter(self.names.values()))
        return Scalar(first, (int,), "int", (-(1 << 31), (1 << 31) - 1), self)


def _whole(bits: int, signed: bool = True) -> Scalar:
    most = (1 << (bits - signed)) - 1
    return Scalar(0, (int,), "int", (-most - 1 if signed else 0, most))


BOOL = Scalar(False, (int, bool), "int, bool")
INT32, INT64, UINT32 = _whole(32), _whole(64), _whole(32, signed=False)
FLOAT = Scalar(0.0, (int, float), "int, float")
STRING = Scalar("", (str, bytes), "bytes, unicode")


class Items(MutableSequence[Any]):
    """The list of a repeated field; what goes in is checked."""

    def __init__(self, of: Scalar | Nested, changed: Changed) -> None:
        self._of = of
        self._changed = changed
        self._items: list[Any] = []

    def _checked(self, value: Any) -> Any:
        if isinstance(self._of, Scalar):
            return self._of.checked(value)
        twin = self._of.of()()
        twin.CopyFrom(value)
        return twin

    def add(self, **fields: Any) -> Any:
        """Appends a new message and returns it."""
        if isinstance(self._of, Scalar):
            raise AttributeError("add")
        self.append(self._of.of()(**fields))
        return self._items[-1]

    def insert(self, index: int, value: Any) -> None:
        """Puts a value before the one at `index`."""
        self._items.insert(index, self._checked(value))
        self._changed()

    def extend(self, values: Iterable[Any]) -> None:
        """Appends all of `values`."""
        if not hasattr(values, "__iter__"):
            raise TypeError("Value must be iterable")
        for value in values:
            self.append(value)

    def __getitem__(self, index: Any) -> Any:
        return self._items[index]

    def __setitem__(self, index: Any, value: Any) -> None:
        self._items[index] = self._checked(value)
        self._changed()

    def __delitem__(self, index: Any) -> None:
        del self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, Items) else other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self._items)


class Mapped(MutableMapping[Any, Any]):
    """The mapping of a map field; what goes in is checked."""

    def __init__(self, of: MapOf, changed: Changed) -> None:
        self._of = of
        self._changed = changed
        self._items: dict[Any, Any] = {}

    def __getitem__(self, key: Any) -> Any:
        return self._items.setdefault(self._of.key.checked(key), self._of.value.default)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._items[self._of.key.checked(key)] = self._of.value.checked(value)
        self._changed()

    def __delitem__(self, key: Any) -> None:
        del self._items[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return repr(self._items)
