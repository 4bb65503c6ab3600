"""The section of the plan: which values share memory, and a picture of the arena over time.

In: an explanation. Out: HTML with an SVG picture: steps from left to right, slots below each other,
each as high as it is large; a rectangle is a value, from the step that makes it to its last reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from jitgraph.inspection.listing import bytes_text, counted
from jitgraph.inspection.plan_report import PlanReport, SlotReport
from jitgraph.inspection.report.markup import Markup, folded, rows, tag

if TYPE_CHECKING:
    from jitgraph.inspection.explanation import Explanation

WIDTH, HEIGHT, LEAST_HEIGHT = 960, 360, 4
LETTER_WIDTH, LETTER_HEIGHT, FEW_LETTERS = 6, 13, 5
TICK_HEIGHT, MOST_TICKS = 18, 16
MOST_VALUES = 2000
"""So many values are drawn and listed."""


def plan_section(explained: Explanation) -> Markup:
    """The memory of a run."""
    plan = explained.plan
    values = plan.values
    picture = _picture(plan, len(explained.regions)) if 0 < values <= MOST_VALUES else ""
    return tag(
        "section",
        tag("h2", "Memory", id="memory"),
        tag("p", "; ".join(plan.parts())),
        picture,
        folded(f"{counted(values, 'value')} in {counted(len(plan.slots), 'slot')}", _table(plan))
        if values
        else "",
    )


def _picture(plan: PlanReport, steps: int) -> Markup:
    """The arena over time."""
    scale = HEIGHT / max(1, plan.arena_bytes)
    heights = [max(LEAST_HEIGHT, slot.bytes * scale) for slot in plan.slots]
    width, top = WIDTH / max(1, steps), 0.0
    drawn: list[Markup] = []
    for slot, height in zip(plan.slots, heights, strict=True):
        drawn += _tenants(slot, top, height, width)
        top += height + 1
    drawn += _ticks(steps, top, width)
    top += TICK_HEIGHT
    label = f"{counted(plan.values, 'value')} of the arena over {counted(steps, 'step')}"
    box = f"0 0 {WIDTH} {top:.1f}"
    return tag("svg", *drawn, viewBox=box, role="img", aria_label=label, class_="arena")


def _tenants(slot: SlotReport, top: float, height: float, width: float) -> Iterator[Markup]:
    for number, tenant in enumerate(slot.tenants):
        told = f"%{tenant.name}: {tenant.type}, steps {tenant.first} to {tenant.last}"
        left, wide = tenant.first * width, (tenant.last - tenant.first + 1) * width
        yield tag(
            "rect",
            tag("title", f"{told}, slot {slot.number} of {bytes_text(slot.bytes)}"),
            x=f"{left:.2f}",
            y=f"{top:.2f}",
            width=f"{wide:.2f}",
            height=f"{height:.2f}",
            class_=f"tenant{(slot.number + number) % 4}",
        )
        room = int((wide - 6) / LETTER_WIDTH)
        if room >= FEW_LETTERS and height >= LETTER_HEIGHT:
            name = f"%{tenant.name}"
            text = name if len(name) <= room else f"{name[: room - 1]}…"
            yield tag("text", text, x=f"{left + 3:.2f}", y=f"{top + LETTER_HEIGHT - 3:.2f}")


def _ticks(steps: int, top: float, width: float) -> Iterator[Markup]:
    """Numbers of steps below the picture."""
    apart = max(1, -(-steps // MOST_TICKS))
    for step in range(0, steps, apart):
        name = step or "step 0"
        yield tag("text", name, x=f"{step * width + 2:.2f}", y=f"{top + LETTER_HEIGHT:.2f}")


def _table(plan: PlanReport) -> Markup:
    over = dict(plan.in_place)
    lines = [
        (
            slot.number if not position else "",
            bytes_text(slot.bytes) if not position else "",
            f"{tenant.first} to {tenant.last}",
            tenant.type,
            f"%{tenant.name}",
            f"over %{over[tenant.name]}" if tenant.name in over else "",
        )
        for slot in plan.slots
        for position, tenant in enumerate(slot.tenants)
    ]
    return rows(lines[:MOST_VALUES], ("slot", "bytes", "steps", "type", "value", ""))
