"""Exponentials and logarithms, and what is made of them, elementwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_broadcasting import spreads
from jitgraph.ops.elementwise_complex import conj
from jitgraph.ops.elementwise_definition import (
    FLOATS_AND_COMPLEX,
    NO_BFLOAT16,
    after_gradient,
    binary,
    gradient_op,
    unary,
)

_POSITIVE = (0.2, 3.0)


@after_gradient
def _exp_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [grad * conj(op.outputs[0])]


def _decompose_exp(b: Any, instr: Any) -> list[Any] | None:
    """exp(x + yi) = exp(x) * (cos(y) + sin(y) i), without a product of 0 and infinity on the real
    line."""
    (x,) = instr.inputs
    if not x.type.dtype.is_complex:
        return None
    part = x.type.dtype.real_dtype
    real, angle = b.emit("Real", x, Tout=part), b.emit("Imag", x, Tout=part)
    size, zero = b.emit("Exp", real), b.constant(0, part)
    turned = b.emit("Mul", size, b.emit("Sin", angle))
    turned = b.emit("SelectV2", b.emit("Equal", angle, zero), angle, turned)
    return [b.emit("Complex", b.emit("Mul", size, b.emit("Cos", angle)), turned, Tout=x.type.dtype)]


def _decompose_log(b: Any, instr: Any) -> list[Any] | None:
    """The logarithm of the size, and the angle."""
    (x,) = instr.inputs
    if not x.type.dtype.is_complex:
        return None
    part = x.type.dtype.real_dtype
    real, imaginary = b.emit("Real", x, Tout=part), b.emit("Imag", x, Tout=part)
    size = b.emit("ComplexAbs", x, Tout=part)
    angle = b.emit("Atan2", imaginary, real)
    return [b.emit("Complex", b.emit("Log", size), angle, Tout=x.type.dtype)]


EXP = unary(
    "Exp",
    FLOATS_AND_COMPLEX,
    np.exp,
    scalar={"float": "exp(x)"},
    decompose=_decompose_exp,
    gradient=_exp_gradient,
)


@after_gradient
def _expm1_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [grad * exp(conj(op.inputs[0]))]


EXPM1 = unary(
    "Expm1", FLOATS_AND_COMPLEX, np.expm1, scalar={"float": "expm1(x)"}, gradient=_expm1_gradient
)


@after_gradient
def _log_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.elementwise_powers import reciprocal

    return [grad * reciprocal(conj(op.inputs[0]))]


LOG = unary(
    "Log",
    FLOATS_AND_COMPLEX,
    np.log,
    scalar={"float": "log(x)"},
    decompose=_decompose_log,
    gradient=_log_gradient,
    domain=_POSITIVE,
)


@after_gradient
def _log1p_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.elementwise_powers import reciprocal

    return [grad * reciprocal(1 + conj(op.inputs[0]))]


LOG1P = unary(
    "Log1p",
    FLOATS_AND_COMPLEX,
    np.log1p,
    scalar={"float": "log1p(x)"},
    gradient=_log1p_gradient,
    domain=(-0.7, 3.0),
)


def _sigmoid_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    a, b = (conj(given) for given in op.inputs)
    scaled = grad * b
    return [scaled - 2.0 * scaled * a, apply(SIGMOID_GRAD, [a, grad])]


SIGMOID_GRAD = gradient_op(
    "SigmoidGrad",
    lambda y, dy: dy * y * (1 - y),
    "dy * y * (1 - y)",
    _sigmoid_grad_gradient,
)


@after_gradient
def _sigmoid_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [apply(SIGMOID_GRAD, [conj(op.outputs[0]), grad])]


def _sigmoid(x: Any) -> Any:
    if x.dtype.kind == "c":
        return 1 / (1 + np.exp(-x))
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


SIGMOID = unary(
    "Sigmoid",
    FLOATS_AND_COMPLEX,
    _sigmoid,
    scalar={"float": "sigmoid(x)"},
    gradient=_sigmoid_gradient,
)


def _or_zero(function: Any) -> Any:
    """`function(x, y)`, 0 where x is 0, whatever y is."""

    def reference(x: Any, y: Any) -> Any:
        result = function(x, y)
        return np.where(x == 0, np.zeros_like(result), result)

    return reference


def _is_nonzero(x: Tensor) -> Tensor:
    from jitgraph.ops.casting import cast
    from jitgraph.ops.comparison import not_equal

    return cast(not_equal(x, cast(0.0, dtype=x.dtype)), dtype=x.dtype)


def _xlogy_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    x, y = op.inputs
    spread_x, spread_y = spreads(x, y)
    with control_dependencies([grad]):
        partial_x = apply(XLOGY, [_is_nonzero(x), y])
        partial_y = apply(XDIVY, [x, y])
        grad_x = spread_x.back(partial_x * grad)
        return [grad_x, spread_y.back(partial_y * grad)]


XLOGY = binary(
    "Xlogy",
    NO_BFLOAT16,
    _or_zero(lambda x, y: x * np.log(y)),
    scalar={"float": "0 if x == 0 else x * log(y)"},
    gradient=_xlogy_gradient,
    domain=_POSITIVE,
)


def _xdivy_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.arithmetic import negative

    x, y = op.inputs
    spread_x, spread_y = spreads(x, y)
    with control_dependencies([grad]):
        partial_x = apply(XDIVY, [_is_nonzero(x), y])
        partial_y = apply(XDIVY, [negative(x), y**2])
        grad_x = spread_x.back(partial_x * grad)
        return [grad_x, spread_y.back(partial_y * grad)]


XDIVY = binary(
    "Xdivy",
    NO_BFLOAT16,
    _or_zero(lambda x, y: x / y),
    scalar={"float": "0 if x == 0 else x / y"},
    gradient=_xdivy_gradient,
    domain=_POSITIVE,
)


def exp(x: Any, name: str | None = None) -> Tensor:
    """e to the power of x, elementwise.

    Example:
      >>> tf.exp([0.0, 1.0])
      <tf.Tensor 'Exp:0' shape=(2,) dtype=float32>
    """
    return apply(EXP, [x], name=name)


def expm1(x: Any, name: str | None = None) -> Tensor:
    """exp(x) - 1, elementwise, exact for small x.

    Example:
      >>> tf.expm1([0.0, 1.0])
      <tf.Tensor 'Expm1:0' shape=(2,) dtype=float32>
    """
    return apply(EXPM1, [x], name=name)


def log(x: Any, name: str | None = None) -> Tensor:
    """The natural logarithm of x, elementwise.

    Example:
      >>> tf.log([1.0, 2.0])
      <tf.Tensor 'Log:0' shape=(2,) dtype=float32>
    """
    return apply(LOG, [x], name=name)


def log1p(x: Any, name: str | None = None) -> Tensor:
    """log(1 + x), elementwise, exact for small x.

    Example:
      >>> tf.log1p([0.0, 2.0])
      <tf.Tensor 'Log1p:0' shape=(2,) dtype=float32>
    """
    return apply(LOG1P, [x], name=name)


def sigmoid(x: Any, name: str | None = None) -> Tensor:
    """1 / (1 + exp(-x)), elementwise.

    Example:
      >>> tf.sigmoid([0.0, 2.0])
      <tf.Tensor 'Sigmoid:0' shape=(2,) dtype=float32>
    """
    with name_scope(name, "Sigmoid", [x]) as scope:
        return apply(SIGMOID, [convert_to_tensor(x, name="x")], name=scope)


def log_sigmoid(x: Any, name: str | None = None) -> Tensor:
    """log(sigmoid(x)), elementwise, as -softplus(-x).

    Example:
      >>> tf.log_sigmoid([0.0, 2.0])
      <tf.Tensor 'LogSigmoid:0' shape=(2,) dtype=float32>
    """
    from jitgraph.ops.activations import softplus
    from jitgraph.ops.arithmetic import negative

    with name_scope(name, "LogSigmoid", [x]) as scope:
        tensor = convert_to_tensor(x, name="x")
        return negative(softplus(-tensor), name=scope)


def xlogy(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x * log(y), elementwise; 0 where x is 0.

    Example:
      >>> tf.math.xlogy([0.0, 2.0], [0.0, 3.0])
      <tf.Tensor 'Xlogy:0' shape=(2,) dtype=float32>
    """
    return apply(XLOGY, [x, y], name=name)


def xdivy(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y, elementwise; 0 where x is 0.

    Example:
      >>> tf.math.xdivy([0.0, 2.0], [0.0, 3.0])
      <tf.Tensor 'Xdivy:0' shape=(2,) dtype=float32>
    """
    return apply(XDIVY, [x, y], name=name)
