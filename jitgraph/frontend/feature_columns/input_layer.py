"""Stage frontend: the layer that puts columns of features side by side.

In: features by name, columns. Out: a matrix, a row for each row of the features.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jitgraph.frontend.feature_columns.numeric import NumericColumn
from jitgraph.frontend.variable_sharing import variable_scope
from jitgraph.graph import Tensor
from jitgraph.ops.assembling import concat
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor


def input_layer(
    features: Mapping[str, Any],
    feature_columns: Any,
    weight_collections: Sequence[str] | None = None,
    trainable: bool = True,
    cols_to_vars: dict[Any, Any] | None = None,
    cols_to_output_tensors: dict[Any, Any] | None = None,
) -> Tensor:
    """The values of columns side by side, in the order of their names.

    Args:
      features: a tensor for each feature's name; one row for each example.
      feature_columns: the columns, or one.
      weight_collections, trainable: accepted: numeric columns have no variables.
      cols_to_vars: gets an empty list for each column.
      cols_to_output_tensors: gets each column's part of the result.

    Returns:
      A float32 matrix.

    Raises:
      ValueError: no columns, two of one name, or a feature that is not there.

    Example:
      >>> columns = [tf.feature_column.numeric_column("b"), tf.feature_column.numeric_column("a")]
      >>> layer = tf.feature_column.input_layer({"a": [1.0, 2.0], "b": [3.0, 4.0]}, columns)
      >>> tf.Session().run(layer).tolist()
      [[1.0, 3.0], [2.0, 4.0]]
    """
    columns = _checked(feature_columns)
    found = []
    with variable_scope(None, default_name="input_layer", values=list(features.values())):
        for column in sorted(columns, key=lambda each: each.name):
            with variable_scope(None, default_name=column.name):
                values = column.dense_tensor(_raw(features, column.key))
                count = column.variable_shape.num_elements()
                part = reshape(values, shape=(shape_of(values)[0], count))
            found.append(part)
            if cols_to_vars is not None:
                cols_to_vars[column] = []
            if cols_to_output_tensors is not None:
                cols_to_output_tensors[column] = part
        return concat(found, 1)


def make_parse_example_spec(feature_columns: Iterable[Any]) -> dict[str, Any]:
    """What `parse_example` takes to give the features of columns.

    Args:
      feature_columns: the columns.

    Raises:
      ValueError: a feature that two columns want in different forms.
    """
    found: dict[str, Any] = {}
    for column in feature_columns:
        if not isinstance(column, NumericColumn):
            raise ValueError(
                f"All feature_columns must be FeatureColumn instances. Given: {column}"
            )
        for key, wanted in column.parse_example_spec.items():
            if found.setdefault(key, wanted) != wanted:
                raise ValueError(
                    f"feature_columns contain different parse_spec for key {key}. Given "
                    f"{wanted} and {found[key]}"
                )
    return found


def _checked(columns: Any) -> list[NumericColumn]:
    given = [columns] if isinstance(columns, NumericColumn) else columns
    if isinstance(given, dict):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    found: dict[str, NumericColumn] = {}
    for column in given:
        if not isinstance(column, NumericColumn):
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
    return list(found.values())


def _raw(features: Mapping[str, Any], key: str) -> Any:
    """A feature as a tensor with a row for each example."""
    if key not in features:
        raise ValueError(f"Feature {key} is not in features dictionary.")
    tensor = convert_to_tensor_or_sparse_tensor(features[key])
    rank = tensor.get_shape().ndims
    if rank == 0:
        raise ValueError(f"Feature (key: {key}) cannot have rank 0. Given: {tensor}")
    if rank == 1 and not isinstance(tensor, SparseTensor):
        return expand_dims(tensor, -1)
    return tensor
