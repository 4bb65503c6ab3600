"""Stage frontend: weights that fit values: of rank 0, or of the same rank with sizes 1 or the same.

In: weights and values, whose shapes may not be known. Out: checks, made when the graph is built
where they can be, else by an Assert; and weights as large as the values.
"""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.assertions import Assert
from jitgraph.frontend.control_flow import cond
from jitgraph.graph import Operation, Tensor, control_dependencies, name_scope
from jitgraph.ops.arithmetic import multiply
from jitgraph.ops.comparison import equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import ones_like
from jitgraph.ops.identities import no_op
from jitgraph.ops.logical import logical_or
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.reductions import reduce_all
from jitgraph.ops.shapes_of import rank, shape

_ERROR = "weights can not be broadcast to values."


def assert_broadcastable(weights: Any, values: Any) -> Operation:
    """An operation that fails a run whose weights don't fit its values.

    Args:
      weights: a tensor; values: another one.

    Raises:
      ValueError: it is known already that they don't fit.
    """
    with name_scope(None, "assert_broadcastable", (weights, values)) as scope:
        with name_scope(None, "weights", (weights,)) as weights_scope:
            weights = convert_to_tensor(weights, name=weights_scope)
            weights_shape = shape(weights, name="shape")
            weights_rank = rank(weights, name="rank")
        with name_scope(None, "values", (values,)) as values_scope:
            values = convert_to_tensor(values, name=values_scope)
            values_shape = shape(values, name="shape")
            values_rank = rank(values, name="rank")
        known = _known_check(weights, values, weights_shape, values_shape)
        if known is not None:
            return known
        is_scalar = equal(0, weights_rank, name="is_scalar")
        shown = (
            *(_ERROR, "weights.shape=", weights.name, weights_shape),
            *("values.shape=", values.name, values_shape, "is_scalar=", is_scalar),
        )
        fits = cond(
            is_scalar,
            lambda: is_scalar,
            lambda: _has_valid_shape(weights_rank, weights_shape, values_rank, values_shape),
            name="is_valid_shape",
        )
        return Assert(fits, shown, name=scope)


def _known_check(
    weights: Tensor, values: Tensor, weights_shape: Tensor, values_shape: Tensor
) -> Operation | None:
    """An operation that does nothing where all is known; None where something isn't."""
    ranks = weights.get_shape().ndims, values.get_shape().ndims
    if None in ranks:
        return None
    if ranks[0] == 0:
        return no_op(name="static_scalar_check_success")
    if ranks[0] != ranks[1]:
        raise ValueError(
            f"{_ERROR} values.rank={ranks[1]}. weights.rank={ranks[0]}. "
            f"values.shape={values.shape}. weights.shape={weights.shape}."
        )
    sizes, full = constant_value(weights_shape), constant_value(values_shape)
    if sizes is None or full is None:
        return None
    for axis, (size, wanted) in enumerate(zip(sizes, full, strict=True)):
        if size not in (1, wanted):
            raise ValueError(
                f"{_ERROR} Mismatch at dim {axis}. values.shape={full} weights.shape={sizes}."
            )
    return no_op(name="static_dims_check_success")


def _has_valid_shape(
    weights_rank: Tensor, weights_shape: Tensor, values_rank: Tensor, values_shape: Tensor
) -> Tensor:
    inputs = (weights_rank, weights_shape, values_rank, values_shape)
    with name_scope(None, "has_valid_nonscalar_shape", inputs) as scope:
        is_same_rank = equal(values_rank, weights_rank, name="is_same_rank")
        return cond(
            is_same_rank,
            lambda: _has_valid_dims(weights_shape, values_shape),
            lambda: is_same_rank,
            name=scope,
        )


def _has_valid_dims(weights_shape: Tensor, values_shape: Tensor) -> Tensor:
    with name_scope(None, "has_invalid_dims", (weights_shape, values_shape)) as scope:
        fits = logical_or(equal(weights_shape, 1), equal(weights_shape, values_shape))
        return reduce_all(fits, name=scope)


def broadcast_weights(weights: Any, values: Any) -> Tensor:
    """Weights as large as the values.

    Args:
      weights: of rank 0, or of the values' rank with sizes 1 or the values'.
      values: a tensor.

    Raises:
      ValueError: they don't fit; a run whose weights don't fit fails.
    """
    with name_scope(None, "broadcast_weights", (weights, values)) as scope:
        values = convert_to_tensor(values, name="values")
        weights = convert_to_tensor(weights, dtype=values.dtype.base_dtype, name="weights")
        shapes = weights.get_shape(), values.get_shape()
        if all(each.is_fully_defined() for each in shapes) and shapes[0].as_list() == (
            shapes[1].as_list()
        ):
            return weights
        with control_dependencies((assert_broadcastable(weights, values),)):
            return multiply(weights, ones_like(values), name=scope)
