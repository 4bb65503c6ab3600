"""Ops that the compiler itself makes: they never stand in a user's graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.ops.definition import (
    ANY,
    NUMBERS,
    REQUIRED,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)


def _host_value_shape(query: ShapeQuery) -> list[Any]:
    return [query.shapes[0]]


def _host_value_samples(rng: np.random.Generator) -> Any:
    yield Sample((np.arange(4, dtype=np.int32),))
    yield Sample((np.float32(2.5),))


HOST_VALUE = OpDef(
    "HostValue",
    "host: T -> value: T",
    _host_value_shape,
    types={"T": ANY},
    reference=lambda host: host,
    host=(0,),
    gradient=no_gradient,
    samples=_host_value_samples,
    internal=True,
)
"""A value known when sizes are bound: numbers computed from symbolic sizes."""


def _iota(dims: Any, axis: int, T: Any) -> np.ndarray:
    shape = tuple(dims)
    along = [1] * len(shape)
    along[axis] = shape[axis]
    index = np.arange(shape[axis], dtype=T.as_numpy_dtype).reshape(along)
    return np.broadcast_to(index, shape)


def _iota_shape(query: ShapeQuery) -> list[Any]:
    return [tuple(query.attrs["dims"])]


def _iota_samples(rng: np.random.Generator) -> Any:
    from jitgraph import dtypes

    for dtype in (dtypes.int32, dtypes.int64, dtypes.float32):
        yield Sample((), {"dims": (3, 4), "axis": 1, "T": dtype})
        yield Sample((), {"dims": (3, 4), "axis": 0, "T": dtype})


IOTA = OpDef(
    "Iota",
    "-> index: T",
    _iota_shape,
    types={"T": NUMBERS},
    attrs={"dims": REQUIRED, "axis": REQUIRED, "T": REQUIRED},
    reference=_iota,
    gradient=no_gradient,
    samples=_iota_samples,
    internal=True,
)
"""The index of each element along one axis."""


def _undefined(dims: Any, dtype: Any) -> np.ndarray:
    return np.zeros(tuple(dims), dtype.as_numpy_dtype)


def _undefined_samples(rng: np.random.Generator) -> Any:
    return ()


UNDEFINED = OpDef(
    "Undefined",
    "-> value: dtype",
    lambda q: [tuple(q.attrs["dims"])],
    types={"dtype": ANY},
    attrs={"dims": REQUIRED, "dtype": REQUIRED},
    reference=_undefined,
    gradient=no_gradient,
    samples=_undefined_samples,
    internal=True,
)
"""A value that nobody looks at: what a branch that does not run would have made."""


def _branch_shapes(query: ShapeQuery) -> list[Any]:
    return [value.type.dims for value in query.attrs["then"].results]


def _no_samples(rng: np.random.Generator) -> Any:
    return ()


BRANCH = OpDef(
    "Branch",
    "pred: bool, captures: [Tin] -> outputs: [Tout]",
    _branch_shapes,
    types={"Tin": ANY, "Tout": ANY},
    attrs={"then": REQUIRED, "else": REQUIRED},
    bodies=("then", "else"),
    gradient=no_gradient,
    samples=_no_samples,
    internal=True,
)
"""The results of one of two programs, whose feeds are the captures."""


def _loop_shapes(query: ShapeQuery) -> list[Any]:
    return [value.type.dims for value in query.attrs["body"].results]


LOOP = OpDef(
    "Loop",
    "inputs: [Tin] -> outputs: [Tout]",
    _loop_shapes,
    types={"Tin": ANY, "Tout": ANY},
    attrs={"condition": REQUIRED, "body": REQUIRED},
    bodies=("condition", "body"),
    gradient=no_gradient,
    samples=_no_samples,
    internal=True,
)
"""The loop variables' values when `condition` no longer holds. The first inputs, as many as there
are outputs, are their values before; the rest is captured. Both programs are fed all of them;
`body` gives the variables' next values."""
