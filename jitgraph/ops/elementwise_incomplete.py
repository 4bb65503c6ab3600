"""Incomplete gamma and beta functions, zeta, and logarithms of beta functions.

In: tensors of float32 or float64. Out: tensors. Series for small arguments and continued fractions
for large ones, as in Abramowitz and Stegun, "Handbook of mathematical functions", 6.5 and 26.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, control_dependencies, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import merge_dims
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery
from jitgraph.ops.elementwise_broadcasting import spreads
from jitgraph.ops.elementwise_definition import binary
from jitgraph.ops.elementwise_special import LGAMMA, _each, _hurwitz_zeta, lgamma
from jitgraph.ops.gamma_gradient import RANDOM_GAMMA_GRAD

_KINDS = (dtypes.float32, dtypes.float64)
_MOST_TERMS = 3000
_TINY = 1e-300
_EXACT = 1e-16

Numbers = np.ndarray[Any, Any]


def _log_gamma(a: Numbers) -> Numbers:
    reference: Any = LGAMMA.reference
    values: Numbers = reference(a)
    return values


def _lower_gamma(a: Numbers, x: Numbers) -> Numbers:
    """P(a, x), the lower incomplete gamma function over gamma(a)."""
    return _gamma_parts(a, x, is_upper=False)


def _upper_gamma(a: Numbers, x: Numbers) -> Numbers:
    """Q(a, x) = 1 - P(a, x)."""
    return _gamma_parts(a, x, is_upper=True)


def _gamma_parts(a: Numbers, x: Numbers, is_upper: bool) -> Numbers:
    kind = np.result_type(a, x)
    a, x = np.broadcast_arrays(a.astype(np.float64), x.astype(np.float64))
    lower = np.full(a.shape, np.nan)
    upper = np.full(a.shape, np.nan)
    is_valid = (a > 0) & (x >= 0)
    lower[is_valid & (x == 0)], upper[is_valid & (x == 0)] = 0.0, 1.0
    lower[is_valid & np.isinf(x)], upper[is_valid & np.isinf(x)] = 1.0, 0.0
    is_inside = is_valid & (x > 0) & np.isfinite(x)
    small = is_inside & (x < a + 1)
    large = is_inside & ~small
    lower[small] = _gamma_series(a[small], x[small])
    upper[small] = 1.0 - lower[small]
    upper[large] = _gamma_fraction(a[large], x[large])
    lower[large] = 1.0 - upper[large]
    return (upper if is_upper else lower).astype(kind)


def _gamma_series(a: Numbers, x: Numbers) -> Numbers:
    term = 1.0 / a
    total = term.copy()
    for n in range(1, _MOST_TERMS):
        term = term * x / (a + n)
        total = total + term
        if (np.abs(term) <= _EXACT * np.abs(total)).all():
            break
    found: Numbers = total * np.exp(a * np.log(x) - x - _log_gamma(a))
    return found


def _gamma_fraction(a: Numbers, x: Numbers) -> Numbers:
    first = x + 1 - a
    total = _continued_fraction(first, lambda n: (-n * (n - a), x + 2 * n + 1 - a))
    found: Numbers = np.exp(a * np.log(x) - x - _log_gamma(a)) / total
    return found


def _continued_fraction(first: Numbers, terms: Callable[[int], tuple[Numbers, Numbers]]) -> Numbers:
    """first + a1 / (b1 + a2 / (b2 + ...)), by Lentz's method."""
    total = np.where(first == 0, _TINY, first)
    c, d = total, np.zeros_like(total)
    for n in range(1, _MOST_TERMS):
        above, below = terms(n)
        d = below + above * d
        d = 1.0 / np.where(d == 0, _TINY, d)
        c = below + above / c
        c = np.where(c == 0, _TINY, c)
        total = total * c * d
        if (np.abs(c * d - 1.0) <= _EXACT * 4).all():
            break
    return total


def _gamma_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64):
        for left, right in (((2, 3), (2, 3)), ((), (4,)), ((3, 1), (4,)), ((0,), (1,))):
            a, x = rng.uniform(0.3, 6.0, left), rng.uniform(0.1, 9.0, right)
            yield Sample((np.asarray(a).astype(kind), np.asarray(x).astype(kind)))


