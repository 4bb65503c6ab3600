"""Stage frontend: the layer that puts columns of features side by side.

In: features by name, columns. Out: a matrix, a row for each row of the features.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from jitgraph.dtypes import float32
from jitgraph.frontend.feature_columns.columns import (
    DenseColumn,
    FeatureColumn,
    Features,
    Weights,
    check_sizes,
    checked_columns,
)
from jitgraph.frontend.variable_sharing import get_variable, get_variable_scope, variable_scope
from jitgraph.graph import GraphKeys, Tensor, get_collection
from jitgraph.ops.assembling import concat
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of


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
      weight_collections: collections that the variables join, besides GLOBAL_VARIABLES and
        MODEL_VARIABLES.
      trainable: whether optimizers change them.
      cols_to_vars: gets the variables of each column.
      cols_to_output_tensors: gets each column's part of the result.

    Returns:
      A float32 matrix.

    Raises:
      ValueError: no columns, two of one name, one of categories, or a feature that is not there.

    Example:
      >>> columns = [tf.feature_column.numeric_column("b"), tf.feature_column.numeric_column("a")]
      >>> layer = tf.feature_column.input_layer({"a": [1.0, 2.0], "b": [3.0, 4.0]}, columns)
      >>> tf.Session().run(layer).tolist()
      [[1.0, 3.0], [2.0, 4.0]]
    """
    columns = dense_columns(feature_columns)
    collections = [GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES]
    collections = [*dict.fromkeys([*(weight_collections or ()), *collections])]
    found = []
    seen = Features(features)

    def weights(_: Any, name: str, shape: Sequence[int], initializer: Any, trained: bool) -> Any:
        return get_variable(
            name,
            shape,
            float32,
            initializer=initializer,
            trainable=trained and trainable,
            collections=collections,
        )

    with variable_scope(None, default_name="input_layer", values=list(features.values())):
        for column in columns:
            with variable_scope(None, default_name=column.scope_name):
                part = flat_values(column, seen, weights)
                if cols_to_vars is not None:
                    cols_to_vars[column] = variables_in(get_variable_scope().name)
            found.append(part)
            if cols_to_output_tensors is not None:
                cols_to_output_tensors[column] = part
        check_sizes(found, columns)
        return concat(found, 1)


def flat_values(column: DenseColumn, features: Features, weights: Weights) -> Tensor:
    """A column's numbers as a matrix.

    Args:
      column: the column; features: the features; weights: gives its variables.
    """
    values = column.dense_tensor(features, weights)
    return reshape(values, shape=(shape_of(values)[0], column.variable_shape.num_elements()))


def dense_columns(feature_columns: Any) -> list[Any]:
    """Columns of numbers, by their names' order.

    Raises:
      ValueError: one is of categories; or what `checked_columns` refuses.
    """
    columns = checked_columns(feature_columns)
    for column in columns:
        if not isinstance(column, DenseColumn):
            raise ValueError(
                "Items of feature_columns must be a _DenseColumn. You can wrap a categorical "
                f"column with an embedding_column or indicator_column. Given: {column}"
            )
    return columns


def variables_in(scope: str) -> list[Any]:
    """The variables of a scope."""
    return list(get_collection(GraphKeys.GLOBAL_VARIABLES, scope=scope))


def make_parse_example_spec(feature_columns: Iterable[Any]) -> dict[str, Any]:
    """What `parse_example` takes to give the features of columns.

    Args:
      feature_columns: the columns.

    Raises:
      ValueError: a feature that two columns want in different forms.
    """
    found: dict[str, Any] = {}
    for column in feature_columns:
        if not isinstance(column, FeatureColumn):
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
