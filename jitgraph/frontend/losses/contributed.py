"""tf.contrib.losses: the losses of 2016, with predictions before labels; slim.losses.

In: predictions and labels of one shape, weights. Out: the mean loss, one of the collection LOSSES.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.contrib_arg_scope import add_arg_scope
from jitgraph.frontend.cross_entropy_losses import (
    softmax_cross_entropy_with_logits,
    sparse_softmax_cross_entropy_with_logits,
)
from jitgraph.graph import GraphKeys, Tensor, add_to_collection, get_collection, name_scope
from jitgraph.graph.deprecation import deprecated
from jitgraph.ops.activations import relu
from jitgraph.ops.arithmetic import multiply, square, squared_difference, subtract
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.casting import cast
from jitgraph.ops.comparison import equal, not_equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_division import div, div_no_nan
from jitgraph.ops.elementwise_exponential import log
from jitgraph.ops.elementwise_losses import sigmoid_cross_entropy_with_logits
from jitgraph.ops.elementwise_rounding import abs as absolute
from jitgraph.ops.elementwise_sums import add_n
from jitgraph.ops.filling import ones, ones_like, zeros_like
from jitgraph.ops.reductions import reduce_prod, reduce_sum
from jitgraph.ops.reshaping import reshape, squeeze
from jitgraph.ops.selection import where
from jitgraph.ops.shapes_of import shape as shape_of, size as size_of
from jitgraph.ops.slicing import slice as slice_of

_ORIGIN = "tensorflow.contrib.losses.python.losses.loss_ops"


def _instead(name: str, first: str | None = None, rest: str = "") -> Any:
    """Tells that `tf.losses` has it."""
    text = f"Use tf.losses.{name} instead."
    if first is not None:
        text += f" Note that the order of the {first} and labels arguments has been changed{rest}."
    return deprecated("2016-12-30", text, _ORIGIN)


def _scaled(losses: Tensor, weights: Tensor) -> Tensor:
    axes = list(range(max(0, _rank(weights)), _rank(losses)))
    return reduce_sum(multiply(reduce_sum(losses, axis=axes), weights))


def _rank(tensor: Tensor) -> int:
    rank: int = tensor.get_shape().ndims  # type: ignore[assignment]
    return rank


@_instead("compute_weighted_loss")
def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: str | None = None) -> Tensor:
    """The mean of weighted losses.

    Args:
      losses: a loss for each example, [batch] or more.
      weights: a number, one for each example, or of more axes of `losses`.
      scope: the ops' name scope.

    Raises:
      ValueError: a rank is not known.

    Example:
      >>> tf.contrib.losses.compute_weighted_loss(tf.ones([3]), [1.0, 0.0, 2.0]).shape
      TensorShape([])
    """
    with name_scope(scope, "weighted_loss", [losses, weights]):
        losses = convert_to_tensor(losses)
        kind = losses.dtype
        losses = cast(losses, dtypes.float32)
        weights = cast(convert_to_tensor(weights), dtypes.float32)
        for name, given in (("losses", losses), ("weights", weights)):
            if given.get_shape().ndims is None:
                raise ValueError(f"{name}.get_shape().ndims cannot be None")
        if _rank(weights) > 1 and weights.get_shape()[-1].is_compatible_with(1):
            weights = squeeze(weights, [-1])
        total = _scaled(losses, weights)
        mean = _mean(total, _present(losses, weights))
        mean = cast(mean, kind)
        add_loss(mean)
        return mean


def _mean(losses: Tensor, present: Tensor) -> Tensor:
    return div_no_nan(reduce_sum(losses), present, name="value")


def _present(losses: Tensor, weights: Tensor, per_batch: bool = False) -> Tensor:
    """How many elements have a weight that isn't 0."""
    if _rank(weights) == 0:
        count = reshape(slice_of(shape_of(losses), [0], [1]), [])
        each = div(cast(size_of(losses), dtypes.float32), cast(count, dtypes.float32))
        each = where(equal(weights, 0), 0.0, each)
        each = multiply(ones(reshape(count, [1])), each)
        return each if per_batch else reduce_sum(each)
    axes = list(range(1, _rank(weights)))
    there = reduce_sum(cast(not_equal(weights, 0), dtypes.float32), axis=axes)
    rest = slice_of(shape_of(losses), [_rank(weights)], [-1])
    each = multiply(there, cast(reduce_prod(rest), dtypes.float32))
    return each if per_batch else reduce_sum(each)


