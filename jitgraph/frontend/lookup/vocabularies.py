"""Stage frontend: vocabularies: tables that give words that are not in them a bucket's number.

In: a table from words to numbers. Out: operations that look keys up, named as TensorFlow 1.15's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from jitgraph import dtypes
from jitgraph.frontend.lookup.tables import LookupInterface, StaticHashTable
from jitgraph.graph import Operation, Tensor, name_scope
from jitgraph.ops.arithmetic import add
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import not_equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import no_op
from jitgraph.ops.selection import where_v2
from jitgraph.ops.sparse_tensor import SparseTensor
from jitgraph.ops.string_hashing import (
    string_to_hash_bucket,
    string_to_hash_bucket_fast,
    string_to_hash_bucket_strong,
)
from jitgraph.ops.string_numbers import as_string

_TABLE_KEYS = (dtypes.int64, dtypes.string)
_KEY_SIZE = 2


class HasherSpec(NamedTuple):
    """A hash function.

    Args:
      hasher: "fasthash", "stronghash" or "legacy".
      key: two numbers, for "stronghash".
    """

    hasher: str
    key: Any


FastHashSpec = HasherSpec("fasthash", None)


def StrongHashSpec(key: Sequence[int]) -> HasherSpec:
    """The hash function that nobody without its key can aim at.

    Args:
      key: two numbers.

    Raises:
      ValueError: there are not two. TypeError: they are no whole numbers.
    """
    if len(key) != _KEY_SIZE:
        raise ValueError(f"key must have size 2, got {len(key)}.")
    if not all(isinstance(part, int) for part in key):
        raise TypeError(f"Invalid key {key}. Must be unsigned integer values.")
    return HasherSpec("stronghash", key)


def _function(spec: HasherSpec) -> Callable[..., Tensor]:
    known: dict[str, Callable[..., Tensor]] = {
        "fasthash": string_to_hash_bucket_fast,
        "legacy": string_to_hash_bucket,
        "stronghash": partial(string_to_hash_bucket_strong, key=spec.key),
    }
    if spec.hasher not in known:
        raise ValueError(f"Unknown hasher {spec.hasher}")
    return known[spec.hasher]


def _nothing() -> Tensor:
    return convert_to_tensor(0, dtype=dtypes.int64)


class _Vocabulary(LookupInterface):
    """A table, if there is one, and buckets behind its numbers."""

    def __init__(
        self, table: Any, buckets: int, spec: HasherSpec, key_dtype: Any, name: str | None
    ) -> None:
        super().__init__(key_dtype, dtypes.int64)
        if not (self._key_dtype.is_integer or self._key_dtype == dtypes.string):
            raise TypeError(
                f"Invalid key_dtype, expected integer or string, got {self._key_dtype}."
            )
        self._table = table
        self._buckets = buckets
        self._spec = spec
        self._table_name = name.split("/")[-1] if name else None

    @property
    def name(self) -> Any:
        """The name of the operation that makes the table."""
        return self._table_name

    @property
    def resource_handle(self) -> Any:
        """The tensor that stands for the table; None if there is none."""
        return None if self._table is None else self._table.resource_handle

    @property
    def initializer(self) -> Operation:
        """The operation that fills the table."""
        if self._table is not None:
            found: Operation = self._table.initializer
            return found
        with name_scope(None, "init"):
            return no_op()

    @property
    def init(self) -> Operation:
        """The operation that fills the table."""
        return self.initializer

    def size(self, name: str | None = None) -> Tensor:
        """How many numbers there are, those of buckets among them.

        Args:
          name: a name scope for the operations.
        """
        with name_scope(name, f"{self.name}_Size"):
            count: Any = self._table.size() if self._table else _nothing()
            total: Tensor = count + self._buckets
        return total

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The numbers of keys; those that are not in the table get the number of a bucket.

        Args:
          keys: a Tensor or SparseTensor.
          name: a name scope for the operations.

        Returns:
          An int64 Tensor or SparseTensor, like `keys`.

        Raises:
          TypeError: keys of another dtype.
        """
        self._require_keys(keys)
        asked = keys.values if isinstance(keys, SparseTensor) else keys
        if self._table and self._table.key_dtype == dtypes.int64:
            asked = cast(asked, dtypes.int64)
        if self._buckets:
            with name_scope(name, f"{self.name}_Lookup"):
                found = self._with_buckets(asked)
        else:
            found = self._table.lookup(asked, name=name)
        if isinstance(keys, SparseTensor):
            return SparseTensor(keys.indices, found, keys.dense_shape)
        return found

    def _with_buckets(self, keys: Tensor) -> Tensor:
        texts = keys if keys.dtype.base_dtype == dtypes.string else as_string(keys)
        buckets = _function(self._spec)(texts, num_buckets=self._buckets, name="hash_bucket")
        if not self._table:
            return buckets
        found = self._table.lookup(keys)
        shifted = add(buckets, self._table.size())
        return where_v2(not_equal(found, self._table.default_value), found, shifted)


