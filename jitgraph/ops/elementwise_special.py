"""Special functions, elementwise: error functions, gamma and its derivatives."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, control_dependencies
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import FLOATS, Sample
from jitgraph.ops.elementwise_broadcasting import spreads
from jitgraph.ops.elementwise_complex import conj
from jitgraph.ops.elementwise_definition import after_gradient, binary, unary
from jitgraph.ops.sparse_operators import of_elements

_POSITIVE = (0.3, 5.0)

_BERNOULLI = (
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510,
)  # fmt: skip
"""B(2), B(4), B(6) ...: coefficients of Euler-Maclaurin tails."""

_FAR = 10.0
"""From here on asymptotic series are exact to double precision."""


def _is_pole(x: float) -> bool:
    return x <= 0 and (math.isinf(x) or x == math.floor(x))


def _lgamma(x: float) -> float:
    if _is_pole(x):
        return math.inf
    return math.lgamma(x)


def _digamma(x: float) -> float:
    if math.isnan(x) or x == math.inf:
        return x
    if _is_pole(x):
        return math.inf
    if x < 0:
        return _digamma(1 - x) - math.pi / math.tan(math.pi * (x - math.floor(x)))
    shift = 0.0
    while x < _FAR:
        shift += 1 / x
        x += 1
    tail = sum(b / (2 * k * x ** (2 * k)) for k, b in enumerate(_BERNOULLI, 1))
    return math.log(x) - 0.5 / x - tail - shift


def _hurwitz_zeta(s: float, q: float) -> float:
    """sum of (q + k) ** -s over k = 0, 1, 2 ..., for s > 1."""
    if _is_pole(q):
        return math.inf
    head = 0.0
    while q < _FAR:
        head += q**-s
        q += 1
    power = q**-s
    total = head + power * q / (s - 1) + power / 2
    factor = s * power / q
    for k, b in enumerate(_BERNOULLI, 1):
        total += b * factor / math.factorial(2 * k)
        factor *= (s + 2 * k - 1) * (s + 2 * k) / (q * q)
    return total


def _polygamma(order: float, x: float) -> float:
    if math.isnan(x) or not math.isfinite(order) or order < 0 or order != math.floor(order):
        return math.nan
    if order == 0:
        return _digamma(x)
    sign = 1.0 if order % 2 else -1.0
    return sign * math.factorial(int(order)) * _hurwitz_zeta(order + 1, x)


def _each(function: Callable[..., float]) -> Callable[..., Any]:
    """`function` of floats, applied in double precision to every element."""
    vectorized = np.vectorize(function, otypes=[np.float64])

    def reference(*inputs: Any) -> Any:
        result = vectorized(*(np.asarray(x, np.float64) for x in inputs))
        return result.astype(inputs[0].dtype)

    return reference


def _error_gradient(factor: float) -> Callable[..., list[Tensor]]:
    def gradient(op: Any, grad: Tensor) -> list[Tensor]:
        from jitgraph.ops.arithmetic import square
        from jitgraph.ops.constants import constant
        from jitgraph.ops.elementwise_exponential import exp

        scale = constant(factor / math.sqrt(math.pi), dtype=grad.dtype)
        with control_dependencies([grad]):
            x = conj(op.inputs[0])
            return [grad * scale * exp(-square(x))]

    return gradient


ERF = unary("Erf", FLOATS, _each(math.erf), scalar="erf(x)", gradient=_error_gradient(2.0))
ERFC = unary("Erfc", FLOATS, _each(math.erfc), scalar="erfc(x)", gradient=_error_gradient(-2.0))


@after_gradient
def _lgamma_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [grad * digamma(conj(op.inputs[0]))]


LGAMMA = unary(
    "Lgamma",
    FLOATS,
    _each(_lgamma),
    scalar="lgamma(x)",
    gradient=_lgamma_gradient,
    domain=_POSITIVE,
)


@after_gradient
def _digamma_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.constants import constant

    x = conj(op.inputs[0])
    return [grad * polygamma(constant(1, dtype=x.dtype), x)]


DIGAMMA = unary(
    "Digamma",
    FLOATS,
    _each(_digamma),
    scalar="digamma(x)",
    gradient=_digamma_gradient,
    domain=_POSITIVE,
)


def _polygamma_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    n, x = op.inputs
    _, spread_x = spreads(n, x)
    with control_dependencies([grad]):
        partial_x = polygamma(conj(n) + 1, conj(x))
        return [None, spread_x.back(partial_x * grad)]


def _polygamma_samples(rng: np.random.Generator) -> Any:
    for kind in (np.float32, np.float64):
        for left, right in (((), (4,)), ((3, 1), (4,)), ((2, 3), (2, 3)), ((0,), (1,))):
            order = rng.integers(0, 4, left)
            x = rng.uniform(*_POSITIVE, right)
            yield Sample((np.asarray(order).astype(kind), np.asarray(x).astype(kind)))


POLYGAMMA = binary(
    "Polygamma",
    (dtypes.float32, dtypes.float64),
    _each(_polygamma),
    signature="a: T, x: T -> z: T",
    gradient=_polygamma_gradient,
    samples=_polygamma_samples,
)


@of_elements("Erf")
def erf(x: Any, name: str | None = None) -> Tensor:
    """The error function of x, elementwise.

    Example:
      >>> tf.erf([0.0, 1.0])
      <tf.Tensor 'Erf:0' shape=(2,) dtype=float32>
    """
    return apply(ERF, [x], name=name)


def erfc(x: Any, name: str | None = None) -> Tensor:
    """1 - erf(x), elementwise, exact for large x.

    Example:
      >>> tf.erfc([0.0, 1.0])
      <tf.Tensor 'Erfc:0' shape=(2,) dtype=float32>
    """
    return apply(ERFC, [x], name=name)


def lgamma(x: Any, name: str | None = None) -> Tensor:
    """The logarithm of the magnitude of gamma(x), elementwise.

    Example:
      >>> tf.lgamma([0.5, 1.0])
      <tf.Tensor 'Lgamma:0' shape=(2,) dtype=float32>
    """
    return apply(LGAMMA, [x], name=name)


def digamma(x: Any, name: str | None = None) -> Tensor:
    """The derivative of lgamma(x), elementwise.

    Example:
      >>> tf.digamma([0.5, 1.0])
      <tf.Tensor 'Digamma:0' shape=(2,) dtype=float32>
    """
    return apply(DIGAMMA, [x], name=name)


def polygamma(a: Any, x: Any, name: str | None = None) -> Tensor:
    """The derivative of digamma(x) of order `a`, elementwise.

    Args:
      a: the order, a whole number, as float32 or float64.
      x: where.
      name: the op's name.

    Example:
      >>> tf.polygamma(1.0, [0.5, 1.0])
      <tf.Tensor 'Polygamma:0' shape=(2,) dtype=float32>
    """
    return apply(POLYGAMMA, [a, x], name=name)
