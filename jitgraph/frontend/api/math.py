"""tf.math: elementwise functions, reductions, scans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.lazy_names import lazily

if TYPE_CHECKING:
    from jitgraph.frontend.metrics.classes import confusion_matrix
    from jitgraph.frontend.zero_fraction import zero_fraction
    from jitgraph.ops.activations import softplus
    from jitgraph.ops.arguments import argmax, argmin
    from jitgraph.ops.arithmetic import (
        add,
        multiply,
        negative,
        scalar_mul,
        square,
        squared_difference,
        subtract,
    )
    from jitgraph.ops.comparison import equal, greater, greater_equal, less, less_equal, not_equal
    from jitgraph.ops.elementwise_complex import angle, conj, imag, real
    from jitgraph.ops.elementwise_division import (
        div_no_nan as divide_no_nan,
        divide,
        floordiv,
        multiply_no_nan,
        truediv,
    )
    from jitgraph.ops.elementwise_exponential import (
        exp,
        expm1,
        log,
        log1p,
        log_sigmoid,
        sigmoid,
        xdivy,
        xlogy,
    )
    from jitgraph.ops.elementwise_extrema import maximum, minimum
    from jitgraph.ops.elementwise_incomplete import betainc, igamma, igammac, lbeta, zeta
    from jitgraph.ops.elementwise_powers import polyval, pow, reciprocal, rsqrt, sqrt
    from jitgraph.ops.elementwise_remainders import floormod, mod
    from jitgraph.ops.elementwise_rounding import (
        abs,
        ceil,
        floor,
        is_finite,
        is_inf,
        is_nan,
        nextafter,
        rint,
        round,
        sign,
    )
    from jitgraph.ops.elementwise_special import digamma, erf, erfc, lgamma, polygamma
    from jitgraph.ops.elementwise_sums import accumulate_n, add_n
    from jitgraph.ops.elementwise_trigonometric import (
        acos,
        acosh,
        asin,
        asinh,
        atan,
        atan2,
        atanh,
        cos,
        cosh,
        sin,
        sinh,
        tan,
        tanh,
    )
    from jitgraph.ops.logical import logical_and, logical_not, logical_or, logical_xor
    from jitgraph.ops.norms import l2_normalize
    from jitgraph.ops.rectifiers import softsign
    from jitgraph.ops.reductions import (
        count_nonzero,
        reduce_all,
        reduce_any,
        reduce_euclidean_norm,
        reduce_logsumexp,
        reduce_max,
        reduce_mean,
        reduce_min,
        reduce_prod,
        reduce_std,
        reduce_sum,
        reduce_variance,
    )
    from jitgraph.ops.scans import cumprod, cumsum
    from jitgraph.ops.scattering import unsorted_segment_sum
    from jitgraph.ops.segments import (
        segment_max,
        segment_mean,
        segment_min,
        segment_prod,
        segment_sum,
    )
    from jitgraph.ops.shape_arithmetic import invert_permutation
    from jitgraph.ops.softmax import log_softmax, softmax
    from jitgraph.ops.top_k import (
        in_top_k,
        top_k,
    )
    from jitgraph.ops.unsorted_segments import (
        unsorted_segment_max,
        unsorted_segment_mean,
        unsorted_segment_min,
        unsorted_segment_prod,
        unsorted_segment_sqrt_n,
    )
    from jitgraph.ops.value_counts import bincount

__getattr__, __dir__ = lazily(__name__, __file__)

__all__ = [
    "abs",
    "accumulate_n",
    "acos",
    "acosh",
    "add",
    "add_n",
    "angle",
    "argmax",
    "argmin",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "betainc",
    "bincount",
    "ceil",
    "confusion_matrix",
    "conj",
    "cos",
    "cosh",
    "count_nonzero",
    "cumprod",
    "cumsum",
    "digamma",
    "divide",
    "divide_no_nan",
    "equal",
    "erf",
    "erfc",
    "exp",
    "expm1",
    "floor",
    "floordiv",
    "floormod",
    "greater",
    "greater_equal",
    "igamma",
    "igammac",
    "imag",
    "in_top_k",
    "invert_permutation",
    "is_finite",
    "is_inf",
    "is_nan",
    "l2_normalize",
    "lbeta",
    "less",
    "less_equal",
    "lgamma",
    "log",
    "log1p",
    "log_sigmoid",
    "log_softmax",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "mod",
    "multiply",
    "multiply_no_nan",
    "negative",
    "nextafter",
    "not_equal",
    "polygamma",
    "polyval",
    "pow",
    "real",
    "reciprocal",
    "reduce_all",
    "reduce_any",
    "reduce_euclidean_norm",
    "reduce_logsumexp",
    "reduce_max",
    "reduce_mean",
    "reduce_min",
    "reduce_prod",
    "reduce_std",
    "reduce_sum",
    "reduce_variance",
    "rint",
    "round",
    "rsqrt",
    "scalar_mul",
    "segment_max",
    "segment_mean",
    "segment_min",
    "segment_prod",
    "segment_sum",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "softsign",
    "sqrt",
    "square",
    "squared_difference",
    "subtract",
    "tan",
    "tanh",
    "top_k",
    "truediv",
    "unsorted_segment_max",
    "unsorted_segment_mean",
    "unsorted_segment_min",
    "unsorted_segment_prod",
    "unsorted_segment_sqrt_n",
    "unsorted_segment_sum",
    "xdivy",
    "xlogy",
    "zero_fraction",
    "zeta",
]
