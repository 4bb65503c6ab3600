"""Trigonometric and hyperbolic functions, elementwise, and their inverses."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import FLOATS, OpDef
from jitgraph.ops.elementwise_complex import conj
from jitgraph.ops.elementwise_definition import (
    FLOATS_AND_COMPLEX,
    INT32_64,
    after_gradient,
    alike,
    binary,
    gradient_op,
    unary,
)
from jitgraph.ops.sparse_operators import of_elements

_WITH_INTEGERS = FLOATS_AND_COMPLEX + INT32_64


def _function(name: str, reference: Any, gradient: Any, **rest: Any) -> OpDef:
    """A function of NumPy's that kernels know by the op's name in lower case."""
    allowed = rest.pop("allowed", FLOATS_AND_COMPLEX)
    scalar = {"float": f"{name.lower()}(x)"}
    if allowed is _WITH_INTEGERS:
        rest["no_kernel"] = INT32_64
    return unary(name, allowed, reference, scalar=scalar, gradient=after_gradient(gradient), **rest)


def _one(like: Tensor) -> Tensor:
    from jitgraph.ops.constants import constant

    return constant(1, dtype=like.dtype)


def _inverse_of(x: Tensor) -> Tensor:
    from jitgraph.ops.elementwise_powers import reciprocal

    return reciprocal(x)


def _squared(x: Tensor) -> Tensor:
    from jitgraph.ops.arithmetic import square

    return square(x)


def _cos_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    x = conj(op.inputs[0])
    return [-grad * sin(x)]


def _tan_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    secant = _inverse_of(cos(conj(op.inputs[0])))
    return [_squared(secant) * grad]


SIN = _function("Sin", np.sin, lambda op, grad: [grad * cos(conj(op.inputs[0]))])
COS = _function("Cos", np.cos, _cos_gradient)
TAN = _function("Tan", np.tan, _tan_gradient, allowed=_WITH_INTEGERS, domain=(-1.3, 1.3))


def _arc_root(op: Any, grad: Tensor) -> Tensor:
    """1 / sqrt(1 - x**2)."""
    from jitgraph.ops.arithmetic import subtract
    from jitgraph.ops.elementwise_powers import sqrt

    x2 = _squared(conj(op.inputs[0]))
    one = _one(grad)
    return _inverse_of(sqrt(subtract(one, x2)))


def _asin_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [grad * _arc_root(op, grad)]


def _acos_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    root = _arc_root(op, grad)
    return [-grad * root]


def _atan_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.arithmetic import add

    x2 = _squared(conj(op.inputs[0]))
    one = _one(grad)
    return [grad * _inverse_of(add(one, x2))]


_INSIDE = (-0.9, 0.9)

ASIN = _function("Asin", np.arcsin, _asin_gradient, allowed=_WITH_INTEGERS, domain=_INSIDE)
ACOS = _function("Acos", np.arccos, _acos_gradient, allowed=_WITH_INTEGERS, domain=_INSIDE)
ATAN = _function("Atan", np.arctan, _atan_gradient, allowed=_WITH_INTEGERS)


@after_gradient
def _atan2_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    y, x = op.inputs
    quotient = grad / (_squared(x) + _squared(y))
    return [x * quotient, -y * quotient]


ATAN2 = binary(
    "Atan2",
    FLOATS,
    np.arctan2,
    signature="y: T, x: T -> z: T",
    scalar={"float": "atan2(y, x)"},
    gradient=_atan2_gradient,
    samples=alike(FLOATS, (0.2, 3.0), (-3.0, 3.0)),
)


def _sinh_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [grad * cosh(conj(op.inputs[0]))]


def _cosh_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [grad * sinh(conj(op.inputs[0]))]


def _tanh_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [apply(TANH_GRAD, [conj(op.outputs[0]), grad])]


def _tanh_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    a, b = (conj(given) for given in op.inputs)
    grad_a = grad * -2.0 * b * a
    return [grad_a, apply(TANH_GRAD, [a, grad])]


TANH_GRAD = gradient_op(
    "TanhGrad", lambda y, dy: dy * (1 - y * y), "dy * (1 - y * y)", _tanh_grad_gradient
)

SINH = _function("Sinh", np.sinh, _sinh_gradient)
COSH = _function("Cosh", np.cosh, _cosh_gradient)
TANH = _function("Tanh", np.tanh, _tanh_gradient)


def _asinh_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [grad / cosh(conj(op.outputs[0]))]


def _acosh_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [grad / sinh(conj(op.outputs[0]))]


def _atanh_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.arithmetic import subtract

    x2 = _squared(conj(op.inputs[0]))
    one = _one(grad)
    return [grad * _inverse_of(subtract(one, x2))]


ASINH = _function("Asinh", np.arcsinh, _asinh_gradient)
ACOSH = _function("Acosh", np.arccosh, _acosh_gradient, domain=(1.2, 3.0))
ATANH = _function("Atanh", np.arctanh, _atanh_gradient, domain=_INSIDE)


def sin(x: Any, name: str | None = None) -> Tensor:
    """The sine of x (radians), elementwise.

    Example:
      >>> tf.sin([0.0, 1.0])
      <tf.Tensor 'Sin:0' shape=(2,) dtype=float32>
    """
    return apply(SIN, [x], name=name)


def cos(x: Any, name: str | None = None) -> Tensor:
    """The cosine of x (radians), elementwise.

    Example:
      >>> tf.cos([0.0, 1.0])
      <tf.Tensor 'Cos:0' shape=(2,) dtype=float32>
    """
    return apply(COS, [x], name=name)


def tan(x: Any, name: str | None = None) -> Tensor:
    """The tangent of x (radians), elementwise.

    Example:
      >>> tf.tan([0.0, 1.0])
      <tf.Tensor 'Tan:0' shape=(2,) dtype=float32>
    """
    return apply(TAN, [x], name=name)


def asin(x: Any, name: str | None = None) -> Tensor:
    """The angle whose sine is x, elementwise.

    Example:
      >>> tf.asin([0.0, 1.0])
      <tf.Tensor 'Asin:0' shape=(2,) dtype=float32>
    """
    return apply(ASIN, [x], name=name)


def acos(x: Any, name: str | None = None) -> Tensor:
    """The angle whose cosine is x, elementwise.

    Example:
      >>> tf.acos([0.0, 1.0])
      <tf.Tensor 'Acos:0' shape=(2,) dtype=float32>
    """
    return apply(ACOS, [x], name=name)


def atan(x: Any, name: str | None = None) -> Tensor:
    """The angle whose tangent is x, elementwise.

    Example:
      >>> tf.atan([0.0, 1.0])
      <tf.Tensor 'Atan:0' shape=(2,) dtype=float32>
    """
    return apply(ATAN, [x], name=name)


def atan2(y: Any, x: Any, name: str | None = None) -> Tensor:
    """The angle of the point (x, y), elementwise, between -pi and pi.

    Example:
      >>> tf.atan2([0.0, 1.0], [1.0, 1.0])
      <tf.Tensor 'Atan2:0' shape=(2,) dtype=float32>
    """
    return apply(ATAN2, [y, x], name=name)


def sinh(x: Any, name: str | None = None) -> Tensor:
    """The hyperbolic sine of x, elementwise.

    Example:
      >>> tf.sinh([0.0, 1.0])
      <tf.Tensor 'Sinh:0' shape=(2,) dtype=float32>
    """
    return apply(SINH, [x], name=name)


def cosh(x: Any, name: str | None = None) -> Tensor:
    """The hyperbolic cosine of x, elementwise.

    Example:
      >>> tf.cosh([0.0, 1.0])
      <tf.Tensor 'Cosh:0' shape=(2,) dtype=float32>
    """
    return apply(COSH, [x], name=name)


@of_elements("Tanh")
def tanh(x: Any, name: str | None = None) -> Tensor:
    """The hyperbolic tangent of x, elementwise.

    Example:
      >>> tf.tanh([0.0, 1.0])
      <tf.Tensor 'Tanh:0' shape=(2,) dtype=float32>
    """
    return apply(TANH, [x], name=name)


def asinh(x: Any, name: str | None = None) -> Tensor:
    """The number whose hyperbolic sine is x, elementwise.

    Example:
      >>> tf.asinh([0.0, 1.0])
      <tf.Tensor 'Asinh:0' shape=(2,) dtype=float32>
    """
    return apply(ASINH, [x], name=name)


def acosh(x: Any, name: str | None = None) -> Tensor:
    """The number not below 0 whose hyperbolic cosine is x, elementwise.

    Example:
      >>> tf.acosh([1.0, 2.0])
      <tf.Tensor 'Acosh:0' shape=(2,) dtype=float32>
    """
    return apply(ACOSH, [x], name=name)


def atanh(x: Any, name: str | None = None) -> Tensor:
    """The number whose hyperbolic tangent is x, elementwise.

    Example:
      >>> tf.atanh([0.0, 0.5])
      <tf.Tensor 'Atanh:0' shape=(2,) dtype=float32>
    """
    return apply(ATANH, [x], name=name)
