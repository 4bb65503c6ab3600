"""Stage frontend: what a column of features is, and the features as columns see them.

In: features by name. Out: for each column what it makes of them, made once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import not_equal
from jitgraph.ops.gathering import gather_nd
from jitgraph.ops.masking import where_true
from jitgraph.ops.reshaping import expand_dims
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.sparse_functions import sparse_reshape
from jitgraph.ops.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor
from jitgraph.shapes import TensorShape

Weights = Callable[["FeatureColumn", str, Sequence[int], Any, bool], Any]
"""Gives a column's variable: (column, name, shape, initializer, whether it is trained)."""


class FeatureColumn:
    """A column of features; subclasses say what it makes of them."""

    @property
    def name(self) -> str:
        """The name of its scope."""
        raise NotImplementedError

    @property
    def scope_name(self) -> str:
        """The name of the scope of its variables."""
        return self.name

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """What `parse_example` takes for it."""
        raise NotImplementedError

    def transformed(self, features: Features) -> Any:
        """What it makes of the features."""
        raise NotImplementedError


class DenseColumn(FeatureColumn):
    """A column that gives numbers: the same count for each example."""

    @property
    def variable_shape(self) -> TensorShape:
        """The shape of one example's numbers."""
        raise NotImplementedError

    def dense_tensor(self, features: Features, weights: Weights) -> Tensor:
        """The numbers.

        Args:
          features: the features; weights: gives its variables.
        """
        raise NotImplementedError


class IdsAndWeights(NamedTuple):
    """Which categories each example is of, and how much; once each if there are no weights."""

    ids: SparseTensor
    weights: SparseTensor | None


class CategoricalColumn(FeatureColumn):
    """A column that gives categories: any count for each example."""

    @property
    def num_buckets(self) -> int:
        """How many categories there are."""
        raise NotImplementedError

    def sparse_tensors(self, features: Features) -> IdsAndWeights:
        """The categories."""
        return IdsAndWeights(features.of(self), None)


class Features:
    """Features by name, and what columns made of them.

    Args:
      given: a tensor for each name; one row for each example.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = dict(given)
        self._made: dict[Any, Any] = {}

    def of(self, key: str | FeatureColumn) -> Any:
        """A feature, or what a column makes of the features.

        Raises:
          ValueError: there is no such feature, or it has no rows.
        """
        if key not in self._made:
            self._made[key] = self._raw(key) if isinstance(key, str) else key.transformed(self)
        return self._made[key]

    def _raw(self, key: str) -> Any:
        if key not in self._given:
            raise ValueError(f"Feature {key} is not in features dictionary.")
        tensor = convert_to_tensor_or_sparse_tensor(self._given[key])
        rank = tensor.get_shape().ndims
        if rank == 0:
            raise ValueError(f"Feature (key: {key}) cannot have rank 0. Given: {tensor}")
        if rank != 1:
            return tensor
        if isinstance(tensor, SparseTensor):
            return sparse_reshape(tensor, [shape_of(tensor)[0], 1])
        return expand_dims(tensor, -1)


def as_sparse(tensor: Any, ignored: Any = None) -> SparseTensor:
    """A feature as a SparseTensor, without empty strings and -1.

    Args:
      tensor: the feature; ignored: what to leave out instead.
    """
    if isinstance(tensor, SparseTensor):
        return tensor
    with name_scope(None, "to_sparse_input", [tensor]):
        if ignored is None:
            ignored = "" if tensor.dtype == dtypes.string else -1
        ignored = cast(ignored, tensor.dtype, name="ignore_value")
        indices = where_true(not_equal(tensor, ignored), name="indices")
        values = gather_nd(tensor, indices, name="values")
        sizes = shape_of(tensor, out_type=dtypes.int64, name="dense_shape")
        return SparseTensor(indices, values, sizes)


def checked_columns(columns: Any) -> list[Any]:
    """Columns by their names' order.

    Raises:
      ValueError: there are none, some of one name, or something else.
    """
    given = [columns] if isinstance(columns, FeatureColumn) else columns
    if isinstance(given, Iterator):
        given = list(given)
    if isinstance(given, dict):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    found: dict[str, Any] = {}
    for column in given:
        if not isinstance(column, FeatureColumn):
            raise ValueError(
                f"Items of feature_columns must be a _FeatureColumn. Given (type {type(column)}): "
                f"{column}."
            )
        if column.name in found:
            raise ValueError(
                f"Duplicate feature column name found for columns: {column} and "
                f"{found[column.name]}. This usually means that these columns refer to same base "
                "feature. Either one must be discarded or a duplicated but renamed item must be "
                "inserted in features dict."
            )
        found[column.name] = column
    if not found:
        raise ValueError("feature_columns must not be empty.")
    return [found[name] for name in sorted(found)]


def check_sizes(tensors: Sequence[Any], columns: Sequence[FeatureColumn]) -> None:
    """Checks that all columns have as many rows.

    Raises:
      ValueError: they have not.
    """
    known = [
        (tensor.get_shape()[0].value, column.name)
        for tensor, column in zip(tensors, columns, strict=True)
        if tensor.get_shape()[0].value is not None
    ]
    for size, name in known[1:]:
        if size != known[0][0]:
            raise ValueError(
                "Batch size (first dimension) of each feature must be same. Batch size of columns "
                f"({known[0][1]}, {name}): ({known[0][0]}, {size})"
            )


def check_key(key: Any) -> None:
    """Checks that a feature's name is a text.

    Raises:
      ValueError: it is not.
    """
    if not isinstance(key, str):
        raise ValueError(f"key must be a string. Got: type {type(key)}. Given key: {key}.")


def check_kind(dtype: DType, prefix: str) -> None:
    """Checks that a dtype is of strings or whole numbers.

    Raises:
      ValueError: it is not.
    """
    if dtype != dtypes.string and not dtype.is_integer:
        raise ValueError(f"{prefix} dtype must be string or integer. dtype: {dtype}.")