class IdTableWithHashBuckets(_Vocabulary):
    """A table of words' numbers, and buckets for words that are not in it.

    Args:
      table: the table, or None for buckets alone.
      num_oov_buckets: how many buckets.
      hasher_spec: the hash function.
      name: the name that its operations begin with.
      key_dtype: the dtype of what is looked up; the table's if None.

    Raises:
      ValueError: neither a table nor buckets.
      TypeError: dtypes that don't go together, or no HasherSpec.
    """

    def __init__(
        self,
        table: Any,
        num_oov_buckets: int,
        hasher_spec: HasherSpec = FastHashSpec,
        name: str | None = None,
        key_dtype: Any = None,
    ) -> None:
        if table is None and num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0 if no table is supplied.")
        chosen = _key_dtype(table, key_dtype)
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError(f"hasher_spec must be of type HasherSpec, got {hasher_spec}")
        title = (name or "").rstrip("/") or (table.name if table else "hash_bucket")
        super().__init__(table, num_oov_buckets, hasher_spec, chosen, title)


class StaticVocabularyTable(_Vocabulary):
    """Words' numbers, and buckets for all other words.

    Args:
      initializer: what gives words their numbers, or None for buckets alone.
      num_oov_buckets: how many buckets.
      lookup_key_dtype: the dtype of what is looked up; the initializer's if None.
      name: the name that its operations begin with.

    Raises:
      ValueError: no buckets. TypeError: dtypes that don't go together.
    """

    def __init__(
        self,
        initializer: Any,
        num_oov_buckets: int,
        lookup_key_dtype: Any = None,
        name: str | None = None,
    ) -> None:
        if num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0.")
        chosen = _key_dtype(initializer, lookup_key_dtype) if initializer else dtypes.string
        table = StaticHashTable(initializer, default_value=-1) if initializer else None
        title = (name or "").rstrip("/") or (table.name if table else "hash_bucket")
        super().__init__(table, num_oov_buckets, FastHashSpec, chosen, title)


def _key_dtype(table: Any, wanted: Any) -> Any:
    """The dtype of what is looked up in a table, or in what an initializer fills."""
    if not table:
        return dtypes.string if wanted is None else dtypes.as_dtype(wanted)
    chosen = table.key_dtype if wanted is None else dtypes.as_dtype(wanted)
    if table.key_dtype not in _TABLE_KEYS:
        raise TypeError(f"Invalid key dtype, expected one of {_TABLE_KEYS}, but got {chosen}.")
    if table.key_dtype.is_integer != chosen.is_integer:
        kind = "integer" if chosen.is_integer else "non-integer"
        raise TypeError(f"Invalid key dtype, expected {kind} but got {table.key_dtype}.")
    if table.value_dtype != dtypes.int64:
        raise TypeError(
            f"Invalid value dtype, expected {dtypes.int64} but got {table.value_dtype}."
        )
    return chosen
