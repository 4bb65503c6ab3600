"""Stage frontend: losses of predictions that are classes.

In: labels and logits, weights. Out: a scalar, added to the collection of losses.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.cross_entropy_losses import (
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
)
from jitgraph.frontend.losses.regression import require
from jitgraph.frontend.losses.weighted import Reduction, compute_weighted_loss
from jitgraph.frontend.squeezing import fitting_ranks
from jitgraph.graph import GraphKeys, Tensor, name_scope
from jitgraph.ops.activations import relu
from jitgraph.ops.arithmetic import multiply, subtract
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_losses import sigmoid_cross_entropy_with_logits
from jitgraph.ops.filling import ones_like
from jitgraph.ops.identities import stop_gradient
from jitgraph.ops.shapes_of import shape

_BY_WEIGHTS = Reduction.SUM_BY_NONZERO_WEIGHTS


def hinge_loss(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:
    """The mean of max(0, 1 - (2·labels - 1)·logits).

    Args:
      labels: zeros and ones; logits: of the same shape.
      weights, scope, loss_collection, reduction: as for `tf.losses.absolute_difference`.

    Raises:
      ValueError: an argument is None, or shapes don't fit.
    """
    require(labels=labels, logits=logits)
    with name_scope(scope, "hinge_loss", (logits, labels, weights)) as scope:
        logits = cast(logits, dtypes.float32)
        labels = cast(labels, dtypes.float32)
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        ones = ones_like(labels)
        labels = subtract(2 * labels, ones)
        losses = relu(subtract(ones, multiply(labels, logits)))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sigmoid_cross_entropy(
    multi_class_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:
    """The mean cross entropy of independent classes.

    Args:
      multi_class_labels: probabilities [batch_size, num_classes]; logits: of the same shape.
      label_smoothing: moves labels that far towards 1/2.
      weights, scope, loss_collection, reduction: as for `tf.losses.absolute_difference`.

    Raises:
      ValueError: an argument is None, or shapes don't fit.
    """
    require(multi_class_labels=multi_class_labels, logits=logits)
    inputs = (logits, multi_class_labels, weights)
    with name_scope(scope, "sigmoid_cross_entropy_loss", inputs) as scope:
        logits = convert_to_tensor(logits)
        labels = cast(multi_class_labels, logits.dtype)
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def softmax_cross_entropy(
    onehot_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:
    """The mean cross entropy of classes of which one is right.

    Args:
      onehot_labels: probabilities [batch_size, num_classes]; logits: of the same shape.
      label_smoothing: moves labels that far towards 1/num_classes.
      weights, scope, loss_collection, reduction: as for `tf.losses.absolute_difference`.

    Raises:
      ValueError: an argument is None, or shapes don't fit.

    Example:
      >>> loss = tf.losses.softmax_cross_entropy(tf.one_hot(digits, 10), logits)
    """
    require(onehot_labels=onehot_labels, logits=logits)
    inputs = (logits, onehot_labels, weights)
    with name_scope(scope, "softmax_cross_entropy_loss", inputs) as scope:
        logits = convert_to_tensor(logits)
        labels = cast(onehot_labels, logits.dtype)
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        if label_smoothing > 0:
            classes = cast(shape(labels)[-1], logits.dtype)
            positive, negative = 1.0 - label_smoothing, label_smoothing / classes
            labels = labels * positive + negative
        labels = stop_gradient(labels, name="labels_stop_gradient")
        losses = softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = GraphKeys.LOSSES,
    reduction: str = _BY_WEIGHTS,
) -> Tensor:
    """As `softmax_cross_entropy`, with the number of the right class.

    Args:
      labels: int32 or int64 [batch_size], or [batch_size, 1].
      logits: [batch_size, num_classes].
      weights, scope, loss_collection, reduction: as for `tf.losses.absolute_difference`.

    Raises:
      ValueError: an argument is None, or shapes don't fit.
      errors.InvalidArgumentError: in a run, a label that is no class.
    """
    require(labels=labels, logits=logits)
    inputs = (logits, labels, weights)
    with name_scope(scope, "sparse_softmax_cross_entropy_loss", inputs) as scope:
        labels, logits, weights = fitting_ranks(labels, logits, weights, expected_rank_diff=1)
        losses = sparse_softmax_cross_entropy_with_logits(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)
