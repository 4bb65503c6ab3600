"""unravel_index: places of elements of flattened arrays, as a place along each axis.

In: places, the array's shape. Out: a row of places for each axis.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, product, require_rank
from jitgraph.ops.definition import INDEX, OpDef, Sample, ShapeQuery, no_gradient


def _rows_shape(q: ShapeQuery) -> list[Dims | None]:
    places, sizes = q.shapes
    require_rank(sizes, 1)
    if places is None:
        return [None]
    axes = None if sizes is None else sizes[0]
    return [(axes, product(places)) if places else (axes,)]


def _unravelled(indices: Any, dims: Any) -> np.ndarray:
    places, sizes = np.asarray(indices), tuple(np.asarray(dims).tolist())
    if (places < 0).any() or (places >= np.prod(sizes, dtype=np.int64)).any():
        raise ValueError("index is out of bound as with dims")
    rows = np.unravel_index(places.reshape(-1), sizes)
    kind = np.asarray(dims).dtype
    shape = (len(sizes), places.size) if places.ndim else (len(sizes),)
    return np.array(rows, kind).reshape(shape)


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.int32, np.int64):
        for places in ([22, 5, 0, 59], 17, [1]):
            yield Sample((np.array(places, kind), np.array([3, 4, 5], kind)))


UNRAVEL_INDEX = OpDef(
    "UnravelIndex",
    "indices: Tidx, dims: Tidx -> output: Tidx",
    _rows_shape,
    types={"Tidx": (INDEX, dtypes.int32)},
    reference=_unravelled,
    gradient=no_gradient,
    samples=_samples,
)


def unravel_index(indices: Any, dims: Any, name: str | None = None) -> Tensor:
    """Places of elements of a flattened array, as a place along each axis.

    Args:
      indices: integers, a scalar or a vector.
      dims: the array's shape.
      name: the op's name.

    Returns:
      [axes, places], or [axes] for a scalar.

    Raises:
      InvalidArgumentError: when run, if a place is outside.

    Example:
      >>> tf.Session().run(tf.unravel_index([2, 5, 7], [3, 3])).tolist()
      [[0, 1, 2], [2, 2, 1]]
    """
    found: Tensor = apply(UNRAVEL_INDEX, [indices, dims], name=name)
    return found
