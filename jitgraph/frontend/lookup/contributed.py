"""Stage frontend: functions of tf.contrib.lookup that name their arguments in other ways.

In: words. Out: tables, or what they give.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.lookup import index_tables
from jitgraph.frontend.lookup.tables import LookupInterface
from jitgraph.frontend.lookup.vocabularies import FastHashSpec, HasherSpec
from jitgraph.graph import name_scope
from jitgraph.ops.convert import convert_to_tensor


def index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    dtype: Any = dtypes.string,
    name: str | None = None,
) -> LookupInterface:
    """As `tf.lookup.index_table_from_tensor`, of the words `mapping`."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    return index_tables.index_table_from_tensor(
        mapping, num_oov_buckets, default_value, hasher_spec, dtype, name
    )


def index_to_string_table_from_tensor(
    mapping: Any, default_value: str = "UNK", name: str | None = None
) -> LookupInterface:
    """As `tf.lookup.index_to_string_table_from_tensor`, of the words `mapping`."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    return index_tables.index_to_string_table_from_tensor(mapping, default_value, name)


def string_to_index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    name: str | None = None,
) -> LookupInterface:
    """As `index_table_from_file`, of strings."""
    return index_tables.index_table_from_file(
        vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, name=name
    )


def string_to_index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    name: str | None = None,
) -> LookupInterface:
    """As `index_table_from_tensor`, of strings.

    Raises:
      ValueError: other words.
    """
    with name_scope(name, "string_to_index") as scope:
        words = convert_to_tensor(mapping)
    if words.dtype.base_dtype != dtypes.string:
        raise ValueError("string_to_index_table_from_tensor requires string.")
    return index_table_from_tensor(words, num_oov_buckets, default_value, hasher_spec, name=scope)


def string_to_index(
    tensor: Any, mapping: Any, default_value: int = -1, name: str | None = None
) -> Any:
    """The places of strings among the words `mapping`, `default_value` for others."""
    table = index_table_from_tensor(mapping, default_value=default_value, name=name)
    return table.lookup(tensor)


def index_to_string(
    tensor: Any, mapping: Any, default_value: str = "UNK", name: str | None = None
) -> Any:
    """The words that stand at places in `mapping`, `default_value` for other places."""
    table = index_to_string_table_from_tensor(mapping, default_value, name)
    return table.lookup(tensor)