def _slope_by_parameter(a: Numbers, x: Numbers) -> Numbers:
    kind = np.result_type(a, x)
    a, x = np.broadcast_arrays(a.astype(np.float64), x.astype(np.float64))
    of_sample: Any = RANDOM_GAMMA_GRAD.reference
    density = np.exp((a - 1) * np.log(x) - x - _log_gamma(a))
    found: Numbers = -np.where(x == 0, 0.0, of_sample(a, x) * density)
    return found.astype(kind)


IGAMMA_GRAD_A = binary(
    "IgammaGradA",
    _KINDS,
    _slope_by_parameter,
    signature="a: T, x: T -> z: T",
    samples=_gamma_samples,
)


def _lower_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.elementwise_exponential import exp, log

    a, x = op.inputs
    spread_a, spread_x = spreads(a, x)
    with control_dependencies([grad]):
        by_a = apply(IGAMMA_GRAD_A, [a, x])
        by_x = exp(-x + (a - 1) * log(x) - lgamma(a))
        return [spread_a.back(by_a * grad), spread_x.back(by_x * grad)]


def _upper_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    by_a, by_x = _lower_gradient(op, grad)
    return [-by_a, -by_x]


def _incomplete_gamma(name: str, reference: Any, gradient: Any) -> OpDef:
    signature = "a: T, x: T -> z: T"
    return binary(
        name,
        _KINDS,
        reference,
        signature=signature,
        gradient=gradient,
        samples=_gamma_samples,
    )


IGAMMA = _incomplete_gamma("Igamma", _lower_gamma, _lower_gradient)
IGAMMAC = _incomplete_gamma("Igammac", _upper_gamma, _upper_gradient)


def _zeta_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.elementwise_complex import conj

    x, q = op.inputs
    _, spread_q = spreads(x, q)
    with control_dependencies([grad]):
        x, q = conj(x), conj(q)
        by_q = -x * zeta(x + 1, q)
        return [None, spread_q.back(by_q * grad)]


def _zeta_at(s: float, q: float) -> float:
    if s == 1.0:
        return float("inf")
    return float("nan") if not s > 1.0 else _hurwitz_zeta(s, q)


def _zeta_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64):
        for left, right in (((2, 3), (2, 3)), ((), (4,)), ((3, 1), (4,)), ((0,), (1,))):
            s, q = rng.uniform(1.2, 6.0, left), rng.uniform(0.2, 5.0, right)
            yield Sample((np.asarray(s).astype(kind), np.asarray(q).astype(kind)))


ZETA = binary(
    "Zeta",
    _KINDS,
    _each(_zeta_at),
    signature="x: T, q: T -> z: T",
    gradient=_zeta_gradient,
    samples=_zeta_samples,
)


def _beta_shape(q: ShapeQuery) -> list[Any]:
    """All that aren't scalars have one shape; if any is unknown, nothing is known."""
    if any(dims is None for dims in q.shapes):
        return [None]
    merged: Any = ()
    for dims in q.shapes:
        merged = dims if merged == () else (merged if dims == () else merge_dims(merged, dims))
    return [merged]


def _incomplete_beta(a: Numbers, b: Numbers, x: Numbers) -> Numbers:
    kind = np.result_type(a, b, x)
    a, b, x = np.broadcast_arrays(*(each.astype(np.float64) for each in (a, b, x)))
    found = np.full(a.shape, np.nan)
    is_valid = (a > 0) & (b > 0)
    found[is_valid & (x == 0)] = 0.0
    found[is_valid & (x == 1)] = 1.0
    is_inside = is_valid & (x > 0) & (x < 1)
    low = is_inside & (x < (a + 1) / (a + b + 2))
    high = is_inside & ~low
    found[low] = _beta_fraction(a[low], b[low], x[low])
    found[high] = 1.0 - _beta_fraction(b[high], a[high], 1.0 - x[high])
    return found.astype(kind)


