"""Stage frontend: labels, weights and logits of a model's head, checked and brought into shape.

In: what an input function and a model gave. Out: matrices that fit each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jitgraph.dtypes import float32
from jitgraph.frontend.check_ops import (
    assert_equal,
    assert_greater,
    assert_less_equal,
    assert_non_negative,
    assert_rank_at_least,
)
from jitgraph.frontend.feature_columns.columns import Features
from jitgraph.frontend.feature_columns.numeric import NumericColumn, numeric_column
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import identity, no_op
from jitgraph.ops.reshaping import expand_dims
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.ops.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor


def check_classes(count: Any) -> None:
    """Adds TensorFlow's operations that check the number of classes to the graph."""
    wanted = convert_to_tensor(count)
    is_known = assert_greater(wanted, 2, message="n_classes must be greater than 2")
    with control_dependencies([is_known]):
        no_op()


def checked_logits(logits: Any, count: int) -> Tensor:
    """Logits as float32, `count` for each row.

    Raises:
      ValueError: it is known that there is another count.
    """
    with name_scope(None, "logits", [logits]):
        found = cast(logits, float32)
        rows = shape_of(found)
        text = "logits shape must be [D0, D1, ... DN, logits_dimension]"
        is_matrix = assert_rank_at_least(found, 2, data=[rows], message=text)
        with control_dependencies([is_matrix]):
            dims = found.get_shape()
            if dims.ndims is not None and dims[-1].value not in (None, count):
                raise ValueError(f"{text}, got {dims}.")
            return found


def checked_labels(labels: Any, logits: Tensor, count: int) -> Any:
    """Labels as a matrix, `count` for each row; a run fails where there are others.

    Raises:
      ValueError: there are none, they are sparse, or it is known that there is another count.
    """
    if labels is None:
        raise ValueError(
            "You must provide a labels Tensor. Given: None. Suggested troubleshooting steps: Check "
            "that your data contain your label feature. Check that your input_fn properly parses "
            "and returns labels."
        )
    with name_scope(None, "labels", [logits]) as scope:
        found = convert_to_tensor_or_sparse_tensor(labels)
        if isinstance(found, SparseTensor):
            raise ValueError(
                "SparseTensor labels are not supported. labels must be a Tensor of shape [D0, D1, "
                f"..., DN, {count}], e.g. [batch_size, {count}]. Suggested Fix (1): Check the "
                f"label feature in your data. Each example must contain {count} value(s). If not, "
                "your choice of label was probably incorrect. Suggested Fix (2): In your input_fn, "
                "use tf.sparse_tensor_to_dense() to turn labels into a Tensor."
            )
        rank, wanted = found.get_shape().ndims, logits.get_shape().ndims
        if rank is not None and wanted is not None and rank == wanted - 1:
            found = expand_dims(found, -1)
        sizes, rows = shape_of(found), shape_of(logits)
        text = (
            f"labels shape must be [D0, D1, ... DN, {count}]. Suggested Fix: check your n_classes "
            "argument to the estimator and/or the shape of your label."
        )
        is_matrix = assert_rank_at_least(found, 2, message=text)
        with control_dependencies([is_matrix]):
            _check_count(found, count)
            expected = concat([rows[:-1], [count]], axis=0)
            shown = ["expected_labels_shape: ", expected, "labels_shape: ", sizes]
            fits = assert_equal(expected, sizes, message=text, data=shown)
            with control_dependencies([fits]):
                return identity(found, name=scope)


def _check_count(labels: Tensor, count: int) -> None:
    dims = labels.get_shape()
    if dims.ndims is None or dims[-1].value in (None, count):
        return
    raise ValueError(
        f"Mismatched label shape. Expected labels dimension={count}.  Received {dims[-1].value}. "
        "Suggested Fix:If your classifier expects one-hot encoding label,check your n_classes "
        "argument to the estimator and/or the shape of your label. Otherwise, check the shape of "
        "your label."
    )


def in_range(labels: Tensor, count: int) -> Tensor:
    """Labels; a run fails where one is below 0 or above `count` - 1."""
    with name_scope(None, "assert_range", [labels]):
        most = convert_to_tensor(count - 1, labels.dtype)
        is_low = assert_less_equal(labels, most, message="Labels must <= n_classes - 1")
        is_high = assert_non_negative(labels, message="Labels must >= 0")
        with control_dependencies([is_low, is_high]):
            return identity(labels)


def weights_of(features: Mapping[str, Any], column: Any, logits: Tensor) -> Any:
    """The weights of examples as a matrix; 1.0 if no column tells them.

    Raises:
      TypeError: the column is neither a name nor a numeric column.
    """
    with name_scope(None, "weights", [logits]) as scope:
        if column is None:
            return 1.0
        if isinstance(column, str):
            column = numeric_column(column, shape=(1,))
        if not isinstance(column, NumericColumn):
            raise TypeError(
                "Weight column must be either a string or _NumericColumn. Given type: "
                f"{type(column)}."
            )
        found = cast(Features(features).of(column), float32, name="weights")
        sizes = shape_of(found, name="weights_shape")
        rows = shape_of(logits, name="logits_shape")
        expected = concat([rows[:-1], [1]], axis=0)
        text = "weights shape must be [D0, D1, ... DN] or [D0, D1, ... DN, 1]"
        shown = ["logits_shape: ", rows, "weights_shape: ", sizes]
        fits = assert_equal(expected, sizes, message=text, data=shown)
        with control_dependencies([fits]):
            return identity(found, name=scope)
