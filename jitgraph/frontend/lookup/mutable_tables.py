"""Stage frontend: look-up tables that are changed while a model runs.

In: dtypes of keys and values. Out: operations that look keys up and put them in, named as
TensorFlow 1.15's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph.frontend.lookup.tables import LookupInterface
from jitgraph.graph import (
    GraphKeys,
    Operation,
    Tensor,
    add_to_collection,
    get_default_graph,
    name_scope,
)
from jitgraph.ops import table_definitions as definitions
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor


class MutableHashTable(LookupInterface):
    """A table that pairs are put into and removed from.

    Args:
      key_dtype, value_dtype: the dtypes of keys and values.
      default_value: the value of keys that are not there; all values have its shape.
      name: the operation's name.
      checkpoint: whether a Saver saves what the table holds.

    Example:
      >>> table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)
      >>> session = tf.Session()
      >>> session.run(table.insert(["a"], [7]))
      >>> session.run(table.lookup(["a", "b"])).tolist()
      [7, -1]
    """

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        name: str = "MutableHashTable",
        checkpoint: bool = True,
    ) -> None:
        super().__init__(key_dtype, value_dtype)
        self._default_value = self._default(default_value)
        self._resource_handle = self._made(name, checkpoint)
        self._table_name = self._resource_handle.op.name.split("/")[-1]
        if checkpoint:
            add_to_collection(GraphKeys.SAVEABLE_OBJECTS, _Saveable(self, name))

    def _default(self, value: Any) -> Tensor:
        return convert_to_tensor(value, dtype=self._value_dtype)

    def _made(self, name: str, is_shared: bool) -> Tensor:
        shape = self._default_value.get_shape()
        attrs = {
            "use_node_name_sharing": is_shared,
            "key_dtype": self._key_dtype,
            "value_dtype": self._value_dtype,
            **({"value_shape": shape} if shape.ndims else {}),
        }
        holds_tensors = definitions.MUTABLE_HASH_TABLE_OF_TENSORS
        kind = holds_tensors if shape.ndims else definitions.MUTABLE_HASH_TABLE
        handle: Tensor = apply(kind, [], attrs, name)
        return handle

    @property
    def name(self) -> str:
        """The name of the operation that makes the table."""
        return self._table_name

    def size(self, name: str | None = None) -> Tensor:
        """How many keys there are.

        Args:
          name: a name scope for the operation.
        """
        found: Tensor = self._applied(name, "Size", definitions.LOOKUP_TABLE_SIZE, [])
        return found

    def lookup(self, keys: Any, name: str | None = None) -> Tensor:
        """The values of keys.

        Args:
          keys: a tensor of any shape.
          name: a name scope for the operation.

        Raises:
          ValueError: keys of another dtype.
        """
        with name_scope(name, f"{self.name}_lookup_table_find"):
            asked = convert_to_tensor(keys, dtype=self._key_dtype, name="keys")
            given = [self._resource_handle, asked, self._default_value]
            with get_default_graph().colocate_with(self._resource_handle.op):
                found: Tensor = apply(definitions.LOOKUP_TABLE_FIND, given)
        found.set_shape(asked.get_shape().concatenate(self._default_value.get_shape()))
        return found

    def insert(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """An operation that puts pairs in; a key that is there gets the new value.

        Args:
          keys: a tensor of any shape.
          values: a tensor of the same shape, with the dimensions of a value behind.
          name: a name scope for the operation.

        Raises:
          TypeError, ValueError: keys or values of another dtype. A run raises
            errors.InvalidArgumentError where there are not as many values as keys.
        """
        with name_scope(name, f"{self.name}_lookup_table_insert"):
            pairs = [
                convert_to_tensor(keys, self._key_dtype, name="keys"),
                convert_to_tensor(values, self._value_dtype, name="values"),
            ]
            with get_default_graph().colocate_with(self._resource_handle.op):
                given = [self._resource_handle, *pairs]
                made: Operation = apply(definitions.LOOKUP_TABLE_INSERT, given)
        return made

    def remove(self, keys: Any, name: str | None = None) -> Operation:
        """An operation that removes keys; those that are not there are ignored.

        Args:
          keys: a tensor of any shape.
          name: a name scope for the operation.

        Raises:
          TypeError: keys of another dtype.
        """
        self._require_keys(keys)
        with name_scope(name, f"{self.name}_lookup_table_remove"):
            given = [self._resource_handle, keys]
            made: Operation = apply(definitions.LOOKUP_TABLE_REMOVE, given)
        return made

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys, and their values.

        Args:
          name: a name scope for the operation.
        """
        attrs = {"Tkeys": self._key_dtype, "Tvalues": self._value_dtype}
        definition = definitions.LOOKUP_TABLE_EXPORT
        what = "lookup_table_export_values"
        keys, values = self._applied(name, what, definition, [], attrs)
        values.set_shape(keys.get_shape().concatenate(self._default_value.get_shape()))
        return keys, values

    def _applied(
        self, name: str | None, what: str, definition: Any, given: list[Any], attrs: Any = None
    ) -> Any:
        with (
            name_scope(name, f"{self.name}_{what}"),
            get_default_graph().colocate_with(self._resource_handle.op),
        ):
            return apply(definition, [self._resource_handle, *given], attrs)


class _Saveable:
    """What a Saver saves of a table, and how it is restored."""

    def __init__(self, table: MutableHashTable, name: str) -> None:
        keys, values = table.export()
        self.table = table
        self.name = name
        self.op = keys.op
        self.specs = [(f"{name}-keys", keys), (f"{name}-values", values)]

    def restore(self, restored: Sequence[Tensor]) -> Operation:
        """An operation that makes keys and values the table's contents."""
        handle = self.table.resource_handle
        with (
            name_scope(None, f"{self.name}_table_restore"),
            get_default_graph().colocate_with(handle.op),
        ):
            made: Operation = apply(definitions.LOOKUP_TABLE_IMPORT, [handle, *restored])
        return made


class DenseHashTable(MutableHashTable):
    """As MutableHashTable; two keys are set aside and can't be used.

    Args:
      key_dtype, value_dtype: the dtypes of keys and values.
      default_value: the value of keys that are not there; all values have its shape.
      empty_key, deleted_key: the keys that are set aside.
      initial_num_buckets: accepted.
      name: the operation's name.
      checkpoint: as for MutableHashTable.
    """

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        empty_key: Any,
        deleted_key: Any,
        initial_num_buckets: int | None = None,
        name: str = "MutableDenseHashTable",
        checkpoint: bool = True,
    ) -> None:
        self._set_aside = (empty_key, deleted_key)
        self._buckets = initial_num_buckets
        super().__init__(key_dtype, value_dtype, default_value, name, checkpoint)

    def _default(self, value: Any) -> Tensor:
        return convert_to_tensor(value, dtype=self._value_dtype, name="default_value")

    def _made(self, name: str, is_shared: bool) -> Tensor:
        keys = [
            convert_to_tensor(key, dtype=self._key_dtype, name=what)
            for key, what in zip(self._set_aside, ("empty_key", "deleted_key"), strict=True)
        ]
        attrs: dict[str, Any] = {
            "use_node_name_sharing": is_shared,
            "value_dtype": self._value_dtype,
            "value_shape": self._default_value.get_shape(),
        }
        if self._buckets is not None:
            attrs["initial_num_buckets"] = self._buckets
        handle: Tensor = apply(definitions.MUTABLE_DENSE_HASH_TABLE, keys, attrs, name)
        return handle
