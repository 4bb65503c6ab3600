"""How a gamma number changes with the distribution's shape parameter: RandomGammaGrad.

In: shape parameters and numbers drawn with them. Out: the derivative of each number by its
parameter, and the gradient of random_gamma. M. Figurnov and others, "Implicit reparameterization
gradients", 2018: dx/da = -(dP(a, x)/da) / (dP(a, x)/dx), where P is the distribution's cumulative
function: a power series for small x, Legendre's continued fraction of 1 - P for large x, each
differentiated term by term.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, control_dependencies
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import OpDef, Sample
from jitgraph.ops.elementwise_special import DIGAMMA
from jitgraph.ops.shape_rules import broadcast_shape

MOST_TERMS = 2000
_LARGE = 2.0**52

Numbers = np.ndarray[Any, Any]


def _derivative(alpha: Numbers, sample: Numbers) -> Numbers:
    kind = np.result_type(alpha, sample)
    a, x = np.broadcast_arrays(alpha.astype(np.float64), sample.astype(np.float64))
    found = np.full(a.shape, np.nan)
    found[(a > 0) & (x == 0)] = 0.0
    is_valid = (a > 0) & (x > 0)
    is_large = is_valid & (x > 1) & (x > a)
    is_small = is_valid & ~is_large
    found[is_small] = _by_series(a[is_small], x[is_small])
    found[is_large] = _by_fraction(a[is_large], x[is_large])
    return found.astype(kind)


def _digamma(a: Numbers) -> Numbers:
    reference: Any = DIGAMMA.reference
    values: Numbers = reference(a)
    return values


def _by_series(a: Numbers, x: Numbers) -> Numbers:
    """Of the sum of x**n / ((a + 1) ... (a + n))."""
    term, total = np.ones_like(a), np.ones_like(a)
    slope, slopes = np.zeros_like(a), np.zeros_like(a)
    for n in range(1, MOST_TERMS):
        slope = (slope - term / (a + n)) * x / (a + n)
        term = term * x / (a + n)
        total, slopes = total + term, slopes + slope
        if (np.abs(slope) <= 1e-17 * np.abs(slopes)).all():
            break
    return -(slopes + total * (np.log(x) - _digamma(a + 1))) * x / a


def _by_fraction(a: Numbers, x: Numbers) -> Numbers:
    """Of numerators p and denominators q of the convergents, with their derivatives."""
    y, z = 1 - a, x + 2 - a
    p = [np.ones_like(a), x + 1, np.zeros_like(a), np.zeros_like(a)]
    q = [x, z * x, np.zeros_like(a), -x]
    value, slope = _quotient(p, q)
    for n in range(1, MOST_TERMS):
        y, z = y + 1, z + 2
        p, q = (_next_convergent(given, y * n, z, n) for given in (p, q))
        scale = np.where(np.abs(p[1]) > _LARGE, 1 / _LARGE, 1.0)
        p, q = ([part * scale for part in given] for given in (p, q))
        before = slope
        value, slope = _quotient(p, q)
        if (np.abs(slope - before) <= 1e-16 * np.abs(slope)).all():
            break
    return (slope + value * (np.log(x) - _digamma(a))) * x


def _next_convergent(given: list[Numbers], product: Numbers, z: Numbers, n: int) -> list[Numbers]:
    """From (the last but one, the last, their derivatives): z falls by 1, the product by n."""
    old, last, old_slope, last_slope = given
    following = last * z - old * product
    slope = last_slope * z - last - old_slope * product + old * n
    return [last, following, last_slope, slope]


def _quotient(p: list[Numbers], q: list[Numbers]) -> tuple[Numbers, Numbers]:
    value = p[1] / q[1]
    return value, (p[3] - value * q[3]) / q[1]


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64):
        alpha: Any = rng.uniform(0.2, 5, 12).astype(kind)
        yield Sample((alpha, rng.gamma(alpha).astype(kind)))
        yield Sample((alpha, np.full((3, 12), 9.0, kind)))
    yield Sample((np.float64(30.0), rng.gamma(30.0, size=8)))


RANDOM_GAMMA_GRAD = OpDef(
    "RandomGammaGrad",
    "alpha: T, sample: T -> output: T",
    broadcast_shape,
    types={"T": (dtypes.float32, dtypes.float64)},
    reference=_derivative,
    samples=_samples,
)


def random_gamma_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    """The gradient of RandomGamma to its shape parameters."""
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.filling import ones
    from jitgraph.ops.ranges import range as range_of
    from jitgraph.ops.reductions import reduce_sum
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape as shape_of

    shape, alpha = op.inputs
    with control_dependencies([grad]):
        rank = shape_of(shape)[0]
        spread = reshape(alpha, concat([ones([rank], dtypes.int32), shape_of(alpha)], axis=0))
        slope = apply(RANDOM_GAMMA_GRAD, [spread, op.outputs[0]])
        return [None, reduce_sum(grad * slope, axis=range_of(rank))]
