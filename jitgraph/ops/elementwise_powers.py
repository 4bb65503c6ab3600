"""Powers, roots and reciprocals, elementwise."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef, Sample
from jitgraph.ops.elementwise_broadcasting import static_spreads
from jitgraph.ops.elementwise_complex import conj
from jitgraph.ops.elementwise_definition import (
    FLOATS_AND_COMPLEX,
    INT32_64,
    NUMERIC,
    binary,
    gradient_op,
    unary,
)
from jitgraph.ops.elementwise_division import division_samples
from jitgraph.ops.sparse_operators import of_elements

POSITIVE = (0.2, 3.0)


def _pow_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.comparison import not_equal
    from jitgraph.ops.elementwise_exponential import log
    from jitgraph.ops.filling import ones_like, zeros_like
    from jitgraph.ops.selection import where

    x, y = op.inputs
    spread_x, spread_y = static_spreads(x, y, grad)
    x, y = conj(x), conj(y)
    grad_x = spread_x.back(grad * y * pow(x, y - 1))
    power = conj(op.outputs[0])
    mask = not_equal(x, 0) if x.dtype.is_complex else x > 0
    safe_x = where(mask, x, ones_like(x))
    log_x = where(mask, log(safe_x), zeros_like(x))
    return [grad_x, spread_y.back(grad * power * log_x)]


def _pow_samples(rng: np.random.Generator) -> Any:
    for dtype in (*FLOATS_AND_COMPLEX, *INT32_64):
        for left, right in (((3, 4), (3, 4)), ((3, 4), (4,)), ((), (3, 1)), ((0, 2), (2,))):
            base = np.asarray(rng.uniform(*POSITIVE, left))
            exponent = np.asarray(rng.uniform(0.0 if dtype.is_integer else -2.0, 4.0, right))
            kind = dtype.as_numpy_dtype
            yield Sample((base.astype(kind), exponent.astype(kind)))
    yield Sample((np.array([-2, -3], np.float32), np.array([2, 3], np.float32)))


POW = binary(
    "Pow",
    (dtypes.bfloat16, dtypes.float32, dtypes.float16, dtypes.float64, *NUMERIC[4:]),
    np.power,
    scalar={"float": "pow(x, y)"},
    gradient=_pow_gradient,
    samples=_pow_samples,
    neutral=1.0,
    with_constant={2.0: "Square"},
)


def pow(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x to the power of y, elementwise.

    Args:
      x, y: numeric tensors of one dtype that broadcast.
      name: the op's name.

    Example:
      >>> tf.pow([2.0, 3.0], 2.0)
      <tf.Tensor 'Pow:0' shape=(2,) dtype=float32>
    """
    with name_scope(name, "Pow", [x]) as scope:
        return apply(POW, [x, y], name=scope)


def _of_output(name: str) -> Any:
    """The gradient that an op of (output, incoming gradient) computes."""
    return lambda op, grad: [apply(_BY_NAME[name], [op.outputs[0], grad])]


def _sqrt_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    quotient = grad / op.inputs[0]
    return [-conj(quotient) * op.outputs[0], 0.5 * quotient]


def _gradient_op(name: str, reference: Any, scalar: str, gradient: Any) -> OpDef:
    """A gradient_op that gives 0 for no incoming gradient, even where `y` is infinite."""
    return gradient_op(
        name,
        lambda y, dy: np.where(dy == 0, np.zeros_like(dy), reference(y, dy)),
        f"{scalar} if dy != 0 else dy",
        gradient,
    )


SQRT_GRAD = _gradient_op(
    "SqrtGrad",
    lambda y, dy: dy * y.dtype.type(0.5) / np.conj(y),
    "0.5 * dy / y",
    _sqrt_grad_gradient,
)


def _rsqrt_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.arithmetic import square

    a, b = op.inputs
    conj_a, conj_grad = conj(a), conj(grad)
    grad_a = -1.5 * conj_grad * b * square(conj_a)
    return [grad_a, apply(RSQRT_GRAD, [conj_a, grad])]


