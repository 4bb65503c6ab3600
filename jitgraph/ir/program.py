"""The Program: an immutable, typed SSA list of instructions, what every compiler pass works on.

In: made by `trace` out of a Graph, by the parser out of text, or by a pass out of another Program.
Out: read by passes, fusion, the interpreter and the printer.

State is explicit: a variable's contents come in as a `states` value and go out as an update; no
instruction has an effect on memory, so instructions may be merged, moved and dropped freely.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from jitgraph.dtypes import DType
from jitgraph.ir.sizes import Size, SizeScope
from jitgraph.ops.definition import OpDef

Dim = int | Size
Dims = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Type:
    """dtype and shape of a value; each dimension is an int or a symbolic Size."""

    dtype: DType
    dims: Dims

    @property
    def rank(self) -> int:
        return len(self.dims)


class Value:
    """The result of one instruction, a feed, or a variable's contents. Compared by identity."""

    __slots__ = ("name", "type")

    def __init__(self, name: str, type: Type) -> None:
        self.name = name
        self.type = type

    def __repr__(self) -> str:
        dims = ", ".join(map(str, self.type.dims))
        return f"%{self.name}: {self.type.dtype.name}[{dims}]"


class Host:
    """An operand known before native code runs: an object array of numbers and symbolic sizes."""

    __slots__ = ("dtype", "items")

    def __init__(self, dtype: DType, items: np.ndarray) -> None:
        self.dtype = dtype
        self.items = items

    def __repr__(self) -> str:
        return f"host {self.items.tolist()}"

    @property
    def type(self) -> Type:
        return Type(self.dtype, self.items.shape)


Operand = Value | Host


@dataclass(frozen=True, slots=True, eq=False)
class Instr:
    """One instruction: an op applied to operands. `origin` holds the user's graph operations."""

    definition: OpDef
    inputs: tuple[Operand, ...]
    outputs: tuple[Value, ...]
    attrs: Mapping[str, Any]
    origin: tuple[Any, ...] = ()
    values: tuple[Value, ...] = field(init=False)
    """The inputs that are values (not host operands)."""

    def __post_init__(self) -> None:
        values = tuple([given for given in self.inputs if type(given) is Value])
        object.__setattr__(self, "values", values)

    @property
    def name(self) -> str:
        return self.definition.name

    def keywords(self) -> dict[str, Any]:
        """The attributes that the reference takes."""
        return {name: self.attrs[name] for name in self.definition.attrs if name in self.attrs}

    @property
    def bodies(self) -> tuple[Program, ...]:
        """The programs that it runs: branches, or a loop's condition and body."""
        return tuple(self.attrs[name] for name in self.definition.bodies)

    @property
    def must_run(self) -> bool:
        """Whether it runs although nobody reads what it gives."""
        return self.definition.must_run or any(body.must_run for body in self.bodies)

    def with_bodies(self, bodies: Sequence[Program]) -> Instr:
        named = dict(zip(self.definition.bodies, bodies, strict=True))
        return replace(self, attrs={**self.attrs, **named})

    def with_inputs(self, inputs: Sequence[Operand]) -> Instr:
        return replace(self, inputs=tuple(inputs))

    def substituted(self, new: Mapping[Value, Value]) -> Instr:
        """The instruction with the inputs that are in `new` replaced as it says."""
        if not new or not any(given in new for given in self.values):
            return self
        return self.with_inputs([new.get(x, x) if type(x) is Value else x for x in self.inputs])


@dataclass(frozen=True, eq=False)
class Program:
    """A typed SSA program.

    Attributes:
      feeds: values given by the caller, in order.
      states: variables' contents at the start of a run; a value's name is the variable's.
      instrs: instructions in an order that respects data flow.
      results: the values returned.
      updates: (state, new contents) for each variable that is written.
      scope: the symbols that sizes are made of, and the guards under which this program holds.
    """

    feeds: tuple[Value, ...]
    states: tuple[Value, ...]
    instrs: tuple[Instr, ...]
    results: tuple[Value, ...]
    updates: tuple[tuple[Value, Value], ...] = ()
    scope: SizeScope = field(default_factory=SizeScope)

    def __str__(self) -> str:
        from jitgraph.ir.printer import print_program

        return print_program(self, sites=True).rstrip()

    @property
    def must_run(self) -> bool:
        """Whether one of its instructions runs although nobody reads what it gives."""
        return any(instr.must_run for instr in self.instrs)

    def live_out(self) -> list[Value]:
        """Values that are needed after the last instruction."""
        return [*self.results, *(value for _, value in self.updates)]

    def producers(self) -> dict[Value, Instr]:
        """For each value made by an instruction, that instruction."""
        return {value: instr for instr in self.instrs for value in instr.outputs}

    def uses(self) -> dict[Value, int]:
        """How often each value is used, results and updates included."""
        counts: dict[Value, int] = dict.fromkeys(self.live_out(), 0)
        for value in self.live_out():
            counts[value] += 1
        for instr in self.instrs:
            for given in instr.inputs:
                if type(given) is Value:
                    counts[given] = counts.get(given, 0) + 1
        return counts

    def names(self) -> set[str]:
        """The names of all values."""
        made = {value.name for instr in self.instrs for value in instr.outputs}
        return made.union(value.name for value in (*self.feeds, *self.states))

    def with_instrs(self, instrs: Iterable[Instr]) -> Program:
        return replace(self, instrs=tuple(instrs))

    def substitute(self, instrs: Iterable[Instr], new: Mapping[Value, Value]) -> Program:
        """The program with `instrs`, and results and updates replaced as `new` says."""
        results = tuple(new.get(value, value) for value in self.results)
        updates = tuple((state, new.get(value, value)) for state, value in self.updates)
        return replace(self, instrs=tuple(instrs), results=results, updates=updates)
