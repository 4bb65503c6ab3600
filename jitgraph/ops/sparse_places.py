"""Where the elements of a sparse tensor stand in a dense one: what lowered sparse ops share.

In: a builder of instructions, the places of elements. Out: values of the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.ops.array_dims import product
from jitgraph.ops.internal import HOST_VALUE


def flat_numbers(b: Any, places: Any, steps: Sequence[Any]) -> Any:
    """For each place its number in row-major order.

    Args:
      b: the builder.
      places: int64 [count, rank].
      steps: how far apart neighbours along each axis are; 0 where an axis doesn't count.
    """
    weights = b.emit(HOST_VALUE, b.sizes(list(steps), dtypes.int64))
    return b.emit("Sum", b.emit("Mul", places, weights), b.sizes([1]))


def row_major_steps(sizes: Sequence[Any], counted: Sequence[bool] | None = None) -> list[Any]:
    """The steps of a shape; an axis that isn't counted has none, and the others close ranks."""
    steps: list[Any] = []
    step: Any = 1
    for axis in reversed(range(len(sizes))):
        is_counted = counted is None or counted[axis]
        steps.append(step if is_counted else 0)
        step = step * sizes[axis] if is_counted else step
    return steps[::-1]


def scattered_sum(b: Any, places: Any, elements: Any, sizes: Sequence[Any]) -> Any:
    """A dense tensor of a shape that holds the elements, added up where places are equal."""
    numbers = flat_numbers(b, places, row_major_steps(sizes))
    total = b.emit("UnsortedSegmentSum", elements, numbers, b.scalar_host(product(tuple(sizes))))
    return b.emit("Reshape", total, b.sizes(list(sizes)))
