"""Ops that take Examples apart: ParseExample, ParseSingleExample.

In: serialized Examples. Out: for each feature its values, as a tensor or a sparse one. They run on
the host, with the protocol buffers of `jitgraph.protos` (extra `io`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import numpy as np

from jitgraph import dtypes as kinds
from jitgraph.dtypes import DType
from jitgraph.errors import InvalidArgumentError
from jitgraph.ops.definition import REQUIRED, Dims, OpDef, Sample, ShapeQuery
from jitgraph.shapes import as_shape

HELD = (kinds.float32, kinds.int64, kinds.string)
_FIELDS = {"float32": "float_list", "int64": "int64_list", "string": "bytes_list"}
_WORDS = {"float_list": "float", "int64_list": "int64", "bytes_list": "string"}


class _Where(NamedTuple):
    """Which Example it is, for messages."""

    name: str
    place: str

    def key(self, key: str) -> str:
        """What a message about a feature begins with."""
        return f"{self.name}Key: {key}{self.place}.  "

    def misfit(self, key: str) -> str:
        """What a message about its size begins with."""
        single = "" if self.place else "Can't parse serialized Example.  "
        return f"{self.key(key)}{single}"


@dataclass(frozen=True)
class _Dense:
    """A feature that is wanted as a tensor."""

    key: str
    dtype: DType
    dims: tuple[int | None, ...]
    default: np.ndarray

    @property
    def is_list(self) -> bool:
        return bool(self.dims) and self.dims[0] is None

    @property
    def item(self) -> tuple[int, ...]:
        """The shape of one thing of a list."""
        return tuple(size for size in self.dims if size is not None)


def _batch_shapes(q: ShapeQuery) -> list[Dims | None]:
    sparse = len(q.attrs["sparse_types"])
    rows = q.shapes[0]
    batch = (None,) if rows is None else tuple(rows)
    shapes = [as_shape(each)._dims or () for each in q.attrs["dense_shapes"]]
    return [*_sparse_shapes(sparse, 2), *((*batch, *dims) for dims in shapes)]


def _single_shapes(q: ShapeQuery) -> list[Dims | None]:
    shapes = [as_shape(each)._dims or () for each in q.attrs["dense_shapes"]]
    return [*_sparse_shapes(len(q.attrs["sparse_types"]), 1), *shapes]


def _sparse_shapes(count: int, rank: int) -> list[Dims | None]:
    parts: tuple[Dims, ...] = ((None, rank), (None,), (rank,))
    return [dims for dims in parts for _ in range(count)]


def _parsed_batch(
    serialized: np.ndarray,
    names: np.ndarray,
    sparse_keys: Sequence[np.ndarray],
    dense_keys: Sequence[np.ndarray],
    dense_defaults: Sequence[np.ndarray],
    sparse_types: Sequence[DType],
    dense_shapes: Sequence[Any],
) -> tuple[np.ndarray, ...]:
    labels = [_text(each) for each in np.asarray(names).ravel().tolist()]
    named = labels or ["<unknown>"] * len(serialized)
    wheres = [_Where(f"Name: {label}, ", f", Index: {n}") for n, label in enumerate(named)]
    examples = [_example(text, where) for text, where in zip(serialized, wheres, strict=True)]
    indices, values, shapes = [], [], []
    for key, dtype in zip(sparse_keys, sparse_types, strict=True):
        name = _text(np.asarray(key).item())
        pairs = zip(examples, wheres, strict=True)
        rows = [_sparse(each, name, dtype, where) for each, where in pairs]
        places = [(n, place) for n, row in enumerate(rows) for place in range(len(row))]
        indices.append(np.array(places, np.int64).reshape(-1, 2))
        values.append(np.concatenate([_array([], dtype), *rows]))
        longest = max((len(row) for row in rows), default=0)
        shapes.append(np.array([len(rows), longest], np.int64))
    keys = [_text(np.asarray(key).item()) for key in dense_keys]
    dense = [
        _dense_batch(each, examples, wheres) for each in _wanted(keys, dense_shapes, dense_defaults)
    ]
    return (*indices, *values, *shapes, *dense)


def _parsed_single(
    serialized: np.ndarray,
    dense_defaults: Sequence[np.ndarray],
    num_sparse: int,
    sparse_keys: Sequence[str],
    dense_keys: Sequence[str],
    sparse_types: Sequence[DType],
    dense_shapes: Sequence[Any],
) -> tuple[np.ndarray, ...]:
    where = _Where("", "")
    example = _example(np.asarray(serialized).item(), where)
    indices, values, shapes = [], [], []
    for key, dtype in zip(sparse_keys, sparse_types, strict=True):
        row = _sparse(example, _text(key), dtype, where)
        indices.append(np.arange(len(row), dtype=np.int64).reshape(-1, 1))
        values.append(row)
        shapes.append(np.array([len(row)], np.int64))
    keys = [_text(key) for key in dense_keys]
    dense = [_dense(each, example, where) for each in _wanted(keys, dense_shapes, dense_defaults)]
    return (*indices, *values, *shapes, *dense)


def _wanted(
    keys: Sequence[str], shapes: Sequence[Any], defaults: Sequence[np.ndarray]
) -> list[_Dense]:
    found = []
    for key, shape, default in zip(keys, shapes, defaults, strict=True):
        array = np.asarray(default)
        dtype = kinds.string if array.dtype == object else kinds.as_dtype(array.dtype)
        found.append(_Dense(key, dtype, tuple(as_shape(shape)._dims or ()), array))
    return found


def _dense_batch(wanted: _Dense, examples: Sequence[Any], wheres: Sequence[_Where]) -> np.ndarray:
    rows = [_dense(wanted, each, where) for each, where in zip(examples, wheres, strict=True)]
    if not rows:
        return _array([], wanted.dtype).reshape(0, *(0 if d is None else d for d in wanted.dims))
    if not wanted.is_list:
        return np.stack(rows)
    longest = max(len(row) for row in rows)
    fill = wanted.default.reshape(-1)[0] if wanted.default.size else _empty(wanted.dtype)
    result = np.full((len(rows), longest, *wanted.item), fill, rows[0].dtype)
    for number, row in enumerate(rows):
        result[number, : len(row)] = row
    return result


def _dense(wanted: _Dense, example: Any, where: _Where) -> np.ndarray:
    found = _values(example, wanted.key, wanted.dtype, where)
    if found is None and wanted.is_list:
        return _array([], wanted.dtype).reshape(0, *wanted.item)
    if found is None:
        count = prod(wanted.item)
        if wanted.default.size != count or (not wanted.default.ndim and wanted.dims):
            raise _refused(
                f"{where.name}Feature: {wanted.key} (data type: {_word(wanted.dtype)}) is required "
                "but could not be found."
            )
        return wanted.default.reshape(wanted.item)
    count = prod(wanted.item)
    if wanted.is_list:
        if not count or len(found) % count:
            raise _refused(
                f"{where.misfit(wanted.key)}Number of {_word(wanted.dtype)} values is not a "
                f"multiple of stride length. Saw {len(found)} values but output shape is: "
                f"{_dims(wanted.dims)}"
            )
        return found.reshape(-1, *wanted.item)
    if len(found) != count:
        raise _refused(
            f"{where.misfit(wanted.key)}Number of {_word(wanted.dtype)} values != expected.  "
            f"Values size: {len(found)} but output shape: {_dims(wanted.item)}"
        )
    return found.reshape(wanted.item)


def _example(text: Any, where: _Where) -> Any:
    from google.protobuf.message import DecodeError

    from jitgraph import protos

    found = protos.Example()
    try:
        found.ParseFromString(text)
    except DecodeError:
        shown = text[:100].decode("latin-1")
        raise _refused(f"{where.name}Could not parse example input, value: '{shown}'") from None
    return found.features.feature


def _of_dense(found: str, dtype: DType) -> str:
    return f"Data type: {found} but expected type: {_word(dtype)}"


def _of_sparse(found: str, dtype: DType) -> str:
    return f"Expected type: {_word(dtype)}, Actual type: {found}"


def _values(
    features: Any, key: str, dtype: DType, where: _Where, mismatch: Any = _of_dense
) -> np.ndarray | None:
    """The values of a feature, None where the Example lacks it."""
    if key not in features:
        return None
    feature = features[key]
    there = feature.WhichOneof("kind")
    if there is None:
        return None
    if there != _FIELDS[dtype.name]:
        raise _refused(f"{where.key(key)}Data types don't match. {mismatch(_WORDS[there], dtype)}")
    return _array(getattr(feature, there).value, dtype)


def _sparse(features: Any, key: str, dtype: DType, where: _Where) -> np.ndarray:
    """The values of a feature that is wanted as a sparse tensor; none where it is missing."""
    found = _values(features, key, dtype, where, _of_sparse)
    return _array([], dtype) if found is None else found


def _array(items: Any, dtype: DType) -> np.ndarray:
    if dtype is kinds.string:
        result = np.empty(len(items), object)
        result[:] = list(items)
        return result
    return np.array(items, dtype.as_numpy_dtype)


def _empty(dtype: DType) -> Any:
    return b"" if dtype is kinds.string else 0


def _text(key: Any) -> str:
    return key.decode("utf-8", "surrogateescape") if isinstance(key, bytes) else str(key)


def _word(dtype: DType) -> str:
    return _WORDS[_FIELDS[dtype.name]]


def _dims(dims: Sequence[int | None]) -> str:
    return "[" + ",".join("?" if size is None else str(size) for size in dims) + "]"


def _refused(text: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, text)


def _serialized() -> bytes:
    from jitgraph import protos

    found = protos.Example()
    found.features.feature["a"].float_list.value.extend([1.5, -2])
    found.features.feature["b"].int64_list.value.extend([7])
    found.features.feature["c"].bytes_list.value.extend([b"x", b"\xff"])
    return bytes(found.SerializeToString(deterministic=True))


def _strings(*texts: bytes) -> np.ndarray:
    return np.array([*texts, None], object)[:-1]


def _batch_samples(rng: np.random.Generator) -> Any:
    text = _serialized()
    keys = [np.array(key, object) for key in (b"a", b"b")]
    defaults = [np.zeros(0, np.float32), np.array([5], np.int64)]
    yield Sample(
        (_strings(text, text), _strings(), [np.array(b"c", object)], keys, defaults),
        {"sparse_types": (kinds.string,), "dense_shapes": [as_shape([2]), as_shape([1])]},
    )


def _single_samples(rng: np.random.Generator) -> Any:
    yield Sample(
        (np.array(_serialized(), object), [np.zeros(0, np.float32), np.array(5, np.int64)]),
        {
            "num_sparse": 1,
            "sparse_keys": ["c"],
            "dense_keys": ["a", "missing"],
            "sparse_types": (kinds.string,),
            "dense_shapes": [as_shape([2]), as_shape([])],
        },
    )


PARSE_EXAMPLE = OpDef(
    "ParseExample",
    "serialized: string, names: string, sparse_keys: Nsparse*string, dense_keys: Ndense*string, "
    "dense_defaults: [Tdense] -> sparse_indices: Nsparse*int64, sparse_values: [sparse_types], "
    "sparse_shapes: Nsparse*int64, dense_values: [Tdense]",
    _batch_shapes,
    types={"sparse_types": HELD, "Tdense": HELD},
    attrs={"sparse_types": REQUIRED, "dense_shapes": REQUIRED},
    reference=_parsed_batch,
    faster="parse_examples",
    gradient=None,
    samples=_batch_samples,
)

PARSE_SINGLE_EXAMPLE = OpDef(
    "ParseSingleExample",
    "serialized: string, dense_defaults: [Tdense] -> sparse_indices: num_sparse*int64, "
    "sparse_values: [sparse_types], sparse_shapes: num_sparse*int64, dense_values: [Tdense]",
    _single_shapes,
    types={"sparse_types": HELD, "Tdense": HELD},
    attrs={
        "num_sparse": REQUIRED,
        "sparse_keys": REQUIRED,
        "dense_keys": REQUIRED,
        "sparse_types": REQUIRED,
        "dense_shapes": REQUIRED,
    },
    reference=_parsed_single,
    gradient=None,
    samples=_single_samples,
)
