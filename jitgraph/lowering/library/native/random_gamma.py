"""Library, native: a gamma number of a stream, by Marsaglia's and Tsang's method.

The word language; float64 are held as their bits. Stands behind `random_streams`.
"""
# mypy: ignore-errors

from jitgraph.lowering.library.native.doubles import (
    added,
    is_at_most,
    is_below,
    less,
    over,
    result_of,
    result_of_two,
    root,
    times,
)
from jitgraph.lowering.library.native.memory import load_word
from jitgraph.lowering.library.native.random_streams import LOG, ONE, normal, uniform

ZERO = 0
MINUS_ONE = 0
THIRD = 0
TWO_THIRDS = 0
HALF = 0
SQUEEZE = 0


def draw(args, stream, number, alpha):
    """A number of shape `alpha`."""
    if alpha == ONE:
        return exponential(stream, number)
    is_small = is_below(alpha, ONE)
    d = added(alpha, TWO_THIRDS) if is_small else less(alpha, THIRD)
    c = over(THIRD, root(d))
    while True:
        x = normal(stream, number)
        v = added(ONE, times(c, x))
        if not is_at_most(v, ZERO):
            v = times(times(v, v), v)
            if accepts(stream, uniform(stream, number), x, v, d):
                return finished(args, stream, number, times(d, v), alpha, is_small)


def exponential(stream, number):
    """A number of shape 1."""
    rest = less(ONE, uniform(stream, number))
    return times(MINUS_ONE, result_of(load_word(stream + LOG), rest))


def accepts(stream, u, x, v, d):
    """Whether a candidate is taken: most of them are without a logarithm."""
    square = times(x, x)
    if is_below(u, less(ONE, times(times(SQUEEZE, square), square))):
        return 1
    log = load_word(stream + LOG)
    inner = added(less(ONE, v), result_of(log, v))
    return is_below(result_of(log, u), added(times(times(HALF, x), x), times(d, inner)))


def finished(args, stream, number, drawn, alpha, is_small):
    """A number of shape alpha + 1 made one of shape alpha, where that is below 1."""
    if not is_small:
        return drawn
    base = uniform(stream, number)
    return times(drawn, result_of_two(load_word(args + 80), base, over(ONE, alpha)))
