"""Stage runtime: Examples taken apart by native code.

In: what ParseExample is given. Out: what it makes, or None for what is not written in the usual
way or does not fit: the op's reference then says what is wrong with it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from functools import cache
from math import prod
from typing import Any, NamedTuple

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.runtime import native
from jitgraph.shapes import as_shape

_KINDS = {"string": 1, "float32": 2, "int64": 3}
_STRING = _KINDS["string"]
_MISSING = -1
_MOST_BYTES = 2**31
_OFFSET, _COUNT = 0, 2


class _Feature(NamedTuple):
    """A feature that is wanted."""

    key: bytes
    dtype: DType
    dims: tuple[int | None, ...] = ()
    default: Any = None

    @property
    def kind(self) -> int:
        return _KINDS[self.dtype.name]

    @property
    def item(self) -> tuple[int, ...]:
        """The shape of one value, or of one thing of a list."""
        return tuple(size for size in self.dims if size is not None)


class _Records(NamedTuple):
    """Examples one behind the other, and where in them the wanted values are."""

    content: bytes
    address: int
    places: np.ndarray

    def counts(self, number: int) -> np.ndarray:
        """How many values each Example has for a feature; -1 where it lacks it."""
        counts: np.ndarray = self.places[:, number, _COUNT]
        return counts

    def values(self, number: int, kind: int, offsets: np.ndarray, size: int) -> np.ndarray:
        """The values of a feature, each Example's from its offset on; elsewhere zeros."""
        if kind == _STRING:
            spans = np.zeros((size, 2), np.int64)
            self._decode(number, kind, offsets, spans)
            starts, sizes = spans[:, 0], spans[:, 1]
            parts = map(slice, starts.tolist(), (starts + sizes).tolist())
            return np.fromiter(map(self.content.__getitem__, parts), object, size)
        result = np.zeros(size, np.float32 if kind == _KINDS["float32"] else np.int64)
        self._decode(number, kind, offsets, result)
        return result

    def _decode(self, number: int, kind: int, offsets: np.ndarray, results: np.ndarray) -> None:
        count, keys, words = self.places.shape
        first = self.places.ctypes.data + 8 * words * number
        where = (first, 8 * words * keys, results.ctypes.data, offsets.ctypes.data)
        given = np.array([self.address, *where, kind], np.int64)
        _function("decode_features")(given.ctypes.data, 0, count)


def parse_examples(
    serialized: np.ndarray,
    names: np.ndarray,
    sparse_keys: Sequence[np.ndarray],
    dense_keys: Sequence[np.ndarray],
    dense_defaults: Sequence[np.ndarray],
    sparse_types: Sequence[DType],
    dense_shapes: Sequence[Any],
) -> tuple[np.ndarray, ...] | None:
    """What ParseExample makes of Examples, or None."""
    sparse = [_Feature(_key(k), each) for k, each in zip(sparse_keys, sparse_types, strict=True)]
    dense = [
        _Feature(_key(key), _dtype(default), tuple(as_shape(shape)._dims or ()), default)
        for key, shape, default in zip(dense_keys, dense_shapes, dense_defaults, strict=True)
    ]
    records = _indexed(serialized, [*sparse, *dense])
    if records is None:
        return None
    parts = [_sparse(records, number, each) for number, each in enumerate(sparse)]
    found = [_dense(records, number, each) for number, each in enumerate(dense, len(sparse))]
    if any(each is None for each in found):
        return None
    indices, values, shapes = zip(*parts, strict=True) if parts else ((), (), ())
    return (*indices, *values, *shapes, *(each for each in found if each is not None))


def _key(key: Any) -> bytes:
    return bytes(np.asarray(key).item())


def _dtype(default: Any) -> DType:
    array = np.asarray(default)
    return dtypes.string if array.dtype == object else dtypes.as_dtype(array.dtype)


def _indexed(serialized: np.ndarray, wanted: Sequence[_Feature]) -> _Records | None:
    keys = [each.key for each in wanted]
    texts = serialized.tolist() if serialized.ndim == 1 else []
    if not texts or not keys or len(set(keys)) < len(keys):
        return None
    content, starts = _joined(texts)
    if len(content) >= _MOST_BYTES:
        return None
    names, name_starts = _joined(keys)
    kinds = np.array([each.kind for each in wanted], np.int64)
    places = np.zeros((len(texts), len(keys), 3), np.int64)
    places[:, :, _COUNT] = _MISSING
    address, name_address = _address(content), _address(names)
    where = (name_address, name_starts.ctypes.data, kinds.ctypes.data, places.ctypes.data)
    given = np.array([address, starts.ctypes.data, len(keys), *where], np.int64)
    is_unusual = _function("index_examples")(given.ctypes.data, 0, len(texts))
    return None if is_unusual else _Records(content, address, places)


def _joined(texts: Sequence[bytes]) -> tuple[bytes, np.ndarray]:
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
    return b"".join(texts), starts


def _address(content: bytes) -> int:
    """Where bytes are in memory; they must be held as long as the address is used."""
    return int(np.frombuffer(content, np.uint8).ctypes.data) if content else 0


@cache
def _function(name: str) -> Any:
    return ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 3)(native.address(name))


def _sparse(records: _Records, number: int, wanted: _Feature) -> tuple[np.ndarray, ...]:
    counts = np.maximum(records.counts(number), 0)
    ends = np.cumsum(counts)
    offsets, total = ends - counts, int(ends[-1])
    values = records.values(number, wanted.kind, offsets, total)
    rows = np.repeat(np.arange(len(counts)), counts)
    indices = np.stack([rows, np.arange(total) - np.repeat(offsets, counts)], axis=1)
    return indices, values, np.array([len(counts), counts.max()], np.int64)


def _dense(records: _Records, number: int, wanted: _Feature) -> np.ndarray | None:
    counts = records.counts(number)
    if wanted.dims and wanted.dims[0] is None:
        return _lists(records, number, wanted, np.maximum(counts, 0))
    size = prod(wanted.item)
    lacking = counts == _MISSING
    if not np.all(lacking | (counts == size)):
        return None
    is_lacking = bool(lacking.any())
    default = np.asarray(wanted.default)
    if is_lacking and (default.size != size or (not default.ndim and wanted.dims)):
        return None
    offsets = np.arange(len(counts)) * size
    found = records.values(number, wanted.kind, offsets, len(counts) * size)
    rows = found.reshape(len(counts), *wanted.item)
    if is_lacking:
        rows[lacking] = default.reshape(wanted.item)
    return rows


def _lists(
    records: _Records, number: int, wanted: _Feature, counts: np.ndarray
) -> np.ndarray | None:
    size = prod(wanted.item)
    if not size or np.any(counts % size):
        return None
    longest = int(counts.max())
    offsets = np.arange(len(counts)) * longest
    found = records.values(number, wanted.kind, offsets, len(counts) * longest)
    default = np.asarray(wanted.default)
    if default.size:
        rows = found.reshape(len(counts), longest)
        rows[np.arange(longest) >= counts[:, None]] = default.reshape(-1)[0]
    return found.reshape(len(counts), longest // size, *wanted.item)
