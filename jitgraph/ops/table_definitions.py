"""Ops that make and use look-up tables: HashTableV2, LookupTableFindV2 and so on.

In: keys and values. Out: values. A table belongs to the session that uses it; the ops run in
Python, between the programs of a run.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.dtypes import DType
from jitgraph.errors import UnimplementedError
from jitgraph.ops.array_dims import merge_dims, require_rank
from jitgraph.ops.definition import ANY, REQUIRED, Dims, OpDef, ShapeQuery, no_gradient
from jitgraph.ops.held_tables import HeldTable
from jitgraph.ops.string_arrays import bytes_of, refused
from jitgraph.ops.vocabulary_files import Column, pairs_of_lines
from jitgraph.shapes import TensorShape, as_shape


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


def _scalar(q: ShapeQuery) -> list[Dims | None]:
    return [()]


def _nothing(q: ShapeQuery) -> list[Dims | None]:
    return []


def _static(title: str, key_dtype: DType, value_dtype: DType, **attrs: Any) -> HeldTable:
    return HeldTable(key_dtype, value_dtype, is_filled_once=True)


def _mutable(title: str, key_dtype: DType, value_dtype: DType, **attrs: Any) -> HeldTable:
    shape: Any = as_shape(attrs.get("value_shape") or ()).as_list()
    return HeldTable(key_dtype, value_dtype, shape)


def _dense(
    title: str,
    empty_key: Any,
    deleted_key: Any,
    key_dtype: DType,
    value_dtype: DType,
    value_shape: Any,
    **attrs: Any,
) -> HeldTable:
    if empty_key is None or deleted_key is None:
        raise UnimplementedError(None, None, "the empty and the deleted key must be constants")
    forbidden = {empty_key.item(): "empty_key", deleted_key.item(): "deleted_key"}
    shape: Any = as_shape(value_shape).as_list()
    return HeldTable(key_dtype, value_dtype, shape, forbidden=forbidden)


def _making(name: str, reference: Any, inputs: str = "", **attrs: Any) -> OpDef:
    return OpDef(
        name,
        f"{inputs} -> table_handle: resource",
        _scalar,
        types={"key_dtype": ANY, "value_dtype": ANY},
        attrs={
            "container": "",
            "shared_name": "",
            "use_node_name_sharing": False,
            "key_dtype": REQUIRED,
            "value_dtype": REQUIRED,
            **attrs,
        },
        reference=reference,
        gradient=None,
        stateful=True,
        holds=True,
        samples=_no_samples,
    )


HASH_TABLE = _making("HashTableV2", _static)
MUTABLE_HASH_TABLE = _making("MutableHashTableV2", _mutable)
MUTABLE_HASH_TABLE_OF_TENSORS = _making(
    "MutableHashTableOfTensorsV2", _mutable, value_shape=TensorShape([])
)
MUTABLE_DENSE_HASH_TABLE = _making(
    "MutableDenseHashTableV2", _dense, "empty_key: key_dtype, deleted_key: key_dtype",
    value_shape=TensorShape([]), initial_num_buckets=131072, max_load_factor=0.800000011920929,
)  # fmt: skip


def _using(name: str, signature: str, shape: Any, reference: Any, **more: Any) -> OpDef:
    return OpDef(
        name,
        signature,
        shape,
        reference=reference,
        gradient=no_gradient if name == "LookupTableFindV2" else None,
        stateful=True,
        must_run=True,
        calls_python=True,
        samples=_no_samples,
        **more,
    )


def _found_shape(q: ShapeQuery) -> list[Dims | None]:
    if q.shapes[2] is not None and len(q.shapes[2]) > 1:
        require_rank(q.shapes[2], 1)
    return [None]


def _imported_shape(q: ShapeQuery) -> list[Dims | None]:
    keys, values = q.shapes[1], q.shapes[2]
    require_rank(keys, 1)
    if keys is not None and values:
        merge_dims(keys, values[:1])
    return []


def _found(table: HeldTable, keys: np.ndarray, default_value: np.ndarray) -> np.ndarray:
    return table.find(np.asarray(keys), np.asarray(default_value))


def _exported(table: HeldTable, Tkeys: DType, Tvalues: DType) -> Any:
    return table.export()


def _from_file(
    table: HeldTable,
    filename: Any,
    key_index: int,
    value_index: int,
    vocab_size: int,
    delimiter: Any,
) -> None:
    mark = bytes_of(delimiter)
    if len(mark) != 1:
        raise refused("Only one character delimiter is supported")
    key, value = Column(key_index, table.key_dtype), Column(value_index, table.value_dtype)
    table.initialize(pairs_of_lines(bytes_of(filename), key, value, vocab_size, mark))


_PAIRS = {"Tin": ANY, "Tout": ANY}

LOOKUP_TABLE_FIND = _using(
    "LookupTableFindV2", "table_handle: resource, keys: Tin, default_value: Tout -> values: Tout",
    _found_shape, _found, types=_PAIRS,
)  # fmt: skip
LOOKUP_TABLE_INSERT = _using(
    "LookupTableInsertV2", "table_handle: resource, keys: Tin, values: Tout ->", _nothing,
    lambda table, keys, values: table.insert(keys, values), types=_PAIRS,
)  # fmt: skip
LOOKUP_TABLE_IMPORT = _using(
    "LookupTableImportV2", "table_handle: resource, keys: Tin, values: Tout ->", _imported_shape,
    lambda table, keys, values: table.fill(keys, values), types=_PAIRS,
)  # fmt: skip
LOOKUP_TABLE_REMOVE = _using(
    "LookupTableRemoveV2", "table_handle: resource, keys: Tin ->", _nothing,
    lambda table, keys: table.remove(keys), types={"Tin": ANY},
)  # fmt: skip
LOOKUP_TABLE_SIZE = _using(
    "LookupTableSizeV2", "table_handle: resource -> size: int64", _scalar,
    lambda table: np.asarray(len(table), np.int64),
)  # fmt: skip
LOOKUP_TABLE_EXPORT = _using(
    "LookupTableExportV2", "table_handle: resource -> keys: Tkeys, values: Tvalues",
    lambda q: [(None,), None], _exported, types={"Tkeys": ANY, "Tvalues": ANY},
    attrs={"Tkeys": REQUIRED, "Tvalues": REQUIRED},
)  # fmt: skip
INITIALIZE_TABLE = _using(
    "InitializeTableV2", "table_handle: resource, keys: Tkey, values: Tval ->", _nothing,
    lambda table, keys, values: table.fill(keys, values), types={"Tkey": ANY, "Tval": ANY},
)  # fmt: skip
INITIALIZE_TABLE_FROM_TEXT_FILE = _using(
    "InitializeTableFromTextFileV2", "table_handle: resource, filename: string ->", _nothing,
    _from_file,
    attrs={
        "key_index": REQUIRED, "value_index": REQUIRED, "vocab_size": -1, "delimiter": "\t",
    },
)  # fmt: skip