def _beta_fraction(a: Numbers, b: Numbers, x: Numbers) -> Numbers:
    def term(n: int) -> tuple[Numbers, Numbers]:
        m = n // 2
        if n % 2:
            above = -(a + m) * (a + b + m) * x / ((a + n - 1) * (a + n))
        else:
            above = m * (b - m) * x / ((a + n - 1) * (a + n))
        return above, np.ones_like(a)

    scale = np.exp(
        a * np.log(x) + b * np.log1p(-x) + _log_gamma(a + b) - _log_gamma(a) - _log_gamma(b)
    )
    found: Numbers = scale / (a * _continued_fraction(np.ones_like(a), term))
    return found


def _beta_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.elementwise_exponential import exp, log

    a, b, x = op.inputs
    _, spread_x = spreads(a, x)
    normalization = lgamma(a) + lgamma(b) - lgamma(a + b)
    by_x = exp((b - 1) * log(1 - x) + (a - 1) * log(x) - normalization)
    return [None, None, spread_x.back(by_x * grad)]


def _beta_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64):
        for shapes in (((2, 3),) * 3, ((), (), (4,)), ((3,), (3,), ()), ((0,), (0,), (0,))):
            drawn = (
                rng.uniform(*bounds, shape)
                for bounds, shape in zip(((0.3, 6), (0.3, 6), (0.05, 0.95)), shapes, strict=True)
            )
            yield Sample(tuple(np.asarray(each).astype(kind) for each in drawn))


BETAINC = OpDef(
    "Betainc",
    "a: T, b: T, x: T -> z: T",
    _beta_shape,
    types={"T": _KINDS},
    reference=_incomplete_beta,
    gradient=_beta_gradient,
    samples=_beta_samples,
)


def igamma(a: Any, x: Any, name: str | None = None) -> Tensor:
    """The lower regularized incomplete gamma function P(a, x), elementwise.

    Args:
      a: positive, x: not negative: float32 or float64 tensors that broadcast.
      name: the op's name.

    Example:
      >>> tf.igamma(2.0, [0.5, 1.0])
      <tf.Tensor 'Igamma:0' shape=(2,) dtype=float32>
    """
    return apply(IGAMMA, [a, x], name=name)


def igammac(a: Any, x: Any, name: str | None = None) -> Tensor:
    """The upper regularized incomplete gamma function 1 - P(a, x), elementwise.

    Args:
      a: positive, x: not negative: float32 or float64 tensors that broadcast.
      name: the op's name.

    Example:
      >>> tf.igammac(2.0, [0.5, 1.0])
      <tf.Tensor 'Igammac:0' shape=(2,) dtype=float32>
    """
    return apply(IGAMMAC, [a, x], name=name)


def betainc(a: Any, b: Any, x: Any, name: str | None = None) -> Tensor:
    """The regularized incomplete beta function, elementwise.

    Args:
      a, b: positive; x: from 0 to 1: float tensors of one shape, or scalars.
      name: the op's name.

    Raises:
      ValueError: the shapes differ.

    Example:
      >>> tf.betainc(2.0, 3.0, [0.2, 0.5])
      <tf.Tensor 'Betainc:0' shape=(2,) dtype=float32>
    """
    return apply(BETAINC, [a, b, x], name=name)


def zeta(x: Any, q: Any, name: str | None = None) -> Tensor:
    """Hurwitz' zeta function: the sum of (q + k) ** -x over k = 0, 1, 2, ..., elementwise.

    Args:
      x, q: float32 or float64 tensors that broadcast.
      name: the op's name.

    Example:
      >>> tf.zeta([2.0, 3.0], 1.0)
      <tf.Tensor 'Zeta:0' shape=(2,) dtype=float32>
    """
    return apply(ZETA, [x, q], name=name)


def lbeta(x: Any, name: str | None = None) -> Tensor:
    """The logarithm of the beta function of the numbers along the last axis.

    Args:
      x: a float tensor of rank 1 or more.
      name: the ops' name scope.

    Example:
      >>> tf.lbeta([[1.0, 2.0], [3.0, 4.0]]).shape
      TensorShape([Dimension(2)])
    """
    from jitgraph.ops.reductions import reduce_sum

    with name_scope(name, "lbeta", [x]):
        x = convert_to_tensor(x, name="x")
        product = reduce_sum(lgamma(x), axis=[-1])
        total = lgamma(reduce_sum(x, axis=[-1]))
        found: Tensor = product - total
        return found
