"""Functions of the normal and Laplace distributions, over tensors of float32 or float64.

In: tensors. Out: tensors; gradients are those of the ops they are made of. The quantiles are
Wichura's: "Algorithm AS 241: the percentage points of the normal distribution", 1988.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.arithmetic import square
from jitgraph.ops.comparison import greater, less
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_exponential import exp, log, log1p
from jitgraph.ops.elementwise_extrema import maximum, minimum
from jitgraph.ops.elementwise_powers import sqrt
from jitgraph.ops.elementwise_rounding import abs, sign
from jitgraph.ops.elementwise_special import erf, erfc
from jitgraph.ops.filling import fill, zeros_like
from jitgraph.ops.selection import where_v2
from jitgraph.ops.shapes_of import shape as shape_of

_TAILS = {"float32": (-10.0, 5.0), "float64": (-20.0, 8.0)}
"""Below the first the logarithm is an asymptotic series, above the second it is the other tail."""

_MIDDLE = (
    (
        *(3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3),
        *(1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4),
        *(3.3430575583588128105e4, 2.5090809287301226727e3),
    ),
    (
        *(1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3),
        *(2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4),
        5.2264952788528545610e3,
    ),
)
_NEAR_TAIL = (
    (
        *(1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0),
        *(3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1),
        *(2.27238449892691845833e-2, 7.74545014278341407640e-4),
    ),
    (
        *(1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1),
        *(1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4),
        1.05075007164441684324e-9,
    ),
)
_FAR_TAIL = (
    (
        *(6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0),
        *(2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3),
        *(2.71155556874348757815e-5, 2.01033439929228813265e-7),
    ),
    (
        *(1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2),
        *(7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7),
        2.04426310338993978564e-15,
    ),
)


def _float_tensor(x: Any, name: str) -> Tensor:
    tensor = convert_to_tensor(x, name=name)
    if tensor.dtype.name not in _TAILS:
        raise TypeError(
            f"x.dtype={tensor.dtype!r} is not handled, see docstring for supported types."
        )
    return tensor


def ndtr(x: Any, name: str = "ndtr") -> Tensor:
    """The probability of a standard normal number below each element.

    Args:
      x: a float32 or float64 tensor.
      name: the ops' name scope.

    Raises:
      TypeError: another dtype.
    """
    with name_scope(name, values=[x]):
        return _below(_float_tensor(x, "x"))


def _below(x: Tensor) -> Tensor:
    half = constant(0.5 * math.sqrt(2.0), dtype=x.dtype, name="half_sqrt_2")
    w = x * half
    z = abs(w)
    is_middle, middle = less(z, half), 1.0 + erf(w)
    tail = where_v2(greater(w, 0.0), 2.0 - erfc(z), erfc(z))
    found: Tensor = 0.5 * where_v2(is_middle, middle, tail)
    return found


def log_ndtr(x: Any, series_order: int = 3, name: str = "log_ndtr") -> Tensor:
    """The logarithm of `ndtr`, exact far out in the tails, too.

    Args:
      x: a float32 or float64 tensor.
      series_order: terms of the asymptotic series of the lower tail.
      name: the ops' name scope.

    Raises:
      TypeError: another dtype.
      ValueError: the order is negative or above 30.
    """
    if not isinstance(series_order, int):
        raise TypeError("series_order must be a Python integer.")
    if not 0 <= series_order <= 30:
        limit = "non-negative" if series_order < 0 else "<= 30"
        raise ValueError(f"series_order must be {limit}.")
    with name_scope(name, values=[x]):
        x = _float_tensor(x, "x")
        lower, upper = (x.dtype.as_numpy_dtype(each) for each in _TAILS[x.dtype.name])
        is_high, high = greater(x, upper), -_below(-x)
        is_middle, middle = greater(x, lower), log(_below(maximum(x, lower)))
        low = _log_lower_tail(minimum(x, lower), series_order)
        return where_v2(is_high, high, where_v2(is_middle, middle, low))


def _log_lower_tail(x: Tensor, order: int) -> Tensor:
    squared = square(x)
    scale = -0.5 * squared - log(-x) - 0.5 * math.log(2.0 * math.pi)
    found: Tensor = scale + log(_asymptotic_series(x, order))
    return found


def _asymptotic_series(x: Tensor, order: int) -> Any:
    """1 - 1/x² + 3/x⁴ - 15/x⁶ ..., the terms of either sign added up apart."""
    kind = x.dtype.as_numpy_dtype
    squared = square(x)
    sums: list[Any] = [zeros_like(x), zeros_like(x)]
    power, factorial = squared, 1
    for number in range(1, order + 1):
        factorial *= 2 * number - 1
        sums[number % 2] += kind(factorial) / power
        power = power * squared
    return 1.0 + sums[0] - sums[1]


def ndtri(p: Any, name: str = "ndtri") -> Tensor:
    """The number below which a standard normal number lies with each probability.

    Args:
      p: a float32 or float64 tensor of probabilities.
      name: the ops' name scope.

    Raises:
      TypeError: another dtype.
    """
    with name_scope(name, values=[p]):
        p = _float_tensor(p, "p")
        q = p - 0.5
        is_inside = (p > 0.0) & (p < 1.0)
        half = fill(shape_of(p), p.dtype.as_numpy_dtype(0.5))
        smaller = where_v2(is_inside, minimum(p, 1.0 - p), half)
        r = sqrt(-log(smaller))
        middle = q * _ratio(_MIDDLE, 0.180625 - q * q)
        tail = where_v2(r <= 5.0, _ratio(_NEAR_TAIL, r - 1.6), _ratio(_FAR_TAIL, r - 5.0))
        found = where_v2(abs(q) <= 0.425, middle, sign(q) * tail)
        return where_v2(is_inside, found, where_v2(p >= 1.0, _infinite(p), -_infinite(p)))


def _infinite(like: Tensor) -> Tensor:
    return fill(shape_of(like), like.dtype.as_numpy_dtype(np.inf))


def _ratio(coefficients: Any, x: Tensor) -> Any:
    above, below = (_polynomial(each, x) for each in coefficients)
    return above / below


def _polynomial(coefficients: Any, x: Tensor) -> Any:
    total: Any = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * x + coefficient
    return total


def log_cdf_laplace(x: Any, name: str = "log_cdf_laplace") -> Tensor:
    """The logarithm of the probability of a standard Laplace number below each element.

    Args:
      x: a float tensor.
      name: the ops' name scope.
    """
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        lower = -math.log(2.0) + x
        upper = log1p(-0.5 * exp(-abs(x)))
        return where_v2(x < 0.0, lower, upper)
