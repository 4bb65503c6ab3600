"""sort and argsort, by the k greatest elements of rows.

In: a tensor and an axis. Out: its elements in order along that axis, or where they stood.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.assembling import concat
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.partial_value import partial_value
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of
from jitgraph.ops.top_k import top_k
from jitgraph.ops.transposing import transpose

_DIRECTIONS = ("ASCENDING", "DESCENDING")


def sort(
    values: Any, axis: Any = -1, direction: str = "ASCENDING", name: str | None = None
) -> Tensor:
    """The elements of a tensor in order along an axis.

    Args:
      values: a tensor of numbers.
      axis: the axis, known when the graph is built.
      direction: "ASCENDING" or "DESCENDING".
      name: the ops' name scope.

    Raises:
      ValueError: another direction, or an axis that isn't known.

    Example:
      >>> tf.sort([3.0, 1.0, 2.0])
      <tf.Tensor 'sort/Neg_1:0' shape=(3,) dtype=float32>
    """
    with name_scope(name, "sort"):
        return _in_order(values, axis, direction, gives_places=False)


def argsort(
    values: Any,
    axis: Any = -1,
    direction: str = "ASCENDING",
    stable: bool = False,
    name: str | None = None,
) -> Tensor:
    """Where the elements of a tensor stand that come first, second, ... along an axis.

    Args:
      values: a tensor of numbers.
      axis: the axis, known when the graph is built.
      direction: "ASCENDING" or "DESCENDING".
      stable: accepted for compatibility: of equal elements the first one comes first.
      name: the ops' name scope.

    Raises:
      ValueError: another direction, or an axis that isn't known.

    Example:
      >>> tf.argsort([3.0, 1.0, 2.0])
      <tf.Tensor 'argsort/TopKV2:1' shape=(3,) dtype=int32>
    """
    with name_scope(name, "argsort"):
        return _in_order(values, axis, direction, gives_places=True)


def _in_order(values: Any, axis: Any, direction: str, *, gives_places: bool) -> Tensor:
    if direction not in _DIRECTIONS:
        raise ValueError(f"{direction} should be one of {', '.join(_DIRECTIONS)}")
    axis = convert_to_tensor(axis, name="axis")
    known = partial_value(axis)
    if axis.shape.ndims != 0 or known is None or known[()] is None:
        raise ValueError("axis must be a constant scalar")
    values = convert_to_tensor(values, name="values")
    if direction == "DESCENDING":
        return _descending(values, int(known[()]), gives_places)
    found = _descending(-values, int(known[()]), gives_places)
    return found if gives_places else -found  # type: ignore[operator]


def _descending(values: Tensor, axis: int, gives_places: bool) -> Tensor:
    count = shape_of(values)[axis]  # type: ignore[index]
    rank, static = rank_of(values), values.shape.ndims
    if axis == -1 or axis + 1 == static:
        found = top_k(values, count)
        return found.indices if gives_places else found.values
    order = _exchanged(axis, rank, static)
    found = top_k(transpose(values, order), count)
    return transpose(found.indices if gives_places else found.values, order)


def _exchanged(axis: int, rank: Tensor, static: int | None) -> Tensor:
    """All axes in order, but for one that is exchanged with the last."""
    if static is not None:
        axis += static if axis < 0 else 0
        places = np.arange(static)
        places[[axis, -1]] = places[[-1, axis]]
        return constant(places, name="transposition")
    at: Any = axis + rank if axis < 0 else axis
    size: Any = rank
    parts = [range_of(at), [size - 1], range_of(at + 1, size - 1), [at]]
    return concat(parts, axis=0)
