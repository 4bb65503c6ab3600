"""Stage frontend: labels, predictions and weights of ranks that differ by a last dimension of one.

In: tensors whose ranks may not be known. Out: the same, squeezed where that makes them fit.
"""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.control_flow import cond
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.comparison import equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.reshaping import squeeze
from jitgraph.ops.shapes_of import rank


def remove_squeezable_dimensions(
    labels: Any, predictions: Any, expected_rank_diff: int = 0, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Squeezes the last dimension of labels or predictions where their ranks say so.

    Args:
      labels, predictions: tensors.
      expected_rank_diff: by how much the predictions' rank is to be larger.
      name: the ops' name scope.
    """
    with name_scope(name, "remove_squeezable_dimensions", [labels, predictions]):
        predictions, labels = convert_to_tensor(predictions), convert_to_tensor(labels)
        ranks = [tensor.get_shape().ndims for tensor in (predictions, labels)]
        if None not in ranks:
            difference = ranks[0] - ranks[1]
            if difference == expected_rank_diff + 1:
                predictions = squeeze(predictions, [-1])
            elif difference == expected_rank_diff - 1:
                labels = squeeze(labels, [-1])
            return labels, predictions
        found = rank(predictions) - rank(labels)
        if _may_be_squeezed(predictions):
            predictions = _squeezed_if(equal(expected_rank_diff + 1, found), predictions)
        if _may_be_squeezed(labels):
            labels = _squeezed_if(equal(expected_rank_diff - 1, found), labels)
        return labels, predictions


def fitting_ranks(
    labels: Any, predictions: Any, weights: Any, expected_rank_diff: int = 0
) -> tuple[Tensor, Tensor, Any]:
    """As `remove_squeezable_dimensions`, and weights of the labels' rank."""
    labels, predictions = remove_squeezable_dimensions(labels, predictions, expected_rank_diff)
    if weights is None:
        return labels, predictions, weights
    weights = convert_to_tensor(weights)
    ranks = [tensor.get_shape().ndims for tensor in (weights, labels)]
    if None not in ranks:
        if ranks[0] - ranks[1] == 1:
            weights = squeeze(weights, [-1])
        return labels, predictions, weights
    found = rank(weights) - rank(labels)
    if ranks[0] is None or (ranks[0] > 0 and _may_be_squeezed(weights)):
        weights = _squeezed_if(equal(1, found), weights)
    return labels, predictions, weights


def _may_be_squeezed(tensor: Tensor) -> bool:
    dims = tensor._dims
    return dims is None or (bool(dims) and dims[-1] in (None, 1))


def _squeezed_if(condition: Tensor, tensor: Tensor) -> Tensor:
    return cond(condition, lambda: squeeze(tensor, [-1]), lambda: tensor)
