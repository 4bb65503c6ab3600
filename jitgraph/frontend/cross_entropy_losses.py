"""Cross entropies of softmax for logits of any rank.

In: labels and logits. Out: the loss of each example; the ops that flatten to rows and back are
those that TensorFlow makes.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.check_ops import assert_equal
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.arithmetic import subtract
from jitgraph.ops.array_dims import chosen_argument, product
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.cross_entropy import (
    SOFTMAX_CROSS_ENTROPY_WITH_LOGITS,
    SPARSE_SOFTMAX_CROSS_ENTROPY_WITH_LOGITS,
)
from jitgraph.ops.elementwise_losses import require_named
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of
from jitgraph.ops.slicing import slice as slice_of


def softmax_cross_entropy_with_logits(
    _sentinel: Any = None,
    labels: Any = None,
    logits: Any = None,
    dim: int = -1,
    name: str | None = None,
    axis: int | None = None,
) -> Tensor:
    """`softmax_cross_entropy_with_logits_v2` with labels that no gradient flows into.

    Args:
      _sentinel: nothing; it keeps the other arguments named.
      labels: the probability of each class.
      logits: the unscaled logarithms of the probabilities that are claimed.
      dim: the axis of the classes.
      name: the ops' name scope.
      axis: the new name of `dim`.

    Raises:
      ValueError: unnamed or missing arguments, or shapes that don't fit.

    Example:
      >>> tf.nn.softmax_cross_entropy_with_logits(labels=[[0.0, 1.0]], logits=[[1.0, 2.0]])
      <tf.Tensor 'softmax_cross_entropy_with_logits_sg/Reshape_2:0' shape=(1,) dtype=float32>
    """
    from jitgraph.ops.identities import stop_gradient

    axis = chosen_argument("axis", axis, "dim", dim)
    require_named("softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "softmax_cross_entropy_with_logits_sg", [logits, labels]) as scope:
        fixed = stop_gradient(labels, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(fixed, logits, axis, scope)


def softmax_cross_entropy_with_logits_v2(
    labels: Any,
    logits: Any,
    axis: int | None = None,
    name: str | None = None,
    dim: int | None = None,
) -> Tensor:
    """The cross entropy between the softmax of `logits` and `labels`.

    Args:
      labels: the probability of each class, in the shape of `logits`.
      logits: the unscaled logarithms of the probabilities that are claimed.
      axis: the axis of the classes, the last one when None.
      name: the ops' name scope.
      dim: the old name of `axis`.

    Returns:
      The loss of each example: the shape of `logits` without `axis`.

    Raises:
      ValueError: shapes that don't fit, or both `axis` and `dim` given.

    Example:
      >>> tf.nn.softmax_cross_entropy_with_logits_v2([[0.0, 1.0]], [[1.0, 2.0]])
      <tf.Tensor 'softmax_cross_entropy_with_logits/Reshape_2:0' shape=(1,) dtype=float32>
    """
    axis = chosen_argument("axis", axis, "dim", dim)
    axis = -1 if axis is None else axis
    with name_scope(name, "softmax_cross_entropy_with_logits", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        is_narrow = logits.dtype.base_dtype in (dtypes.float16, dtypes.bfloat16)
        precise = cast(logits, dtypes.float32) if is_narrow else logits
        labels = cast(labels, precise.dtype)
        rank = rank_of(precise)
        if axis != -1:
            precise = _axis_to_end(precise, axis, rank)
            labels = _axis_to_end(labels, axis, rank)
        shape = shape_of(precise)
        rows, label_rows = _flattened(precise), _flattened(labels)
        cost = apply(SOFTMAX_CROSS_ENTROPY_WITH_LOGITS, [rows, label_rows], name=scope).loss
        cost = reshape(cost, slice_of(shape, [0], [subtract(rank, 1)]))
        if logits._dims is not None:
            kept = list(logits._dims)
            del kept[axis]
            cost.set_shape(kept)
        return cast(cost, logits.dtype) if is_narrow else cost


def _axis_to_end(tensor: Tensor, axis: int, rank: Tensor) -> Tensor:
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.ranges import range
    from jitgraph.ops.transposing import transpose

    return transpose(tensor, concat([range(axis), range(axis + 1, rank), [axis]], 0))


def _flattened(tensor: Tensor) -> Tensor:
    """All axes but the last one made one."""
    from jitgraph.ops.assembling import concat

    rank = rank_of(tensor)
    last = slice_of(shape_of(tensor), [subtract(rank, 1)], [1])
    rows = reshape(tensor, concat([[-1], last], 0))
    dims = tensor._dims
    if dims is not None:
        count = product(dims[:-1])
        if count is not None:
            rows.set_shape([count, dims[-1]])
    return rows


def sparse_softmax_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """The cross entropy between the softmax of `logits` and the classes numbered by `labels`.

    Args:
      _sentinel: nothing; it keeps the other arguments named.
      labels: for each example the number of its class, int32 or int64.
      logits: the unscaled logarithms of the probabilities that are claimed; the last axis is the
        classes'.
      name: the ops' name scope.

    Returns:
      The loss of each example, in the shape of `labels`.

    Raises:
      ValueError: unnamed or missing arguments, or shapes that don't fit.

    Example:
      >>> tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1], logits=[[1.0, 2.0]]).shape
      TensorShape([Dimension(1)])
    """
    require_named("sparse_softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "SparseSoftmaxCrossEntropyWithLogits", [labels, logits]):
        labels = convert_to_tensor(labels)
        logits = convert_to_tensor(logits)
        is_narrow = logits.dtype.base_dtype == dtypes.float16
        precise = cast(logits, dtypes.float32) if is_narrow else logits
        labels_shape = shape_of(labels)
        _check_label_shape(labels, logits)
        if logits.shape.ndims == 2:
            cost = apply(SPARSE_SOFTMAX_CROSS_ENTROPY_WITH_LOGITS, [precise, labels], name=name)[0]
        else:
            cost = _sparse_by_rows(labels, logits, precise, labels_shape, name)
        return cast(cost, dtypes.float16) if is_narrow else cost


def _is_static(labels: Tensor, logits: Tensor) -> bool:
    return labels.shape.is_fully_defined() and logits.shape[:-1].is_fully_defined()


def _check_label_shape(labels: Tensor, logits: Tensor) -> None:
    given, rank = labels.shape, logits.shape.ndims
    if rank == 0:
        raise ValueError(f"Logits cannot be scalars - received shape {logits.shape}.")
    if rank is not None and given.ndims is not None and given.ndims != rank - 1:
        raise ValueError(
            f"Rank mismatch: Rank of labels (received {given.ndims}) should equal rank of logits "
            f"minus 1 (received {rank})."
        )
    if _is_static(labels, logits) and labels._dims != logits._dims[:-1]:  # type: ignore[index]
        raise ValueError(
            f"Shape mismatch: The shape of labels (received {given}) should equal the shape of "
            f"logits except for the last dimension (received {logits.shape})."
        )


def _sparse_by_rows(
    labels: Tensor, logits: Tensor, precise: Tensor, labels_shape: Tensor, name: str | None
) -> Tensor:
    """The loss of logits of any rank."""
    static, checks = labels.shape, []
    if not _is_static(labels, logits):
        checks.append(assert_equal(shape_of(labels), shape_of(logits)[:-1]))
    with control_dependencies(checks):
        classes = shape_of(logits)[rank_of(logits) - 1]
        rows = reshape(precise, [-1, classes])
        flat = reshape(labels, [-1])
        cost = apply(SPARSE_SOFTMAX_CROSS_ENTROPY_WITH_LOGITS, [rows, flat], name=name)[0]
        cost = reshape(cost, labels_shape)
        cost.set_shape(static)
        return cost
