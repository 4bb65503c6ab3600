"""Library, native: a Poisson number of a stream, by Knuth's method or Hormann's.

The word language; float64 are held as their bits. Stands behind `random_streams`.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.doubles import (
    added,
    floored,
    is_at_most,
    is_below,
    less,
    magnitude,
    over,
    result_of,
    root,
    times,
)
from jitgraph.lowering.library.native.memory import load_word
from jitgraph.lowering.library.native.random_streams import LOG, ONE, uniform

ZERO = 0
TEN = 0
HALF = 0
TWO = 0
B_START = 0
B_SLOPE = 0
A_START = 0
A_SLOPE = 0
SHIFT = 0
FAR = 0
NEAR = 0
QUICK = 0
QUICK_SLOPE = 0
INVERSE = 0
INVERSE_SLOPE = 0
INVERSE_SHIFT = 0


def draw(args, stream, number, rate):
    """A number of a rate."""
    if is_below(rate, TEN):
        return counted(args, stream, number, rate)
    b = added(B_START, times(B_SLOPE, root(rate)))
    a = added(A_START, times(A_SLOPE, b))
    while is_at_most(TEN, rate):
        u = less(uniform(stream, number), HALF)
        v = uniform(stream, number)
        inner = less(HALF, magnitude(u))
        slope = added(over(times(TWO, a), inner), b)
        k = floored(added(added(times(slope, u), rate), SHIFT))
        if is_taken(args, stream, rate, a, b, v, inner, k):
            return k
    return ZERO


def counted(args, stream, number, rate):
    """How many uniform numbers are multiplied before exp(-rate) is reached."""
    limit = result_of(load_word(args + 88), less(ZERO, rate))
    product = uniform(stream, number)
    count = ZERO
    while not is_at_most(product, limit):
        product = times(product, uniform(stream, number))
        count = added(count, ONE)
    return count


def is_taken(args, stream, rate, a, b, v, inner, k):
    """Whether a candidate is taken: many are without a logarithm."""
    if is_below(load_word(args + 104), k):
        return 0
    if is_at_most(FAR, inner) and is_at_most(v, less(QUICK, over(QUICK_SLOPE, less(b, TWO)))):
        return 1
    if is_below(k, ZERO) or (is_below(inner, NEAR) and is_below(inner, v)):
        return 0
    log = load_word(stream + LOG)
    inverse = added(INVERSE, over(INVERSE_SLOPE, less(b, INVERSE_SHIFT)))
    ratio = over(times(v, inverse), added(over(a, times(inner, inner)), b))
    chance = added(less(ZERO, rate), times(k, result_of(log, rate)))
    chance = less(chance, result_of(load_word(args + 96), added(k, ONE)))
    return is_at_most(result_of(log, ratio), chance)
