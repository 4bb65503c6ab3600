"""The op that takes a SequenceExample apart: ParseSingleSequenceExample.

In: a serialized SequenceExample. Out: for each feature of its context the values, for each list of
features the values of all its features, as a tensor or a sparse one. It runs on the host.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from jitgraph import dtypes as kinds
from jitgraph.dtypes import DType
from jitgraph.errors import InvalidArgumentError
from jitgraph.ops.definition import Dims, OpDef, Sample, ShapeQuery
from jitgraph.ops.example_definitions import HELD
from jitgraph.shapes import as_shape

_FIELDS = {"float32": "float_list", "int64": "int64_list", "string": "bytes_list"}
_WORDS = {"float32": "float", "int64": "int64", "string": "string"}

Sparse = tuple[np.ndarray, np.ndarray, np.ndarray]


def _shapes(q: ShapeQuery) -> list[Dims | None]:
    attrs = q.attrs
    context = [as_shape(each)._dims or () for each in attrs["context_dense_shapes"]]
    lists = [as_shape(each)._dims or () for each in attrs["feature_list_dense_shapes"]]
    return [
        *_sparse_shapes(len(attrs["context_sparse_types"]), 1),
        *context,
        *_sparse_shapes(len(attrs["feature_list_sparse_types"]), 2),
        *((None, *dims) for dims in lists),
    ]


def _sparse_shapes(count: int, rank: int) -> list[Dims | None]:
    parts: tuple[Dims, ...] = ((None, rank), (None,), (rank,))
    return [dims for dims in parts for _ in range(count)]


def _parsed(
    serialized: np.ndarray,
    feature_list_dense_missing_assumed_empty: np.ndarray,
    context_sparse_keys: Sequence[np.ndarray],
    context_dense_keys: Sequence[np.ndarray],
    feature_list_sparse_keys: Sequence[np.ndarray],
    feature_list_dense_keys: Sequence[np.ndarray],
    context_dense_defaults: Sequence[np.ndarray],
    debug_name: np.ndarray,
    context_sparse_types: Sequence[DType],
    Tcontext_dense: Sequence[DType],
    context_dense_shapes: Sequence[Any],
    feature_list_sparse_types: Sequence[DType],
    feature_list_dense_types: Sequence[DType],
    feature_list_dense_shapes: Sequence[Any],
) -> tuple[np.ndarray, ...]:
    name = f"Name: {_text(debug_name)}, "
    context, lists = _taken_apart(np.asarray(serialized).item(), name)
    may_miss = set(map(_text, feature_list_dense_missing_assumed_empty.tolist()))
    in_context = [
        _sparse_context(context, _text(key), dtype, name)
        for key, dtype in zip(context_sparse_keys, context_sparse_types, strict=True)
    ]
    of_context = [
        _dense_context(context, _text(key), dtype, default, _sizes(shape), name)
        for key, dtype, default, shape in zip(
            context_dense_keys,
            Tcontext_dense,
            context_dense_defaults,
            context_dense_shapes,
            strict=True,
        )
    ]
    in_lists = [
        _sparse_list(lists, _text(key), dtype, name)
        for key, dtype in zip(feature_list_sparse_keys, feature_list_sparse_types, strict=True)
    ]
    of_lists = []
    for key, dtype, shape in zip(
        feature_list_dense_keys, feature_list_dense_types, feature_list_dense_shapes, strict=True
    ):
        title = _text(key)
        if title not in lists and title not in may_miss:
            raise _refused(
                f"{name}Feature list '{title}' is required but could not be found.  Did you mean "
                "to include it in feature_list_dense_missing_assumed_empty or "
                "feature_list_dense_defaults?"
            )
        of_lists.append(_dense_list(lists, title, dtype, _sizes(shape), name))
    return (*_parts(in_context), *of_context, *_parts(in_lists), *of_lists)


def _taken_apart(text: bytes, name: str) -> tuple[Any, Any]:
    """The features of the context, and the lists of features."""
    from google.protobuf.message import DecodeError

    from jitgraph import protos

    found = protos.SequenceExample()
    try:
        found.ParseFromString(text)
    except DecodeError:
        shown = text[:100].decode("latin-1")
        raise _refused(f"{name}Could not parse example input, value: '{shown}'") from None
    return found.context.feature, found.feature_lists.feature_list


def _parts(sparse: Sequence[Sparse]) -> list[np.ndarray]:
    """Indices of all, then values of all, then shapes of all."""
    return [each[part] for part in range(3) for each in sparse]


def _sparse_context(context: Any, key: str, dtype: DType, name: str) -> Sparse:
    values = _array([], dtype)
    if key in context and context[key].WhichOneof("kind"):
        values = _values(context[key], dtype, f"{name}Context feature: {key}.")
    places = np.arange(len(values), dtype=np.int64).reshape(-1, 1)
    return places, values, np.array([len(values)], np.int64)


def _dense_context(
    context: Any, key: str, dtype: DType, default: np.ndarray, dims: tuple[int, ...], name: str
) -> np.ndarray:
    if key in context and context[key].WhichOneof("kind"):
        values = _values(context[key], dtype, f"{name}Context feature: {key}.")
        return _shaped(values, dtype, dims, f"{name}Key: {key}, Index: 0.")
    if default.size != prod(dims):
        raise _refused(f"{name}Context feature '{key}' is required but could not be found.")
    return default.reshape(dims)


def _sparse_list(lists: Any, key: str, dtype: DType, name: str) -> Sparse:
    rows = []
    for number, feature in enumerate(lists[key].feature if key in lists else ()):
        is_there = feature.WhichOneof("kind") is not None
        title = f"{name}Feature List: {key}, Index: {number}."
        rows.append(_values(feature, dtype, title) if is_there else _array([], dtype))
    places = [(number, place) for number, row in enumerate(rows) for place in range(len(row))]
    return (
        np.array(places, np.int64).reshape(-1, 2),
        np.concatenate([_array([], dtype), *rows]),
        np.array([len(rows), max(map(len, rows), default=0)], np.int64),
    )


def _dense_list(lists: Any, key: str, dtype: DType, dims: tuple[int, ...], name: str) -> np.ndarray:
    rows = [
        _shaped(
            _values(feature, dtype, f"{name}Feature list: {key}, Index: {number}."),
            dtype, dims, f"{name}Key: {key}, Index: {number}.",
        )
        for number, feature in enumerate(lists[key].feature if key in lists else ())
    ]  # fmt: skip
    return np.stack(rows) if rows else _array([], dtype).reshape(0, *dims)


def _values(feature: Any, dtype: DType, title: str) -> np.ndarray:
    there, wanted = feature.WhichOneof("kind"), _FIELDS[dtype.name]
    if there != wanted:
        from google.protobuf.text_format import MessageToString

        shown = MessageToString(feature)
        raise _refused(
            f"{title}  Data types don't match. Expected type: {_WORDS[dtype.name]}  "
            f"Feature is: {shown}"
        )
    return _array(getattr(feature, wanted).value, dtype)


def _shaped(values: np.ndarray, dtype: DType, dims: tuple[int, ...], title: str) -> np.ndarray:
    if len(values) != prod(dims):
        raise _refused(
            f"{title}  Number of {_WORDS[dtype.name]} values != expected.  values size: "
            f"{len(values)} but output shape: [{','.join(map(str, dims))}]"
        )
    return values.reshape(dims)


def _sizes(shape: Any) -> tuple[int, ...]:
    """A shape that is fully known."""
    return tuple(int(size or 0) for size in as_shape(shape).as_list())


def _array(items: Any, dtype: DType) -> np.ndarray:
    if dtype is kinds.string:
        result = np.empty(len(items), object)
        result[:] = list(items)
        return result
    return np.array(items, dtype.as_numpy_dtype)


def _text(key: Any) -> str:
    found = np.asarray(key).item() if not isinstance(key, (bytes, str)) else key
    return found.decode("utf-8", "surrogateescape") if isinstance(found, bytes) else str(found)


def _refused(text: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, text)


def _samples(rng: np.random.Generator) -> Any:
    from jitgraph import protos

    found = protos.SequenceExample()
    found.context.feature["a"].float_list.value.extend([1.5, -2])
    for values in ([1], [2, 3]):
        found.feature_lists.feature_list["b"].feature.add().int64_list.value.extend(values)
    for text in (b"x", b"\xff"):
        found.feature_lists.feature_list["c"].feature.add().bytes_list.value.append(text)
    text = found.SerializeToString(deterministic=True)
    yield Sample(
        (
            np.array(text, object), np.array([b"none", None], object)[:1],
            [np.array(b"d", object)], [np.array(b"a", object)], [np.array(b"b", object)],
            [np.array(b"c", object), np.array(b"none", object)],
            [np.zeros(0, np.float32)], np.array(b"", object),
        ),
        {
            "context_sparse_types": (kinds.float32,),
            "context_dense_shapes": [as_shape([2])],
            "feature_list_sparse_types": (kinds.int64,),
            "feature_list_dense_types": (kinds.string, kinds.float32),
            "feature_list_dense_shapes": [as_shape([]), as_shape([3])],
        },
    )  # fmt: skip


PARSE_SINGLE_SEQUENCE_EXAMPLE = OpDef(
    "ParseSingleSequenceExample",
    "serialized: string, feature_list_dense_missing_assumed_empty: string, "
    "context_sparse_keys: Ncontext_sparse*string, context_dense_keys: Ncontext_dense*string, "
    "feature_list_sparse_keys: Nfeature_list_sparse*string, "
    "feature_list_dense_keys: Nfeature_list_dense*string, "
    "context_dense_defaults: [Tcontext_dense], debug_name: string -> "
    "context_sparse_indices: Ncontext_sparse*int64, context_sparse_values: [context_sparse_types], "
    "context_sparse_shapes: Ncontext_sparse*int64, context_dense_values: [Tcontext_dense], "
    "feature_list_sparse_indices: Nfeature_list_sparse*int64, "
    "feature_list_sparse_values: [feature_list_sparse_types], "
    "feature_list_sparse_shapes: Nfeature_list_sparse*int64, "
    "feature_list_dense_values: [feature_list_dense_types]",
    _shapes,
    types={
        "context_sparse_types": HELD,
        "Tcontext_dense": HELD,
        "feature_list_sparse_types": HELD,
        "feature_list_dense_types": HELD,
    },
    attrs={
        "context_sparse_types": (),
        "Tcontext_dense": (),
        "context_dense_shapes": (),
        "feature_list_sparse_types": (),
        "feature_list_dense_types": (),
        "feature_list_dense_shapes": (),
    },
    reference=_parsed,
    gradient=None,
    samples=_samples,
)
