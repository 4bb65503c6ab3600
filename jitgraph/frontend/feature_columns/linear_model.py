"""Stage frontend: the linear model of columns of features.

In: features by name, columns. Out: a weighted sum of what the columns give, a row for each row of
the features.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jitgraph.frontend.feature_columns.columns import (
    CategoricalColumn,
    DenseColumn,
    Features,
    Weights,
    check_sizes,
    checked_columns,
)
from jitgraph.frontend.feature_columns.input_layer import variables_in
from jitgraph.frontend.plain_initializers import Zeros
from jitgraph.frontend.safe_embedding_lookup import safe_embedding_lookup_sparse
from jitgraph.frontend.variable_sharing import get_variable, variable_scope
from jitgraph.graph import GraphKeys, Tensor, name_scope
from jitgraph.ops.bias import bias_add
from jitgraph.ops.elementwise_sums import add_n
from jitgraph.ops.matmul import matmul
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.sparse_functions import sparse_reshape


def linear_model(
    features: Mapping[str, Any],
    feature_columns: Any,
    units: int = 1,
    sparse_combiner: str = "sum",
    weight_collections: Sequence[str] | None = None,
    trainable: bool = True,
    cols_to_vars: dict[Any, Any] | None = None,
) -> Tensor:
    """A weighted sum of columns' numbers and of weights of columns' categories.

    Args:
      features: a tensor for each feature's name; one row for each example.
      feature_columns: the columns, or one.
      units: how many sums there are for each row.
      sparse_combiner: how the weights of several categories are combined: "sum", "mean", "sqrtn".
      weight_collections: collections that the variables join, besides GLOBAL_VARIABLES and
        MODEL_VARIABLES.
      trainable: whether optimizers change them.
      cols_to_vars: gets the variables of each column, and "bias".

    Returns:
      A float32 matrix [rows, units].

    Raises:
      ValueError: no columns, two of one name, or a feature that is not there.

    Example:
      >>> price = tf.feature_column.numeric_column("price")
      >>> tf.feature_column.linear_model({"price": [[1.0], [2.0]]}, price).shape
      TensorShape([Dimension(2), Dimension(1)])
    """
    columns = checked_columns(feature_columns)
    with variable_scope(None, "linear_model") as scope:
        model = _last(scope.name)
    named = []
    for column in columns:
        with variable_scope(None, default_name=column.scope_name) as scope:
            named.append((_last(scope.name), column))
    collections = [GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES]
    collections = [*dict.fromkeys([*(weight_collections or ()), *collections])]
    seen = Features(features)

    def weight(name: str, shape: Sequence[int]) -> Any:
        return get_variable(
            name, shape, initializer=Zeros(), trainable=trainable, collections=collections
        )

    with name_scope(model), variable_scope(model):
        sums, ordered = [], []
        for name, column in sorted(named, key=lambda pair: pair[0]):
            with variable_scope(name) as scope:
                sums.append(weighted_sum(column, seen, weight, units, sparse_combiner))
                if cols_to_vars is not None:
                    cols_to_vars[column] = variables_in(scope.name)
            ordered.append(column)
        check_sizes(sums, ordered)
        total = add_n(sums, name="weighted_sum_no_bias")
        bias = weight("bias_weights", [units])
        if cols_to_vars is not None:
            cols_to_vars["bias"] = list(bias) if hasattr(bias, "_get_variable_list") else [bias]
        return bias_add(total, bias, name="weighted_sum")


def weighted_sum(
    column: Any,
    features: Features,
    weight: Any,
    units: int,
    combiner: str,
    inner: Weights | None = None,
) -> Tensor:
    """What one column adds.

    Args:
      column: the column; features: the features.
      weight: a function of a name and a shape that gives a variable.
      units, combiner: as for `linear_model`.
      inner: gives the column's own variables; they are made if None.

    Raises:
      ValueError: the column gives neither numbers nor categories.
    """
    if isinstance(column, CategoricalColumn):
        table = weight("weights", (column.num_buckets, units))
        ids, counts = column.sparse_tensors(features)
        ids = sparse_reshape(ids, [shape_of(ids)[0], -1])
        if counts is not None:
            counts = sparse_reshape(counts, [shape_of(counts)[0], -1])
        return safe_embedding_lookup_sparse(
            table, ids, counts, combiner=combiner, name="weighted_sum"
        )
    if not isinstance(column, DenseColumn):
        raise ValueError(
            "Items of feature_columns must be either a _DenseColumn or _CategoricalColumn. Given: "
            f"{column}"
        )
    count = column.variable_shape.num_elements()
    own = weight("weights", [count, units])

    values = column.dense_tensor(features, inner or _made)
    flat = reshape(values, shape=(shape_of(values)[0], count))
    return matmul(flat, own, name="weighted_sum")


def _made(_: Any, name: str, shape: Sequence[int], initializer: Any, trained: bool) -> Any:
    return get_variable(name, shape, initializer=initializer, trainable=trained)


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]
