"""Stage config: records with named, typed fields that act as protocol buffers do in Python.

In: a class that lists its fields. Out: keyword construction, assignment checked by type, nested
records made when first read, presence, merging, and protocol buffers' text form.
https://protobuf.dev/reference/python/python-generated/ describes what this follows.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, TypeVar

from jitgraph.config.fields import (
    Changed,
    Field,
    Fields,
    Items,
    MapOf,
    Mapped,
    Nested,
    Repeated,
    Scalar,
)

AnyMessage = TypeVar("AnyMessage", bound="Message")


class Message:
    """What all messages share; a message lists its `FIELDS` and its `FULL_NAME`.

    Example:
      >>> config = tf.ConfigProto(allow_soft_placement=True)
      >>> config.gpu_options.allow_growth = True
      >>> config.HasField("gpu_options")
      True
    """

    FULL_NAME: ClassVar[str] = ""
    FIELDS: ClassVar[Fields] = {}
    __slots__ = ("_changed", "_is_set", "_values")

    _values: dict[str, Any]
    _is_set: bool
    _changed: Changed | None

    def __init__(self, *args: Any, **fields: Any) -> None:
        if args:
            raise TypeError("No positional arguments allowed")
        self.__setstate__({})
        for name, value in fields.items():
            if name not in self.FIELDS:
                raise ValueError(f'Protocol message {type(self).__name__} has no "{name}" field.')
            if value is not None:
                self._fill(name, value)

    def _fill(self, name: str, value: Any) -> None:
        """Puts into a field what the constructor was given for it."""
        field = self.FIELDS[name]
        if isinstance(field, Scalar):
            is_name = field.enum is not None and isinstance(value, str)
            setattr(self, name, field.enum.Value(value) if is_name and field.enum else value)
        elif isinstance(field, Nested):
            given = field.of()(**value) if isinstance(value, dict) else value
            getattr(self, name).MergeFrom(given)
            getattr(self, name).SetInParent()
        elif isinstance(field, MapOf):
            getattr(self, name).update(dict(value))
        else:
            getattr(self, name).extend(value)

    def __getattr__(self, name: str) -> Any:
        field = self.FIELDS.get(name)
        if field is None:
            raise AttributeError(name)
        if name not in self._values:
            if isinstance(field, Scalar):
                return field.default
            self._values[name] = self._made(field)
        return self._values[name]

    def _made(self, field: Nested | Repeated | MapOf) -> Any:
        if isinstance(field, MapOf):
            return Mapped(field, self.SetInParent)
        if isinstance(field, Repeated):
            return Items(field.of, self.SetInParent)
        message = field.of()()
        object.__setattr__(message, "_changed", self.SetInParent)
        return message

    def __setattr__(self, name: str, value: Any) -> None:
        field = self.FIELDS.get(name)
        if field is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if not isinstance(field, Scalar):
            kind = "field" if isinstance(field, Nested) else "repeated field"
            raise AttributeError(
                f'Assignment not allowed to {kind} "{name}" in protocol message object.'
            )
        self._values[name] = field.checked(value)
        self.SetInParent()

    def SetInParent(self) -> None:
        """Marks this message as present in the one that holds it."""
        object.__setattr__(self, "_is_set", True)
        if self._changed is not None:
            self._changed()

    def HasField(self, name: str) -> bool:
        """Whether a message field was set.

        Raises:
          ValueError: there is no such field, or it is not a message.
        """
        if name not in self.FIELDS:
            raise ValueError(f"Protocol message {type(self).__name__} has no field {name}.")
        if not isinstance(self.FIELDS[name], Nested):
            full = f"{self.FULL_NAME.removeprefix('tensorflow.')}.{name}"
            raise ValueError(
                f'Can\'t test non-optional, non-submessage field "{full}" for presence in proto3.'
            )
        return name in self._values and self._values[name]._is_set

    def ClearField(self, name: str) -> None:
        """Gives a field its default back.

        Raises:
          ValueError: there is no such field.
        """
        if name not in self.FIELDS:
            raise ValueError(f'Protocol message has no "{name}" field.')
        held = self._values.pop(name, None)
        if isinstance(held, Message):
            object.__setattr__(held, "_changed", None)

    def Clear(self) -> None:
        """Gives all fields their defaults back."""
        for name in self.FIELDS:
            self.ClearField(name)
        self.SetInParent()

    def ListFields(self) -> list[tuple[str, Any]]:
        """The fields that are not at their defaults: (name, value), in order."""
        return [(name, getattr(self, name)) for name in self.FIELDS if self._is_told(name)]

    def _is_told(self, name: str) -> bool:
        if name not in self._values:
            return False
        field, value = self.FIELDS[name], self._values[name]
        if isinstance(field, Scalar):
            return bool(value != field.default)
        return bool(value._is_set if isinstance(field, Nested) else len(value))

    def CopyFrom(self, other: Message) -> None:
        """Becomes equal to a message of the same class.

        Raises:
          TypeError: it is of another class.
        """
        self._require_same(other, "CopyFrom")
        if other is not self:
            self.Clear()
            self.MergeFrom(other)

    def MergeFrom(self, other: Message) -> None:
        """Takes over all fields that are set in a message of the same class; lists grow.

        Raises:
          TypeError: it is of another class.
        """
        self._require_same(other, "MergeFrom")
        for name, value in other.ListFields():
            held = None if isinstance(self.FIELDS[name], Scalar) else getattr(self, name)
            if held is None:
                setattr(self, name, value)
            elif isinstance(held, Message):
                held.MergeFrom(value)
                held.SetInParent()
            elif isinstance(held, Mapped):
                held.update(value)
            else:
                held.extend(value)

    def _require_same(self, other: Any, method: str) -> None:
        if type(other) is not type(self):
            found = getattr(other, "FULL_NAME", type(other).__name__)
            raise TypeError(
                f"Parameter to {method}() must be instance of same class: "
                f"expected {self.FULL_NAME} got {found}."
            )

    def IsInitialized(self) -> bool:
        """True: no field is required."""
        return True

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        assert isinstance(other, Message)
        return self.ListFields() == other.ListFields()

    __hash__ = None  # type: ignore[assignment]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.FIELDS]

    def __repr__(self) -> str:
        return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        for name, value in self.ListFields():
            yield from _field_lines(name, self.FIELDS[name], value)

    def __getstate__(self) -> dict[str, Any]:
        return dict(self.ListFields())

    def __setstate__(self, fields: dict[str, Any]) -> None:
        for name, value in (("_values", {}), ("_is_set", False), ("_changed", None)):
            object.__setattr__(self, name, value)
        for name, value in fields.items():
            self._fill(name, value)

    def __reduce__(self) -> Any:
        return type(self), (), self.__getstate__()

    def __deepcopy__(self: AnyMessage, memo: Any) -> AnyMessage:
        twin = type(self)()
        twin.MergeFrom(self)
        return twin

    __copy__ = copy.deepcopy


def _field_lines(name: str, field: Field, value: Any) -> Iterator[str]:
    if isinstance(field, Scalar):
        yield f"{name}: {field.text(value)}"
    elif isinstance(field, Nested):
        yield from _block(name, value._lines())
    elif isinstance(field, Repeated):
        for item in value:
            yield from _field_lines(name, field.of, item)
    else:
        for key, item in sorted(value.items()):
            yield from _block(name, (f"key: {field.key.text(key)}", f"value: {item!r}"))


def _block(name: str, lines: Iterable[str]) -> Iterator[str]:
    yield f"{name} {{"
    yield from (f"  {line}" for line in lines)
    yield "}"
