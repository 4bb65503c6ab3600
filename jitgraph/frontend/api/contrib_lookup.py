"""tf.contrib.lookup: look-up tables."""

from __future__ import annotations

from jitgraph.frontend.lookup.contributed import (
    index_table_from_tensor,
    index_to_string,
    index_to_string_table_from_tensor,
    string_to_index,
    string_to_index_table_from_file,
    string_to_index_table_from_tensor,
)
from jitgraph.frontend.lookup.index_tables import (
    index_table_from_file,
    index_to_string_table_from_file,
)
from jitgraph.frontend.lookup.initializers import (
    KeyValueTensorInitializer,
    TableInitializerBase,
    TextFileIdTableInitializer,
    TextFileIndex,
    TextFileInitializer,
    TextFileStringTableInitializer,
)
from jitgraph.frontend.lookup.mutable_tables import (
    DenseHashTable as MutableDenseHashTable,
    MutableHashTable,
)
from jitgraph.frontend.lookup.tables import (
    HashTable,
    InitializableLookupTableBase,
    LookupInterface,
)
from jitgraph.frontend.lookup.vocabularies import (
    FastHashSpec,
    HasherSpec,
    IdTableWithHashBuckets,
    StrongHashSpec,
)

__all__ = [
    "FastHashSpec",
    "HashTable",
    "HasherSpec",
    "IdTableWithHashBuckets",
    "InitializableLookupTableBase",
    "KeyValueTensorInitializer",
    "LookupInterface",
    "MutableDenseHashTable",
    "MutableHashTable",
    "StrongHashSpec",
    "TableInitializerBase",
    "TextFileIdTableInitializer",
    "TextFileIndex",
    "TextFileInitializer",
    "TextFileStringTableInitializer",
    "index_table_from_file",
    "index_table_from_tensor",
    "index_to_string",
    "index_to_string_table_from_file",
    "index_to_string_table_from_tensor",
    "string_to_index",
    "string_to_index_table_from_file",
    "string_to_index_table_from_tensor",
]
