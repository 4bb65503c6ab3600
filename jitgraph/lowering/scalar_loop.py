"""Loops of numbers: the kernels of an iteration -> one kernel that runs many iterations.

In: the steps of an iteration, all of them elementwise kernels of single numbers. Out: one step that
keeps the loop's variables in registers and ends when the loop does, or after so many iterations
that somebody should look for signals.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace

from jitgraph.ir.program import Value
from jitgraph.lowering.steps import KernelCode, KernelStep, Pointer, Step, Word

ITERATIONS = 1 << 14
"""So many the kernel runs at one go."""

_PARAMETER = re.compile(r"    (\w+) = (ptr|imm)_(\w+)\(args, (\d+)\)")
_LOAD = re.compile(r"load\((\w+), \d+, 0\)")
_STORE = re.compile(r"store\((\w+), \d+, 0, (.*)\)$")
_NAME = re.compile(r"\b([vxyc]\d+)\b")
_LOOP = "    for i in range(lo, hi):"
_DTYPES = ("float32", "float64", "int32", "int64", "bool")
_MOST_STEPS = 16


def one_kernel(
    steps: Sequence[Step],
    carried: Collection[Value],
    goes_on: Value,
    iterations: int = ITERATIONS,
) -> KernelStep | None:
    """The step that runs iterations, None where one can't.

    Args:
      steps: the steps of an iteration.
      carried: the loop's variables, which steps read and write in place.
      goes_on: what a step finds out last: whether there is another iteration.
      iterations: the most that it runs at one go.
    """
    if len(steps) > _MOST_STEPS:
        return None
    kernels = [step for step in steps if isinstance(step, KernelStep) and is_scalar(step)]
    if len(kernels) < len(steps) or not any(goes_on in step.writes for step in kernels):
        return None
    if len({step.code.fastmath for step in kernels}) > 1:
        return None
    writer = LoopWriter({value for step in kernels for value in step.writes}, {*carried, goes_on})
    for number, step in enumerate(kernels):
        if not writer.add(number, step):
            return None
    return writer.step(kernels, goes_on, iterations)


def is_scalar(step: KernelStep) -> bool:
    """Whether a step makes numbers in a plain way."""
    code = step.code
    is_plain = step.count == 1 and not code.language and "fail" not in code.names
    lines = code.source.splitlines()
    return (
        is_plain
        and code.helpers == "jitgraph.lowering"
        and sum(" for " in line for line in lines) == 1
        and _LOOP in lines
        and all(value.type.dtype.name in _DTYPES for value in (*step.reads, *step.writes))
        and all(all(dim == 1 for dim in value.type.dims) for value in step.writes)
    )


@dataclass
class LoopWriter:
    """Writes the kernel, step by step."""

    written: set[Value]
    kept: set[Value]
    head: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    registers: dict[Value, str] = field(default_factory=dict)
    pointers: dict[Value, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def add(self, number: int, step: KernelStep) -> bool:
        """Appends the lines of a step; False where one is not understood."""
        lines = step.code.source.splitlines()
        at = lines.index(_LOOP)
        places = self._parameters(number, step, lines[1:at])
        if places is None:
            return False
        self.names.update(set(step.code.names) - {"load", "store"})
        stores: list[str] = []
        for line in lines[at + 1 :]:
            text = line.strip()
            store = _STORE.fullmatch(text)
            kept = self.body if store is None else stores
            made = self._line(text if store is None else store[2], places, number)
            if made is not None and store is not None:
                made = self._stored(made, places[store[1]])
            if made is None:
                return False
            kept.append(made)
        self.body += stores
        return True

    def _parameters(
        self, number: int, step: KernelStep, lines: Sequence[str]
    ) -> dict[str, Word] | None:
        """What a step's names of pointers and numbers stand for."""
        places: dict[str, Word] = {}
        for line in lines:
            found = _PARAMETER.fullmatch(line)
            if found is None:
                return None
            name, kind, dtype, position = found.groups()
            places[name] = word = step.words[int(position) - 2]
            if kind == "imm":
                self._parameter(f"s{number}_{name}", f"imm_{dtype}", word)
        return places

    def _stored(self, made: str, place: Word) -> str | None:
        """The line that keeps a number in the variable of its place."""
        register = self._register(place)
        if register is None:
            return None
        dtype = place.value.type.dtype.name
        if dtype == "bool":
            return f"{register} = {made}"
        self.names.add(dtype)
        return f"{register} = {dtype}({made})"

    def _line(self, text: str, places: dict[str, Word], number: int) -> str | None:
        """A line of a step, with variables for what it loads."""
        held: dict[str, str] = {}
        for name in _LOAD.findall(text):
            register = self._register(places[name])
            if register is None:
                return None
            held[name] = register
        text = _LOAD.sub(lambda found: f"held_{found[1]}", text)
        if "load(" in text or "store(" in text or re.search(r"\bi\b", text):
            return None
        text = renamed(text, number)
        for name, register in held.items():
            text = re.sub(rf"\bheld_{name}\b", register, text)
        return text

    def _register(self, word: Word) -> str | None:
        """The variable that holds what lies where a pointer points."""
        if not isinstance(word, Pointer):
            return None
        value = word.value
        if value in self.written:
            if not (isinstance(word.offset, int) and word.offset == 0):
                return None
            if value not in self.registers:
                self.registers[value] = f"r{len(self.registers)}"
                if value in self.kept:
                    self._load(value, word)
            return self.registers[value]
        name = f"k{len(self.words)}"
        self.head.append(f"    {name} = load({self._pointer(word)}, 0, 0)")
        return name

    def _load(self, value: Value, word: Pointer) -> None:
        pointer = self._pointer(word)
        self.pointers[value] = pointer
        self.head.append(f"    {self.registers[value]} = load({pointer}, 0, 0)")

    def _pointer(self, word: Pointer) -> str:
        dtype = word.value.type.dtype.name
        return self._parameter(f"p{len(self.words)}", f"ptr_{dtype}", word)

    def _parameter(self, name: str, kind: str, word: Word) -> str:
        self.head.append(f"    {name} = {kind}(args, {len(self.words) + 2})")
        self.words.append(word)
        self.names.add(kind)
        return name

    def step(self, kernels: Sequence[KernelStep], goes_on: Value, iterations: int) -> KernelStep:
        """The step made of all that was added."""
        lines = [
            "def kernel(args, lo, hi):",
            *self.head,
            f"    for i in range({iterations}):",
            *(f"        {line}" for line in self.body),
            f"        if not {self.registers[goes_on]}:",
            "            break",
            *(
                f"    store({pointer}, 0, 0, {self.registers[value]})"
                for value, pointer in self.pointers.items()
            ),
        ]
        names = tuple(sorted({*self.names, "load", "store"}))
        code = KernelCode("loop", "\n".join(lines) + "\n", names, fastmath=kernels[0].code.fastmath)
        instrs = tuple(instr for step in kernels for instr in step.instrs)
        reads = dict.fromkeys(value for step in kernels for value in step.reads)
        kept = tuple(dict.fromkeys(v for s in kernels for v in s.writes if v in self.pointers))
        return replace(
            kernels[0], code=code, words=tuple(self.words), grain=0, instrs=instrs, inplace=(),
            reads=tuple(value for value in reads if value not in self.written or value in kept),
            writes=kept, ended="the loop is one kernel",
        )  # fmt: skip


def renamed(text: str, number: int) -> str:
    """A line of a step whose names are apart from those of other steps."""
    return _NAME.sub(rf"s{number}_\1", text)
