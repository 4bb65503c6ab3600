"""Stage frontend: tables from words to their numbers and back.

In: words, as a tensor or in a text file. Out: tables.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType, as_dtype
from jitgraph.frontend.lookup.initializers import (
    KeyValueTensorInitializer,
    TextFileIdTableInitializer,
    TextFileStringTableInitializer,
)
from jitgraph.frontend.lookup.tables import LookupInterface, StaticHashTable
from jitgraph.frontend.lookup.vocabularies import (
    FastHashSpec,
    HasherSpec,
    IdTableWithHashBuckets,
)
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.shapes_of import size
from jitgraph.ops.vocabulary_files import LINE_NUMBER, WHOLE_LINE


def index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    key_dtype: Any = dtypes.string,
    name: str | None = None,
    key_column_index: int = WHOLE_LINE,
    value_column_index: int = LINE_NUMBER,
    delimiter: str = "\t",
) -> LookupInterface:
    """A table from words to the numbers of their lines in a file.

    Args:
      vocabulary_file: the file, or a scalar string tensor.
      num_oov_buckets: how many numbers there are for words that are not in the file.
      vocab_size: how many lines are read; all if None.
      default_value: the number of words that are not in the file, where there are no buckets.
      hasher_spec: the hash function that gives a word its bucket.
      key_dtype: the dtype of what is looked up: strings, or whole numbers.
      name: a name scope for the operations.
      key_column_index, value_column_index: which part of a line is key, and which value.
      delimiter: the character between columns.

    Returns:
      A table, to be filled by `tf.tables_initializer`.

    Raises:
      ValueError: no file, or a size that can't be.
      TypeError: another `key_dtype`.
    """
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    _check_buckets(num_oov_buckets)
    if vocab_size is not None and vocab_size < 1:
        shown = vocabulary_file
        if isinstance(shown, Tensor):
            shown = constant_value(shown) or "?"
        raise ValueError(
            f"vocab_size must be greater than 0, got {vocab_size}. vocabulary_file: {shown}"
        )
    kind = _checked_kind(key_dtype)
    with name_scope(name, "string_to_index"):
        with name_scope(None, "hash_table"):
            init = TextFileIdTableInitializer(
                vocabulary_file,
                key_column_index,
                value_column_index,
                vocab_size,
                delimiter,
                "table_init",
                dtypes.int64 if kind.is_integer else kind,
            )
            table = StaticHashTable(init, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, kind)


def index_table_from_tensor(
    vocabulary_list: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: HasherSpec = FastHashSpec,
    dtype: Any = dtypes.string,
    name: str | None = None,
) -> LookupInterface:
    """A table from words to their places in a vector.

    Args:
      vocabulary_list: the words.
      num_oov_buckets: how many numbers there are for words that are not in the vector.
      default_value: the number of words that are not in it, where there are no buckets.
      hasher_spec: the hash function that gives a word its bucket.
      dtype: the dtype of what is looked up: strings, or whole numbers.
      name: a name scope for the operations.

    Returns:
      A table, to be filled by `tf.tables_initializer`.

    Raises:
      ValueError: no words, or words of another dtype.
      TypeError: another `dtype`.

    Example:
      >>> table = tf.contrib.lookup.index_table_from_tensor(["a", "b"], num_oov_buckets=1)
      >>> found = table.lookup(tf.constant(["b", "c"]))
      >>> session = tf.Session()
      >>> _ = session.run(tf.tables_initializer())
      >>> session.run(found).tolist()
      [1, 2]
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    _check_buckets(num_oov_buckets)
    kind = _checked_kind(dtype)
    with name_scope(name, "string_to_index"):
        keys = convert_to_tensor(vocabulary_list)
        if keys.dtype.is_integer != kind.is_integer:
            wanted: Any = "integer" if kind.is_integer else "non-integer"
            raise ValueError(f"Expected {wanted}, got {keys.dtype}.")
        if not kind.is_integer and keys.dtype.base_dtype != kind:
            raise ValueError(f"Expected {kind}, got {keys.dtype}.")
        values = _numbers(keys)
        with name_scope(None, "hash_table"):
            given = cast(keys, dtypes.int64) if keys.dtype.is_integer else keys
            init = KeyValueTensorInitializer(
                given, values, given.dtype.base_dtype, dtypes.int64, "table_init"
            )
            table = StaticHashTable(init, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, kind)


def index_to_string_table_from_file(
    vocabulary_file: Any,
    vocab_size: int | None = None,
    default_value: str = "UNK",
    name: str | None = None,
    key_column_index: int = LINE_NUMBER,
    value_column_index: int = WHOLE_LINE,
    delimiter: str = "\t",
) -> LookupInterface:
    """A table from the numbers of lines in a file to the words there.

    Args:
      vocabulary_file: the file, or a scalar string tensor.
      vocab_size: how many lines are read; all if None.
      default_value: the word for other numbers.
      name: a name scope for the operations.
      key_column_index, value_column_index: which part of a line is key, and which value.
      delimiter: the character between columns.

    Returns:
      A table, to be filled by `tf.tables_initializer`.

    Raises:
      ValueError: no file, or a size that can't be.
    """
    if vocabulary_file is None or (isinstance(vocabulary_file, str) and not vocabulary_file):
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"vocab_size must be greater than 0, got {vocab_size}.")
    with name_scope(name, "index_to_string"):
        init = TextFileStringTableInitializer(
            vocabulary_file,
            key_column_index,
            value_column_index,
            vocab_size,
            delimiter,
            "table_init",
        )
        return StaticHashTable(init, default_value)


def index_to_string_table_from_tensor(
    vocabulary_list: Any, default_value: str = "UNK", name: str | None = None
) -> LookupInterface:
    """A table from places in a vector to the words there.

    Args:
      vocabulary_list: the words.
      default_value: the word for other numbers.
      name: a name scope for the operations.

    Returns:
      A table, to be filled by `tf.tables_initializer`.

    Raises:
      ValueError: no words.
    """
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    with name_scope(name, "index_to_string"):
        words = convert_to_tensor(vocabulary_list, dtypes.string)
        keys = _numbers(words)
        init = KeyValueTensorInitializer(keys, words, dtypes.int64, dtypes.string, "table_init")
        return StaticHashTable(init, default_value)


def _numbers(words: Tensor) -> Tensor:
    return cast(range_of(size(words)), dtypes.int64)


def _check_buckets(count: int) -> None:
    if count < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {count}.")


def _checked_kind(dtype: Any) -> DType:
    kind = as_dtype(dtype)
    if not (kind.is_integer or kind.base_dtype == dtypes.string):
        raise TypeError("Only integer and string keys are supported.")
    return kind


def _with_buckets(
    table: StaticHashTable, count: int, spec: HasherSpec, kind: DType
) -> LookupInterface:
    return IdTableWithHashBuckets(table, count, spec, key_dtype=kind) if count else table
