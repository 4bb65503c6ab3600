"""Losses of sequences: cross entropies of all steps, weighted.

In: scores, labels and weights, as tensors of all steps (tf.contrib.seq2seq) or as lists of one
tensor for each step (tf.contrib.legacy_seq2seq). Out: a loss.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph.frontend.cross_entropy_losses import sparse_softmax_cross_entropy_with_logits
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.casting import cast
from jitgraph.ops.elementwise_division import div_no_nan
from jitgraph.ops.elementwise_sums import add_n
from jitgraph.ops.reductions import count_nonzero, reduce_sum
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import shape as shape_of

LossFunction = Callable[..., Any] | None


def sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: LossFunction = None,
    name: str | None = None,
) -> Tensor:
    """The weighted cross entropy of sequences, averaged.

    Args:
      logits: scores of shape [batch, time, classes].
      targets: ints of shape [batch, time].
      weights: floats of shape [batch, time], 0 where a sequence has ended.
      average_across_timesteps, average_across_batch: whether the sum over this axis is divided by
        the sum of the weights.
      sum_over_timesteps, sum_over_batch: whether it is divided by how many weights are not 0.
      softmax_loss_function: a function of `labels` and `logits` instead of the softmax's.
      name: the name scope.

    Returns:
      A scalar, or a tensor of the axes that are not reduced.

    Raises:
      ValueError: tensors of other ranks; an axis to be averaged in both ways.

    Example:
      >>> scores, labels = tf.zeros([2, 5, 10]), tf.zeros([2, 5], tf.int32)
      >>> tf.contrib.seq2seq.sequence_loss(scores, labels, tf.sequence_mask([3, 5], 5, tf.float32))
      <tf.Tensor 'sequence_loss/div_no_nan:0' shape=() dtype=float32>
    """
    if len(logits.get_shape()) != 3:
        raise ValueError("Logits must be a [batch_size x sequence_length x logits] tensor")
    if len(targets.get_shape()) != 2:
        raise ValueError("Targets must be a [batch_size x sequence_length] tensor")
    if len(weights.get_shape()) != 2:
        raise ValueError("Weights must be a [batch_size x sequence_length] tensor")
    if average_across_timesteps and sum_over_timesteps:
        raise ValueError(
            "average_across_timesteps and sum_over_timesteps cannot be set to True at same time."
        )
    if average_across_batch and sum_over_batch:
        raise ValueError(
            "average_across_batch and sum_over_batch cannot be set to True at same time."
        )
    averaged = (average_across_batch, average_across_timesteps)
    summed = (sum_over_batch, sum_over_timesteps)
    with name_scope(name, "sequence_loss", [logits, targets, weights]):
        rows = reshape(logits, [-1, shape_of(logits)[2]])
        function = softmax_loss_function or sparse_softmax_cross_entropy_with_logits
        each = function(labels=reshape(targets, [-1]), logits=rows)
        each *= reshape(weights, [-1])
        if all(averaged):
            return div_no_nan(reduce_sum(each), reduce_sum(weights))
        if all(summed):
            total = reduce_sum(each)
            return div_no_nan(total, cast(count_nonzero(weights), total.dtype))
        each = reshape(each, shape_of(logits)[0:2])
        if any(averaged):
            axis = [averaged.index(True)]
            return div_no_nan(reduce_sum(each, axis=axis), reduce_sum(weights, axis=axis))
        if any(summed):
            axis = [summed.index(True)]
            total = reduce_sum(each, axis=axis)
            return div_no_nan(total, cast(count_nonzero(weights, axis=axis), total.dtype))
        return each  # type: ignore[no-any-return]


def listed_loss_by_example(
    logits: Sequence[Any],
    targets: Sequence[Any],
    weights: Sequence[Any],
    average_across_timesteps: bool = True,
    softmax_loss_function: LossFunction = None,
    name: str | None = None,
) -> Tensor:
    """The weighted cross entropy of each sequence: `legacy_seq2seq.sequence_loss_by_example`.

    Args:
      logits: for each step scores of shape [batch, classes].
      targets: for each step ints of shape [batch].
      weights: for each step floats of shape [batch].
      average_across_timesteps: whether the sum is divided by the sum of the weights.
      softmax_loss_function: a function of `labels` and `logits` instead of the softmax's.
      name: the name scope.

    Raises:
      ValueError: lists of different lengths.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(
            "Lengths of logits, weights, and targets must be the same "
            f"{len(logits)}, {len(weights)}, {len(targets)}."
        )
    with name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        found = []
        for scores, labels, weight in zip(logits, targets, weights, strict=True):
            if softmax_loss_function is None:
                labels = reshape(labels, [-1])
                each = sparse_softmax_cross_entropy_with_logits(labels=labels, logits=scores)
            else:
                each = softmax_loss_function(labels=labels, logits=scores)
            found.append(each * weight)
        total: Any = add_n(found)
        if average_across_timesteps:
            total_weight: Any = add_n(weights)
            total /= total_weight + 1e-12
        return total  # type: ignore[no-any-return]


def listed_loss(
    logits: Sequence[Any],
    targets: Sequence[Any],
    weights: Sequence[Any],
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: LossFunction = None,
    name: str | None = None,
) -> Tensor:
    """The weighted cross entropy of a batch: `legacy_seq2seq.sequence_loss`.

    Args:
      logits, targets, weights, average_across_timesteps, softmax_loss_function: see
        `tf.contrib.legacy_seq2seq.sequence_loss_by_example`.
      average_across_batch: whether the sum is divided by the batch's size.
      name: the name scope.

    Raises:
      ValueError: lists of different lengths.
    """
    with name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        cost: Any = reduce_sum(
            listed_loss_by_example(
                logits,
                targets,
                weights,
                average_across_timesteps=average_across_timesteps,
                softmax_loss_function=softmax_loss_function,
            )
        )
        if not average_across_batch:
            return cost  # type: ignore[no-any-return]
        batch_size = shape_of(targets[0])[0]
        return cost / cast(batch_size, cost.dtype)  # type: ignore[no-any-return]
