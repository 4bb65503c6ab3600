"""Ops that the compiler makes of those on tensor arrays: one row written, added to, or read.

In: an array's contents [size, *element] and an index. Out: new contents, or the row.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.ops.definition import ANY, NUMBERS, OpDef, Sample, ShapeQuery, no_gradient

UNREAD = "unread"
"""The attribute of a BroadcastTo of which nobody reads a row before it is written."""


def _same_shape(q: ShapeQuery) -> list[Any]:
    return [q.shapes[0]]


def _row_shape(q: ShapeQuery) -> list[Any]:
    dims, picked = q.shapes
    return [None if dims is None or picked is None else (*picked, *dims[1:])]


def _check(index: Any, size: int, does: str, fits: str) -> None:
    bad = [int(i) for i in np.reshape(index, -1) if not 0 <= i < size]
    if bad:
        raise IndexError(f"Tried to {does} index {bad[0]} but array {fits}size is: {size}")


def _write(ref: Any, index: Any, row: Any) -> np.ndarray:
    _check(index, len(ref), "write to", "is not resizeable and ")
    result = np.array(ref)
    result[index] = np.asarray(row)[()]
    return result


def _add(ref: Any, index: Any, row: Any) -> np.ndarray:
    _check(index, len(ref), "write to", "is not resizeable and ")
    result = np.array(ref)
    np.add.at(result, index, row)
    return result


def _read(params: Any, index: Any) -> np.ndarray:
    _check(index, len(params), "read from", "")
    return np.asarray(params)[index]


def _decomposed(builder: Any, instr: Any) -> Any:
    params, index = instr.inputs
    axis = builder.scalar_host(0)
    return [builder.emit("GatherV2", params, index, axis, Taxis=axis.dtype, batch_dims=0)]


def _write_samples(rng: np.random.Generator) -> Any:
    yield Sample((rng.uniform(-2, 2, (4, 2)), np.int32(2), rng.uniform(-2, 2, 2)))
    yield Sample((np.zeros(5, np.float32), np.int32(0), np.float32(3)))
    indices = np.array([1, 4], np.int32)
    yield Sample((np.zeros((5, 1), np.float32), indices, np.ones((2, 1), np.float32)))


def _read_samples(rng: np.random.Generator) -> Any:
    yield Sample((rng.uniform(-2, 2, (4, 2)), np.int32(2)))
    yield Sample((rng.uniform(-2, 2, 4), np.array([0, 3, 3], np.int32)))


WRITE_ROW = OpDef(
    "WriteRow",
    "ref: T, index: int32, row: T -> output: T",
    _same_shape,
    types={"T": ANY},
    reference=_write,
    library="scatter_update",
    gradient=no_gradient,
    samples=_write_samples,
    internal=True,
)
ADD_TO_ROW = OpDef(
    "AddToRow",
    "ref: T, index: int32, row: T -> output: T",
    _same_shape,
    types={"T": NUMBERS},
    reference=_add,
    library="scatter_add",
    gradient=no_gradient,
    samples=_write_samples,
    internal=True,
)
READ_ROW = OpDef(
    "ReadRow",
    "params: T, index: int32 -> row: T",
    _row_shape,
    types={"T": ANY},
    reference=_read,
    decompose=_decomposed,
    gradient=no_gradient,
    samples=_read_samples,
    internal=True,
)
