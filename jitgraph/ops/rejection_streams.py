"""Gamma and Poisson numbers as pure functions of a generator's state.

In: the state of a Philox generator, how many numbers, the parameters. Out: what TensorFlow's CPU
kernels make of that state: each number is drawn from 256 steps of its own, again and again until
one is accepted. Published sources: TensorFlow's random_op.cc and random_poisson_op.cc;
G. Marsaglia and W. Tsang, "A simple method for generating gamma variables", 2000; W. Hormann,
"The transformed rejection method for generating Poisson random variables", 1993.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.ops import philox
from jitgraph.ops.array_dims import Dims, as_ints, dims_from_vector
from jitgraph.ops.definition import INDEX, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.normal_transform import normal_float64
from jitgraph.ops.random_streams import STEPS_PER_OUTPUT, state_samples

GAMMA_DTYPES = tuple(map(dtypes.as_dtype, ("float16", "float32", "float64")))
POISSON_DTYPES = tuple(map(dtypes.as_dtype, ("float16", "float32", "float64", "int32", "int64")))
LEAST_TRANSFORMED_RATE = 10.0
"""Poisson numbers of a smaller rate are counted, those of others found by rejection."""

Numbers = np.ndarray[Any, Any]


class _Streams:
    """Uniform and normal numbers of many streams, each taken only by the streams that ask.

    A step gives two numbers of a kind, of which the second is taken first.
    """

    def __init__(self, state: Numbers, count: int) -> None:
        self.state = state
        self.steps = np.arange(count) * STEPS_PER_OUTPUT
        self.kept = {kind: np.zeros((count, 2)) for kind in ("uniform", "normal")}
        self.left = {kind: np.zeros(count, np.int64) for kind in self.kept}

    def uniform(self, streams: Numbers) -> Numbers:
        """A number of [0, 1) of each of these streams."""
        return self._taken("uniform", philox.uniform_float64, streams)

    def normal(self, streams: Numbers) -> Numbers:
        """A normal number of each of these streams."""
        return self._taken("normal", normal_float64, streams)

    def _taken(self, kind: str, convert: Callable[[Numbers], Numbers], streams: Numbers) -> Numbers:
        kept, left = self.kept[kind], self.left[kind]
        empty = streams[left[streams] == 0]
        kept[empty] = convert(philox.words(self.state, self.steps[empty]))
        self.steps[empty] += 1
        left[empty] = 2
        left[streams] -= 1
        return kept[streams, left[streams]]


def _each(function: Callable[..., float], *arrays: Numbers) -> Numbers:
    """A function of the C library, element by element; NumPy's own rounds otherwise."""
    return np.array([function(*items) for items in zip(*arrays, strict=True)], np.float64)


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf


def parameter_dims(q: ShapeQuery, shape: int = 0) -> Dims | None:
    """The dims that input `shape` describes, then those of the parameters behind it."""
    front, back = dims_from_vector(q.value(shape), q.shapes[shape]), q.shapes[shape + 1]
    return None if front is None or back is None else (*front, *back)


def _drawn(
    state: Numbers, shape: Any, parameters: Numbers, dtype: Any,
    draw: Callable[[_Streams, Numbers], Numbers],
) -> Numbers:  # fmt: skip
    """Numbers of all parameters, those of one parameter from neighbouring streams."""
    dims = as_ints(shape)
    samples = math.prod(dims)
    each = np.repeat(parameters.reshape(-1).astype(np.float64), samples)
    found = draw(_Streams(state, each.size), each)
    ordered = found.reshape(parameters.size, samples).T
    return ordered.astype(dtype).reshape(*dims, *parameters.shape)


def _gamma(state: Numbers, shape: Any, alpha: Numbers, **_: Any) -> Numbers:
    return _drawn(state, shape, alpha, alpha.dtype, _draw_gamma)


def _draw_gamma(streams: _Streams, alpha: Numbers) -> Numbers:
    found = np.empty(alpha.size)
    is_one = alpha == 1.0
    exponential = np.flatnonzero(is_one)
    found[exponential] = -_each(_log, 1.0 - streams.uniform(exponential))
    is_small = alpha < 1.0
    d = alpha + np.where(is_small, 2.0 / 3, -1.0 / 3)
    c = 1.0 / 3 / np.sqrt(d)
    pending = np.flatnonzero(~is_one)
    while pending.size:
        accepted, values = _gamma_attempt(streams, pending, d, c)
        small = is_small[accepted]
        raised = _each(math.pow, streams.uniform(accepted[small]), 1 / alpha[accepted[small]])
        values[small] *= raised
        found[accepted] = values
        pending = np.setdiff1d(pending, accepted, assume_unique=True)
    return found


def _gamma_attempt(
    streams: _Streams, pending: Numbers, d: Numbers, c: Numbers
) -> tuple[Numbers, Numbers]:
    """One attempt of each stream: those that have a number now, and the numbers."""
    x = streams.normal(pending)
    v = 1 + c[pending] * x
    is_possible = ~(v <= 0)
    possible = pending[is_possible]
    x, v, size = x[is_possible], v[is_possible], d[possible]
    v = v * v * v
    u = streams.uniform(possible)
    is_taken = u < 1 - 0.0331 * (x * x) * (x * x)
    rest = np.flatnonzero(~is_taken)
    limit = 0.5 * x[rest] * x[rest] + size[rest] * (1 - v[rest] + _each(_log, v[rest]))
    is_taken[rest] = _each(_log, u[rest]) < limit
    return possible[is_taken], (size * v)[is_taken]


