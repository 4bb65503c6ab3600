"""What both processes say to each other: one JSON object a line, arrays in it as base64.

In: requests and replies made of lists, dicts, numbers, texts, bytes, arrays. Out: text, and back.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import ml_dtypes  # noqa: F401 - gives NumPy the name bfloat16
import numpy as np

Role = Literal["feed", "constant", "variable"]


class Item(NamedTuple):
    """An input array and how the op gets it."""

    role: Role
    array: Any


@dataclass(frozen=True)
class CaseRequest:
    """One op with inputs (lists of items for list inputs) and attributes (dtypes by name); of its
    outputs the first ones are differentiated (None: all of them)."""

    inputs: list[Any]
    attrs: dict[str, Any] = field(default_factory=dict)
    differentiated: int | None = None


@dataclass(frozen=True)
class OpRequest:
    """All cases of one op, whose inputs have these names."""

    op: str
    arguments: list[str]
    cases: list[CaseRequest]


def encode(value: Any) -> str:
    """One line of text."""
    return json.dumps(_plain(value))


def decode(line: str) -> Any:
    """What `encode` was given; requests come back as requests, tuples as tuples."""
    return json.loads(line, object_hook=_object)


def _plain(value: Any) -> Any:
    if isinstance(value, Item):
        return {"item": [value.role, _plain(value.array)]}
    if isinstance(value, CaseRequest):
        return {"case": [_plain(value.inputs), _plain(value.attrs), value.differentiated]}
    if isinstance(value, OpRequest):
        return {"request": [value.op, value.arguments, _plain(value.cases)]}
    if isinstance(value, tuple):
        return {"tuple": [_plain(each) for each in value]}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, (np.ndarray, np.generic)):
        return _plain_array(np.asarray(value))
    return value


def _plain_array(array: np.ndarray) -> dict[str, Any]:
    if array.dtype.kind in "OSU":
        flat = [each.encode() if isinstance(each, str) else each for each in array.ravel()]
        texts = [base64.b64encode(each).decode() for each in flat]
        return {"strings": [list(array.shape), texts]}
    data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
    return {"array": [array.dtype.name, list(array.shape), data]}


def _object(plain: dict[str, Any]) -> Any:
    if len(plain) != 1:
        return plain
    ((kind, value),) = plain.items()
    make = _MAKERS.get(kind)
    return plain if make is None else make(value)


def _array(parts: list[Any]) -> np.ndarray:
    dtype, shape, data = parts
    return np.frombuffer(base64.b64decode(data), np.dtype(dtype)).reshape(shape)


def _strings(parts: list[Any]) -> np.ndarray:
    shape, texts = parts
    found = np.empty(len(texts), object)
    found[:] = [base64.b64decode(each) for each in texts]
    return found.reshape(shape)


_MAKERS = {
    "item": lambda parts: Item(*parts),
    "case": lambda parts: CaseRequest(*parts),
    "request": lambda parts: OpRequest(*parts),
    "tuple": tuple,
    "array": _array,
    "strings": _strings,
}
