"""Regions: instructions that run together in one loop nest.

A region has a space (the axes its loops run over). Each value in it has a place: for every one of
its dimensions the axis that it follows, or None where it stands still. A region may end in
reductions over some axes, all over the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jitgraph.ir.program import Dims, Instr, Value
from jitgraph.lowering.access import same, same_dims

Place = tuple[int | None, ...]

MAP, ROW, COLUMN, BLOCKS = "map", "row", "column", "blocks"
"""Kinds of regions: no reduction; reduction over inner axes, whose result may be used again in the
region; reduction over outer axes; reduction of leading axes, block by block."""

SHORT = 4
"""So many elements, known before a kernel is made, are a short axis: an innermost loop over it is
unrolled by the compiler, which makes vectors of the loop around it."""

BLOCK_AXIS = -1
"""The axis along which the results of blocks lie."""


@dataclass(eq=False)
class Region:
    """A region while it grows. `position` is its place in the order of steps."""

    position: int
    space: Dims
    instrs: list[Instr] = field(default_factory=list)
    kind: str = MAP
    reduced: frozenset[int] = frozenset()
    places: dict[Value, Place] = field(default_factory=dict)
    alias: dict[Value, Value] = field(default_factory=dict)
    made: set[Value] = field(default_factory=set)
    results: set[Value] = field(default_factory=set)
    operands: set[Value] = field(default_factory=set)
    cost: int = 0
    ended: str = ""
    merged_into: Region | None = None

    def whole_place(self) -> Place:
        """The place of a value that has every axis of the space."""
        return place_of(self.space)

    def source(self, value: Value) -> Value:
        """The value computed here that `value` is another view of."""
        while value in self.alias:
            value = self.alias[value]
        return value


def place_of(dims: Dims) -> Place:
    """Each dimension its own axis, those of size one none."""
    return tuple(None if is_one(dim) else axis for axis, dim in enumerate(dims))


def is_one(dim: Any) -> bool:
    """Whether a dimension is the literal 1."""
    return isinstance(dim, int) and dim == 1


def is_short(dim: Any) -> bool:
    """Whether a dimension is known to have few elements, though more than one."""
    return isinstance(dim, int) and 1 < dim <= SHORT


def lacks_short_axis(earlier: Region, region: Region) -> bool:
    """Whether two maps differ in nothing but a short last axis, which the earlier one has not: it
    can be computed in front of the loop over that axis."""
    *kept, last = region.space or (1,)
    before = earlier.space
    if len(before) == len(region.space):
        before = before[:-1] if is_one(before[-1]) else ()
    is_map = earlier.kind == MAP and region.kind == MAP
    return is_map and is_short(last) and len(kept) > 0 and same_dims(before, tuple(kept))


def aligned(place: Place, dims: Dims, out_rank: int) -> list[int | None]:
    """A place stretched to `out_rank` by NumPy's rule: missing leading dimensions stand still."""
    missing = out_rank - len(place)
    return [None] * missing + [None if is_one(d) else p for p, d in zip(place, dims, strict=True)]


def row_place(region: Region, dims: Dims, given: list[list[int | None]]) -> Place | None:
    """The place of an op over the region's kept axes, told by its inputs from the region."""
    place: list[int | None] = []
    for position, dim in enumerate(dims):
        axes = {axes[position] for axes in given} - {None}
        if len(axes) > 1 or (not axes and not is_one(dim)):
            return None
        axis = axes.pop() if axes else None
        if axis is not None and (axis in region.reduced or not same(region.space[axis], dim)):
            return None
        place.append(axis)
    return tuple(place)
