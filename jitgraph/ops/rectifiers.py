"""Activations of neural networks that bend at one or two places: relu6, elu, selu, leaky relu,
softsign, crelu, and the ops that their gradients are.

In: features. Out: activations of the same shape (crelu: twice as long along an axis).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.activations import NETWORK_FLOATS, relu
from jitgraph.ops.apply import apply
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import REALS, OpDef
from jitgraph.ops.elementwise_definition import alike, unary, widened
from jitgraph.ops.filling import zeros, zeros_like
from jitgraph.ops.shape_rules import merged_shape
from jitgraph.ops.shapes_of import shape

_FEATURES = "features: T -> activations: T"
_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_SLOPE = 1.7580993408473768599402175208123
"""The scale times the alpha of "Self-Normalizing Neural Networks" (Klambauer et al., 2017)."""
_SLOPE = float(np.float32(0.2))


def _gradient_of(
    name: str, second: str, allowed: tuple[Any, ...], reference: Any, scalar: Any, **rest: Any
) -> OpDef:
    """The op that gives an activation's gradient from its input or output, named `second`."""
    return OpDef(
        name,
        f"gradients: T, {second}: T -> backprops: T",
        merged_shape,
        types={"T": rest.pop("types", allowed)},
        reference=widened(reference),
        scalar=scalar,
        **rest,
    )


def _flat(passed: Tensor, features: Tensor) -> list[Tensor]:
    """The gradients of an activation's gradient that is constant between its kinks."""
    return [passed, zeros(shape(features), features.dtype)]


def _curved(passed: Tensor, bend: Any, outputs: Tensor) -> list[Tensor]:
    """The gradients of an activation's gradient that is linear in the output below zero."""
    from jitgraph.ops.selection import where

    below = outputs < 0
    return [passed, where(below, bend(), zeros_like(outputs))]


RELU6_GRAD: OpDef = _gradient_of(
    "Relu6Grad",
    "features",
    REALS,
    lambda gradients, features: (
        gradients * ((features > 0) & (features < 6)).astype(gradients.dtype)
    ),
    "gradients * (1 if features > 0 and features < 6 else 0)",
    gradient=lambda op, grad: _flat(apply(RELU6_GRAD, [grad, op.inputs[1]]), op.inputs[1]),
    domain=((-3.0, 3.0), (0.2, 5.8)),
)
"""The gradient between the kinks; a product, so that NaN and infinity show."""

RELU6 = unary(
    "Relu6",
    REALS,
    lambda features: np.minimum(
        np.maximum(features, features.dtype.type(0)), features.dtype.type(6)
    ),
    signature=_FEATURES,
    scalar="minimum(maximum(features, 0), 6)",
    gradient=lambda op, grad: [apply(RELU6_GRAD, [grad, op.outputs[0]])],
    domain=(0.2, 5.8),
)


def _elu(features: Any) -> Any:
    return np.where(features < 0, np.expm1(np.minimum(features, 0)), features)


ELU_GRAD: OpDef = _gradient_of(
    "EluGrad",
    "outputs",
    NETWORK_FLOATS,
    lambda gradients, outputs: np.where(outputs < 0, (outputs + 1) * gradients, gradients),
    "(outputs + 1) * gradients if outputs < 0 else gradients",
    gradient=lambda op, grad: _curved(
        apply(ELU_GRAD, [grad, op.inputs[1]]), lambda: grad * op.inputs[0], op.inputs[1]
    ),
    samples=alike(NETWORK_FLOATS, (-2.0, 2.0), (-0.9, -0.1)),
)

ELU = unary(
    "Elu",
    NETWORK_FLOATS,
    _elu,
    signature=_FEATURES,
    scalar="expm1(features) if features < 0 else features",
    gradient=lambda op, grad: [apply(ELU_GRAD, [grad, op.outputs[0]])],
)


def _selu(features: Any) -> Any:
    kind = features.dtype.type
    below = kind(_SELU_SLOPE) * np.expm1(np.minimum(features, 0))
    return np.where(features < 0, below, kind(_SELU_SCALE) * features)


def _selu_grad(gradients: Any, outputs: Any) -> Any:
    kind = outputs.dtype.type
    below = gradients * (outputs + kind(_SELU_SLOPE))
    return np.where(outputs < 0, below, gradients * kind(_SELU_SCALE))


SELU_GRAD: OpDef = _gradient_of(
    "SeluGrad",
    "outputs",
    NETWORK_FLOATS,
    _selu_grad,
    f"gradients * (outputs + {_SELU_SLOPE!r}) if outputs < 0 else gradients * {_SELU_SCALE!r}",
    gradient=lambda op, grad: _curved(
        apply(SELU_GRAD, [grad, op.inputs[1]]), lambda: grad * op.inputs[0], op.inputs[1]
    ),
    samples=alike(NETWORK_FLOATS, (-2.0, 2.0), (-1.6, -0.1)),
)

SELU = unary(
    "Selu",
    NETWORK_FLOATS,
    _selu,
    signature=_FEATURES,
    scalar=f"{_SELU_SLOPE!r} * expm1(features) if features < 0 else {_SELU_SCALE!r} * features",
    gradient=lambda op, grad: [apply(SELU_GRAD, [grad, op.outputs[0]])],
)


