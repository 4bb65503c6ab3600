"""searchsorted: where numbers would stand in rows that rise.

In: rows in order, rows of numbers. Out: for each number how many of its row are below it (or not
above it).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim, require_rank
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery, no_gradient


def _places_shape(q: ShapeQuery) -> list[Dims | None]:
    rows, values = q.shapes
    require_rank(rows, 2)
    require_rank(values, 2)
    if rows is not None and values is not None:
        merge_dim(rows[0], values[0])
    return [values]


def _places(side: Any) -> Callable[..., np.ndarray]:
    def reference(sorted_inputs: Any, values: Any, out_type: Any) -> np.ndarray:
        kind = out_type.as_numpy_dtype
        result = np.zeros(np.shape(values), kind)
        for number, row in enumerate(sorted_inputs):
            result[number] = np.searchsorted(row, values[number], side=side)
        return result

    return reference


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32, np.int64):
        for out in INDEX:
            rows = np.sort(rng.integers(0, 9, (3, 6))).astype(kind)
            values = rng.integers(-1, 11, (3, 8)).astype(kind)
            yield Sample((rows, values), {"out_type": out})


def _bound(name: str, side: str) -> OpDef:
    return OpDef(
        name,
        "sorted_inputs: T, values: T -> output: out_type",
        _places_shape,
        types={"T": ANY, "out_type": (INDEX, dtypes.int32)},
        attrs={"out_type": dtypes.int32},
        reference=_places(side),
        gradient=no_gradient,
        samples=_samples,
    )


LOWER_BOUND = _bound("LowerBound", "left")
UPPER_BOUND = _bound("UpperBound", "right")
_BOUNDS = {"left": LOWER_BOUND, "right": UPPER_BOUND}


def searchsorted(
    sorted_sequence: Any,
    values: Any,
    side: str = "left",
    out_type: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Where numbers would stand in rows that rise.

    Args:
      sorted_sequence: [..., n], rows in order.
      values: [..., m], the numbers for each row.
      side: "left": before equal elements; "right": behind them.
      out_type: int32 or int64.
      name: the op's name.

    Returns:
      A tensor of the shape of `values`.

    Raises:
      ValueError: another side.

    Example:
      >>> tf.Session().run(tf.searchsorted([1.0, 3.0, 5.0], [0.0, 3.0, 9.0])).tolist()
      [0, 1, 3]
    """
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape as shape_of

    count = shape_of(sorted_sequence)[-1]
    wanted = shape_of(values)[-1]
    rows, given = reshape(sorted_sequence, [-1, count]), reshape(values, [-1, wanted])
    if side not in _BOUNDS:
        raise ValueError(f"side must be either 'right' or 'left'.  Saw: {side}.")
    attrs = {"out_type": dtypes.as_dtype(out_type)}
    found = apply(_BOUNDS[side], [rows, given], attrs, name)
    return reshape(found, shape_of(values))
