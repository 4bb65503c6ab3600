"""Draws of classes and orders as pure functions of a generator's state.

In: the state of a Philox generator, and logits or a tensor to shuffle. Out: what TensorFlow's CPU
kernels make of that state. Like all of `random_streams`, no user's graph holds these ops.
Published sources: TensorFlow's multinomial_op.cc and random_shuffle_op.cc. TensorFlow gives each
of its threads rows of its own part of the stream; here all rows follow one another, as they do
there as long as the work is small.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.ops import philox
from jitgraph.ops.array_dims import Dims, as_int, require_rank, scalar_item
from jitgraph.ops.definition import ANY, INDEX, REALS, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.random_streams import PHILOX_UNIFORM, state_samples


def multinomial_dims(q: ShapeQuery, logits: int = 0) -> Dims:
    """[rows, samples], of the inputs `logits` and the one behind it."""
    require_rank(q.shapes[logits], 2)
    require_rank(q.shapes[logits + 1], 0)
    dims, samples = q.shapes[logits], scalar_item(q.value(logits + 1))
    if samples is not None and samples < 0:
        raise ValueError(
            f"Dimension size, given by scalar input {logits + 1}, must be non-negative but is "
            f"{samples}"
        )
    return (None if dims is None else dims[0], samples)


def _multinomial(
    state: np.ndarray, logits: np.ndarray, num_samples: Any, output_dtype: DType, **_: Any
) -> np.ndarray:
    rows, classes = logits.shape
    count = as_int(num_samples)
    if classes < 1:
        raise ValueError(f"num_classes should be positive, got {classes}")
    steps = -(-rows * count * 2 // philox.WORDS)
    units = philox.uniform_float64(philox.words(state, np.arange(steps))).reshape(-1)
    found = np.empty((rows, count), output_dtype.as_numpy_dtype)
    for row, wanted in enumerate(units[: rows * count].reshape(rows, count)):
        found[row] = _classes(logits[row], wanted)
    return found


def _classes(logits: np.ndarray, units: np.ndarray) -> np.ndarray:
    """The class of each number of [0, 1): the first whose share, with all before, is above it."""
    is_finite = np.isfinite(logits.astype(np.float64))
    greatest = logits[is_finite].max(initial=_least(logits.dtype)).astype(np.float64)
    shares = np.where(is_finite, np.exp(logits.astype(np.float64) - greatest), 0.0)
    sums = np.cumsum(shares)
    return np.searchsorted(sums, units * sums[-1], side="right")


def _least(dtype: np.dtype[Any]) -> Any:
    limits = dtypes.as_dtype(dtype)
    return limits.min


def _decompose_multinomial(b: Any, instr: Any) -> list[Any] | None:
    """For each number the count of the classes whose share, with all before, is not above it."""
    state, logits, _ = instr.inputs
    (rows, classes), (_, samples) = logits.type.dims, instr.outputs[0].type.dims
    if classes == 0:
        return None
    wide, kind = dtypes.float64, instr.outputs[0].type.dtype
    along = b.sizes([1])
    numbers = b.emit("Cast", logits, DstT=wide)
    is_finite = b.emit("IsFinite", numbers)
    zero, least = (
        b.emit("BroadcastTo", b.constant(value, wide), b.sizes([rows, classes]))
        for value in (0, wide.min)
    )
    known = b.emit("Select", is_finite, numbers, least)
    distance = b.emit("Sub", known, b.emit("Max", known, along, keep_dims=True))
    shares = b.emit("Select", is_finite, b.emit("Exp", distance), zero)
    sums = b.emit("Cumsum", shares, b.scalar_host(1), exclusive=False, reverse=False)
    units = b.emit(PHILOX_UNIFORM, state, b.sizes([rows, samples]), dtype=wide)
    wanted = b.emit("Mul", units, b.emit("Max", sums, along, keep_dims=True))
    is_passed = b.emit(
        "LessEqual",
        b.emit("Reshape", sums, b.sizes([rows, 1, classes])),
        b.emit("Reshape", wanted, b.sizes([rows, samples, 1])),
    )
    counted = b.emit("Cast", is_passed, DstT=kind)
    return [b.emit("Sum", counted, b.sizes([2]), keep_dims=False)]


def _multinomial_samples(rng: np.random.Generator) -> Iterator[Sample]:
    wide = {"output_dtype": dtypes.int64}
    for state in state_samples():
        for kind in (np.float32, np.float64, np.float16, np.int32):
            logits = rng.uniform(-2, 2, (3, 5)).astype(kind)
            yield Sample((state, logits, np.int32(7)), wide)
        yield Sample((state, logits, np.int32(3)), {"output_dtype": dtypes.int32})
        infinite = np.array([[0.0, -np.inf, 1.0]], np.float32)
        yield Sample((state, infinite, np.int32(4)), wide)
        yield Sample((state, infinite, np.int32(0)), wide)


PHILOX_MULTINOMIAL = OpDef(
    "PhiloxMultinomial",
    "state: int64, logits: T, num_samples: int32 -> output: output_dtype",
    lambda q: [multinomial_dims(q, 1)],
    types={"T": REALS, "output_dtype": (INDEX, dtypes.int64)},
    attrs={"output_dtype": dtypes.int64},
    reference=_multinomial,
    decompose=_decompose_multinomial,
    host=(2,),
    gradient=no_gradient,
    samples=_multinomial_samples,
    internal=True,
)


def _permutation(state: np.ndarray, size: Any) -> np.ndarray:
    """An order of so many numbers: each place takes one of those from itself on."""
    count = as_int(size)
    order = np.arange(count, dtype=np.int32)
    if count < 2:
        return order
    words = philox.words(state, np.arange(-(-(count - 1) // philox.WORDS))).reshape(-1)
    left = np.arange(count, 1, -1)
    places = np.arange(count - 1) + words[: count - 1].astype(np.int64) % left
    for here, there in enumerate(places.tolist()):
        order[here], order[there] = order[there], order[here]
    return order


def _permutation_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for state in state_samples():
        for count in (0, 1, 2, 5, 100):
            yield Sample((state, np.int32(count)))


PHILOX_PERMUTATION = OpDef(
    "PhiloxPermutation",
    "state: int64, size: int32 -> order: int32",
    lambda q: [(scalar_item(q.value(1)),)],
    reference=_permutation,
    library="random_permutation",
    host=(1,),
    gradient=no_gradient,
    samples=_permutation_samples,
    internal=True,
)


def _shuffle(state: np.ndarray, value: np.ndarray) -> np.ndarray:
    if value.size <= 1:
        return value
    shuffled: np.ndarray = value[_permutation(state, len(value))]
    return shuffled


def _decompose_shuffle(b: Any, instr: Any) -> list[Any]:
    state, value = instr.inputs
    if value.type.rank == 0 or any(_is_zero(dim) for dim in value.type.dims):
        return [b.emit("Identity", value)]
    order = b.emit(PHILOX_PERMUTATION, state, b.scalar_host(value.type.dims[0]))
    return [b.emit("GatherV2", value, order, b.scalar_host(0), batch_dims=0)]


def _is_zero(dim: Any) -> bool:
    return isinstance(dim, int) and dim == 0


def _shuffle_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for state in state_samples():
        for kind in (np.float32, np.int64, np.bool_):
            yield Sample((state, rng.integers(0, 9, 11).astype(kind)))
        yield Sample((state, rng.uniform(size=(5, 3, 2)).astype(np.float32)))
        yield Sample((state, np.zeros((0, 3), np.float32)))
        yield Sample((state, np.zeros((3, 0), np.float32)))
        yield Sample((state, np.float32(3)))


PHILOX_SHUFFLE = OpDef(
    "PhiloxShuffle",
    "state: int64, value: T -> output: T",
    lambda q: [q.shapes[1]],
    types={"T": ANY},
    reference=_shuffle,
    decompose=_decompose_shuffle,
    gradient=no_gradient,
    samples=_shuffle_samples,
    internal=True,
)
