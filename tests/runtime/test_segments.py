"""What of a program with host steps runs natively at one go."""

from __future__ import annotations

from typing import Any

from jitgraph.lowering.steps import ALWAYS, IF_FALSE, HostStep, JumpStep, KernelStep
from jitgraph.runtime.segments import Segment, segments

KERNEL = object.__new__(KernelStep)
HOST = object.__new__(HostStep)


def jump(by: int, when: int = IF_FALSE) -> JumpStep:
    instr: Any = None
    return JumpStep(instr, when, by)


def shown(steps: list[Any]) -> list[Any]:
    """Rows as (first, last), host steps as "host", jumps in Python as the segment they lead to."""
    return [_shown(segment) for segment in segments(tuple(steps))]


def _shown(segment: Segment) -> Any:
    if segment.step is None:
        return segment.first, segment.last
    return segment.target if isinstance(segment.step, JumpStep) else "host"


def test_without_host_steps_all_is_one_segment() -> None:
    assert shown([KERNEL, jump(2), KERNEL, jump(-2, ALWAYS)]) == [(0, 4)]


def test_host_steps_part_the_rows() -> None:
    assert shown([KERNEL, HOST, KERNEL, KERNEL, HOST]) == [(0, 1), "host", (1, 3), "host"]


def test_a_jump_over_a_host_step_is_taken_in_python() -> None:
    assert shown([KERNEL, jump(3), HOST, KERNEL, KERNEL]) == [(0, 1), 4, "host", (2, 3), (3, 4)]


def test_a_native_loop_beside_a_host_step_stays_native() -> None:
    assert shown([HOST, KERNEL, jump(3), KERNEL, jump(-3, ALWAYS), KERNEL]) == ["host", (0, 5)]


def test_a_loop_around_a_host_step() -> None:
    loop = [KERNEL, jump(3), HOST, jump(-3, ALWAYS), KERNEL]
    assert shown(loop) == [(0, 1), 4, "host", 0, (3, 4)]


def test_a_branch_is_not_parted_by_where_another_jump_leads() -> None:
    branch = [jump(4), HOST, KERNEL, jump(3, ALWAYS), KERNEL, KERNEL, KERNEL]
    assert shown(branch) == [4, "host", (1, 2), 5, (3, 5), (5, 6)]
