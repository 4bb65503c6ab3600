"""Stage frontend: what is wanted of Examples that have features, a label and a weight.

In: columns of features. Out: what `parse_example` takes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jitgraph.dtypes import float32, int64
from jitgraph.frontend.feature_columns.input_layer import make_parse_example_spec
from jitgraph.frontend.feature_columns.numeric import NumericColumn, numeric_column
from jitgraph.frontend.records.features import FixedLenFeature


def classifier_parse_example_spec(
    feature_columns: Iterable[Any],
    label_key: str,
    label_dtype: Any = int64,
    label_default: Any = None,
    weight_column: Any = None,
) -> dict[str, Any]:
    """What `parse_example` takes to give a classifier's features and labels.

    Args:
      feature_columns: the columns.
      label_key: the label's name; label_dtype: int64 or string; label_default: where it is missing.
      weight_column: the name of the feature that tells examples' weights, or its column.

    Raises:
      ValueError: label or weight are features already, or the weight is no numeric column.

    Example:
      >>> columns = [tf.feature_column.numeric_column("x")]
      >>> sorted(tf.estimator.classifier_parse_example_spec(columns, "y"))
      ['x', 'y']
    """
    label = FixedLenFeature((1,), label_dtype, label_default)
    return _with_label(make_parse_example_spec(feature_columns), label_key, label, weight_column)


def regressor_parse_example_spec(
    feature_columns: Iterable[Any],
    label_key: str,
    label_dtype: Any = float32,
    label_default: Any = None,
    label_dimension: int = 1,
    weight_column: Any = None,
) -> dict[str, Any]:
    """What `parse_example` takes to give a regressor's features and labels.

    Args:
      label_dimension: how many numbers a label has.
      feature_columns, label_key, label_dtype, label_default, weight_column: as for
        classifier_parse_example_spec.

    Raises:
      ValueError: label or weight are features already, or the weight is no numeric column.

    Example:
      >>> columns = [tf.feature_column.numeric_column("x")]
      >>> tf.estimator.regressor_parse_example_spec(columns, "y", label_dimension=3)["y"].shape
      (3,)
    """
    label = FixedLenFeature((label_dimension,), label_dtype, label_default)
    return _with_label(make_parse_example_spec(feature_columns), label_key, label, weight_column)


def _with_label(
    found: dict[str, Any], label_key: str, label: FixedLenFeature, weight: Any
) -> dict[str, Any]:
    if label_key in found:
        raise ValueError(
            f"label should not be used as feature. label_key: {label_key}, features: {found.keys()}"
        )
    found[label_key] = label
    if weight is None:
        return found
    column = numeric_column(weight) if isinstance(weight, str) else weight
    if not isinstance(column, NumericColumn):
        raise ValueError(
            "weight_column should be an instance of tf.feature_column.numeric_column. "
            f"Given type: {type(column)} value: {column}"
        )
    if column.key in found:
        raise ValueError(
            f"weight_column should not be used as feature. weight_column: {column.key}, "
            f"features: {found.keys()}"
        )
    return {**found, **column.parse_example_spec}
