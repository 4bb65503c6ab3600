"""The section of the kernels: each one's source, the user's lines beside it.

In: an explanation. Out: HTML.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jitgraph.inspection.kernel_report import KernelReport
from jitgraph.inspection.listing import bytes_text, counted
from jitgraph.inspection.report.markup import Markup, folded, tag

if TYPE_CHECKING:
    from jitgraph.inspection.explanation import Explanation

MOST_KERNELS = 200
MOST_LINES = 40
"""So many kernels are shown, and so many lines of the user's beside each."""


def kernel_section(explained: Explanation) -> Markup:
    """The kernels, those that most steps share first."""
    kernels = explained.kernels
    more = len(kernels) - MOST_KERNELS
    return tag(
        "section",
        tag("h2", "Kernels", id="kernels"),
        *(_kernel(kernel, explained) for kernel in kernels[:MOST_KERNELS]),
        tag("p", f"and {counted(more, 'kernel')} more", class_="more") if more > 0 else "",
    )


def _kernel(kernel: KernelReport, explained: Explanation) -> Markup:
    spent = f", compiled in {kernel.cost()}" if kernel.cost() else ""
    facts = f" run by {counted(len(kernel.steps), 'step')}, from {kernel.origin}{spent}"
    title = tag("span", kernel.label, tag("small", f"{facts}, {bytes_text(kernel.object_bytes)}"))
    lines = list(dict.fromkeys(_lines(kernel, explained)))
    shown = [tag("li", tag("code", text), tag("small", f" {site}")) for site, text in lines]
    more = len(shown) - MOST_LINES
    note = tag("li", f"and {counted(more, 'line')} more") if more > 0 else ""
    yours = tag("div", tag("h3", "your lines"), tag("ul", *shown[:MOST_LINES], note))
    source = tag("div", tag("h3", "source"), tag("pre", kernel.source))
    key = tag("p", tag("small", f"key {kernel.key}"))
    return folded(title, tag("div", yours, source, class_="beside"), key)


def _lines(kernel: KernelReport, explained: Explanation) -> Iterator[tuple[str, str]]:
    """(file:line, text) of the lines that the kernel's operations come from."""
    for number in kernel.steps:
        step: Any = explained.compiled.linked.steps[number]
        for instr in step.instrs:
            for op in instr.origin:
                yield op.site, _text(op)


def _text(op: Any) -> str:
    found = op.traceback
    return found[-1][3] or op.name if found else str(op.name)
