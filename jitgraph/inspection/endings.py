"""Why a region ended where it did, in plain words, worked out when somebody asks.

In: a lowered program. Out: for each region the readers of what it writes, each with the reason
why it is not part of the region. Fusion itself takes no notes: that would cost every compilation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from jitgraph.ir.printer import type_text
from jitgraph.ir.program import Instr, Value
from jitgraph.lowering.access import same, same_dims
from jitgraph.lowering.fuse import (
    COPY,
    MOST_COST,
    MOST_INSTRUCTIONS,
    MOST_OPERANDS,
    Fused,
    Node,
    Single,
    reduced_axes,
)
from jitgraph.lowering.lower import Lowered
from jitgraph.lowering.region import BLOCKS, COLUMN, ROW, Region, is_one

RESULT = "its result is fetched"
UPDATE = "its result is what a variable becomes"


@dataclass(frozen=True)
class Ending:
    """One value that leaves a region.

    Attributes:
      value: the value's name.
      reader: the name of what reads it, "" where the program ends.
      reason: why the reader is not part of the region.
    """

    value: str
    reader: str
    reason: str

    def __str__(self) -> str:
        reader = f" -> %{self.reader}" if self.reader else ""
        return f"%{self.value}{reader}: {self.reason}"


def endings(lowered: Lowered) -> dict[Instr, tuple[Ending, ...]]:
    """The endings of each region, by each of its instructions."""
    found: dict[Instr, tuple[Ending, ...]] = {}
    for part in (lowered, *_inside(lowered)):
        reader = _Reader(part)
        for node in part.fused.steps():
            if isinstance(node, Region):
                of_region = tuple(reader.endings(node))
                found.update(dict.fromkeys(node.instrs, of_region))
    return found


def _inside(lowered: Lowered) -> Iterator[Lowered]:
    """The programs inside branches and loops, each as if it stood alone."""
    for fused in lowered.fused.inside:
        results = tuple(fused.results)
        yield replace(lowered, program=fused.program, fused=fused, results=results, updates=())


class _Reader:
    def __init__(self, lowered: Lowered) -> None:
        self.lowered = lowered
        self.fused: Fused = lowered.fused
        self.nodes = self.fused.steps()
        self.makers = lowered.program.producers()
        self.node_of = {v: node for node in self.nodes for v in _made(node)}
        self.uses: dict[Value, list[tuple[Node, Instr, Value]]] = {}
        for node in self.nodes:
            for instr in _instrs(node):
                for given in instr.values:
                    use = (node, instr, given)
                    self.uses.setdefault(self.fused.access(given).base, []).append(use)

    def endings(self, region: Region) -> Iterator[Ending]:
        """Each value that leaves the region, once for each node that reads it."""
        results = set(self.lowered.results)
        updates = {value for _, value in self.lowered.updates}
        for value in (v for instr in region.instrs for v in instr.outputs):
            if value in results:
                yield Ending(value.name, "", RESULT)
            if value in updates:
                yield Ending(value.name, "", UPDATE)
            seen: set[Node] = {region}
            for node, instr, given in self.uses.get(value, ()):
                if node not in seen:
                    seen.add(node)
                    reader = instr.outputs[0].name if instr.outputs else instr.name
                    yield Ending(value.name, reader, self._reason(region, node, instr, given))

    def _reason(self, region: Region, node: Node, instr: Instr, given: Value) -> str:
        """Why `instr`, which reads `given`, does not run in the loops that make it."""
        if isinstance(node, Single):
            return _single_reason(node)
        return (
            self._kind_reason(region, instr, given)
            or self._order_reason(region, node, instr)
            or self._shape_reason(region, instr)
            or _cap_reason(region, node)
            or f"its loops don't fit those of {instr.name}"
        )

    def _kind_reason(self, region: Region, instr: Instr, given: Value) -> str:
        if instr.definition is COPY:
            return "it is copied to a buffer of its own"
        if region.kind == BLOCKS and region.source(given) in region.results:
            return "a large reduction is finished from its blocks' results"
        if region.kind == COLUMN and region.source(given) in region.results:
            return f"{instr.name} waits for the last row of a reduction over outer axes"
        view = self.makers.get(given)
        if given not in region.places and view is not None:
            return f"{instr.name} reads it through {view.name}, at other elements"
        return ""

    def _order_reason(self, region: Region, node: Region, instr: Instr) -> str:
        for given in instr.values:
            other = self.node_of.get(self.fused.access(given).base)
            if other is not None and other is not node and other.position > region.position:
                return f"{instr.name} also waits for {_instrs(other)[-1].name}, a later step"
        return ""

    @staticmethod
    def _shape_reason(region: Region, instr: Instr) -> str:
        reduces = instr.definition.reduce is not None
        wanted = (instr.inputs if reduces else instr.outputs)[0].type
        if not same_dims(wanted.dims, region.space) and not _is_row_op(region, instr):
            verb = "reduces" if reduces else "computes"
            return f"{instr.name} {verb} another shape, {type_text(wanted)}"
        if reduces and region.kind == ROW and reduced_axes(instr) != region.reduced:
            return f"{instr.name} reduces other axes"
        return ""


def _is_row_op(region: Region, instr: Instr) -> bool:
    """Whether the instruction goes over the axes that the region's reductions keep."""
    if region.kind != ROW or instr.definition.reduce is not None:
        return False
    kept = [dim for axis, dim in enumerate(region.space) if axis not in region.reduced]
    wanted = instr.outputs[0].type.dims
    return all(is_one(dim) or any(same(dim, own) for own in kept) for dim in wanted)


def _single_reason(node: Single) -> str:
    name = node.instr.name
    if node.kind == "library":
        return f"{name} is a library kernel"
    if node.kind == "assembly":
        return f"{name} copies it into its place"
    return f"{name} runs on the host"


def _cap_reason(region: Region, node: Region) -> str:
    """The limit that kept two regions apart, which would otherwise have been one."""
    if region.ended:
        is_count = region.ended[0].isdigit()
        return f"a region holds at most {region.ended}" if is_count else region.ended
    if len(region.instrs) + len(node.instrs) > MOST_INSTRUCTIONS:
        return f"a region holds at most {MOST_INSTRUCTIONS} instructions"
    if region.cost + node.cost > MOST_COST:
        return "its code would grow too long"
    if len(region.operands | node.operands) > MOST_OPERANDS:
        return f"a kernel takes at most {MOST_OPERANDS} operands"
    return ""


def _made(node: Node) -> tuple[Value, ...]:
    return tuple(value for instr in _instrs(node) for value in instr.outputs)


def _instrs(node: Node) -> list[Instr]:
    return node.instrs if isinstance(node, Region) else [node.instr]
