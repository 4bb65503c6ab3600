"""Makes programs of instructions that stand inside a branch or a loop.

In: instructions and the values they leave. Out: a Program whose feeds are the values it takes
from outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from jitgraph.ir.builder import Builder
from jitgraph.ir.program import Instr, Program, Value
from jitgraph.ir.sizes import SizeScope


def free_values(instrs: Iterable[Instr], results: Iterable[Value]) -> dict[Value, None]:
    """The values used that are not made by the instructions, in the order of their use."""
    made: set[Value] = set()
    found: dict[Value, None] = {}
    for instr in instrs:
        found.update((value, None) for value in instr.values if value not in made)
        made.update(instr.outputs)
    found.update((value, None) for value in results if value not in made)
    return found


def enclosed(
    builder: Builder,
    scope: SizeScope,
    instrs: Sequence[Instr],
    results: Sequence[Value],
    captures: Sequence[Value],
) -> Program:
    """A program that computes `results`, fed with `captures`, which hold all free values."""
    feeds = tuple(Value(builder.fresh(value.name), value.type) for value in captures)
    new = dict(zip(captures, feeds, strict=True))
    inner = tuple(instr.substituted(new) for instr in instrs)
    return Program(feeds, (), inner, tuple(new.get(r, r) for r in results), (), scope)