def _widened_gamma(b: Any, instr: Any) -> list[Any] | None:
    """Numbers of any dtype are drawn in float64."""
    state, shape, alpha = instr.inputs
    kind = alpha.type.dtype
    if kind == dtypes.float64:
        return None
    wide = b.emit("Cast", alpha, DstT=dtypes.float64)
    return [b.emit("Cast", b.emit(PHILOX_GAMMA, state, shape, wide), DstT=kind)]


def _widened_poisson(b: Any, instr: Any) -> list[Any] | None:
    """Numbers of any dtype are drawn in float64, none greater than the dtype has."""
    state, shape, rate = instr.inputs
    kind = instr.outputs[0].type.dtype
    if kind == rate.type.dtype == dtypes.float64:
        return None
    attrs = {"dtype": dtypes.float64, "most": float(kind.max)}
    drawn = b.emit(PHILOX_POISSON, state, shape, b.emit("Cast", rate, DstT=dtypes.float64), **attrs)
    return [b.emit("Cast", drawn, DstT=kind)]


def _poisson(
    state: Numbers, shape: Any, rate: Numbers, dtype: DType, most: float | None = None, **_: Any
) -> Numbers:
    kind = dtype.as_numpy_dtype
    limit = float(dtype.max) if most is None else most

    def draw(streams: _Streams, rates: Numbers) -> Numbers:
        found = np.zeros(rates.size)
        _count(streams, np.flatnonzero(rates < LEAST_TRANSFORMED_RATE), rates, found)
        large = np.flatnonzero(rates >= LEAST_TRANSFORMED_RATE)
        _transform(streams, large, rates, limit, found)
        return found

    return _drawn(state, shape, rate, kind, draw)


def _count(streams: _Streams, pending: Numbers, rates: Numbers, found: Numbers) -> None:
    """Knuth's method: how many uniform numbers are multiplied before exp(-rate) is reached."""
    limits = np.zeros(rates.size)
    limits[pending] = _each(math.exp, -rates[pending])
    products, count = np.ones(rates.size), 0
    while pending.size:
        products[pending] *= streams.uniform(pending)
        is_done = products[pending] <= limits[pending]
        found[pending[is_done]] = count
        pending = pending[~is_done]
        count += 1


def _transform(
    streams: _Streams, pending: Numbers, rates: Numbers, most: float, found: Numbers
) -> None:
    """Hormann's method: rejection from a distribution that is easily inverted."""
    while pending.size:
        rate = rates[pending]
        b = 0.931 + 2.53 * np.sqrt(rate)
        a = -0.059 + 0.02483 * b
        u = streams.uniform(pending) - 0.5
        v = streams.uniform(pending)
        inner = 0.5 - np.abs(u)
        k = np.floor((2.0 * a / inner + b) * u + rate + 0.43)
        fits = k <= most
        is_quick = fits & (inner >= 0.07) & (v <= 0.9277 - 3.6224 / (b - 2.0))
        may_be = fits & ~is_quick & ~((k < 0) | ((inner < 0.013) & (v > inner)))
        rest = np.flatnonzero(may_be)
        is_taken = is_quick
        is_taken[rest] = _is_below(rate[rest], k[rest], v[rest], inner[rest], a[rest], b[rest])
        found[pending[is_taken]] = k[is_taken]
        pending = pending[~is_taken]


def _is_below(
    rate: Numbers, k: Numbers, v: Numbers, inner: Numbers, a: Numbers, b: Numbers
) -> Numbers:
    inverse = 1.1239 + 1.1328 / (b - 3.4)
    left = _each(_log, v * inverse / (a / (inner * inner) + b))
    right = -rate + k * _each(math.log, rate) - _each(math.lgamma, k + 1)
    below: Numbers = left <= right
    return below


def _gamma_samples(rng: np.random.Generator) -> Iterator[Sample]:
    shape = np.array([40], np.int32)
    for state in state_samples():
        for kind in (np.float32, np.float64, np.float16):
            yield Sample((state, shape, np.array([0.3, 1.0, 2.5], kind)))
        yield Sample((state, np.array([2, 3], np.int64), np.float32(7)))
        yield Sample((state, np.array([0], np.int32), np.float32(7)))


def _poisson_samples(rng: np.random.Generator) -> Iterator[Sample]:
    shape = np.array([40], np.int32)
    for state in state_samples():
        for dtype in POISSON_DTYPES:
            rate = np.array([[0.3], [5.0], [30.0]])
            yield Sample((state, shape, rate), {"dtype": dtype})
        yield Sample((state, shape, np.int32(12)), {"dtype": dtypes.float32})
        yield Sample((state, np.zeros(1, np.int32), np.float32(12)), {"dtype": dtypes.float32})


PHILOX_GAMMA = OpDef(
    "PhiloxGamma",
    "state: int64, shape: S, alpha: T -> output: T",
    lambda q: [parameter_dims(q, 1)],
    types={"S": INDEX, "T": GAMMA_DTYPES},
    reference=_gamma,
    decompose=_widened_gamma,
    library="random_gamma",
    host=(1,),
    gradient=no_gradient,
    samples=_gamma_samples,
    internal=True,
)

PHILOX_POISSON = OpDef(
    "PhiloxPoisson",
    "state: int64, shape: S, rate: R -> output: dtype",
    lambda q: [parameter_dims(q, 1)],
    types={"S": INDEX, "R": POISSON_DTYPES, "dtype": (POISSON_DTYPES, dtypes.int64)},
    attrs={"dtype": dtypes.int64, "most": None},
    reference=_poisson,
    decompose=_widened_poisson,
    library="random_poisson",
    host=(1,),
    gradient=no_gradient,
    samples=_poisson_samples,
    internal=True,
)
