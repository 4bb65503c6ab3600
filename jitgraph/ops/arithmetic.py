"""Sums, differences and products, elementwise with broadcasting."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, control_dependencies
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import COMPLEX, FLOATS
from jitgraph.ops.elementwise_broadcasting import (
    same_static_shapes,
    spreads,
    static_spreads,
)
from jitgraph.ops.elementwise_complex import conj
from jitgraph.ops.elementwise_definition import (
    ARITHMETIC,
    INT8_16,
    INT32_64,
    NO_BFLOAT16,
    NUMERIC,
    binary,
    unary,
)
from jitgraph.ops.sparse_operators import of_elements

_ADDED = (*FLOATS, dtypes.uint8, *INT8_16, *INT32_64, *COMPLEX)


def _add_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    x, y = op.inputs
    if same_static_shapes(x, y, grad):
        return [grad, grad]
    spread_x, spread_y = static_spreads(x, y, grad)
    return [spread_x.back(grad), spread_y.back(grad)]


ADD = binary(
    "Add",
    (*_ADDED, dtypes.string),
    np.add,
    scalar={"float": "x + y", "int": "x + y", "complex": "x + y"},
    gradient=_add_gradient,
    commutative=True,
    neutral=0.0,
)

ADD_V2 = binary(
    "AddV2",
    _ADDED,
    np.add,
    scalar="x + y",
    gradient=_add_gradient,
    commutative=True,
    neutral=0.0,
)


def _sub_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    x, y = op.inputs
    if same_static_shapes(x, y, grad):
        return [grad, -grad]
    spread_x, spread_y = static_spreads(x, y, grad)
    return [spread_x.back(grad), spread_y.back(-grad)]


SUB = binary("Sub", ARITHMETIC, np.subtract, scalar="x - y", gradient=_sub_gradient, neutral=0.0)


def _mul_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    x, y = op.inputs
    if same_static_shapes(x, y, grad) and grad.dtype in (dtypes.int32, dtypes.float32):
        return [multiply(grad, y), multiply(grad, x)]
    spread_x, spread_y = static_spreads(x, y, grad)
    x, y = conj(x), conj(y)
    grad_x = spread_x.back(multiply(grad, y))
    return [grad_x, spread_y.back(multiply(x, grad))]


MUL = binary(
    "Mul",
    ARITHMETIC,
    np.multiply,
    scalar="x * y",
    gradient=_mul_gradient,
    commutative=True,
    neutral=1.0,
    absorbing=0.0,
)


def _mul_no_nan_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    x, y = op.inputs
    if same_static_shapes(x, y, grad):
        return [apply(MUL_NO_NAN, [grad, y]), apply(MUL_NO_NAN, [x, grad])]
    spread_x, spread_y = spreads(x, y)
    grad_x = spread_x.back(apply(MUL_NO_NAN, [grad, y]))
    return [grad_x, spread_y.back(apply(MUL_NO_NAN, [x, grad]))]


MUL_NO_NAN = binary(
    "MulNoNan",
    NO_BFLOAT16,
    lambda x, y: np.where(y == 0, np.zeros_like(y), x * y),
    scalar={"float": "0 if y == 0 else x * y"},
    gradient=_mul_no_nan_gradient,
)

NEG = unary(
    "Neg", NUMERIC, np.negative, scalar="-x", gradient=lambda op, grad: [-grad], involution=True
)


def _square_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.constants import constant

    with control_dependencies([grad]):
        x = conj(op.inputs[0])
        two = constant(2.0, dtype=x.dtype)
        return [multiply(grad, multiply(x, two))]


SQUARE = unary("Square", NUMERIC, np.square, scalar="x * x", gradient=_square_gradient)


def _squared_difference_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    x, y = op.inputs
    with control_dependencies([grad]):
        grad_x = scalar_mul(2.0, grad) * (x - y)
    if same_static_shapes(x, y, grad):
        return [grad_x, -grad_x]
    spread_x, spread_y = static_spreads(x, y, grad)
    return [spread_x.back(grad_x), -spread_y.back(grad_x)]


def _squared_difference(x: Any, y: Any) -> Any:
    difference = x - y
    return np.conj(difference) * difference


SQUARED_DIFFERENCE = binary(
    "SquaredDifference",
    NUMERIC,
    _squared_difference,
    scalar={
        "float": "(x - y) * (x - y)",
        "int": "(x - y) * (x - y)",
        "complex": "conj(x - y) * (x - y)",
    },
    gradient=_squared_difference_gradient,
    commutative=True,
)


def add(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x + y, elementwise.

    Args:
      x, y: tensors of one dtype that broadcast.
      name: the op's name.

    Raises:
      TypeError: the dtypes differ.
      ValueError: the shapes don't broadcast.

    Example:
      >>> tf.add([1, 2], 3)
      <tf.Tensor 'Add:0' shape=(2,) dtype=int32>
    """
    return apply(ADD, [x, y], name=name)


def add_v2(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x + y, elementwise; what `x + y` makes of tensors.

    Example:
      >>> tf.constant(1) + 2
      <tf.Tensor 'add:0' shape=() dtype=int32>
    """
    return apply(ADD_V2, [x, y], name=name)


def subtract(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x - y, elementwise.

    Example:
      >>> tf.subtract([3.0, 2.0], 1.0)
      <tf.Tensor 'Sub:0' shape=(2,) dtype=float32>
    """
    return apply(SUB, [x, y], name=name)


def multiply(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x * y, elementwise.

    Example:
      >>> tf.multiply([3.0, 2.0], 4.0)
      <tf.Tensor 'Mul:0' shape=(2,) dtype=float32>
    """
    return apply(MUL, [x, y], name=name)


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """scalar * x.

    Args:
      scalar: a number or a tensor of rank 0; it takes the dtype of `x`.
      x: a tensor or IndexedSlices.
      name: the op's name.

    Raises:
      ValueError: `scalar` isn't of rank 0.

    Example:
      >>> tf.scalar_mul(2.0, tf.constant([1.0, 2.0]))
      <tf.Tensor 'Mul:0' shape=(2,) dtype=float32>
    """
    from jitgraph.ops.indexed_slices import IndexedSlices

    factor = convert_to_tensor(scalar, dtype=x.dtype.base_dtype, name="scalar")
    if factor._dims is None or len(factor._dims) != 0:
        raise ValueError(f"Only scalar multiply works, got shape {factor.shape}")
    if isinstance(x, IndexedSlices):
        return IndexedSlices(multiply(factor, x.values, name), x.indices, x.dense_shape)
    return multiply(factor, x, name)


@of_elements("Neg")
def negative(x: Any, name: str | None = None) -> Tensor:
    """-x, elementwise.

    Example:
      >>> tf.negative([1.0, -2.0])
      <tf.Tensor 'Neg:0' shape=(2,) dtype=float32>
    """
    return apply(NEG, [x], name=name)


@of_elements("Square")
def square(x: Any, name: str | None = None) -> Tensor:
    """x * x, elementwise.

    Example:
      >>> tf.square([1.0, -2.0])
      <tf.Tensor 'Square:0' shape=(2,) dtype=float32>
    """
    return apply(SQUARE, [x], name=name)


def squared_difference(x: Any, y: Any, name: str | None = None) -> Tensor:
    """(x - y)(x - y), elementwise; of complex numbers |x - y| squared.

    Example:
      >>> tf.squared_difference([1.0, -2.0], 3.0)
      <tf.Tensor 'SquaredDifference:0' shape=(2,) dtype=float32>
    """
    return apply(SQUARED_DIFFERENCE, [x, y], name=name)