@_instead("add_loss")
@add_arg_scope
def add_loss(loss: Tensor, loss_collection: str | None = GraphKeys.LOSSES) -> None:
    """Adds a loss to a collection, if there is one."""
    if loss_collection:
        add_to_collection(loss_collection, loss)


@_instead("get_losses")
def get_losses(scope: str | None = None, loss_collection: str = GraphKeys.LOSSES) -> list[Any]:
    """The losses of a scope."""
    return get_collection(loss_collection, scope)


@_instead("get_regularization_losses")
def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """The regularization losses of a scope."""
    return get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


@_instead("get_total_loss")
def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss") -> Tensor:
    """The sum of all losses.

    Args:
      add_regularization_losses: whether the regularization losses are among them.
      name: the op's name.
    """
    losses = get_losses()
    if add_regularization_losses:
        losses += get_regularization_losses()
    total: Tensor = add_n(losses, name=name)
    return total


def _floats(predictions: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
    predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    return cast(predictions, dtypes.float32), cast(labels, dtypes.float32)


@_instead("absolute_difference")
def absolute_difference(
    predictions: Tensor, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """The mean of |predictions - labels|. See `compute_weighted_loss`."""
    given = [predictions, labels, weights]
    with name_scope(scope, "absolute_difference", given) as scope:
        predictions, labels = _floats(predictions, labels)
        losses = absolute(subtract(predictions, labels))
        return compute_weighted_loss(losses, weights, scope=scope)


@_instead("sigmoid_cross_entropy", "predictions")
def sigmoid_cross_entropy(
    logits: Tensor,
    multi_class_labels: Tensor,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
) -> Tensor:
    """The mean cross entropy of independent classes.

    Args:
      logits: [batch, classes]; multi_class_labels: 0 or 1, of the same shape.
      weights: see `compute_weighted_loss`.
      label_smoothing: how far labels are moved towards 1/2.
      scope: the ops' name scope.
    """
    given = [logits, multi_class_labels, weights]
    with name_scope(scope, "sigmoid_cross_entropy_loss", given) as scope:
        logits.get_shape().assert_is_compatible_with(multi_class_labels.get_shape())
        labels = cast(multi_class_labels, logits.dtype)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = sigmoid_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=scope)


@_instead("softmax_cross_entropy", "logits")
def softmax_cross_entropy(
    logits: Tensor,
    onehot_labels: Tensor,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: str | None = None,
) -> Tensor:
    """The mean cross entropy of exclusive classes.

    Args:
      logits: [batch, classes]; onehot_labels: their probabilities, of the same shape.
      weights: see `compute_weighted_loss`.
      label_smoothing: how far labels are moved towards 1/classes.
      scope: the ops' name scope.
    """
    given = [logits, onehot_labels, weights]
    with name_scope(scope, "softmax_cross_entropy_loss", given) as scope:
        logits.get_shape().assert_is_compatible_with(onehot_labels.get_shape())
        labels = cast(onehot_labels, logits.dtype)
        if label_smoothing > 0:
            classes = cast(shape_of(labels)[1], logits.dtype)
            positive, negative = 1.0 - label_smoothing, label_smoothing / classes
            labels = labels * positive + negative
        losses = softmax_cross_entropy_with_logits(labels=labels, logits=logits, name="xentropy")
        return compute_weighted_loss(losses, weights, scope=scope)


@_instead("sparse_softmax_cross_entropy", "logits")
def sparse_softmax_cross_entropy(
    logits: Tensor, labels: Tensor, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """The mean cross entropy of exclusive classes.

    Args:
      logits: [batch, classes]; labels: the numbers of the classes, [batch] or [batch, 1].
      weights: see `compute_weighted_loss`.
      scope: the ops' name scope.
    """
    given = [logits, labels, weights]
    with name_scope(scope, "sparse_softmax_cross_entropy_loss", given) as scope:
        labels = reshape(labels, shape=[shape_of(labels)[0]])
        losses = sparse_softmax_cross_entropy_with_logits(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope=scope)


@_instead("log_loss", "predictions")
def log_loss(
    predictions: Tensor,
    labels: Any = None,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: str | None = None,
) -> Tensor:
    """The mean of minus the logarithm of the probability of what was.

    Args:
      predictions: probabilities; labels: 0 or 1, of the same shape.
      weights: see `compute_weighted_loss`.
      epsilon: added so that no logarithm is infinite.
      scope: the ops' name scope.
    """
    with name_scope(scope, "log_loss", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        positive = -multiply(labels, log(predictions + epsilon))
        losses = positive - multiply((1 - labels), log(1 - predictions + epsilon))
        return compute_weighted_loss(losses, weights, scope=scope)


@_instead("hinge_loss", "logits", ", and to stay unweighted, reduction=Reduction.NONE")
def hinge_loss(logits: Tensor, labels: Any = None, scope: str | None = None) -> Tensor:
    """The hinge loss of each element, neither weighted nor kept in a collection.

    Args:
      logits: numbers; labels: 0 or 1, of the same shape.
      scope: the ops' name scope.
    """
    with name_scope(scope, "hinge_loss", [logits, labels]):
        logits.get_shape().assert_is_compatible_with(labels.get_shape())
        labels = cast(labels, dtypes.float32)
        all_ones = ones_like(labels)
        labels = subtract(2 * labels, all_ones)
        loss: Tensor = relu(subtract(all_ones, multiply(labels, logits)))
        return loss


@_instead("mean_squared_error")
def mean_squared_error(
    predictions: Tensor, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """The mean of (predictions - labels) squared. See `compute_weighted_loss`."""
    with name_scope(scope, "mean_squared_error", [predictions, labels, weights]) as scope:
        predictions, labels = _floats(predictions, labels)
        losses = squared_difference(predictions, labels)
        return compute_weighted_loss(losses, weights, scope=scope)


@_instead("mean_pairwise_squared_error", "predictions")
def mean_pairwise_squared_error(
    predictions: Tensor, labels: Any = None, weights: Any = 1.0, scope: str | None = None
) -> Tensor:
    """The mean of the squared differences between the errors of an example's elements.

    Raises:
      ValueError: a rank is not known.
    """
    with name_scope(scope, "mean_pairwise_squared_error", [predictions, labels, weights]):
        predictions, labels = _floats(predictions, labels)
        weights = cast(convert_to_tensor(weights), dtypes.float32)
        errors = subtract(predictions, labels)
        for name, given in (("diffs", errors), ("weights", weights)):
            if given.get_shape().ndims is None:
                raise ValueError(f"{name}.get_shape().ndims cannot be None")
        axes = list(range(1, _rank(errors)))
        squares = reduce_sum(square(errors), axis=axes)
        present = _present(errors, weights, per_batch=True)
        of_squares = 2.0 * div_no_nan(squares, present, name="value")
        sums = reduce_sum(errors, axis=axes)
        of_sums = 2.0 * div_no_nan(square(sums), square(present), name="value")
        loss = _scaled(of_squares - of_sums, weights)
        mean: Tensor = where(reduce_sum(present) > 0, loss, zeros_like(loss), name="value")
        add_loss(mean)
        return mean


@_instead("cosine_distance")
def cosine_distance(
    predictions: Tensor,
    labels: Any = None,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    dim: int | None = None,
) -> Tensor:
    """The mean of 1 - the sum of products along an axis, of vectors that have length 1.

    Args:
      axis: the axis; dim: its former name.
      predictions, labels, weights, scope: see `compute_weighted_loss`.

    Raises:
      ValueError: there is no axis.
    """
    axis = chosen_argument("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    given = [predictions, labels, weights]
    with name_scope(scope, "cosine_distance_loss", given) as scope:
        predictions, labels = _floats(predictions, labels)
        products = multiply(predictions, labels)
        losses = 1 - reduce_sum(products, axis=[axis])
        return compute_weighted_loss(losses, weights, scope=scope)
