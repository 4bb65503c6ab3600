"""The section of the steps: what was fused into each, and why it ended where it did.

In: an explanation. Out: HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jitgraph.inspection.listing import counted
from jitgraph.inspection.region_report import RegionReport
from jitgraph.inspection.report.markup import Markup, folded, rows, tag

if TYPE_CHECKING:
    from jitgraph.inspection.explanation import Explanation

MOST_STEPS = 500
"""So many steps are shown."""


def step_section(explained: Explanation) -> Markup:
    """The steps in the order in which they run."""
    steps = explained.regions
    more = len(steps) - MOST_STEPS
    return tag(
        "section",
        tag("h2", "Steps of a run", id="steps"),
        tag("p", f"{counted(len(steps), 'step')} by {counted(len(explained.kernels), 'kernel')}"),
        *map(_step, steps[:MOST_STEPS]),
        tag("p", f"and {counted(more, 'step')} more", class_="more") if more > 0 else "",
    )


def _step(step: RegionReport) -> Markup:
    facts = [
        ("reads", ", ".join(step.reads) or "nothing"),
        ("writes", ", ".join(step.writes) or "nothing"),
        ("ended because", step.ended),
        *(("", str(ending)) for ending in step.endings if len(step.endings) > 1),
    ]
    about = f" {step.kind}, {counted(len(step.lines), 'instruction')}"
    count = tag("small", f"{about}: {step.ended}" if step.ended else about)
    title = tag("span", f"{step.number}  {step.name}", count)
    return folded(title, tag("pre", "\n".join(step.lines)), rows(facts))
