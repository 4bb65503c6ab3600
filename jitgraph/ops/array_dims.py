"""Dimensions as the array ops' rules use them: merging, axes, products and index vectors.

In: dims, as shape rules see them (ints, None while building, symbolic sizes while tracing), and
index arrays, as references see them. Out: dims, axes, plain ints.
A literal int is always asked before a symbolic size: an undecided comparison becomes a guard.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from jitgraph.graph.deprecation import tell_of_argument

Dims = tuple[Any, ...]


def unknown_dims(rank: int) -> Dims:
    """The dims of a tensor of which only the rank is known."""
    return (None,) * rank


def product(dims: Iterable[Any]) -> Any:
    """The number of elements, None if a dim is unknown."""
    total: Any = 1
    for dim in dims:
        if dim is None:
            return None
        total = dim * total
    return total


def add_dims(left: Any, right: Any) -> Any:
    """left + right, None if one is unknown."""
    return None if left is None or right is None else left + right


def multiply_dims(left: Any, right: Any) -> Any:
    """left * right, None if one is unknown."""
    return None if left is None or right is None else left * right


def dims_text(dims: Dims) -> str:
    """A shape as messages print it: [2,?]."""
    return "[" + ",".join("?" if dim is None else str(dim) for dim in dims) + "]"


def require_rank(dims: Dims | None, rank: int) -> None:
    """Raises TensorFlow's ValueError unless `dims` may have this rank."""
    if dims is not None and len(dims) != rank:
        raise ValueError(f"Shape must be rank {rank} but is rank {len(dims)}")


def require_rank_at_least(dims: Dims | None, rank: int) -> None:
    """Raises TensorFlow's ValueError unless `dims` may have at least this rank."""
    if dims is not None and len(dims) < rank:
        raise ValueError(f"Shape must be at least rank {rank} but is rank {len(dims)}")


def merge_dim(left: Any, right: Any) -> Any:
    """The dim that both are; raises ValueError when they differ."""
    if left is None or right is None:
        return right if left is None else left
    if left == right:
        return left if isinstance(left, int) else right
    raise ValueError(f"Dimensions must be equal, but are {left} and {right}")


def merge_dims(left: Dims | None, right: Dims | None) -> Dims | None:
    """The shape that both are; raises TensorFlow's ValueError when they differ."""
    if left is None or right is None:
        return right if left is None else left
    if len(left) != len(right):
        raise ValueError(f"Shapes must be equal rank, but are {len(left)} and {len(right)}")
    merged = []
    for index, (a, b) in enumerate(zip(left, right, strict=True)):
        try:
            merged.append(merge_dim(a, b))
        except ValueError:
            raise ValueError(
                f"Dimension {index} in both shapes must be equal, but are {a} and {b}. "
                f"Shapes are {dims_text(left)} and {dims_text(right)}."
            ) from None
    return tuple(merged)


def nonnegative_axis(axis: Any, rank: int) -> int:
    """`axis` counted from the front; raises TensorFlow's ValueError when out of range."""
    if axis < -rank or axis >= rank:
        least = axis + 1 if axis >= 0 else -axis
        raise ValueError(f"Shape must be at least rank {least} but is rank {rank}")
    return axis + rank if axis < 0 else axis


def literal_dim(dim: Any, most: int) -> Any:
    """A dim on which a rank depends, as a plain int where it is at most `most`.

    A symbolic size is asked for each value: a guard keeps it what it is.
    """
    if dim is None or isinstance(dim, int):
        return dim
    return next((size for size in range(most + 1) if dim == size), most + 1)


def literal_axis(axis: Any, rank: int) -> int | None:
    """`axis` as an int counted from the front, None when out of range. The program is specialised
    to the value of an axis that is fed."""
    if isinstance(axis, (int, np.integer)):
        return int(axis) % rank if -rank <= axis < rank else None
    return next((place % rank for place in range(-rank, rank) if axis == place), None)


def scalar_item(value: np.ndarray | None) -> Any:
    """The one element of a known scalar (or one-element vector), else None."""
    if value is None or value.size != 1:
        return None
    return value.reshape(-1)[0]


def dims_from_vector(value: np.ndarray | None, dims: Dims | None) -> Dims | None:
    """The shape that a vector of sizes describes; -1 and unknown elements give None.

    Args:
      value: the vector's contents as far as known.
      dims: the vector's own shape.

    Raises:
      ValueError: the shape isn't that of a vector, or an element is below -1.
    """
    require_rank(dims, 1)
    if value is None:
        return None if dims is None or dims[0] is None else _unknown_if_small(dims[0])
    return tuple(_described_dim(item) for item in value.reshape(-1))


def _unknown_if_small(rank: Any) -> Dims | None:
    return unknown_dims(rank) if isinstance(rank, int) else None


def _described_dim(item: Any) -> Any:
    if item is None:
        return None
    if item >= 0:
        return int(item) if isinstance(item, (int, np.integer)) else item
    if item == -1:
        return None
    raise ValueError(f"Invalid value in tensor used for shape: {item}")


def as_ints(values: Any) -> list[int]:
    """The elements of an index vector as plain ints (TypeError for symbolic sizes)."""
    array = np.asarray(values).reshape(-1)
    if array.dtype.kind in "iu":
        found: list[int] = array.tolist()
        return found
    return [operator.index(item) for item in array]


def as_int(value: Any) -> int:
    """A scalar index as a plain int."""
    return as_ints(value)[0]


def replaced(dims: Sequence[Any], axis: int, dim: Any) -> Dims:
    """`dims` with another dim at `axis`."""
    return (*dims[:axis], dim, *dims[axis + 1 :])


def without_axis(dims: Sequence[Any], axis: int) -> Dims:
    """`dims` without the one at `axis`."""
    return (*dims[:axis], *dims[axis + 1 :])


def with_axis(dims: Sequence[Any], axis: int, dim: Any) -> Dims:
    """`dims` with `dim` inserted before position `axis`."""
    return (*dims[:axis], dim, *dims[axis:])


_GIVEN_UP = (
    "batch_dim", "dim", "dimension", "keep_dims", "reduction_axes", "reduction_indices", "seq_dim",
    "squeeze_dims",
)  # fmt: skip
"""Old names of arguments that TensorFlow meant to remove."""


def chosen_argument(new_name: str, new: Any, old_name: str, old: Any) -> Any:
    """The value of an argument that also has a deprecated name.

    Raises:
      ValueError: both were given.
    """
    if old is None:
        return new
    if new is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    if old_name in _GIVEN_UP:
        tell_of_argument(old_name, new_name)
    return old
