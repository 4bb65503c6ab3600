"""Loops of elementwise maps: the kernels of an iteration -> one kernel, elements outside.

In: the steps of an iteration: kernels of single numbers, which decide whether there is another
iteration, and elementwise kernels that make row `i` of every array from rows `i` alone. Out: two
steps. The first takes a block of rows through many iterations while it stays in the first-level
cache; each worker keeps the numbers for itself. The second takes the numbers themselves through as
many iterations. Exchanging the loops is M. Wolfe, "More Iteration Space Tiling" (1989).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from jitgraph.ir.program import Value
from jitgraph.ir.sizes import smax
from jitgraph.lowering.access import same
from jitgraph.lowering.scalar_loop import LoopWriter, is_scalar, one_kernel, renamed
from jitgraph.lowering.steps import KernelCode, KernelStep, Pointer, Step, Word

ITERATIONS = 1 << 10
"""So many a block of rows goes through at one go."""

BLOCK = 1024
"""About so many elements of each array are a block."""

_SHARE = 32
"""A kernel that runs many iterations is worth sharing for so many times fewer rows."""

_SIZE = re.compile(r"    (\w+) = args\[(\d+)\]")
_FOR = re.compile(r" *for (i\d*) in range\((.*)\):")
_OUTER = re.compile(r"    for (i\d*) in range\(lo, hi\):")
_SET = re.compile(r"v\d+ = ")
_ACCESS = re.compile(r"\b(load|store)\(")
_WORD = re.compile(r"\b[a-z]\w*\b")
_MOST_STEPS = 16


class _Map(NamedTuple):
    """The source of an elementwise kernel, taken apart."""

    parameters: list[str]
    sizes: dict[str, int]
    loops: list[str]
    body: list[str]


def array_kernels(
    steps: Sequence[Step], carried: Collection[Value], goes_on: Value
) -> list[Step] | None:
    """The steps that run iterations, None where these can't.

    Args:
      steps: the steps of an iteration.
      carried: the loop's variables, which steps read and write in place.
      goes_on: what a step finds out last: whether there is another iteration.
    """
    kernels = [step for step in steps if isinstance(step, KernelStep)]
    maps = [step for step in kernels if not is_scalar(step)]
    numbers = [step for step in kernels if is_scalar(step)]
    if len(kernels) < len(steps) or not maps or len(steps) > _MOST_STEPS:
        return None
    if any(not same(step.count, maps[0].count) for step in maps):
        return None
    if len({step.code.fastmath for step in kernels}) > 1:
        return None
    arrays = {value for step in maps for value in step.writes}
    if any(value in arrays for step in numbers for value in step.reads):
        return None
    counting = one_kernel(numbers, carried, goes_on, ITERATIONS)
    if counting is None:
        return None
    writer = _ArrayWriter({value for step in numbers for value in step.writes}, {*carried})
    writer.arrays = arrays
    for number, step in enumerate(kernels):
        known = writer.add(number, step) if is_scalar(step) else writer.add_map(number, step)
        if not known:
            return None
    return [writer.rows(maps, goes_on), counting]


def _taken_apart(step: KernelStep) -> _Map | None:
    """The parts of a kernel that is one nest of loops around an elementwise body."""
    code = step.code
    if code.language or code.helpers != "jitgraph.lowering" or "fail" in code.names:
        return None
    lines = code.source.splitlines()[1:]
    first = next((k for k, line in enumerate(lines) if _OUTER.fullmatch(line)), None)
    if first is None:
        return None
    sizes = {found[1]: int(found[2]) for found in map(_SIZE.fullmatch, lines[:first]) if found}
    parameters = [line for line in lines[:first] if not _SIZE.fullmatch(line)]
    inside = lines[first:]
    depth = sum(1 for _ in _leading_loops(inside))
    body = inside[depth:]
    indent = 4 * (depth + 1)
    if any(line[:indent].strip() or line[indent : indent + 1].isspace() for line in body):
        return None
    body = [line.strip() for line in body]
    if not all(_SET.match(line) or line.startswith("store(") for line in body):
        return None
    return _Map(parameters, sizes, inside[:depth], body)


def _leading_loops(lines: Sequence[str]) -> Iterator[str]:
    for depth, line in enumerate(lines):
        if not (_FOR.fullmatch(line) and line.startswith("    " * (depth + 1) + "for")):
            return
        yield line


@dataclass
class _ArrayWriter(LoopWriter):
    """Writes the kernel of blocks of rows, step by step."""

    arrays: set[Value] = field(default_factory=set)
    operands: dict[Value, tuple[str, int]] = field(default_factory=dict)
    places: dict[Value, str] = field(default_factory=dict)
    inner: list[str] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)

    def add_map(self, number: int, step: KernelStep) -> bool:
        """Appends the loops of an elementwise step; False where one is not understood."""
        parts = _taken_apart(step)
        given = parts and self._parameters(number, step, parts.parameters)
        if not parts or given is None:
            return False
        self.names.update(set(step.code.names) - {"load", "store"})
        words = {name: step.words[position - 2] for name, position in parts.sizes.items()}
        for name, word in words.items():
            self.head.append(f"    s{number}_{name} = args[{len(self.words) + 2}]")
            self.words.append(word)
        new = {name: f"s{number}_{name}" for name in words}
        loops = [_replaced(line.strip(), new) for line in parts.loops]
        body: list[str] = []
        for line in parts.body:
            made = self._map_line(line, given, words, number)
            if made is None:
                return False
            body.append(_replaced(made, new))
        variable = str(_OUTER.fullmatch(parts.loops[0])[1])  # type: ignore[index]
        self.body.append(f"for {variable} in range(start, stop):")
        self.body += ["    " * depth + line for depth, line in enumerate(loops) if depth]
        self.body += ["    " * len(loops) + line for line in body]
        bounds = [str(_FOR.fullmatch(line)[2]) for line in loops[1:]]  # type: ignore[index]
        self.inner = max(self.inner, bounds, key=len)
        return True

    def _map_line(
        self, text: str, given: dict[str, Word], sizes: dict[str, Word], number: int
    ) -> str | None:
        """A line of a step, with the operands and numbers of the whole loop."""
        made, rest = "", text
        while found := _ACCESS.search(rest):
            made += renamed(rest[: found.start()], number)
            inside, rest = _parenthesised(rest[found.end() :])
            name, _, index, *stored = _arguments(inside)
            operand = self._operand(given[name], index, sizes)
            if operand is None:
                return None
            if stored:
                value = self._map_line(stored[0], given, sizes, number)
                if value is None:
                    return None
                operand = f"store{operand[:-1]}, {value})"
            made += operand if stored or "(" not in operand else f"load{operand}"
        return made + renamed(rest, number)

    def _operand(self, word: Word, index: str, sizes: dict[str, Word]) -> str | None:
        """The arguments of an access, or the variable that holds a number."""
        if not isinstance(word, Pointer):
            return None
        value = word.value
        if value in self.written:
            return self._register(word) if index == "0" else None
        if value in self.arrays:
            place = re.sub(_WORD, lambda name: str(sizes.get(name[0], name[0])), index)
            place += f" + {word.offset}"
            if self.places.setdefault(value, place) != place:
                return None
        key = value if value in self.arrays else None
        if key is None or key not in self.operands:
            name = f"a{len(self.words)}"
            dtype = value.type.dtype.name
            self._parameter(name, f"ptr_{dtype}", word)
            if key is None:
                return f"({name}, 0, {index})"
            self.operands[key] = (name, len(self.operands) + 1)
        name, position = self.operands[key]
        return f"({name}, {position}, {index})"

    def _load(self, value: Value, word: Pointer) -> None:
        """Every block begins with the numbers as they are before the loop."""
        pointer = self._pointer(word)
        self.pointers[value] = pointer
        self.starts.append(f"{self.registers[value]} = load({pointer}, 0, 0)")

    def rows(self, maps: Sequence[KernelStep], goes_on: Value) -> KernelStep:
        """The step that takes blocks of rows through the iterations."""
        inner = " * ".join(f"max(1, {bound})" for bound in self.inner)
        block = f"max(1, {BLOCK} // ({inner}))" if inner else str(BLOCK)
        lines = [
            "def kernel(args, lo, hi):",
            *self.head,
            f"    block = {block}",
            "    for start in range(lo, hi, block):",
            "        stop = min(hi, start + block)",
            *(f"        {line}" for line in self.starts),
            f"        for turn in range({ITERATIONS}):",
            *(f"            {line}" for line in self.body),
            f"            if not {self.registers[goes_on]}:",
            "                break",
        ]
        names = tuple(sorted({*self.names, "load", "store"}))
        code = KernelCode(
            "loop_of_arrays", "\n".join(lines) + "\n", names, fastmath=maps[0].code.fastmath
        )
        writes = tuple(dict.fromkeys(value for step in maps for value in step.writes))
        words = [word.value for word in self.words if isinstance(word, Pointer)]
        reads = dict.fromkeys(value for value in words if value not in writes)
        return replace(
            maps[0], code=code, words=tuple(self.words), inplace=(), writes=writes,
            grain=smax(1, maps[0].grain // _SHARE), reads=(*reads, *writes),
            instrs=tuple(instr for step in maps for instr in step.instrs),
            ended="the loop is one kernel",
        )  # fmt: skip


def _replaced(text: str, new: dict[str, str]) -> str:
    return _WORD.sub(lambda name: new.get(name[0], name[0]), text)


def _parenthesised(text: str) -> tuple[str, str]:
    """What stands before the parenthesis that closes, and behind it."""
    depth = 1
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text[:position], text[position + 1 :]
    raise AssertionError("a parenthesis that nothing closes")


def _arguments(text: str) -> list[str]:
    """The arguments of a call: what commas outside of parentheses part."""
    found, depth = [""], 0
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            found.append("")
        else:
            found[-1] += letter
    return [argument.strip() for argument in found]
