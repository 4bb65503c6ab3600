"""Loop nests: the axes of a region as loops, adjacent ones merged where memory allows.

In: a region and its operands' strides along each axis. Out: loops in order, their bounds and
strides as named parameters, index expressions, and loop headers as source lines.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any

from jitgraph.dtypes import DType
from jitgraph.ir.program import Value
from jitgraph.lowering.access import same
from jitgraph.lowering.region import BLOCK_AXIS, BLOCKS, COLUMN, MAP, Region, is_one, is_short

_LITERAL = 16
"""Beside a short loop, strides of at most so many elements are part of the source."""


@dataclass(eq=False)
class Operand:
    """One pointer of a kernel: a buffer, where it starts, and its stride along each axis."""

    name: str
    number: int
    dtype: DType
    base: Value
    offset: Any
    strides: dict[int, Any]
    is_output: bool


@dataclass(eq=False)
class Loop:
    """One loop over one or several merged axes; `axis` is the innermost of them."""

    axis: int
    size: Any
    variable: str = ""
    size_name: str = ""


@dataclass(eq=False)
class Nest:
    """All loops of a kernel.

    Attributes:
      outer: loops whose iterations are independent; the first one is cut into chunks.
      inner: loops inside them: reduced axes.
      columns: (regions that reduce outer axes) the kept loops inside the reduced ones.
      width: (reductions in blocks) the elements of a block's result.
    """

    region: Region
    operands: list[Operand]
    outer: list[Loop]
    inner: list[Loop]
    columns: list[Loop]
    names: dict[tuple[int, int], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, loop in enumerate(self.loops):
            loop.variable = f"i{number}"
            loop.size_name = f"n{number}"
        if self.short is not None:
            self.short.size_name = str(self.short.size)
        self._strides = self._name_strides()

    @property
    def loops(self) -> list[Loop]:
        return [*self.outer, *self.inner, *self.columns]

    @property
    def parallel(self) -> Loop | None:
        """The loop that is cut into chunks."""
        if self.region.kind == BLOCKS:
            return None
        if self.outer:
            return self.outer[0]
        return self.columns[0] if self.columns else None

    @property
    def serial(self) -> list[Loop]:
        """The loops that run whole in every outer iteration."""
        return [loop for loop in self.loops if loop is not self.parallel]

    @property
    def count(self) -> Any:
        """The number of outer iterations."""
        if self.region.kind == BLOCKS:
            return self.blocks()
        return 1 if self.parallel is None else self.parallel.size

    def blocks(self) -> Any:
        """The number of blocks of a reduction in blocks."""
        reduction = next(i for i in self.region.instrs if i.definition.reduce is not None)
        return reduction.outputs[0].type.dims[0]

    @property
    def width(self) -> Any:
        """The number of elements of one block's result."""
        return prod(loop.size for loop in self.columns)

    @property
    def short(self) -> Loop | None:
        """The innermost loop, where it is around others and of few iterations that are known."""
        if len(self.loops) < 2 or self.region.kind == BLOCKS:
            return None
        last = self.loops[-1]
        return last if is_short(last.size) and last is not self.parallel else None

    def parameters(self) -> list[tuple[str, Any]]:
        """Names and values of the sizes and strides that the source uses."""
        used = self.loops if self.region.kind == BLOCKS else self.serial
        used = [loop for loop in used if loop is not self.short]
        sizes = [(loop.size_name, loop.size) for loop in used]
        if self.region.kind == BLOCKS:
            sizes.append(("blocks", self.blocks()))
            if self.columns:
                sizes.append(("width", self.width))
        return sizes + [(name, size) for name, size in self._strides if name]

    def open(self, loops: list[Loop], *, parallel: bool, depth: int = 1) -> tuple[list[str], int]:
        """Headers of nested loops, the first over [lo, hi) if `parallel`, and the depth inside."""
        lines = []
        for position, loop in enumerate(loops):
            bounds = "lo, hi" if parallel and position == 0 else loop.size_name
            lines.append("    " * (depth + position) + f"for {loop.variable} in range({bounds}):")
        if not loops and parallel:
            lines, position = ["    " * depth + "for i in range(lo, hi):"], 0
            return lines, depth + 1
        return lines, depth + len(loops)

    def variable(self, axis: int) -> str:
        """The loop variable of an axis that was not merged."""
        return next(loop.variable for loop in self.loops if loop.axis == axis)

    def index(self, operand: Operand) -> str:
        """The element index of an operand at the loops' current iteration."""
        parts = []
        if BLOCK_AXIS in operand.strides:
            parts.append("i * width" if self.columns else "i")
        for loop in self.loops:
            stride = operand.strides.get(loop.axis, 0)
            if same(stride, 0):
                continue
            if same(stride, 1):
                parts.append(loop.variable)
            else:
                parts.append(f"{loop.variable} * {self.names[operand.number, loop.axis]}")
        return " + ".join(parts) or "0"

    def _name_strides(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        for operand in self.operands:
            for number, loop in enumerate(self.loops):
                stride = operand.strides.get(loop.axis, 0)
                if same(stride, 0) or same(stride, 1):
                    continue
                if self.short is not None and isinstance(stride, int) and 0 < stride <= _LITERAL:
                    self.names[operand.number, loop.axis] = str(stride)
                    continue
                name = f"{operand.name}_s{number}"
                self.names[operand.number, loop.axis] = name
                found.append((name, stride))
        return found


def nest_of(region: Region, operands: list[Operand], fixed: set[int]) -> Nest:
    """The loops of a region; `fixed` axes keep a loop of their own."""
    axes = [axis for axis, dim in enumerate(region.space) if not is_one(dim)]
    outer, inner, columns = _grouped(region, axes)
    inner_loops = _merged(region, inner, operands, fixed)
    if region.kind == BLOCKS and not inner_loops:
        inner_loops = [Loop(-1, 1)]
    return Nest(
        region,
        operands,
        _merged(region, outer, operands, fixed),
        inner_loops,
        _merged(region, columns, operands, fixed),
    )


def _grouped(region: Region, axes: list[int]) -> tuple[list[int], list[int], list[int]]:
    if region.kind == MAP:
        return axes, [], []
    kept = [axis for axis in axes if axis not in region.reduced]
    reduced = [axis for axis in axes if axis in region.reduced]
    if region.kind == BLOCKS:
        return [], reduced, kept
    if region.kind != COLUMN:
        return kept, reduced, []
    last = max(reduced, default=-1)
    return [a for a in kept if a < last], reduced, [a for a in kept if a > last]


def _merged(
    region: Region, axes: list[int], operands: list[Operand], fixed: set[int]
) -> list[Loop]:
    loops: list[Loop] = []
    for axis in axes:
        size = region.space[axis]
        if loops and _mergeable(loops[-1], axis, size, operands, fixed):
            loops[-1] = Loop(axis, loops[-1].size * size)
        else:
            loops.append(Loop(axis, size))
    return loops


def _mergeable(
    before: Loop, axis: int, size: Any, operands: list[Operand], fixed: set[int]
) -> bool:
    if axis in fixed or before.axis in fixed:
        return False
    for operand in operands:
        outer, own = operand.strides.get(before.axis, 0), operand.strides.get(axis, 0)
        if not same(outer, own * size):
            return False
    return True
