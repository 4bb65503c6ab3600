"""Random ops as they stand in the graph: TensorFlow's types, attributes and seeds.

In: shapes and parameters. Out: definitions. A session keeps a generator for each such op; what a
run computes is the op's `Draw`, a pure function of the generator's state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.ops import misfits
from jitgraph.ops.array_dims import Dims, dims_from_vector, product, require_rank
from jitgraph.ops.categorical_streams import PHILOX_MULTINOMIAL, PHILOX_SHUFFLE, multinomial_dims
from jitgraph.ops.definition import (
    ANY,
    FLOATS,
    INDEX,
    REALS,
    Draw,
    OpDef,
    ShapeQuery,
    no_gradient,
)
from jitgraph.ops.gamma_gradient import random_gamma_gradient
from jitgraph.ops.philox import WORDS
from jitgraph.ops.random_streams import (
    PHILOX_NORMAL,
    PHILOX_TRUNCATED_NORMAL,
    PHILOX_UNIFORM,
    PHILOX_UNIFORM_INT,
    STEPS_PER_OUTPUT,
)
from jitgraph.ops.rejection_streams import (
    GAMMA_DTYPES,
    PHILOX_GAMMA,
    PHILOX_POISSON,
    POISSON_DTYPES,
    parameter_dims,
)

SEEDS = {"seed": 0, "seed2": 0}


def _steps_for_each(dims: Sequence[Any], attrs: Any) -> Any:
    return product(dims) * STEPS_PER_OUTPUT


def _shape_of_vector(q: ShapeQuery) -> list[Dims | None]:
    return [dims_from_vector(q.value(0), q.shapes[0])]


def _shape_of_range(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[1], 0)
    require_rank(q.shapes[2], 0)
    return _shape_of_vector(q)


def _float_op(name: str, drawn: OpDef) -> OpDef:
    return OpDef(
        name,
        "shape: T -> output: dtype",
        _shape_of_vector,
        misfit=misfits.fill,
        types={"dtype": FLOATS, "T": INDEX},
        attrs={**SEEDS, "dtype": dtypes.float32},
        host=(0,),
        gradient=no_gradient,
        stateful=True,
        draw=Draw(drawn, _steps_for_each),
    )


RANDOM_UNIFORM = _float_op("RandomUniform", PHILOX_UNIFORM)
RANDOM_STANDARD_NORMAL = _float_op("RandomStandardNormal", PHILOX_NORMAL)
TRUNCATED_NORMAL = _float_op("TruncatedNormal", PHILOX_TRUNCATED_NORMAL)

RANDOM_UNIFORM_INT = OpDef(
    "RandomUniformInt",
    "shape: T, minval: Tout, maxval: Tout -> output: Tout",
    _shape_of_range,
    misfit=misfits.fill,
    types={"Tout": INDEX, "T": INDEX},
    attrs=SEEDS,
    host=(0,),
    gradient=no_gradient,
    stateful=True,
    draw=Draw(PHILOX_UNIFORM_INT, _steps_for_each),
)


def _steps_for_samples(dims: Sequence[Any], attrs: Any) -> Any:
    """Each sample takes two words; a row's number of samples counts as a multiple of four."""
    rows, samples = dims
    return rows * ((samples + WORDS - 1) // WORDS * WORDS) * 2 * STEPS_PER_OUTPUT


MULTINOMIAL = OpDef(
    "Multinomial",
    "logits: T, num_samples: int32 -> output: output_dtype",
    lambda q: [multinomial_dims(q)],
    misfit=misfits.multinomial,
    types={"T": REALS, "output_dtype": (INDEX, dtypes.int64)},
    attrs={**SEEDS, "output_dtype": dtypes.int64},
    host=(1,),
    gradient=no_gradient,
    stateful=True,
    draw=Draw(PHILOX_MULTINOMIAL, _steps_for_samples),
)


def _steps_for_rows(dims: Sequence[Any], attrs: Any) -> Any:
    """A word for each row but the last."""
    if not dims or any(isinstance(dim, int) and dim == 0 for dim in dims):
        return 0
    return (dims[0] - 1 + WORDS - 1) // WORDS


RANDOM_SHUFFLE = OpDef(
    "RandomShuffle",
    "value: T -> output: T",
    lambda q: [q.shapes[0]],
    types={"T": ANY},
    attrs=SEEDS,
    stateful=True,
    draw=Draw(PHILOX_SHUFFLE, _steps_for_rows),
)

RANDOM_GAMMA = OpDef(
    "RandomGamma",
    "shape: S, alpha: T -> output: T",
    lambda q: [parameter_dims(q)],
    types={"S": INDEX, "T": GAMMA_DTYPES},
    attrs=SEEDS,
    host=(0,),
    gradient=random_gamma_gradient,
    stateful=True,
    draw=Draw(PHILOX_GAMMA, _steps_for_each),
)

RANDOM_POISSON_V2 = OpDef(
    "RandomPoissonV2",
    "shape: S, rate: R -> output: dtype",
    lambda q: [parameter_dims(q)],
    types={
        "S": INDEX,
        "R": (POISSON_DTYPES, dtypes.float64),
        "dtype": (POISSON_DTYPES, dtypes.int64),
    },
    attrs={**SEEDS, "dtype": dtypes.int64},
    host=(0,),
    stateful=True,
    draw=Draw(PHILOX_POISSON, _steps_for_each),
)
