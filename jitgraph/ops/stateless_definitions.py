"""Random ops that a seed alone decides, the same in every run: pure ops of a seed.

In: shapes, parameters, seeds of two integers. Out: definitions; each decomposes into the state of a
generator and the numbers made of it. Published source: TensorFlow's stateless_random_ops.cc.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops import philox
from jitgraph.ops.array_dims import Dims, dims_from_vector, require_rank
from jitgraph.ops.categorical_streams import PHILOX_MULTINOMIAL, multinomial_dims
from jitgraph.ops.definition import FLOATS, INDEX, REALS, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.random_streams import (
    PHILOX_NORMAL,
    PHILOX_TRUNCATED_NORMAL,
    PHILOX_UNIFORM,
    PHILOX_UNIFORM_INT,
)


def _seed_samples(rng: np.random.Generator) -> Iterator[Sample]:
    yield Sample((np.array([0, 0], np.int64),))
    yield Sample((np.array([2**40 + 5, -7], np.int64),))


def _state_dims(q: ShapeQuery) -> list[Dims | None]:
    _check_seed(q, 0)
    return [(philox.STATE_SIZE,)]


def _check_seed(q: ShapeQuery, index: int) -> None:
    require_rank(q.shapes[index], 1)
    dims = q.shapes[index]
    if dims is not None and isinstance(dims[0], int) and dims[0] != 2:
        raise ValueError(f"seed must have shape [2], not [{dims[0]}]")


PHILOX_SEEDED = OpDef(
    "PhiloxSeeded",
    "seed: int64 -> state: int64",
    _state_dims,
    reference=philox.seeded_state,
    library="random_seeded",
    gradient=no_gradient,
    samples=_seed_samples,
    internal=True,
)


def _state_of(b: Any, seed: Any) -> Any:
    """The state that a seed of int32 or int64 stands for."""
    wide = seed.type.dtype == dtypes.int64
    return b.emit(PHILOX_SEEDED, seed if wide else b.emit("Cast", seed, DstT=dtypes.int64))


def _shape_of_vector(q: ShapeQuery) -> list[Dims | None]:
    _check_seed(q, 1)
    return [dims_from_vector(q.value(0), q.shapes[0])]


def _float_samples(rng: np.random.Generator) -> Iterator[Sample]:
    seed = np.array([3, 2**40 + 5], np.int64)
    for dtype in FLOATS:
        yield Sample((np.array([3, 7], np.int32), seed), {"dtype": dtype})
    small = np.array([3, -5], np.int32)
    yield Sample((np.array([0, 2], np.int64), small), {"dtype": dtypes.float32})


def _float_op(name: str, drawn: OpDef) -> OpDef:
    draw: Any = drawn.reference
    return OpDef(
        name,
        "shape: T, seed: Tseed -> output: dtype",
        _shape_of_vector,
        types={
            "dtype": (FLOATS, dtypes.float32),
            "T": (INDEX, dtypes.int32),
            "Tseed": (INDEX, dtypes.int64),
        },
        attrs={"dtype": dtypes.float32},
        reference=lambda shape, seed, dtype: draw(philox.seeded_state(seed), shape, dtype=dtype),
        decompose=lambda b, instr: [
            b.emit(
                drawn,
                _state_of(b, instr.inputs[1]),
                instr.inputs[0],
                dtype=instr.outputs[0].type.dtype,
            )
        ],
        host=(0,),
        gradient=no_gradient,
        samples=_float_samples,
    )


STATELESS_RANDOM_UNIFORM = _float_op("StatelessRandomUniform", PHILOX_UNIFORM)
STATELESS_RANDOM_NORMAL = _float_op("StatelessRandomNormal", PHILOX_NORMAL)
STATELESS_TRUNCATED_NORMAL = _float_op("StatelessTruncatedNormal", PHILOX_TRUNCATED_NORMAL)


def _shape_of_range(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[2], 0)
    require_rank(q.shapes[3], 0)
    return _shape_of_vector(q)


def _uniform_int(shape: Any, seed: np.ndarray, low: Any, high: Any) -> np.ndarray:
    draw: Any = PHILOX_UNIFORM_INT.reference
    drawn: np.ndarray = draw(philox.seeded_state(seed), shape, low, high)
    return drawn


def _decompose_uniform_int(b: Any, instr: Any) -> list[Any]:
    shape, seed, low, high = instr.inputs
    return [b.emit(PHILOX_UNIFORM_INT, _state_of(b, seed), shape, low, high)]


def _int_samples(rng: np.random.Generator) -> Iterator[Sample]:
    shape, seed = np.array([3, 7], np.int32), np.array([3, 5], np.int64)
    for kind in (np.int32, np.int64):
        yield Sample((shape, seed, kind(-3), kind(1000)))


STATELESS_RANDOM_UNIFORM_INT = OpDef(
    "StatelessRandomUniformInt",
    "shape: T, seed: Tseed, minval: dtype, maxval: dtype -> output: dtype",
    _shape_of_range,
    types={"dtype": INDEX, "T": INDEX, "Tseed": (INDEX, dtypes.int64)},
    reference=_uniform_int,
    decompose=_decompose_uniform_int,
    host=(0,),
    gradient=no_gradient,
    samples=_int_samples,
)


def _multinomial_shape(q: ShapeQuery) -> list[Dims | None]:
    _check_seed(q, 2)
    return [multinomial_dims(q)]


def _multinomial(logits: Any, num_samples: Any, seed: np.ndarray, output_dtype: Any) -> np.ndarray:
    draw: Any = PHILOX_MULTINOMIAL.reference
    drawn: np.ndarray = draw(
        philox.seeded_state(seed), logits, num_samples, output_dtype=output_dtype
    )
    return drawn


def _decompose_multinomial(b: Any, instr: Any) -> list[Any]:
    logits, num_samples, seed = instr.inputs
    state, kind = _state_of(b, seed), instr.outputs[0].type.dtype
    return [b.emit(PHILOX_MULTINOMIAL, state, logits, num_samples, output_dtype=kind)]


def _multinomial_samples(rng: np.random.Generator) -> Iterator[Sample]:
    seed = np.array([3, 5], np.int64)
    for dtype in INDEX:
        logits = rng.uniform(-2, 2, (3, 5)).astype(np.float32)
        yield Sample((logits, np.int32(7), seed), {"output_dtype": dtype})


STATELESS_MULTINOMIAL = OpDef(
    "StatelessMultinomial",
    "logits: T, num_samples: int32, seed: Tseed -> output: output_dtype",
    _multinomial_shape,
    types={
        "T": REALS,
        "Tseed": (INDEX, dtypes.int64),
        "output_dtype": (INDEX, dtypes.int64),
    },
    attrs={"output_dtype": dtypes.int64},
    reference=_multinomial,
    decompose=_decompose_multinomial,
    host=(1,),
    gradient=no_gradient,
    samples=_multinomial_samples,
)
