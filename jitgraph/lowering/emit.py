"""emit: region -> loop nest -> kernel source, with the arguments of this particular call.

In: a region made by fusion. Out: a `KernelStep`: canonical Python source (equal for regions of
equal structure, whatever their names, sizes and constants) and the words that this call passes.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ir.program import Value
from jitgraph.lowering.access import same
from jitgraph.lowering.border import Border
from jitgraph.lowering.fuse import Fused
from jitgraph.lowering.kernel_bodies import block_body, column_body, map_body, row_body
from jitgraph.lowering.kernel_values import KernelValues
from jitgraph.lowering.nest import Nest, Operand, nest_of
from jitgraph.lowering.region import BLOCKS, COLUMN, MAP, ROW, Region
from jitgraph.lowering.schedule import Schedule
from jitgraph.lowering.steps import KernelCode, KernelStep
from jitgraph.ops.internal import IOTA

GRAIN = 16384
"""Arithmetic operations that are worth a chunk of their own."""

LEAST_COLUMNS = 64
"""A chunk of columns is at least so wide: its rows are read piece by piece."""

BODIES = {MAP: map_body, ROW: row_body, COLUMN: column_body, BLOCKS: block_body}


def emit(region: Region, fused: Fused, needed: set[Value]) -> KernelStep:
    """The kernel of a region.

    Args:
      region: the region.
      fused: for accesses and immediates.
      needed: the values that must lie in memory afterwards.
    """
    schedule = Schedule(region, needed)
    border = Border(schedule, fused)
    operands = border.operands
    nest = nest_of(region, operands, _unmerged_axes(schedule))
    values = KernelValues(schedule, border, nest)
    body = BODIES[region.kind](values)
    head, words = border.head(nest, values.names)
    lines = ["def kernel(args, lo, hi):", *head, *_constants(values), *body, *_tail(values)]
    code = KernelCode(_title(region), "\n".join(lines) + "\n", tuple(sorted(values.names)))
    reads = tuple(dict.fromkeys(o.base for o in operands if not o.is_output))
    writes = tuple(o.base for o in operands if o.is_output)
    return KernelStep(
        code, words, nest.count, _grain(region, nest, len(operands)), reads, writes,
        tuple(region.instrs), region.ended, _inplace(region, operands, fused),
    )  # fmt: skip


def _unmerged_axes(schedule: Schedule) -> set[int]:
    """Axes whose index is a value of the kernel: they keep a loop of their own."""
    axes = (
        schedule.place(instr)[instr.attrs["axis"]]
        for instr in schedule.region.instrs
        if instr.definition is IOTA
    )
    return {axis for axis in axes if axis is not None}


def _constants(values: KernelValues) -> list[str]:
    lines = [f"    {name} = {text}" for name, text in sorted(values.constants.items())]
    return lines + [f"    bad{reason} = False" for reason in sorted(values.checks)]


def _tail(values: KernelValues) -> list[str]:
    """Reports what the checks found."""
    lines = []
    for reason in sorted(values.checks):
        values.names.add("fail")
        lines.extend([f"    if bad{reason}:", f"        fail(args, {reason})"])
    return lines


def _title(region: Region) -> str:
    names = list(dict.fromkeys(instr.name.lower() for instr in region.instrs))
    return "_".join(names[:4]) + (f"_{len(region.instrs)}" if len(names) > 4 else "")


def _grain(region: Region, nest: Nest, operands: int) -> Any:
    """The least outer iterations that are worth a chunk."""
    inner: Any = 1
    for loop in nest.serial:
        inner = inner * loop.size
    cost = max(1, region.cost + operands)
    least = LEAST_COLUMNS if region.kind == COLUMN and not nest.outer else 1
    if isinstance(inner, int):
        return max(least, GRAIN // max(1, cost * inner))
    return (GRAIN // cost) // (inner + 1) + least


def _inplace(
    region: Region, operands: list[Operand], fused: Fused
) -> tuple[tuple[Value, Value], ...]:
    """Outputs that may be written over an input: read at the same index, only there, and by what
    is written: LLVM takes operands for memory apart, so that nothing else keeps a store behind a
    load."""
    if region.kind != MAP:
        return ()
    reads = [operand for operand in operands if not operand.is_output]
    once = [o for o in reads if sum(other.base is o.base for other in operands) == 1]
    written = [operand for operand in operands if operand.is_output]
    pairs = [(output, given) for output in written for given in once if _matches(given, output)]
    made = {given.base: _made_of(given.base, region, fused) for _, given in pairs}
    return tuple(
        (output.base, given.base) for output, given in pairs if output.base in made[given.base]
    )


def _made_of(base: Value, region: Region, fused: Fused) -> set[Value]:
    """The values that a region makes of what lies in a buffer."""
    made: set[Value] = set()
    for instr in region.instrs:
        inside = (given for given in instr.values if given not in fused.immediates)
        if any(given in made or fused.access(given).base is base for given in inside):
            made.update(instr.outputs)
    return made


def _matches(given: Operand, output: Operand) -> bool:
    """Whether both walk whole buffers of the same shape and dtype in the same way."""
    if given.dtype is not output.dtype or not same(given.offset, 0):
        return False
    dims, out_dims = given.base.type.dims, output.base.type.dims
    if len(dims) != len(out_dims) or given.strides.keys() != output.strides.keys():
        return False
    if not all(map(same, dims, out_dims)):
        return False
    return all(same(given.strides[axis], output.strides[axis]) for axis in given.strides)
