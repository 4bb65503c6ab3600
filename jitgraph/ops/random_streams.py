"""Random numbers as pure functions of a generator's state: what a program computes.

In: the state of a Philox generator and what the random op was given. Out: the numbers that
TensorFlow's CPU kernels make of that state. These ops stand in no user's graph: `trace` writes one
for each random op, beside the state's advance. Published sources: TensorFlow's philox_random.h and
random_distributions.h.
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
from jitgraph.ops.definition import FLOATS, INDEX, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.normal_transform import normal_float32, normal_float64

STEPS_PER_OUTPUT = 256
"""So many steps of the generator a number is given, used or not."""

MOST_TRUNCATED = 2.0
"""A truncated normal number is nearer to 0 than this."""


def _drawn_shape(q: ShapeQuery) -> list[Dims | None]:
    return [dims_from_vector(q.value(1), q.shapes[1])]


def is_wide(dtype: DType) -> bool:
    """Whether a number takes two words of the generator."""
    return dtype.size == 8


def group_size(dtype: DType) -> int:
    """So many numbers a step gives."""
    return philox.WORDS // 2 if is_wide(dtype) else philox.WORDS


def _filled(
    state: np.ndarray, shape: Any, dtype: DType, convert: Callable[[np.ndarray], np.ndarray]
) -> np.ndarray:
    """`convert` of the words of as many steps as `shape` takes."""
    dims = as_ints(shape)
    size = math.prod(dims)
    steps = -(-size // group_size(dtype))
    numbers = convert(philox.words(state, np.arange(steps)))
    return numbers.reshape(-1)[:size].astype(dtype.as_numpy_dtype).reshape(dims)


def _uniform(state: np.ndarray, shape: Any, dtype: DType, **_: Any) -> np.ndarray:
    kind = dtype.as_numpy_dtype
    if dtype == dtypes.float32:
        return _filled(state, shape, dtype, philox.uniform_float32)
    if dtype == dtypes.float64:
        return _filled(state, shape, dtype, philox.uniform_float64)
    return _filled(state, shape, dtype, lambda given: philox.uniform_narrow(given, np.dtype(kind)))


def _normal(state: np.ndarray, shape: Any, dtype: DType, **_: Any) -> np.ndarray:
    return _filled(state, shape, dtype, normal_float64 if is_wide(dtype) else normal_float32)


def _truncated_normal(state: np.ndarray, shape: Any, dtype: DType, **_: Any) -> np.ndarray:
    """Each group has its own part of the stream and takes the first numbers that are near 0."""
    dims = as_ints(shape)
    size, group = math.prod(dims), group_size(dtype)
    convert = normal_float64 if is_wide(dtype) else normal_float32
    groups = -(-size // group)
    numbers = np.empty((groups, group))
    pending, steps = np.arange(groups), 4
    while pending.size:
        first = pending * (group * STEPS_PER_OUTPUT // philox.WORDS)
        drawn = convert(philox.words(state, first[:, None] + np.arange(steps)))
        drawn = drawn.reshape(pending.size, -1)
        is_near = np.abs(drawn) < MOST_TRUNCATED
        has_enough = is_near.sum(axis=1) >= group
        places = np.argsort(~is_near, axis=1, kind="stable")[:, :group]
        chosen = np.take_along_axis(drawn, places, axis=1)
        numbers[pending[has_enough]] = chosen[has_enough]
        pending, steps = pending[~has_enough], steps * 2
    return numbers.reshape(-1)[:size].astype(dtype.as_numpy_dtype).reshape(dims)


def _uniform_int(
    state: np.ndarray, shape: Any, low: Any, high: Any, Tout: DType | None = None, **_: Any
) -> np.ndarray:
    dtype = dtypes.as_dtype(np.asarray(low).dtype) if Tout is None else Tout
    lowest, after = int(low), int(high)
    if lowest >= after and math.prod(as_ints(shape)) > 0:
        raise ValueError(f"Need minval < maxval, got {lowest} >= {after}")
    bits = np.uint64 if is_wide(dtype) else np.uint32

    def convert(given: np.ndarray) -> np.ndarray:
        whole = philox.word_pairs(given) if is_wide(dtype) else given
        from_lowest = whole % bits(max(after - lowest, 1))
        with np.errstate(over="ignore"):
            return from_lowest + np.asarray(lowest, dtype.as_numpy_dtype).view(bits)

    return _filled(state, shape, dtype, convert).astype(dtype.as_numpy_dtype)


def _advanced(state: np.ndarray, steps: Any) -> np.ndarray:
    moved: np.ndarray = state + np.array([int(steps), 0, 0], np.int64)
    return moved


def _advance_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for state in state_samples():
        yield Sample((state, np.int64(0)))
        yield Sample((state, np.int64(2**40)))


PHILOX_ADVANCE = OpDef(
    "PhiloxAdvance",
    "state: int64, steps: int64 -> next: int64",
    lambda q: [q.shapes[0]],
    reference=_advanced,
    library="random_advance",
    host=(1,),
    gradient=no_gradient,
    samples=_advance_samples,
    internal=True,
)
"""The state of a generator some steps on."""


def state_samples() -> Iterator[np.ndarray]:
    """States of generators: fresh, far on, with seeds of more than 32 bits."""
    yield philox.initial_state(87654321, 5)
    yield np.array([2**32 - 3, -1, 2**40 + 7], np.int64)


def _float_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for state in state_samples():
        for dtype in FLOATS:
            yield Sample((state, np.array([3, 7], np.int32)), {"dtype": dtype})
    yield Sample((state, np.array([1001], np.int64)), {"dtype": dtypes.float32})
    yield Sample((state, np.array([0, 2], np.int32)), {"dtype": dtypes.float64})
    yield Sample((state, np.zeros(0, np.int32)), {"dtype": dtypes.float32})


def _int_samples(rng: np.random.Generator) -> Iterator[Sample]:
    shape = np.array([3, 7], np.int32)
    for state in state_samples():
        yield Sample((state, shape, np.int32(-5), np.int32(100)))
        yield Sample((state, shape, np.int32(-(2**31)), np.int32(2**31 - 1)))
        yield Sample((state, shape, np.int64(-5), np.int64(10**12)))
        yield Sample((state, shape, np.int64(-(2**62)), np.int64(2**63 - 1)))


def _scaled_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for sample in _float_samples(rng):
        kind = sample.attrs["dtype"].as_numpy_dtype
        yield Sample((*sample.inputs, kind(0.1), kind(-2.7)), sample.attrs)


def _scaled(draw: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    """`draw`, times a scale, plus a shift, each rounded."""

    def scaled(state: np.ndarray, shape: Any, scale: Any, shift: Any, **attrs: Any) -> np.ndarray:
        numbers: np.ndarray = draw(state, shape, **attrs) * scale + shift
        return numbers

    return scaled


def _float_ops(name: str, kind: str, draw: Callable[..., np.ndarray]) -> tuple[OpDef, OpDef]:
    """The op that gives numbers, and the one that scales and shifts them too."""
    return _float_op(name, kind, draw), OpDef(
        f"{name}Scaled",
        "state: int64, shape: T, scale: dtype, shift: dtype -> output: dtype",
        _drawn_shape,
        types={"dtype": FLOATS, "T": INDEX},
        attrs={"dtype": dtypes.float32},
        reference=_scaled(draw),
        library=f"random_{kind}",
        host=(1,),
        gradient=no_gradient,
        samples=_scaled_samples,
        internal=True,
    )


def _float_op(name: str, kind: str, reference: Callable[..., np.ndarray]) -> OpDef:
    return OpDef(
        name,
        "state: int64, shape: T -> output: dtype",
        _drawn_shape,
        types={"dtype": FLOATS, "T": INDEX},
        attrs={"dtype": dtypes.float32},
        reference=reference,
        library=f"random_{kind}",
        host=(1,),
        gradient=no_gradient,
        scaled=f"{name}Scaled",
        samples=_float_samples,
        internal=True,
    )


PHILOX_UNIFORM, PHILOX_UNIFORM_SCALED = _float_ops("PhiloxUniform", "uniform", _uniform)
PHILOX_NORMAL, PHILOX_NORMAL_SCALED = _float_ops("PhiloxNormal", "normal", _normal)
PHILOX_TRUNCATED_NORMAL, PHILOX_TRUNCATED_NORMAL_SCALED = _float_ops(
    "PhiloxTruncatedNormal", "truncated", _truncated_normal
)

PHILOX_UNIFORM_INT = OpDef(
    "PhiloxUniformInt",
    "state: int64, shape: T, minval: Tout, maxval: Tout -> output: Tout",
    _drawn_shape,
    types={"Tout": INDEX, "T": INDEX},
    reference=_uniform_int,
    library="random_whole",
    host=(1,),
    gradient=no_gradient,
    samples=_int_samples,
    internal=True,
)
