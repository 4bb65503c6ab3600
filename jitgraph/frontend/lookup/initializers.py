"""Stage frontend: what look-up tables are filled with, from tensors or from text files.

In: keys and values, or the name of a file. Out: operations that fill a table, named as TensorFlow
1.15's, in the collection TABLE_INITIALIZERS.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType, as_dtype
from jitgraph.graph import GraphKeys, Operation, Tensor, add_to_collection, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.table_definitions import INITIALIZE_TABLE_FROM_TEXT_FILE, LOOKUP_TABLE_IMPORT
from jitgraph.ops.vocabulary_files import LINE_NUMBER, WHOLE_LINE


class TableInitializerBase:
    """What fills a table.

    Args:
      key_dtype, value_dtype: the dtypes of keys and values.
    """

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype = as_dtype(key_dtype)
        self._value_dtype = as_dtype(value_dtype)

    @property
    def key_dtype(self) -> DType:
        """The dtype of keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The dtype of values."""
        return self._value_dtype

    def initialize(self, table: Any) -> Operation:
        """An operation that fills `table`."""
        raise NotImplementedError

    @property
    def _shared_name(self) -> str:
        return ""

    def _check_dtypes(self, table: Any) -> None:
        if self._key_dtype != table.key_dtype:
            raise TypeError(
                f"Invalid key dtype, expected {table.key_dtype} but got {self._key_dtype}."
            )
        if self._value_dtype != table.value_dtype:
            raise TypeError(
                f"Invalid value dtype, expected {table.value_dtype} but got {self._value_dtype}."
            )


class KeyValueTensorInitializer(TableInitializerBase):
    """Keys and values that are tensors.

    Args:
      keys, values: tensors of one shape, or what becomes them.
      key_dtype, value_dtype: their dtypes, where they are not tensors.
      name: the name of the operation that fills a table.

    Example:
      >>> init = tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2])
      >>> table = tf.lookup.StaticHashTable(init, default_value=-1)
    """

    def __init__(
        self,
        keys: Any,
        values: Any,
        key_dtype: Any = None,
        value_dtype: Any = None,
        name: str | None = None,
    ) -> None:
        self._keys = convert_to_tensor(keys, dtype=key_dtype, name="keys")
        self._values = convert_to_tensor(values, dtype=value_dtype, name="values")
        self._name = "key_value_init" if name is None else name
        super().__init__(self._keys.dtype, self._values.dtype)

    def initialize(self, table: Any) -> Operation:
        """An operation that fills `table`.

        Raises:
          TypeError: the table has other dtypes.
        """
        self._check_dtypes(table)
        with name_scope(self._name, values=[table.resource_handle, self._keys, self._values]):
            given = [table.resource_handle, self._keys, self._values]
            made: Operation = apply(LOOKUP_TABLE_IMPORT, given)
        add_to_collection(GraphKeys.TABLE_INITIALIZERS, made)
        return made


class TextFileIndex:
    """Which part of a line is meant: one of these, or the number of a column."""

    WHOLE_LINE = WHOLE_LINE
    LINE_NUMBER = LINE_NUMBER


class TextFileInitializer(TableInitializerBase):
    """A pair of key and value for each line of a text file.

    Args:
      filename: the file, or a scalar string tensor.
      key_dtype, value_dtype: the dtypes of keys and values.
      key_index, value_index: which part of a line is what: the number of a column, or one of
        TextFileIndex.
      vocab_size: how many lines are read; all if None.
      delimiter: the character between columns.
      name: the name of the operation that fills a table.

    Raises:
      ValueError: no file name, or dtypes that don't go with the parts of a line.
    """

    def __init__(
        self,
        filename: Any,
        key_dtype: Any,
        key_index: int,
        value_dtype: Any,
        value_index: int,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = None,
    ) -> None:
        if not isinstance(filename, Tensor) and not filename:
            raise ValueError(f"Filename required for {name}.")
        super().__init__(key_dtype, value_dtype)
        _check_keys(self._key_dtype, key_index)
        _check_values(self._value_dtype, value_index)
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"Invalid vocab_size {vocab_size}.")
        self._given = filename
        self._key_index, self._value_index = key_index, value_index
        self._vocab_size, self._delimiter = vocab_size, delimiter
        self._name = name
        self._filename = convert_to_tensor(filename, dtypes.string, name="asset_path")

    def initialize(self, table: Any) -> Operation:
        """An operation that fills `table`.

        Raises:
          TypeError: the table has other dtypes. A run raises errors.NotFoundError or
            errors.InvalidArgumentError for a file that is not there or does not fit.
        """
        self._check_dtypes(table)
        attrs = {
            "key_index": self._key_index,
            "value_index": self._value_index,
            "vocab_size": -1 if self._vocab_size is None else self._vocab_size,
            "delimiter": self._delimiter,
        }
        with name_scope(self._name, "text_file_init", [table.resource_handle]):
            given = [table.resource_handle, self._filename]
            made: Operation = apply(INITIALIZE_TABLE_FROM_TEXT_FILE, given, attrs)
        add_to_collection(GraphKeys.TABLE_INITIALIZERS, made)
        if self._filename.op.type == "Const":
            add_to_collection(GraphKeys.ASSET_FILEPATHS, self._filename)
        return made

    @property
    def _shared_name(self) -> str:
        size = f"_{self._vocab_size}" if self._vocab_size else ""
        return f"hash_table_{self._given}{size}_{self._key_index}_{self._value_index}"


def _check_keys(dtype: DType, index: int) -> None:
    if index < WHOLE_LINE:
        raise ValueError(f"Invalid key index {index}.")
    if index == LINE_NUMBER and dtype != dtypes.int64:
        raise ValueError(f"Signature mismatch. Keys must be dtype {dtypes.int64}, got {dtype}.")
    if index == WHOLE_LINE and not (dtype.is_integer or dtype == dtypes.string):
        raise ValueError(f"Signature mismatch. Keys must be integer or string, got {dtype}.")


def _check_values(dtype: DType, index: int) -> None:
    if index < WHOLE_LINE:
        raise ValueError(f"Invalid value index {index}.")
    wanted = {LINE_NUMBER: dtypes.int64, WHOLE_LINE: dtypes.string}.get(index, dtype)
    if dtype != wanted:
        raise ValueError(f"Signature mismatch. Values must be dtype {wanted}, got {dtype}.")


class TextFileStringTableInitializer(TextFileInitializer):
    """Strings by numbers, from the lines of a file; as TextFileInitializer."""

    def __init__(
        self,
        filename: Any,
        key_column_index: int = LINE_NUMBER,
        value_column_index: int = WHOLE_LINE,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = "text_file_string_table_init",
    ) -> None:
        super().__init__(
            filename, dtypes.int64, key_column_index, dtypes.string, value_column_index,
            vocab_size, delimiter, name,
        )  # fmt: skip


class TextFileIdTableInitializer(TextFileInitializer):
    """Numbers by strings, from the lines of a file; as TextFileInitializer."""

    def __init__(
        self,
        filename: Any,
        key_column_index: int = WHOLE_LINE,
        value_column_index: int = LINE_NUMBER,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = "text_file_id_table_init",
        key_dtype: Any = dtypes.string,
    ) -> None:
        super().__init__(
            filename, key_dtype, key_column_index, dtypes.int64, value_column_index,
            vocab_size, delimiter, name,
        )  # fmt: skip
