"""Reads a `.proto` file: the part of proto3 that TensorFlow's files use.

In: its text: messages, enums, fields (repeated, map, oneof, packed or not). Out: the descriptor
that `protoc` would make of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

_TOKEN = re.compile(r"//[^\n]*|\"[^\"]*\"|[\w.]+|[{}=;<>,\[\]-]")


def file_descriptor(name: str, text: str, dependencies: Sequence[str]) -> Any:
    """A FileDescriptorProto.

    Args:
      name: the file's name.
      text: what is in it.
      dependencies: names of the files whose messages it may use.
    """
    from google.protobuf.descriptor_pb2 import FileDescriptorProto

    file = FileDescriptorProto(name=name, syntax="proto3", dependency=list(dependencies))
    _Reader(text).read(file)
    return file


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = [found for found in _TOKEN.findall(text) if not found.startswith("//")]
        self._place = 0

    def _next(self) -> str:
        self._place += 1
        return self._tokens[self._place - 1]

    def _take(self, wanted: str) -> bool:
        found = self._place < len(self._tokens) and self._tokens[self._place] == wanted
        self._place += found
        return found

    def _skip(self, wanted: str) -> None:
        found = self._next()
        if found != wanted:
            raise ValueError(f"expected {wanted!r}, found {found!r}")

    def read(self, file: Any) -> None:
        """The whole file."""
        while self._place < len(self._tokens):
            word = self._next()
            if word == "message":
                self._message(file.message_type.add(), f".{file.package}")
            elif word == "enum":
                self._enum(file.enum_type.add())
            elif word == "package":
                file.package = self._next()
                self._skip(";")
            else:
                while self._next() != ";":
                    pass

    def _message(self, message: Any, scope: str) -> None:
        message.name = self._next()
        scope = f"{scope}.{message.name}"
        self._skip("{")
        while not self._take("}"):
            word = self._next()
            if word == "message":
                self._message(message.nested_type.add(), scope)
            elif word == "enum":
                self._enum(message.enum_type.add())
            elif word == "oneof":
                self._oneof(message)
            elif word == "map":
                self._map(message, scope)
            elif word == "repeated":
                self._field(message, self._next(), is_repeated=True)
            else:
                self._field(message, word)

    def _enum(self, enum: Any) -> None:
        enum.name = self._next()
        self._skip("{")
        while not self._take("}"):
            word = self._next()
            if word == "option":
                enum.options.allow_alias = True
                while self._next() != ";":
                    pass
                continue
            self._skip("=")
            sign = -1 if self._take("-") else 1
            enum.value.add(name=word, number=sign * int(self._next()))
            self._skip(";")

    def _oneof(self, message: Any) -> None:
        number = len(message.oneof_decl)
        message.oneof_decl.add(name=self._next())
        self._skip("{")
        while not self._take("}"):
            self._field(message, self._next()).oneof_index = number

    def _map(self, message: Any, scope: str) -> None:
        """`map<K, V> name` is a repeated message of its own, with fields key and value."""
        self._skip("<")
        key = self._next()
        self._skip(",")
        value = self._next()
        self._skip(">")
        field = self._field(message, "", is_repeated=True)
        entry = message.nested_type.add(
            name="".join(part.capitalize() for part in field.name.split("_")) + "Entry"
        )
        entry.options.map_entry = True
        for number, (name, kind) in enumerate((("key", key), ("value", value)), start=1):
            _set_type(entry.field.add(name=name, number=number, label=1), kind)
        _set_type(field, f"{scope}.{entry.name}")

    def _field(self, message: Any, kind: str, is_repeated: bool = False) -> Any:
        field = message.field.add(name=self._next(), label=3 if is_repeated else 1)
        self._skip("=")
        field.number = int(self._next())
        if self._take("["):
            self._skip("packed")
            self._skip("=")
            field.options.packed = self._next() == "true"
            self._skip("]")
        self._skip(";")
        if kind:
            _set_type(field, kind)
        return field


def _set_type(field: Any, kind: str) -> None:
    number = getattr(field, f"TYPE_{kind.upper()}", None)
    if number is not None:
        field.type = number
    else:
        field.type_name = kind
