"""Segments: what of a program runs at one go, where Python must run in between.

In: the steps of a program. Out: runs of rows of the native table, host steps, and the jumps that
lead over host steps. A branch or loop without host steps inside stays native.
"""

from __future__ import annotations

from dataclasses import dataclass

from jitgraph.lowering.steps import HostStep, JumpStep, Step


@dataclass(frozen=True)
class Segment:
    """Rows `first` to `last` (behind the last one) of the table; or a step run in Python.

    `target` is the number of the segment that a jump leads to.
    """

    first: int = 0
    last: int = 0
    step: HostStep | JumpStep | None = None
    target: int = 0


def segments(steps: tuple[Step, ...]) -> tuple[Segment, ...]:
    """The segments of a program, in order."""
    in_python = _in_python(steps)
    ends = {
        number + step.by
        for number, step in enumerate(steps)
        if number in in_python and isinstance(step, JumpStep)
    }
    starts: list[int] = []
    found: list[Segment] = []
    row = first = begin = 0

    def close(number: int) -> None:
        nonlocal first, begin
        if row > first:
            starts.append(begin)
            found.append(Segment(first, row))
        first, begin = row, number

    for number, step in enumerate(steps):
        if number in in_python:
            close(number)
            starts.append(number)
            found.append(Segment(step=step))  # type: ignore[arg-type]
            row += _is_jump(step)
            first, begin = row, number + 1
            continue
        if number in ends:
            close(number)
        row += 1
    close(len(steps))
    return tuple(
        Segment(step=each.step, target=_segment_at(starts, start + each.step.by))
        if isinstance(each.step, JumpStep)
        else each
        for start, each in zip(starts, found, strict=True)
    )


def _segment_at(starts: list[int], number: int) -> int:
    """The first segment that begins at a step or behind it."""
    return next((index for index, start in enumerate(starts) if start >= number), len(starts))


def _is_jump(step: Step) -> bool:
    return isinstance(step, JumpStep)


def _in_python(steps: tuple[Step, ...]) -> set[int]:
    """The host steps, and the jumps that leave what runs at one go: over one of these, or over the
    place to which another such jump leads."""
    jumps = {n: step.by for n, step in enumerate(steps) if isinstance(step, JumpStep)}
    found = {number for number, step in enumerate(steps) if isinstance(step, HostStep)}
    while True:
        ends = {number + jumps[number] for number in found if number in jumps}
        more = {
            number
            for number, by in jumps.items()
            if number not in found
            and not (found.isdisjoint(_over(number, by)) and ends.isdisjoint(_parted(number, by)))
        }
        if not more:
            return found
        found |= more


def _over(number: int, by: int) -> range:
    """The steps that a jump leads over."""
    return range(number + 1, number + by) if by > 0 else range(number + by, number)


def _parted(number: int, by: int) -> range:
    """The steps at which no other segment may begin, if the jump is to stay inside one."""
    return range(number + 1, number + by) if by > 0 else range(number + by + 1, number + 1)
