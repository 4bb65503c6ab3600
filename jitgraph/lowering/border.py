"""What crosses a kernel's border: its pointers, immediates, sizes and strides.

In: a region and its schedule. Out: operands (one for each way a buffer is read or written), and
immediates as they are asked for; at the end the kernel's first lines and its argument words.
"""

from __future__ import annotations

from typing import Any

from jitgraph.dtypes import DType
from jitgraph.ir.program import Instr, Value
from jitgraph.lowering.access import Access, row_major, same
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.nest import Nest, Operand
from jitgraph.lowering.region import BLOCK_AXIS, BLOCKS, Place, Region, is_one
from jitgraph.lowering.schedule import Schedule
from jitgraph.lowering.steps import Pointer, immediate_words

FIRST_WORD = 2
"""Words 0 and 1 hold the status word's address and the error code."""


class Border:
    """Operands and immediates of one kernel, in the order of their first use."""

    def __init__(self, schedule: Schedule, fused: Fused) -> None:
        self._schedule = schedule
        self._fused = fused
        self._operands: dict[Any, Operand] = {}
        self._immediates: dict[Any, tuple[str, Any, DType]] = {}
        for instr in schedule.region.instrs:
            for given in instr.values:
                if not schedule.is_inside(given) and given not in fused.immediates:
                    self.read(instr, given)
        for value in [*schedule.outputs, *schedule.temporaries]:
            self.written(value)

    @property
    def operands(self) -> list[Operand]:
        """All operands."""
        return list(self._operands.values())

    def is_immediate(self, value: Value) -> bool:
        """Whether the value is one number that is handed over as an argument."""
        return value in self._fused.immediates

    def read(self, instr: Instr, given: Value) -> Operand:
        """The operand through which an instruction reads a value made elsewhere."""
        access = self._fused.access(given)
        strides = self._axis_strides(instr, given, access)
        shape = tuple(sorted((axis, _key(stride)) for axis, stride in strides.items()))
        key = (id(access.base), _key(access.offset), shape)
        if key not in self._operands:
            number = len(self._operands)
            self._operands[key] = Operand(
                f"x{number}", number, given.type.dtype, access.base, access.offset, strides, False
            )
        return self._operands[key]

    def written(self, value: Value) -> Operand:
        """The operand through which a value made here is stored, and read again."""
        key = ("out", id(value))
        if key not in self._operands:
            place = self._schedule.region.places.get(value)
            if place is None:
                place = _result_place(self._schedule.region, value)
            strides = {
                axis: stride
                for axis, stride in zip(place, row_major(value.type.dims), strict=True)
                if axis is not None
            }
            number = len(self._operands)
            self._operands[key] = Operand(
                f"y{number}", number, value.type.dtype, value, 0, strides, True
            )
        return self._operands[key]

    def immediate(self, key: Any, number: Any, dtype: DType) -> str:
        """The variable that holds a number handed over as an argument."""
        if key not in self._immediates:
            self._immediates[key] = (f"c{len(self._immediates)}", number, dtype)
        return self._immediates[key][0]

    def immediate_value(self, value: Value) -> str:
        """The variable that holds a value which is one number."""
        number = self._fused.immediates[value]
        root = self._fused.access(value).base
        return self.immediate(("value", id(root)), number, value.type.dtype)

    def head(self, nest: Nest, names: set[str]) -> tuple[list[str], tuple[Any, ...]]:
        """The lines that take the arguments apart, and the words of this call."""
        lines: list[str] = []
        words: list[Any] = []
        for operand in self.operands:
            lines.append(_taken(operand.name, f"ptr_{operand.dtype.name}", words, names))
            words.append(Pointer(operand.base, operand.offset))
        for name, number, dtype in self._immediates.values():
            lines.append(_taken(name, f"imm_{dtype.name}", words, names))
            words.extend(immediate_words(number, dtype))
        for name, size in nest.parameters():
            lines.append(f"    {name} = args[{len(words) + FIRST_WORD}]")
            words.append(size)
        return lines, tuple(words)

    def _axis_strides(self, instr: Instr, given: Value, access: Access) -> dict[int, Any]:
        place = self._schedule.place(instr)
        dims = given.type.dims
        missing = len(place) - len(dims)
        found: dict[int, Any] = {}
        for position, (dim, stride) in enumerate(zip(dims, access.strides, strict=True)):
            axis = place[missing + position]
            if axis is not None and not is_one(dim) and not same(stride, 0):
                found[axis] = stride
        return found


def _taken(name: str, reader: str, words: list[Any], names: set[str]) -> str:
    names.add(reader)
    return f"    {name} = {reader}(args, {len(words) + FIRST_WORD})"


def _result_place(region: Region, value: Value) -> Place:
    """The place of the result of a reduction that ends its region."""
    kept = region.whole_place()
    if region.kind == BLOCKS:
        return (BLOCK_AXIS, *(p for a, p in enumerate(kept) if a not in region.reduced))
    if len(value.type.dims) == len(kept):
        return tuple(None if a in region.reduced else p for a, p in enumerate(kept))
    return tuple(p for a, p in enumerate(kept) if a not in region.reduced)


def _key(size: Any) -> Any:
    key = getattr(size, "structural_key", None)
    return size if key is None else key()
