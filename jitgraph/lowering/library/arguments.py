"""Lowering, library: the head of a library kernel's source and the words that belong to it.

In: operands and sizes, named one after the other. Out: the lines that read them from the argument
array and the words that fill it; a whole kernel step.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from jitgraph.ir.program import Instr, Value
from jitgraph.ir.sizes import Size, hint, smax
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.steps import KernelCode, KernelStep, Pointer, Word

WORK_PER_CHUNK = 1 << 15
_CALLED = re.compile(r"\b(\w+)\(")
_PYTHON = frozenset(("kernel", "range", "max", "min"))


class Arguments:
    """The words of a library kernel and the lines that read them, in step with each other.

    Args:
      instr: what the kernel computes.
      fused: where values lie.
    """

    def __init__(self, instr: Instr, fused: Fused) -> None:
        self.instr = instr
        self.fused = fused
        self.lines: list[str] = []
        self.words: list[Word] = []
        self.reads: list[Value] = []
        self.writes: list[Value] = []

    def read(self, name: str, value: Value, item: str | None = None) -> None:
        """Operand `name`, a contiguous value read as elements of type `item`."""
        access = self.fused.access(value)
        self._pointer(name, item or value.type.dtype.name, access.base, access.offset)
        self.reads.append(access.base)

    def write(self, name: str, value: Value, item: str | None = None) -> None:
        """Operand `name`, a value written as elements of type `item`."""
        self._pointer(name, item or value.type.dtype.name, value, 0)
        self.writes.append(value)

    def word(self, name: str, word: Word) -> None:
        """A size, or another word that is used as it is."""
        self._add(name, f"args[{self._next()}]", word)

    def _pointer(self, name: str, item: str, base: Value, offset: Any) -> None:
        self._add(name, f"ptr_{item}(args, {self._next()})", Pointer(base, offset))

    def _next(self) -> int:
        return len(self.words) + 2

    def _add(self, name: str, read: str, word: Word) -> None:
        self.lines.append(f"    {name} = {read}")
        self.words.append(word)

    def step(
        self,
        title: str,
        body: Iterable[str],
        count: Any,
        grain: Any,
        *,
        inplace: tuple[tuple[Value, Value], ...] = (),
        helpers: str = "jitgraph.lowering",
    ) -> KernelStep:
        """The step whose source is these arguments followed by `body`."""
        lines = ["def kernel(args, lo, hi):", *self.lines, *body]
        source = "\n".join(lines) + "\n"
        names = tuple(sorted(set(_CALLED.findall(source)) - _PYTHON))
        return self.step_of(KernelCode(title, source, names, helpers), count, grain, inplace)

    def step_of(
        self,
        code: KernelCode,
        count: Any,
        grain: Any,
        inplace: tuple[tuple[Value, Value], ...] = (),
    ) -> KernelStep:
        """The step of a kernel that reads these arguments by itself."""
        return KernelStep(
            code,
            tuple(self.words),
            count,
            grain,
            tuple(dict.fromkeys(self.reads)),
            tuple(self.writes),
            (self.instr,),
            f"{self.instr.name} is a library kernel",
            inplace,
        )


def product(dims: Iterable[Any]) -> Any:
    """The number of elements of a shape."""
    total: Any = 1
    for dim in dims:
        total = total * dim
    return total


def grain_of(work: Any, least: int = 1) -> Any:
    """So many outer iterations, of `work` items each, that a chunk is worth its overhead."""
    return smax(least, WORK_PER_CHUNK // (work + 1) + 1)


def fixed(size: Any) -> int:
    """A size that the shape of the code depends on: a guard keeps it what it is."""
    if not isinstance(size, Size):
        return int(size)
    value = hint(size)
    if size != value:
        raise AssertionError(f"{size} is not its own hint")
    return value


def axis_of(operand: Any, rank: int) -> int:
    """The axis that a host operand names, counted from the front."""
    axis = fixed(operand.items.reshape(-1)[0])
    return axis + rank if axis < 0 else axis


def is_one(size: Any) -> bool:
    """Whether a size is 1, whatever the symbols' values."""
    return isinstance(size, int) and size == 1


def split_at(dims: tuple[Any, ...], axis: int) -> tuple[Any, Any, Any]:
    """A shape seen as [outer, axis, inner]."""
    return product(dims[:axis]), dims[axis], product(dims[axis + 1 :])
