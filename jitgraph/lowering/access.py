"""Where the elements of a value lie in memory: a buffer, an offset, a stride for each dimension.

In: movement instructions (views). Out: `Access`, by which a kernel reads an operand in place
instead of having it copied first. Offsets and strides are counted in elements.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jitgraph.ir.program import Dims, Value
from jitgraph.ir.sizes import Size
from jitgraph.ops.definition import AffineMap


@dataclass(frozen=True, slots=True)
class Access:
    """Element [i, j, ..] of a value is element `offset + i*strides[0] + ..` of `base`'s buffer."""

    base: Value
    offset: Any
    strides: tuple[Any, ...]


def same(left: Any, right: Any) -> bool:
    """Whether two sizes are equal whatever the symbols' values; never records a guard."""
    if left is right:
        return True
    if isinstance(left, Size) and isinstance(right, Size):
        return left.structural_key() == right.structural_key()
    return not isinstance(left, Size) and not isinstance(right, Size) and bool(left == right)


def same_dims(left: Dims, right: Dims) -> bool:
    """`same` for each pair of dimensions."""
    return len(left) == len(right) and all(map(same, left, right))


def row_major(dims: Dims) -> tuple[Any, ...]:
    """The strides of a contiguous array."""
    if len(dims) < 2:
        return (1,) * len(dims)
    strides: list[Any] = [1]
    for dim in reversed(dims[1:]):
        strides.append(strides[-1] * dim)
    return tuple(reversed(strides))


def whole(value: Value) -> Access:
    """The access of a value that has a buffer of its own."""
    return Access(value, 0, row_major(value.type.dims))


def is_contiguous(access: Access, dims: Dims) -> bool:
    """Whether the elements lie one behind the other in row-major order (the offset is free)."""
    return all(
        dim == 1 if isinstance(dim, int) and dim == 1 else same(stride, expected)
        for dim, stride, expected in zip(dims, access.strides, row_major(dims), strict=True)
    )


def is_whole(access: Access, dims: Dims) -> bool:
    """Whether the access is that of the whole buffer of a value of shape `dims`."""
    return same(access.offset, 0) and is_contiguous(access, dims)


def compose(access: Access, found: AffineMap) -> Access:
    """The access of a view of what `access` reaches."""
    offset = access.offset
    for start, stride in zip(found.offsets, access.strides, strict=True):
        if not same(start, 0):
            offset = offset + start * stride
    strides = tuple(
        0 if source is None else access.strides[source[0]] * source[1] for source in found.sources
    )
    return Access(access.base, offset, strides)


def relabel(access: Access, dims: Dims, new_dims: Dims) -> Access | None:
    """The access of a reshape to `new_dims`, or None when elements would have to be copied."""
    if is_contiguous(access, dims):
        return Access(access.base, access.offset, row_major(new_dims))
    kept = [
        (dim, stride) for dim, stride in zip(dims, access.strides, strict=True) if not _one(dim)
    ]
    wanted = [dim for dim in new_dims if not _one(dim)]
    if not same_dims(tuple(dim for dim, _ in kept), tuple(wanted)):
        return None
    strides = iter(stride for _, stride in kept)
    return Access(
        access.base, access.offset, tuple(0 if _one(dim) else next(strides) for dim in new_dims)
    )


def _one(dim: Any) -> bool:
    return isinstance(dim, int) and dim == 1


def unit_map(dims: Dims, new_dims: Dims) -> list[int | None] | None:
    """For a reshape that only adds or drops dimensions of size 1: where each new one comes from."""
    source = [k for k, dim in enumerate(dims) if not _one(dim)]
    if not same_dims(tuple(dims[k] for k in source), tuple(d for d in new_dims if not _one(d))):
        return None
    order = iter(source)
    return [None if _one(dim) else next(order) for dim in new_dims]
