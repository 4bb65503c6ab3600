"""Stage frontend: look-up tables that are filled once, from an initializer.

In: an initializer. Out: operations that look keys up, named as TensorFlow 1.15's.
"""

from __future__ import annotations

import uuid
from typing import Any

from jitgraph.dtypes import DType, as_dtype
from jitgraph.graph import GraphKeys, Operation, Tensor, get_collection, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import group, no_op
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.ops.table_definitions import (
    HASH_TABLE,
    LOOKUP_TABLE_EXPORT,
    LOOKUP_TABLE_FIND,
    LOOKUP_TABLE_SIZE,
)


class LookupInterface:
    """A table that maps keys to values.

    Args:
      key_dtype, value_dtype: the dtypes of keys and values.
    """

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype = as_dtype(key_dtype)
        self._value_dtype = as_dtype(value_dtype)
        self._resource_handle: Any = None

    @property
    def key_dtype(self) -> DType:
        """The dtype of keys."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The dtype of values."""
        return self._value_dtype

    @property
    def resource_handle(self) -> Any:
        """The tensor that stands for the table."""
        return self._resource_handle

    @property
    def name(self) -> Any:
        """The name of the operation that makes the table."""
        raise NotImplementedError

    def size(self, name: str | None = None) -> Tensor:
        """How many keys there are."""
        raise NotImplementedError

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of keys."""
        raise NotImplementedError

    def _require_keys(self, keys: Any) -> None:
        if keys.dtype.base_dtype != self._key_dtype:
            raise TypeError(
                f"Signature mismatch. Keys must be dtype {self._key_dtype}, got {keys.dtype}."
            )


class InitializableLookupTableBase(LookupInterface):
    """A table that an initializer fills.

    Args:
      default_value: the value of keys that are not there.
      initializer: what it is filled with.
    """

    def __init__(self, default_value: Any, initializer: Any) -> None:
        super().__init__(initializer.key_dtype, initializer.value_dtype)
        self._default_value = convert_to_tensor(default_value, dtype=self._value_dtype)
        self._default_value.get_shape().merge_with(())
        self._initializer = initializer
        self._resource_handle = self._create_resource()
        self._init_op = self._initialize()

    def _create_resource(self) -> Tensor:
        raise NotImplementedError

    def _initialize(self) -> Operation:
        made: Operation = self._initializer.initialize(self)
        return made

    @property
    def default_value(self) -> Tensor:
        """The value of keys that are not there."""
        return self._default_value

    @property
    def initializer(self) -> Operation:
        """The operation that fills the table."""
        return self._init_op

    @property
    def init(self) -> Operation:
        """The operation that fills the table."""
        return self.initializer

    def size(self, name: str | None = None) -> Tensor:
        """How many keys there are.

        Args:
          name: a name scope for the operation.
        """
        with name_scope(name, f"{self.name}_Size", [self.resource_handle]):
            found: Tensor = apply(LOOKUP_TABLE_SIZE, [self.resource_handle])
        return found

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The values of keys.

        Args:
          keys: a Tensor or SparseTensor.
          name: a name scope for the operation.

        Returns:
          A Tensor or SparseTensor, like `keys`. A run raises errors.FailedPreconditionError where
          the table was not filled.

        Raises:
          TypeError: keys of another dtype.
        """
        asked = keys.values if isinstance(keys, SparseTensor) else keys
        self._require_keys(keys)
        given = [self.resource_handle, asked, self._default_value]
        with name_scope(name, f"{self.name}_Lookup", given):
            values: Tensor = apply(LOOKUP_TABLE_FIND, given)
        values.set_shape(asked.get_shape())
        if isinstance(keys, SparseTensor):
            return SparseTensor(keys.indices, values, keys.dense_shape)
        return values


class StaticHashTable(InitializableLookupTableBase):
    """A table that is filled once.

    Args:
      initializer: what it is filled with.
      default_value: the value of keys that are not there.
      name: the operation's name.

    Example:
      >>> init = tf.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2])
      >>> table = tf.lookup.StaticHashTable(init, default_value=-1)
      >>> found = table.lookup(tf.constant(["b", "c"]))
      >>> session = tf.Session()
      >>> _ = session.run(tf.tables_initializer())
      >>> session.run(found).tolist()
      [2, -1]
    """

    def __init__(self, initializer: Any, default_value: Any, name: str | None = None) -> None:
        self._shared_name = initializer._shared_name or f"hash_table_{uuid.uuid4()}"
        self._name = name or "hash_table"
        super().__init__(default_value, initializer)

    def _create_resource(self) -> Tensor:
        attrs = {
            "shared_name": self._shared_name,
            "key_dtype": self._key_dtype,
            "value_dtype": self._value_dtype,
        }
        handle: Tensor = apply(HASH_TABLE, [], attrs, self._name)
        self._table_name = handle.op.name.split("/")[-1]
        return handle

    @property
    def name(self) -> str:
        """The name of the operation that makes the table."""
        return self._table_name

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys, and their values.

        Args:
          name: a name scope for the operation.
        """
        attrs = {"Tkeys": self._key_dtype, "Tvalues": self._value_dtype}
        with name_scope(name, f"{self.name}_Export", [self.resource_handle]):
            keys, values = apply(LOOKUP_TABLE_EXPORT, [self.resource_handle], attrs)
        values.set_shape(keys.get_shape())
        return keys, values


class HashTable(StaticHashTable):
    """A table that is filled once, as tf.contrib.lookup has it.

    Args:
      initializer: what it is filled with.
      default_value: the value of keys that are not there.
      shared_name: tables of one such name are one table.
      name: the operation's name.
    """

    def __init__(
        self,
        initializer: Any,
        default_value: Any,
        shared_name: str | None = None,
        name: str | None = None,
    ) -> None:
        self._shared_name = shared_name or ""
        self._name = name or "hash_table"
        InitializableLookupTableBase.__init__(self, default_value, initializer)

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys, and their values.

        Args:
          name: the operation's name.
        """
        attrs = {"Tkeys": self._key_dtype, "Tvalues": self._value_dtype}
        with name_scope(name, f"{self.name}_Export", [self.resource_handle]) as scope:
            keys, values = apply(LOOKUP_TABLE_EXPORT, [self.resource_handle], attrs, scope)
        values.set_shape(keys.get_shape())
        return keys, values


def tables_initializer(name: str = "init_all_tables") -> Operation:
    """An operation that fills all tables of the default graph.

    Args:
      name: the operation's name.
    """
    found = get_collection(GraphKeys.TABLE_INITIALIZERS)
    return group(*found, name=name) if found else no_op(name=name)


def initialize_all_tables(name: str = "init_all_tables") -> Operation:
    """As `tf.tables_initializer`.

    Args:
      name: the operation's name.
    """
    return tables_initializer(name)
