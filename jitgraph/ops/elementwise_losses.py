"""Losses made of elementwise ops: cross entropy of sigmoid, Poisson, half the sum of squares.

In: labels and logits of one shape. Out: the loss of each element (or one number).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.activations import NETWORK_FLOATS
from jitgraph.ops.apply import apply
from jitgraph.ops.arithmetic import add
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef, Sample
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.elementwise_exponential import exp, log, log1p
from jitgraph.ops.filling import ones_like, zeros_like
from jitgraph.ops.shape_rules import scalar_shape
from jitgraph.ops.softmax import computed_widely


@computed_widely
def _decompose_l2_loss(b: Any, t: Any) -> list[Any]:
    axes = b.sizes(range(len(t.type.dims)))
    total = b.emit("Sum", b.emit("Mul", t, t), axes)
    return [b.emit("Mul", total, b.constant(0.5, t.type.dtype))]


def _l2_loss_samples(rng: np.random.Generator) -> Any:
    for dtype in NETWORK_FLOATS:
        yield Sample((rng.uniform(-3, 3, (3, 4)).astype(dtype.as_numpy_dtype),))
    yield Sample((np.float64(3),))
    yield Sample((np.zeros((0, 2), np.float32),))


L2_LOSS = OpDef(
    "L2Loss",
    "t: T -> output: T",
    scalar_shape,
    types={"T": NETWORK_FLOATS},
    reference=widened(lambda t: np.sum(t * t) / 2),
    decompose=_decompose_l2_loss,
    gradient=lambda op, grad: [op.inputs[0] * grad],
    samples=_l2_loss_samples,
)


def l2_loss(t: Any, name: str | None = None) -> Tensor:
    """Half the sum of the squares of all elements.

    Example:
      >>> tf.nn.l2_loss([3.0, 4.0])
      <tf.Tensor 'L2Loss:0' shape=() dtype=float32>
    """
    return apply(L2_LOSS, [t], name=name)


def require_named(function: str, sentinel: Any, labels: Any, logits: Any) -> None:
    """Raises ValueError unless labels and logits were given, by their names."""
    if sentinel is not None:
        raise ValueError(
            f"Only call `{function}` with named arguments (labels=..., logits=..., ...)"
        )
    if labels is None or logits is None:
        raise ValueError("Both labels and logits must be provided.")


def sigmoid_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """The cross entropy between sigmoid(logits) and `labels`, elementwise, without overflow.

    Args:
      _sentinel: nothing; it keeps the other arguments named.
      labels: probabilities.
      logits: a tensor of the same dtype and shape.
      name: the ops' name scope.

    Raises:
      ValueError: unnamed or missing arguments, or shapes that differ.

    Example:
      >>> tf.nn.sigmoid_cross_entropy_with_logits(labels=[1.0], logits=[2.0])
      <tf.Tensor 'logistic_loss:0' shape=(1,) dtype=float32>
    """
    from jitgraph.ops.selection import where

    require_named("sigmoid_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits, labels = _alike(logits, labels)
        zeros = zeros_like(logits, dtype=logits.dtype)
        is_positive = logits >= zeros
        positive_part = where(is_positive, logits, zeros)
        minus_size = where(is_positive, -logits, logits)
        return add(positive_part - logits * labels, log1p(exp(minus_size)), name=scope)


def _alike(logits: Any, labels: Any) -> tuple[Tensor, Tensor]:
    logits = convert_to_tensor(logits, name="logits")
    labels = convert_to_tensor(labels, name="labels")
    try:
        labels.shape.merge_with(logits.shape)
    except ValueError:
        raise ValueError(
            f"logits and labels must have the same shape ({logits.shape} vs {labels.shape})"
        ) from None
    return logits, labels


def weighted_cross_entropy_with_logits(
    labels: Any = None,
    logits: Any = None,
    pos_weight: Any = None,
    name: str | None = None,
    targets: Any = None,
) -> Tensor:
    """`sigmoid_cross_entropy_with_logits` with the positive examples weighted by `pos_weight`.

    Args:
      labels: probabilities.
      logits: a tensor of the same dtype and shape.
      pos_weight: the weight.
      name: the ops' name scope.
      targets: the old name of `labels`.

    Raises:
      ValueError: shapes that differ.

    Example:
      >>> tf.nn.weighted_cross_entropy_with_logits([1.0], [2.0], 3.0)
      <tf.Tensor 'logistic_loss:0' shape=(1,) dtype=float32>
    """
    from jitgraph.ops.activations import relu
    from jitgraph.ops.elementwise_rounding import abs

    labels = chosen_argument("labels", labels, "targets", targets)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits, labels = _alike(logits, labels)
        weight = 1 + (pos_weight - 1) * labels
        negative = (1 - labels) * logits
        return add(negative, weight * (log1p(exp(-abs(logits))) + relu(-logits)), name=scope)


def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Tensor:
    """The log-likelihood loss of `targets` if they are Poisson with mean exp(log_input).

    Args:
      targets: a tensor.
      log_input: a tensor of the same dtype and shape.
      compute_full_loss: whether to add log(targets!), by Stirling's approximation.
      name: the ops' name scope.

    Raises:
      ValueError: shapes that differ.

    Example:
      >>> tf.nn.log_poisson_loss([1.0], [2.0])
      <tf.Tensor 'log_poisson_loss/sub:0' shape=(1,) dtype=float32>
    """
    with name_scope(name, "log_poisson_loss", [log_input, targets]):
        log_input = convert_to_tensor(log_input, name="log_input")
        targets = convert_to_tensor(targets, name="targets")
        try:
            targets.shape.merge_with(log_input.shape)
        except ValueError:
            raise ValueError(
                f"log_input and targets must have the same shape ({log_input.shape} vs "
                f"{targets.shape})"
            ) from None
        result = exp(log_input) - log_input * targets
        return result + _stirling(targets) if compute_full_loss else result


def _stirling(targets: Tensor) -> Tensor:
    """log(targets!), nearly; 0 between 0 and 1."""
    from jitgraph.ops.constants import constant
    from jitgraph.ops.logical import logical_and
    from jitgraph.ops.selection import where

    half = constant(0.5, dtype=targets.dtype)
    two_pi = constant(2 * math.pi, dtype=targets.dtype)
    approximation = targets * log(targets) - targets + half * log(two_pi * targets)
    zeros = zeros_like(targets, dtype=targets.dtype)
    ones = ones_like(targets, dtype=targets.dtype)
    is_small = logical_and(targets >= zeros, targets <= ones)
    return where(is_small, zeros, approximation)
