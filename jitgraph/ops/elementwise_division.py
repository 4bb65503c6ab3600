"""Quotients, elementwise with broadcasting: true, rounded down, rounded towards zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.casting import cast
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import DIVISION_BY_ZERO, FLOATS, Sample, no_gradient
from jitgraph.ops.elementwise_broadcasting import spreads
from jitgraph.ops.elementwise_complex import conj
from jitgraph.ops.elementwise_definition import (
    ARITHMETIC,
    FLOATS_AND_COMPLEX,
    INT8_16,
    INT32_64,
    NO_BFLOAT16,
    UINT8_16,
    binary,
)

INTEGER_CHECK = {"int": ("y == 0", DIVISION_BY_ZERO)}
"""Division of integers by zero is an error."""

_INTEGERS = INT32_64 + INT8_16 + UINT8_16


def division_samples(kinds: tuple[DType, ...]) -> Callable[[np.random.Generator], Any]:
    """Samples whose divisors are not zero and whose quotients are not whole."""

    def samples(rng: np.random.Generator) -> Any:
        for dtype in kinds:
            for left, right in (((3, 4), (3, 4)), ((3, 4), (4,)), ((), (3, 1)), ((0, 2), (2,))):
                yield Sample((_dividend(rng, left, dtype), _divisor(rng, right, dtype)))

    return samples


def _dividend(rng: np.random.Generator, dims: tuple[int, ...], dtype: DType) -> np.ndarray:
    low = 0 if dtype.is_unsigned else -50
    return np.asarray(rng.integers(low, 50, dims) + _fraction(dtype, 0.4)).astype(
        dtype.as_numpy_dtype
    )


def _divisor(rng: np.random.Generator, dims: tuple[int, ...], dtype: DType) -> np.ndarray:
    sign = 1 if dtype.is_unsigned else rng.choice([-1, 1], dims)
    size = rng.integers(2, 9, dims) + _fraction(dtype, 0.25)
    return np.asarray(sign * size).astype(dtype.as_numpy_dtype)


def _fraction(dtype: DType, value: float) -> float:
    return 0.0 if dtype.is_integer else value


def truncated_quotient(x: Any, y: Any) -> Any:
    """x / y, rounded towards zero."""
    return np.trunc(x / y) if x.dtype.kind == "f" else (x - np.fmod(x, y)) // y


def _quotient(x: Any, y: Any) -> Any:
    return x / y if x.dtype.kind in "fc" else truncated_quotient(x, y)


def _complex_quotient() -> str:
    """x / y by parts, scaled so that the square of y neither overflows nor vanishes."""
    scale = "maximum(abs(real(y)), abs(imag(y)))"
    re, im = f"(real(y) / {scale})", f"(imag(y) / {scale})"
    size = f"({scale} * ({re} * {re} + {im} * {im}))"
    real = f"(real(x) * {re} + imag(x) * {im}) / {size}"
    return f"complex({real}, (imag(x) * {re} - real(x) * {im}) / {size})"


_QUOTIENT = {"float": "x / y", "complex": _complex_quotient(), "int": "trunc_div(x, y)"}


def _quotient_gradient(divide_by: Callable[..., Tensor]) -> Callable[..., list[Tensor]]:
    def gradient(op: Any, grad: Tensor) -> list[Tensor]:
        x, y = op.inputs
        spread_x, spread_y = spreads(x, y)
        x, y = conj(x), conj(y)
        grad_x = spread_x.back(divide_by(grad, y))
        grad_y = grad * divide_by(divide_by(-x, y), y)
        return [grad_x, spread_y.back(grad_y)]

    return gradient


DIV = binary(
    "Div",
    ARITHMETIC,
    _quotient,
    scalar=_QUOTIENT,
    check=INTEGER_CHECK,
    gradient=_quotient_gradient(lambda x, y: divide(x, y)),
    neutral=1.0,
    product="Mul",
    samples=division_samples((*FLOATS_AND_COMPLEX, *_INTEGERS)),
)

REAL_DIV = binary(
    "RealDiv",
    ARITHMETIC,
    _quotient,
    scalar=_QUOTIENT,
    check=INTEGER_CHECK,
    gradient=_quotient_gradient(lambda x, y: realdiv(x, y)),
    neutral=1.0,
    product="Mul",
    samples=division_samples((*FLOATS_AND_COMPLEX, *_INTEGERS)),
)


def _quotient_or_zero(x: Any, y: Any) -> Any:
    safe = np.where(y == 0, np.ones_like(y), y)
    return np.where(y == 0, np.zeros_like(y), x / safe)


DIV_NO_NAN = binary(
    "DivNoNan",
    NO_BFLOAT16,
    _quotient_or_zero,
    scalar={"float": "0 if y == 0 else x / y"},
    gradient=_quotient_gradient(lambda x, y: div_no_nan(x, y)),
    samples=division_samples(NO_BFLOAT16),
)


def _floor_quotient(x: Any, y: Any) -> Any:
    return np.floor(x / y) if x.dtype.kind == "f" else np.floor_divide(x, y)


FLOOR_DIV = binary(
    "FloorDiv",
    ARITHMETIC,
    _floor_quotient,
    scalar={"float": "floor(x / y)", "int": "floor_div(x, y)"},
    check=INTEGER_CHECK,
    gradient=no_gradient,
    samples=division_samples(FLOATS + _INTEGERS),
)

TRUNCATE_DIV = binary(
    "TruncateDiv",
    ARITHMETIC,
    truncated_quotient,
    scalar={"float": "ceil(x / y) if x / y < 0 else floor(x / y)", "int": "trunc_div(x, y)"},
    check=INTEGER_CHECK,
    gradient=no_gradient,
    samples=division_samples(FLOATS + _INTEGERS),
)

_TRUE_DIVISION = {
    **dict.fromkeys(UINT8_16 + INT8_16, dtypes.float32),
    **dict.fromkeys(INT32_64, dtypes.float64),
    **dict.fromkeys(FLOATS_AND_COMPLEX),
}
"""The dtype in which quotients of integers are computed; None: as they are."""


def truediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y, elementwise; integers are cast to floats first.

    Args:
      x, y: numeric tensors of one dtype that broadcast.
      name: the op's name.

    Raises:
      TypeError: the dtypes differ.

    Example:
      >>> tf.truediv([7, 8], [2, 3])
      <tf.Tensor 'truediv:0' shape=(2,) dtype=float64>
    """
    with name_scope(name, "truediv", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y")
        return apply(REAL_DIV, true_quotients(x, y), name=scope)


def true_quotients(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Two tensors in the dtype in which the one is divided by the other.

    Raises:
      TypeError: the dtypes differ, or are none that can be divided.
    """
    _check_same_dtype(x, y)
    kind = x.dtype.base_dtype
    if kind not in _TRUE_DIVISION:
        raise TypeError(f"Invalid dtype {kind!r} in __truediv__")
    computed = _TRUE_DIVISION[kind]
    return (x, y) if computed is None else (cast(x, computed), cast(y, computed))


def _check_same_dtype(x: Tensor, y: Tensor) -> None:
    left, right = x.dtype.base_dtype, y.dtype.base_dtype
    if left != right:
        raise TypeError(f"x and y must have the same dtype, got {left!r} != {right!r}")


def _pair(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    x = convert_to_tensor(x, name="x")
    y = convert_to_tensor(y, dtype=x.dtype.base_dtype, name="y")
    _check_same_dtype(x, y)
    return x, y


def divide(x: Any, y: Any, name: str | None = None) -> Any:
    """x / y by the rules of Python's division.

    Example:
      >>> tf.divide(tf.constant([7, 8]), 2)
      <tf.Tensor 'truediv:0' shape=(2,) dtype=float64>
    """
    return x / y if name is None else truediv(x, y, name)


def div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y by the rules of Python 2: integers give the quotient rounded down.

    Example:
      >>> tf.div([7, 8], 3)
      <tf.Tensor 'div:0' shape=(2,) dtype=int32>
    """
    with name_scope(name, "div", [x, y]) as scope:
        x, y = _pair(x, y)
        kind = x.dtype
        definition = REAL_DIV if kind.is_floating or kind.is_complex else FLOOR_DIV
        return apply(definition, [x, y], name=scope)


def realdiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y of floats or complex numbers, elementwise.

    Example:
      >>> tf.realdiv([7.0, 8.0], 3.0)
      <tf.Tensor 'RealDiv:0' shape=(2,) dtype=float32>
    """
    return apply(REAL_DIV, [x, y], name=name)


def div_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y, elementwise; 0 where y is 0.

    Example:
      >>> tf.div_no_nan([7.0, 8.0], [0.0, 3.0])
      <tf.Tensor 'div_no_nan:0' shape=(2,) dtype=float32>
    """
    with name_scope(name, "div_no_nan", [x, y]) as scope:
        return apply(DIV_NO_NAN, list(_pair(x, y)), name=scope)


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x * y, elementwise; 0 where y is 0, even if x is infinite or NaN.

    Example:
      >>> tf.math.multiply_no_nan([7.0, 8.0], [0.0, 3.0])
      <tf.Tensor 'multiply_no_nan:0' shape=(2,) dtype=float32>
    """
    from jitgraph.ops.arithmetic import MUL_NO_NAN

    with name_scope(name, "multiply_no_nan", [x, y]) as scope:
        return apply(MUL_NO_NAN, list(_pair(x, y)), name=scope)


def floordiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y rounded down, elementwise; what `x // y` makes of tensors.

    Example:
      >>> tf.floordiv([7, -8], 3)
      <tf.Tensor 'floordiv:0' shape=(2,) dtype=int32>
    """
    with name_scope(name, "floordiv", [x, y]) as scope:
        return apply(FLOOR_DIV, [x, y], name=scope)


def floor_div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y rounded down, elementwise.

    Example:
      >>> tf.floor_div([7, -8], 3)
      <tf.Tensor 'FloorDiv:0' shape=(2,) dtype=int32>
    """
    return apply(FLOOR_DIV, [x, y], name=name)


def truncatediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y rounded towards zero, elementwise.

    Example:
      >>> tf.truncatediv([7, -8], 3)
      <tf.Tensor 'TruncateDiv:0' shape=(2,) dtype=int32>
    """
    return apply(TRUNCATE_DIV, [x, y], name=name)
