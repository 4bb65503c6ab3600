"""Look-up tables as sessions keep them: values by keys.

In: arrays of keys and values. Out: arrays of values. Errors are TensorFlow's.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from jitgraph.dtypes import DType
from jitgraph.errors import AbortedError, FailedPreconditionError, UnimplementedError
from jitgraph.ops.string_arrays import refused

Pair = tuple[Any, Any]


class HeldTable:
    """A table that threads share.

    Args:
      key_dtype, value_dtype: what it maps to what.
      value_shape: the shape of one value.
      is_filled_once: whether it has no contents before an initializer has run, and keeps those.
      forbidden: keys that it can't hold, with what they are called.
    """

    def __init__(
        self,
        key_dtype: DType,
        value_dtype: DType,
        value_shape: Sequence[int] = (),
        *,
        is_filled_once: bool = False,
        forbidden: dict[Any, str] | None = None,
    ) -> None:
        self.key_dtype, self.value_dtype = key_dtype, value_dtype
        self.value_shape = tuple(value_shape)
        self._is_filled_once = is_filled_once
        self._forbidden = forbidden or {}
        self._lock = threading.Lock()
        self._values: dict[Any, Any] | None = None if is_filled_once else {}

    def __len__(self) -> int:
        return len(self._values or ())

    def find(self, keys: np.ndarray, default: np.ndarray) -> np.ndarray:
        """The values of keys, `default` for those that are not there.

        Raises:
          errors.FailedPreconditionError: no initializer has run.
        """
        asked = self._checked(keys)
        values = self._values
        if values is None:
            raise FailedPreconditionError(None, None, "Table not initialized.")
        other = default if default.ndim else default.item()
        found = [values.get(key, other) for key in asked]
        return self._array(found, keys.shape)

    def insert(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Adds pairs; a key that is there gets the new value."""
        pairs = dict(self._pairs(keys, values))
        with self._lock:
            self._changeable().update(pairs)

    def remove(self, keys: np.ndarray) -> None:
        """Removes pairs; keys that are not there are ignored."""
        gone = self._checked(keys)
        with self._lock:
            values = self._changeable()
            for key in gone:
                values.pop(key, None)

    def fill(self, keys: np.ndarray, values: np.ndarray) -> None:
        """Makes pairs the contents; once only, if the table is one of those.

        Raises:
          errors.FailedPreconditionError: a key has two values, or there are other contents.
        """
        if self._is_filled_once:
            self.initialize(self._pairs(keys, values))
            return
        pairs = dict(self._pairs(keys, values))
        with self._lock:
            self._values = pairs

    def initialize(self, pairs: Iterable[Pair]) -> None:
        """As `fill`, from pairs of Python values; of a full table only the number is compared."""
        given: dict[Any, Any] = {}
        for key, value in pairs:
            if given.setdefault(key, value) != value:
                text = (
                    f"HashTable has different value for same key. Key {_shown(key)} has "
                    f"{_shown(given[key])} and trying to add value {_shown(value)}"
                )
                raise FailedPreconditionError(None, None, text)
        with self._lock:
            if self._values is None:
                self._values = given
            elif len(given) != len(self._values):
                text = "Table was already initialized with different data."
                raise FailedPreconditionError(None, None, text)

    def export(self) -> tuple[np.ndarray, np.ndarray]:
        """All keys, and their values."""
        if self._values is None:
            raise AbortedError(None, None, "HashTable is not initialized.")
        with self._lock:
            values = dict(self._values)
        keys = np.empty(len(values), self.key_dtype.as_numpy_dtype)
        keys[:] = list(values)
        return keys, self._array(list(values.values()), keys.shape)

    def _changeable(self) -> dict[Any, Any]:
        if self._is_filled_once or self._values is None:
            raise UnimplementedError(None, None, "Insert not supported by HashTable")
        return self._values

    def cancel(self) -> None:
        """Nothing waits here."""

    def _pairs(self, keys: np.ndarray, values: np.ndarray) -> Iterator[Pair]:
        shape = (*keys.shape, *self.value_shape)
        if values.shape != shape:
            raise refused(f"Expected shape {_dims(shape)} for value, got {_dims(values.shape)}")
        rows = values.reshape(-1, *self.value_shape)
        items = rows.copy() if self.value_shape else rows.tolist()
        return zip(self._checked(keys), items, strict=True)

    def _checked(self, keys: np.ndarray) -> list[Any]:
        found: list[Any] = keys.ravel().tolist()
        for key, what in self._forbidden.items():
            if key in found:
                raise refused(f"Using the {what} as a table key is not allowed")
        return found

    def _array(self, found: list[Any], shape: Sequence[int]) -> np.ndarray:
        kind = self.value_dtype.as_numpy_dtype
        if self.value_shape:
            rows = np.array(found, kind).reshape(-1, *self.value_shape)
            return rows.reshape(*shape, *self.value_shape)
        result = np.empty(len(found), kind)
        result[:] = found
        return result.reshape(tuple(shape))


def _dims(shape: Sequence[int]) -> str:
    return "[" + ",".join(map(str, shape)) + "]"


def _shown(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else f"{value}"