def _softsign_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.elementwise_rounding import abs, sign

    gradients, features = op.inputs
    passed = apply(SOFTSIGN_GRAD, [grad, features])
    return [passed, -2.0 * passed * gradients * sign(features) / (1.0 + abs(features))]


SOFTSIGN_GRAD = _gradient_of(
    "SoftsignGrad",
    "features",
    NETWORK_FLOATS,
    lambda gradients, features: gradients / np.square(np.abs(features) + 1),
    "gradients / ((abs(features) + 1) * (abs(features) + 1))",
    gradient=_softsign_grad_gradient,
    domain=((-3.0, 3.0), (0.2, 3.0)),
)
"""TensorFlow defines no gradient of this one; here it has one."""

SOFTSIGN = unary(
    "Softsign",
    NETWORK_FLOATS,
    lambda features: features / (np.abs(features) + 1),
    signature=_FEATURES,
    scalar="features / (abs(features) + 1)",
    gradient=lambda op, grad: [apply(SOFTSIGN_GRAD, [grad, op.inputs[0]])],
)


def _leaky_gradient(op: Any, grad: Tensor, features: Tensor) -> Tensor:
    attrs = {"alpha": op.get_attr("alpha")}
    passed: Tensor = apply(LEAKY_RELU_GRAD, [grad, features], attrs)
    return passed


LEAKY_RELU_GRAD = _gradient_of(
    "LeakyReluGrad",
    "features",
    NETWORK_FLOATS,
    lambda gradients, features, alpha: np.where(
        features > 0, gradients, gradients * gradients.dtype.type(alpha)
    ),
    "gradients if features > 0 else gradients * alpha",
    types=(NETWORK_FLOATS, dtypes.float32),
    attrs={"alpha": _SLOPE},
    gradient=lambda op, grad: _flat(_leaky_gradient(op, grad, op.inputs[1]), op.inputs[1]),
    domain=((-3.0, 3.0), (0.2, 3.0)),
)

LEAKY_RELU = unary(
    "LeakyRelu",
    NETWORK_FLOATS,
    lambda features, alpha: np.where(features > 0, features, features * features.dtype.type(alpha)),
    signature=_FEATURES,
    types={"T": (NETWORK_FLOATS, dtypes.float32)},
    attrs={"alpha": _SLOPE},
    scalar="features if features > 0 else features * alpha",
    gradient=lambda op, grad: [_leaky_gradient(op, grad, op.inputs[0])],
    domain=(0.2, 3.0),
)


def relu6(features: Any, name: str | None = None) -> Tensor:
    """features held between 0 and 6, elementwise.

    Args:
      features: a tensor of real numbers.
      name: the op's name.

    Example:
      >>> tf.nn.relu6([-1.0, 8.0])
      <tf.Tensor 'Relu6:0' shape=(2,) dtype=float32>
    """
    with name_scope(name, "Relu6", [features]) as scope:
        return apply(RELU6, [convert_to_tensor(features, name="features")], name=scope)


def elu(features: Any, name: str | None = None) -> Tensor:
    """features where they are not negative, exp(features) - 1 below, elementwise.

    Example:
      >>> tf.nn.elu([-1.0, 2.0])
      <tf.Tensor 'Elu:0' shape=(2,) dtype=float32>
    """
    return apply(ELU, [features], name=name)


def selu(features: Any, name: str | None = None) -> Tensor:
    """The scaled elu that keeps activations of mean 0 and variance 1, elementwise.

    Example:
      >>> tf.nn.selu([-1.0, 2.0])
      <tf.Tensor 'Selu:0' shape=(2,) dtype=float32>
    """
    return apply(SELU, [features], name=name)


def softsign(features: Any, name: str | None = None) -> Tensor:
    """features / (1 + |features|), elementwise.

    Example:
      >>> tf.nn.softsign([-1.0, 2.0])
      <tf.Tensor 'Softsign:0' shape=(2,) dtype=float32>
    """
    return apply(SOFTSIGN, [features], name=name)


def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """features where they are positive, alpha * features elsewhere.

    Args:
      features: a tensor; integers are cast to float32.
      alpha: the slope below zero, a number.
      name: the op's name.

    Example:
      >>> tf.nn.leaky_relu([-1.0, 2.0], alpha=0.1)
      <tf.Tensor 'LeakyRelu:0' shape=(2,) dtype=float32>
    """
    with name_scope(name, "LeakyRelu", [features, alpha]) as scope:
        features = convert_to_tensor(features, name="features")
        if features.dtype.is_integer:
            features = cast(features, dtypes.float32)
        return apply(LEAKY_RELU, [features], {"alpha": float(np.float32(alpha))}, scope)


def crelu(features: Any, name: str | None = None, axis: int = -1) -> Tensor:
    """relu of the features and of the negated features, side by side.

    Args:
      features: a tensor of real numbers.
      name: the ops' name scope.
      axis: the axis along which the two are joined.

    Example:
      >>> tf.nn.crelu([[-1.0, 2.0]])
      <tf.Tensor 'CRelu/Relu:0' shape=(1, 4) dtype=float32>
    """
    with name_scope(name, "CRelu", [features]) as scope:
        features = convert_to_tensor(features, name="features")
        return relu(concat([features, -features], axis, name=scope))
