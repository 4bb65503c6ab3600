"""Stage frontend: the mean or sum of losses under weights, and the collection they join.

In: a loss for each example, weights. Out: a scalar (or all of them), added to LOSSES.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.weights_broadcast import assert_broadcastable, broadcast_weights
from jitgraph.graph import (
    GraphKeys,
    Tensor,
    add_to_collection,
    control_dependencies,
    get_collection,
    name_scope,
)
from jitgraph.ops.arithmetic import multiply
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_division import div_no_nan
from jitgraph.ops.elementwise_sums import add_n
from jitgraph.ops.filling import ones_like, zeros_like
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reductions import reduce_sum
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import rank, size


class Reduction:
    """How losses become one: `SUM_BY_NONZERO_WEIGHTS` divides by how many weights are not zero."""

    NONE = "none"
    SUM = "weighted_sum"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    MEAN = "weighted_mean"
    SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"
    SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """All of them."""
        return (
            *(cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE),
            *(cls.SUM_OVER_NONZERO_WEIGHTS, cls.SUM_BY_NONZERO_WEIGHTS),
        )

    @classmethod
    def validate(cls, key: Any) -> None:
        """Raises ValueError for what is none of them."""
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}.")


def compute_weighted_loss(
    losses: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """The weighted loss.

    Args:
      losses: a loss for each example: [batch_size, d1, ...].
      weights: of rank 0, or of the losses' rank with sizes 1 or the losses'.
      scope: the ops' name scope.
      loss_collection: the collection it joins, None for none.
      reduction: one of `tf.losses.Reduction`.

    Returns:
      A scalar of the losses' dtype; with Reduction.NONE as many losses as before.

    Raises:
      ValueError: weights that don't fit, or an unknown reduction.

    Example:
      >>> tf.losses.compute_weighted_loss(tf.constant([1.0, 2.0]), weights=[0.0, 1.0])
    """
    Reduction.validate(reduction)
    named = name_scope(scope, "weighted_loss", (losses, weights))
    with named, control_dependencies((assert_broadcastable(weights, losses),)):
        losses = convert_to_tensor(losses)
        dtype = losses.dtype
        losses = cast(losses, dtypes.float32)
        weights = cast(weights, dtypes.float32)
        loss = _reduced(losses, weights, multiply(losses, weights), reduction)
        loss = cast(loss, dtype)
        add_loss(loss, loss_collection)
        return loss


def _reduced(losses: Tensor, weights: Tensor, weighted: Tensor, reduction: str) -> Tensor:
    if reduction == Reduction.NONE:
        return weighted
    loss = reduce_sum(weighted)
    if reduction == Reduction.MEAN:
        return _safe_mean(loss, reduce_sum(ones_like(losses) * weights))
    if reduction == Reduction.SUM_BY_NONZERO_WEIGHTS:
        return _safe_mean(loss, num_present(losses, weights))
    if reduction == Reduction.SUM_OVER_BATCH_SIZE:
        return _safe_mean(loss, _num_elements(losses))
    return loss


def _safe_mean(losses: Tensor, count: Tensor) -> Tensor:
    """The sum of the losses by a number; zero where the number is."""
    return div_no_nan(reduce_sum(losses), count, name="value")


def num_present(losses: Tensor, weights: Any, per_batch: bool = False) -> Tensor:
    """How many losses have a weight that is not zero, in all or for each example."""
    if isinstance(weights, float) and weights != 0.0:
        return _num_elements(losses)
    with name_scope(None, "num_present", (losses, weights)) as scope:
        weights = cast(weights, dtypes.float32)
        present = where(equal(weights, 0.0), zeros_like(weights), ones_like(weights))
        present = broadcast_weights(present, losses)
        if per_batch:
            axis = range_of(1, rank(present))
            return reduce_sum(present, axis=axis, keepdims=True, name=scope)
        return reduce_sum(present, name=scope)


def _num_elements(losses: Tensor) -> Tensor:
    with name_scope(None, "num_elements", [losses]) as scope:
        return cast(size(losses, name=scope), losses.dtype)


def add_loss(loss: Tensor, loss_collection: str | None = GraphKeys.LOSSES) -> None:
    """Adds a loss to a collection, LOSSES unless another one is named."""
    if loss_collection:
        add_to_collection(loss_collection, loss)


def get_losses(scope: str | None = None, loss_collection: str = GraphKeys.LOSSES) -> list[Any]:
    """The losses of a collection whose names begin with `scope`, a regular expression."""
    return get_collection(loss_collection, scope)


def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """The losses of regularizers whose names begin with `scope`, a regular expression."""
    return get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(
    scope: str | None = None, name: str = "total_regularization_loss"
) -> Tensor:
    """The sum of the losses of regularizers; zero where there are none."""
    losses = get_regularization_losses(scope)
    return add_n(losses, name=name) if losses else constant(0.0)


def get_total_loss(
    add_regularization_losses: bool = True, name: str = "total_loss", scope: str | None = None
) -> Tensor:
    """The sum of all losses.

    Args:
      add_regularization_losses: whether those of regularizers count.
      name: the op's name; scope: a regular expression that names begin with.

    Raises:
      ValueError: there is no loss.
    """
    losses = get_losses(scope=scope)
    if add_regularization_losses:
        losses = losses + get_regularization_losses(scope=scope)
    return add_n(losses, name=name)
