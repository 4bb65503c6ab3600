"""Stage runtime: what variables hold when Ctrl-C ends a run.

In: a bound program and the row at which it ended. Out: the contents that had been assigned to
variables by then, although the run would have copied them only at its end: what was computed
before the loop that was running, and what that loop has carried through its last iteration.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from jitgraph.ir.program import Value
from jitgraph.lowering.steps import HostStep, JumpStep, Step
from jitgraph.runtime.link import Linked
from jitgraph.runtime.native.layout import INTERRUPTED
from jitgraph.runtime.storage import ALIGNMENT, CONSTANT, SLOT

REASON_BITS = 8


def is_interruption(status: int) -> bool:
    """Whether a run ended because of a signal."""
    return status & ((1 << REASON_BITS) - 1) == INTERRUPTED


def interrupted_at(row: int) -> int:
    """The status of a run that a signal ends before a row."""
    return (row + 1) << REASON_BITS | INTERRUPTED


def assigned_by_then(
    linked: Linked, sizes: list[int], arena: np.ndarray, status: int
) -> Iterator[tuple[int, np.ndarray]]:
    """(number of a variable, its new contents) for each that was assigned.

    Args:
      linked: the program; sizes: its sizes; arena: its memory.
      status: what the interrupted run has left.
    """
    steps = linked.steps
    end = _step_of_row(steps, (status >> REASON_BITS) - 1)
    around = [(start, step) for start, last, step in _loops(steps) if start <= end <= last]
    carried = {value for _, step in around for value in step.instr.outputs}
    begin = min((start for start, _ in around), default=end)
    for number, value in linked.storage.copies:
        writers = [place for place, step in enumerate(steps) if value in step.writes]
        is_made = value in carried or all(place < begin for place in writers)
        contents = _contents(linked, sizes, arena, value)
        if is_made and contents is not None:
            yield number, contents


def _step_of_row(steps: Sequence[Step], row: int) -> int:
    rows = [number for number, step in enumerate(steps) if not isinstance(step, HostStep)]
    return rows[row] if row < len(rows) else len(steps)


def _loops(steps: Sequence[Step]) -> Iterator[tuple[int, int, JumpStep]]:
    """The first and the last step of each loop, and that one."""
    for number, step in enumerate(steps):
        if isinstance(step, JumpStep) and step.by < 0:
            yield number + step.by, number, step


def _contents(linked: Linked, sizes: list[int], arena: np.ndarray, value: Value) -> Any:
    place = linked.storage.places[value]
    if place.kind == CONSTANT:
        return linked.storage.constants[place.index]
    if place.kind != SLOT:
        return None
    held = [sizes[number] for number in linked.slots]
    start = -arena.ctypes.data % ALIGNMENT
    start += sum(-(-size // ALIGNMENT) * ALIGNMENT for size in held[: place.index])
    shape = tuple(linked.size_value(dim, sizes) for dim in value.type.dims)
    dtype = np.dtype(value.type.dtype.as_numpy_dtype)
    count = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    return arena[start : start + count].view(dtype).reshape(shape)
