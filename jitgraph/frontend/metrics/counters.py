"""Stage frontend: what all metrics are made of: local variables that count, ranks that fit.

In: predictions, labels, weights. Out: variables that start as zeros and are counted up by the
update of each run.
"""

from __future__ import annotations

from typing import Any

from jitgraph.dtypes import DType
from jitgraph.frontend.control_flow import cond
from jitgraph.frontend.squeezing import remove_squeezable_dimensions
from jitgraph.frontend.variable_kinds import VariableAggregation, VariableSynchronization
from jitgraph.frontend.variables import Variable
from jitgraph.graph import GraphKeys, Tensor, add_to_collections, control_dependencies
from jitgraph.ops.comparison import equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import zeros
from jitgraph.ops.reshaping import expand_dims, squeeze
from jitgraph.ops.shapes_of import rank


def metric_variable(
    shape: Any, dtype: DType, validate_shape: bool = True, name: str | None = None
) -> Variable:
    """A local variable of zeros, in the collections LOCAL_VARIABLES and METRIC_VARIABLES."""
    return Variable(
        lambda: zeros(shape, dtype),
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES],
        validate_shape=validate_shape,
        synchronization=VariableSynchronization.ON_READ,
        aggregation=VariableAggregation.SUM,
        name=name,
    )


def collected(collections: Any, tensor: Tensor) -> Tensor:
    """`tensor`, added to the collections, if any."""
    if collections:
        add_to_collections(collections, tensor)
    return tensor


class outside_of_dependencies:
    """A block for a metric's value, which does not wait for what runs around it."""

    def __enter__(self) -> None:
        self._block = control_dependencies(None)
        self._block.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._block.__exit__(*error)


def with_fitting_ranks(predictions: Any, labels: Any, weights: Any) -> tuple[Tensor, Any, Any]:
    """Predictions, labels and weights, squeezed or expanded so that their ranks fit.

    Raises:
      ValueError: the shapes of predictions and labels differ.
    """
    predictions = convert_to_tensor(predictions)
    if labels is not None:
        labels, predictions = remove_squeezable_dimensions(labels, predictions)
        predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    if weights is None:
        return predictions, labels, None
    weights = convert_to_tensor(weights)
    ranks = weights.get_shape().ndims, predictions.get_shape().ndims
    if ranks[0] == 0:
        return predictions, labels, weights
    if None not in ranks:
        if ranks[0] - ranks[1] == 1:
            weights = squeeze(weights, [-1])
        elif ranks[1] - ranks[0] == 1:
            weights = expand_dims(weights, [-1])
        return predictions, labels, weights
    return predictions, labels, _adjusted(weights, predictions)


def _adjusted(weights: Tensor, predictions: Tensor) -> Tensor:
    """Weights whose rank is known in a run only."""
    own_rank = rank(weights)
    difference = own_rank - rank(predictions)

    def expanded() -> Tensor:
        return cond(equal(difference, -1), lambda: expand_dims(weights, [-1]), lambda: weights)

    dims = weights._dims
    is_fixed = dims is not None and dims[-1] not in (None, 1)

    def squeezed() -> Tensor:
        return weights if is_fixed else squeeze(weights, [-1])

    def adjusted() -> Tensor:
        return cond(equal(difference, 1), squeezed, expanded)

    return cond(equal(own_rank, 0), lambda: weights, adjusted)
