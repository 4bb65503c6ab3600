"""Rounding, signs, magnitudes and tests for special values, elementwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import FLOATS, OpDef, Sample, no_gradient
from jitgraph.ops.elementwise_broadcasting import spreads
from jitgraph.ops.elementwise_complex import complex_abs
from jitgraph.ops.elementwise_definition import (
    INT8_16,
    INT32_64,
    NUMERIC,
    unary,
)
from jitgraph.ops.shape_rules import broadcast_shape
from jitgraph.ops.sparse_operators import of_elements


def _abs_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [grad * sign(op.inputs[0])]


ABS = unary("Abs", FLOATS + INT8_16 + INT32_64, np.abs, scalar="abs(x)", gradient=_abs_gradient)


def _sign_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.filling import zeros
    from jitgraph.ops.shapes_of import shape

    x = op.inputs[0]
    return [zeros(shape(x), dtype=x.dtype)]


SIGN = unary(
    "Sign",
    NUMERIC,
    np.sign,
    scalar={"float": "sign(x)", "int": "sign(x)"},
    gradient=_sign_gradient,
)

FLOOR = unary("Floor", FLOATS, np.floor, scalar="floor(x)", gradient=no_gradient)
CEIL = unary("Ceil", FLOATS, np.ceil, scalar="ceil(x)", gradient=no_gradient)
RINT = unary("Rint", FLOATS, np.rint, scalar="rint(x)", gradient=no_gradient)

ROUND = unary(
    "Round",
    NUMERIC,
    lambda x: x if x.dtype.kind in "iu" else np.rint(x),
    scalar={"float": "rint(x)", "int": "x"},
    gradient=no_gradient,
)


def _special_samples(rng: np.random.Generator) -> Any:
    values = np.array([[1.5, np.nan, np.inf], [-np.inf, 0.0, -0.0]])
    for dtype in FLOATS:
        yield Sample((values.astype(dtype.as_numpy_dtype),))
    yield Sample((np.zeros((0, 2), np.float32),))
    yield Sample((np.float64(np.nan),))


def _test(name: str, reference: Any, scalar: str) -> OpDef:
    return unary(
        name,
        FLOATS,
        reference,
        signature="x: T -> y: bool",
        scalar=scalar,
        gradient=no_gradient,
        samples=_special_samples,
    )


IS_NAN = _test("IsNan", np.isnan, "is_nan(x)")
IS_INF = _test("IsInf", np.isinf, "is_inf(x)")
IS_FINITE = _test("IsFinite", np.isfinite, "is_finite(x)")


def _next_after_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.filling import ones, zeros

    x, y = op.inputs
    spread_x, spread_y = spreads(x, y)
    with control_dependencies([grad]):
        partial_x = ones(spread_x.shape, dtype=x.dtype)
        partial_y = zeros(spread_y.shape, dtype=y.dtype)
        return [spread_x.back(partial_x * grad), spread_y.back(partial_y * grad)]


NEXT_AFTER = OpDef(
    "NextAfter",
    "x1: T, x2: T -> output: T",
    broadcast_shape,
    types={"T": ((dtypes.float64, dtypes.float32), dtypes.float32)},
    reference=np.nextafter,
    gradient=_next_after_gradient,
)


@of_elements("Abs")
def abs(x: Any, name: str | None = None) -> Tensor:
    """The magnitude of x, elementwise; of complex numbers as floats.

    Args:
      x: a numeric tensor.
      name: the op's name.

    Example:
      >>> tf.abs([-1.5, 2.0])
      <tf.Tensor 'Abs:0' shape=(2,) dtype=float32>
    """
    with name_scope(name, "Abs", [x]) as scope:
        tensor = convert_to_tensor(x, name="x")
        if tensor.dtype.is_complex:
            return complex_abs(tensor, scope)
        return apply(ABS, [tensor], name=scope)


@of_elements("Sign")
def sign(x: Any, name: str | None = None) -> Tensor:
    """-1, 0 or 1 by the sign of x, elementwise; x / |x| of complex numbers.

    Example:
      >>> tf.sign([-1.5, 2.0])
      <tf.Tensor 'Sign:0' shape=(2,) dtype=float32>
    """
    return apply(SIGN, [x], name=name)


def floor(x: Any, name: str | None = None) -> Tensor:
    """The greatest whole number not above x, elementwise.

    Example:
      >>> tf.floor([-1.5, 2.0])
      <tf.Tensor 'Floor:0' shape=(2,) dtype=float32>
    """
    return apply(FLOOR, [x], name=name)


def ceil(x: Any, name: str | None = None) -> Tensor:
    """The least whole number not below x, elementwise.

    Example:
      >>> tf.ceil([-1.5, 2.0])
      <tf.Tensor 'Ceil:0' shape=(2,) dtype=float32>
    """
    return apply(CEIL, [x], name=name)


def rint(x: Any, name: str | None = None) -> Tensor:
    """The whole number nearest to x, elementwise; of two, the even one.

    Example:
      >>> tf.rint([-1.5, 2.0])
      <tf.Tensor 'Rint:0' shape=(2,) dtype=float32>
    """
    return apply(RINT, [x], name=name)


def round(x: Any, name: str | None = None) -> Tensor:
    """The whole number nearest to x, elementwise; of two, the even one. Integers stay.

    Example:
      >>> tf.round([-1.5, 2.0])
      <tf.Tensor 'Round:0' shape=(2,) dtype=float32>
    """
    tensor = convert_to_tensor(x, name="x")
    if tensor.dtype.is_integer:
        return tensor
    return apply(ROUND, [tensor], name=name)


def is_nan(x: Any, name: str | None = None) -> Tensor:
    """Whether x is NaN, elementwise.

    Example:
      >>> tf.is_nan([1.0, float("nan")])
      <tf.Tensor 'IsNan:0' shape=(2,) dtype=bool>
    """
    return apply(IS_NAN, [x], name=name)


def is_inf(x: Any, name: str | None = None) -> Tensor:
    """Whether x is infinite, elementwise.

    Example:
      >>> tf.is_inf([1.0, float("inf")])
      <tf.Tensor 'IsInf:0' shape=(2,) dtype=bool>
    """
    return apply(IS_INF, [x], name=name)


def is_finite(x: Any, name: str | None = None) -> Tensor:
    """Whether x is neither infinite nor NaN, elementwise.

    Example:
      >>> tf.is_finite([1.0, float("inf")])
      <tf.Tensor 'IsFinite:0' shape=(2,) dtype=bool>
    """
    return apply(IS_FINITE, [x], name=name)


def nextafter(x1: Any, x2: Any, name: str | None = None) -> Tensor:
    """The float next to x1 in the direction of x2, elementwise.

    Example:
      >>> tf.math.nextafter([1.0], 2.0)
      <tf.Tensor 'NextAfter:0' shape=(1,) dtype=float32>
    """
    return apply(NEXT_AFTER, [x1, x2], name=name)
