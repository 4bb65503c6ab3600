"""Activations of neural networks, elementwise: relu and softplus."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, control_dependencies
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import REALS, OpDef
from jitgraph.ops.elementwise_definition import unary, widened
from jitgraph.ops.shape_rules import merged_shape

NETWORK_FLOATS = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)
"""The floats, in the order in which the ops of neural networks list them."""

_FEATURES_SIGNATURE = "features: T -> activations: T"
_AWAY_FROM_ZERO = ((-3.0, 3.0), (0.2, 3.0))


def _backprop(
    name: str, allowed: tuple[Any, ...], reference: Any, scalar: Any, gradient: Any, **rest: Any
) -> OpDef:
    """The op that an activation's gradient is: of the same shape as both of its inputs."""
    return OpDef(
        name,
        "gradients: T, features: T -> backprops: T",
        merged_shape,
        types={"T": allowed},
        reference=widened(reference),
        scalar=scalar,
        gradient=gradient,
        **rest,
    )


def _relu_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.filling import zeros
    from jitgraph.ops.shapes_of import shape

    features = op.inputs[1]
    passed = apply(RELU_GRAD, [grad, features])
    return [passed, zeros(shape(features), features.dtype)]


RELU_GRAD = _backprop(
    "ReluGrad",
    REALS,
    lambda gradients, features: gradients * (features > 0).astype(gradients.dtype),
    "gradients * (1 if features > 0 else 0)",
    _relu_grad_gradient,
    domain=_AWAY_FROM_ZERO,
)
"""The gradient where the feature is positive; a product, so that NaN and infinity show."""


def _relu_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [apply(RELU_GRAD, [grad, op.outputs[0]])]


RELU = unary(
    "Relu",
    REALS,
    lambda features: np.maximum(features, features.dtype.type(0)),
    signature=_FEATURES_SIGNATURE,
    scalar="maximum(features, 0)",
    gradient=_relu_gradient,
    domain=(0.2, 3.0),
)


def _softplus_grad(gradients: Any, features: Any) -> Any:
    return gradients / (np.exp(-features) + 1)


def _softplus_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.elementwise_exponential import exp

    gradients, features = op.inputs
    with control_dependencies([grad]):
        passed = apply(SOFTPLUS_GRAD, [grad, features])
        bend = exp(-features) + 2.0 + exp(features)
        return [passed, grad * gradients / bend]


SOFTPLUS_GRAD = _backprop(
    "SoftplusGrad",
    NETWORK_FLOATS,
    _softplus_grad,
    "gradients / (exp(-features) + 1)",
    _softplus_grad_gradient,
)


def _softplus(features: Any) -> Any:
    return np.maximum(features, 0) + np.log1p(np.exp(-np.abs(features)))


def _softplus_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.elementwise_exponential import sigmoid

    return [grad * sigmoid(op.inputs[0])]


SOFTPLUS = unary(
    "Softplus",
    NETWORK_FLOATS,
    _softplus,
    signature=_FEATURES_SIGNATURE,
    scalar="softplus(features)",
    gradient=_softplus_gradient,
)


def relu(features: Any, name: str | None = None) -> Tensor:
    """The greater of features and 0, elementwise.

    Example:
      >>> tf.nn.relu([-1.0, 2.0])
      <tf.Tensor 'Relu:0' shape=(2,) dtype=float32>
    """
    return apply(RELU, [features], name=name)


def softplus(features: Any, name: str | None = None) -> Tensor:
    """log(1 + exp(features)), elementwise, without overflow.

    Example:
      >>> tf.nn.softplus([-1.0, 2.0])
      <tf.Tensor 'Softplus:0' shape=(2,) dtype=float32>
    """
    return apply(SOFTPLUS, [features], name=name)
