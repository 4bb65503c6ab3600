"""Gradients of the cross entropies. In: an op and the gradients of its loss and its backprop."""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Tensor

_NO_SECOND_DERIVATIVE = (
    "Currently there is no way to take the second derivative of "
    "sparse_softmax_cross_entropy_with_logits due to the fused implementation's interaction with "
    "tf.gradients()"
)


def xent_gradient(op: Any, grad_loss: Tensor, grad_backprop: Tensor | None) -> list[Tensor]:
    """Gradients for logits and labels; the second output's gradient makes second order work."""
    from jitgraph.ops.softmax import log_softmax

    logits = op.inputs[0]
    grad = _times_rows(grad_loss, op.outputs[1])
    if grad_backprop is not None and not _is_zero(grad_backprop):
        grad = grad + _through_softmax(logits, grad_backprop)
    return [grad, _times_rows(grad_loss, -log_softmax(logits))]


def sparse_xent_gradient(op: Any, grad_loss: Tensor, _: Any) -> list[Tensor | None]:
    """The gradient for logits; differentiating it again is an error."""
    from jitgraph.ops.identities import prevent_gradient

    backprop = prevent_gradient(op.outputs[1], message=_NO_SECOND_DERIVATIVE)
    return [_times_rows(grad_loss, backprop), None]


def _times_rows(column: Tensor, rows: Tensor) -> Tensor:
    from jitgraph.ops.reshaping import expand_dims

    return expand_dims(column, -1) * rows


def _through_softmax(logits: Tensor, grad: Tensor) -> Tensor:
    from jitgraph.ops.matmul import matmul
    from jitgraph.ops.reshaping import expand_dims, squeeze
    from jitgraph.ops.softmax import softmax

    probabilities = softmax(logits)
    product = matmul(expand_dims(grad, 1), expand_dims(probabilities, 2))
    return (grad - squeeze(product, axis=1)) * probabilities


def _is_zero(grad: Tensor) -> bool:
    from jitgraph.ops.partial_value import constant_value

    if grad.op.type in ("ZerosLike", "Zeros"):
        return True
    known = constant_value(grad)
    return known is not None and bool((known == 0).all())
