"""Random ops as they stand in the graph: TensorFlow's types, attributes and seeds.

In: shapes and parameters. Out: definitions. A session keeps a generator for each such op; what a
run computes is the op's `Draw`, a pure function of the generator's state.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.ops.array_dims import Dims, dims_from_vector, product, require_rank
from jitgraph.ops.definition import FLOATS, INDEX, Draw, OpDef, ShapeQuery, no_gradient
from jitgraph.ops.random_streams import (
    PHILOX_NORMAL,
    PHILOX_TRUNCATED_NORMAL,
    PHILOX_UNIFORM,
    PHILOX_UNIFORM_INT,
    STEPS_PER_OUTPUT,
)

SEEDS = {"seed": 0, "seed2": 0}


def _steps_for_each(dims: Sequence[Any]) -> Any:
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
    types={"Tout": INDEX, "T": INDEX},
    attrs=SEEDS,
    host=(0,),
    gradient=no_gradient,
    stateful=True,
    draw=Draw(PHILOX_UNIFORM_INT, _steps_for_each),
)