RSQRT_GRAD = _gradient_op(
    "RsqrtGrad",
    lambda y, dy: np.conj(y) ** 3 * (dy * y.dtype.type(-0.5)),
    "(-0.5 * dy) * (y * y * y)",
    _rsqrt_grad_gradient,
)


def _reciprocal_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    conj_a, conj_grad = conj(op.inputs[0]), conj(grad)
    grad_a = conj_grad * -2.0 * op.inputs[1] * conj_a
    return [grad_a, apply(RECIPROCAL_GRAD, [conj_a, grad])]


def _reciprocal_grad_op(name: str) -> OpDef:
    return _gradient_op(
        name,
        lambda y, dy: -dy * np.conj(y) ** 2,
        "-dy * (y * y)",
        _reciprocal_grad_gradient,
    )


RECIPROCAL_GRAD = _reciprocal_grad_op("ReciprocalGrad")
INV_GRAD = _reciprocal_grad_op("InvGrad")

_BY_NAME = {d.name: d for d in (SQRT_GRAD, RSQRT_GRAD, RECIPROCAL_GRAD)}

SQRT = unary(
    "Sqrt",
    FLOATS_AND_COMPLEX,
    np.sqrt,
    scalar={"float": "sqrt(x)"},
    gradient=_of_output("SqrtGrad"),
    domain=POSITIVE,
)

RSQRT = unary(
    "Rsqrt",
    FLOATS_AND_COMPLEX,
    lambda x: 1 / np.sqrt(x),
    scalar={"float": "rsqrt(x)"},
    gradient=_of_output("RsqrtGrad"),
    domain=POSITIVE,
)


def _reciprocal(x: Any) -> Any:
    return 1 / x


def _reciprocal_samples(rng: np.random.Generator) -> Any:
    for sample in division_samples(FLOATS_AND_COMPLEX)(rng):
        yield Sample(sample.inputs[1:])


def _reciprocal_op(name: str) -> OpDef:
    return unary(
        name,
        NUMERIC,
        _reciprocal,
        scalar={"float": "1 / x"},
        gradient=_of_output("ReciprocalGrad"),
        samples=_reciprocal_samples,
        no_kernel=INT32_64,
    )


RECIPROCAL = _reciprocal_op("Reciprocal")
INV = _reciprocal_op("Inv")


@of_elements("Sqrt")
def sqrt(x: Any, name: str | None = None) -> Tensor:
    """The square root of x, elementwise.

    Example:
      >>> tf.sqrt([4.0, 9.0])
      <tf.Tensor 'Sqrt:0' shape=(2,) dtype=float32>
    """
    return apply(SQRT, [x], name=name)


def rsqrt(x: Any, name: str | None = None) -> Tensor:
    """1 / sqrt(x), elementwise.

    Example:
      >>> tf.rsqrt([4.0, 9.0])
      <tf.Tensor 'Rsqrt:0' shape=(2,) dtype=float32>
    """
    return apply(RSQRT, [x], name=name)


def reciprocal(x: Any, name: str | None = None) -> Tensor:
    """1 / x, elementwise.

    Example:
      >>> tf.reciprocal([4.0, 8.0])
      <tf.Tensor 'Reciprocal:0' shape=(2,) dtype=float32>
    """
    return apply(RECIPROCAL, [x], name=name)


def polyval(coeffs: Any, x: Any, name: str | None = None) -> Tensor:
    """The polynomial with these coefficients, the highest power's first, at x, elementwise.

    Args:
      coeffs: a list of numbers or tensors.
      x: where.
      name: the scope of the ops made.

    Example:
      >>> tf.math.polyval([1.0, 0.0, 2.0], tf.constant([3.0]))
      <tf.Tensor 'polyval/add_1:0' shape=(1,) dtype=float32>
    """
    from jitgraph.ops.filling import zeros_like

    with name_scope(name, "polyval", [*coeffs, x]) as scope:
        x = convert_to_tensor(x, name="x")
        if not coeffs:
            return zeros_like(x, name=scope)
        terms = [convert_to_tensor(item, name=f"coeff_{i}") for i, item in enumerate(coeffs)]
        value = terms[0]
        for term in terms[1:]:
            value = term + value * x
        return value
