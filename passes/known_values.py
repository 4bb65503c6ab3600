"""What passes know of values: which instruction made one, and which single number one holds.

In: instructions, added in order. Out: answers for the rules of the passes.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ir.program import Instr, Value
from jitgraph.ir.sizes import known_equal
from jitgraph.ops.constants import CONST


class KnownValues:
    """The instructions seen so far, by what they made."""

    def __init__(self) -> None:
        self._producers: dict[Value, Instr] = {}
        self._numbers: dict[Value, Any] = {}

    def add(self, instr: Instr) -> None:
        """Notes an instruction; all that it depends on has been noted before."""
        self._producers.update(dict.fromkeys(instr.outputs, instr))
        if instr.definition is CONST:
            array = instr.attrs["value"]
            if array.size == 1 and array.dtype.kind in "biuf":
                self._numbers[instr.outputs[0]] = array.reshape(-1)[0]
        elif instr.definition.view is not None and instr.values[0] in self._numbers:
            self._numbers[instr.outputs[0]] = self._numbers[instr.values[0]]

    def producer(self, value: Any) -> Instr | None:
        """The instruction that made a value; None for feeds, states and host operands."""
        return self._producers.get(value) if type(value) is Value else None

    def number(self, value: Any) -> Any:
        """The one number that is every element of a constant or of a view of one, or None."""
        return self._numbers.get(value) if type(value) is Value else None


def has_type(found: Value, wanted: Value) -> bool:
    """Whether both have the same dtype and, whatever the sizes, the same shape."""
    dims, expected = found.type.dims, wanted.type.dims
    return (
        found.type.dtype is wanted.type.dtype
        and len(dims) == len(expected)
        and all(map(known_equal, dims, expected))
    )
