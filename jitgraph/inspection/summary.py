"""The summary of an explanation: what became of the graph, on about one screen.

In: the parts of an explanation. Out: text in aligned columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from jitgraph.inspection.kernel_report import KernelReport
from jitgraph.inspection.listing import GAP, counted, seconds_text, table, wrapped
from jitgraph.inspection.region_report import HOST, RegionReport

if TYPE_CHECKING:
    from jitgraph.inspection.explanation import Explanation

WIDTH = 100
MOST_KERNELS = 16
MOST_SYMBOLS = 8
LABEL = 10


def summary(explained: Explanation) -> str:
    """The text."""
    parts = [_head(explained), _passes(explained), _kernels(explained), _costs(explained)]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _head(explained: Explanation) -> list[str]:
    steps = explained.regions
    on_host = sum(step.kind == HOST for step in steps)
    graph = f"{counted(len(explained.graph.ops), 'op')} of {explained.graph.of_graph:,} take part"
    kernels = counted(len(explained.kernels), "kernel")
    run = f"{counted(len(steps), 'step')} by {kernels}"
    calls = f", {on_host} of them in Python" if on_host else ", in one native call" * bool(steps)
    return [
        *_labelled("graph", [graph]),
        *_labelled("a run", [run + calls]),
        *_labelled("sizes", _sizes(explained)),
        *_labelled("holds if", list(map(str, explained.program.scope.guards))),
    ]


def _sizes(explained: Explanation) -> list[str]:
    traced = explained.compiled.traced
    found = []
    for source in traced.symbols[:MOST_SYMBOLS]:
        name = traced.feeds[source.feed].op.name
        what = "item" if source.is_item else "dimension"
        made_up = ", made up" if name in explained.assumed else ""
        value = explained.symbols[source.name]
        found.append(f"{source.name} = {value} ({name}, {what} {source.position}{made_up})")
    more = len(traced.symbols) - MOST_SYMBOLS
    return [*found, f"and {more} more"] if more > 0 else found


def _passes(explained: Explanation) -> list[str]:
    before = len(explained.program.instrs)
    trace = seconds_text(explained.timings.stages["trace"])
    rows = [("pass", "ops", "", "", "time"), ("trace", "", "", str(before), trace)]
    records = zip(explained.passes, explained.compiled.passes, strict=True)
    for name, record in records:
        counts = (len(record.before.instrs), len(record.after.instrs))
        arrow = "=" if record.before.instrs == record.after.instrs else "->"
        rows.append((name, str(counts[0]), arrow, str(counts[1]), seconds_text(record.seconds)))
    return table(rows, "<><>>")


def _kernels(explained: Explanation) -> list[str]:
    if not explained.regions:
        return []
    shown = explained.kernels[:MOST_KERNELS]
    steps_of = [[explained.regions[number] for number in kernel.steps] for kernel in shown]
    rows = [("kernel", "steps", "ops", "origin", "compiled")]
    for kernel, steps in zip(shown, steps_of, strict=True):
        counts = (str(len(steps)), str(len(steps[0].lines)))
        rows.append((kernel.label, *counts, kernel.origin, kernel.cost() or "-"))
    for name, steps in _host_steps(explained).items():
        rows.append((name, str(len(steps)), "1", "Python", "-"))
        steps_of.append(steps)
    left = table(rows, "<>><>")
    room = WIDTH - len(left[0]) - len(GAP)
    why = ["ended because", *(_fitting(_reasons(steps), room) for steps in steps_of)]
    lines = [f"{start}{GAP}{reasons}".rstrip() for start, reasons in zip(left, why, strict=True)]
    more = len(explained.kernels) - len(shown)
    return [*lines, f"and {counted(more, 'kernel')} more: see .kernels"] if more > 0 else lines


def _host_steps(explained: Explanation) -> dict[str, list[RegionReport]]:
    """The steps that run in Python, by op."""
    found: dict[str, list[RegionReport]] = {}
    for step in explained.regions:
        if step.kind == HOST:
            found.setdefault(step.name, []).append(step)
    return found


def _reasons(steps: Sequence[RegionReport]) -> list[str]:
    """Why the steps of a kernel ended, the most common reasons first."""
    counts: dict[str, int] = {}
    for step in steps:
        for reason in step.ended.split("; ") if step.ended else []:
            counts[reason] = counts.get(reason, 0) + 1
    return sorted(counts, key=lambda reason: -counts[reason])


def _fitting(reasons: Sequence[str], room: int) -> str:
    """As many of the reasons as fit, at least one, and how many more there are."""
    text = reasons[0] if reasons else ""
    for position, reason in enumerate(reasons[1:], start=1):
        if len(text) + len(reason) + len("; ") > room:
            return f"{text} (+{len(reasons) - position} more)"
        text += f"; {reason}"
    return text


def _costs(explained: Explanation) -> list[str]:
    seconds = [f"{n} {seconds_text(s)}" for n, s in explained.timings.stages.items()]
    return [
        *_labelled("kernels", list(_shares(explained.kernels))),
        *_labelled("memory", explained.plan.parts()),
        *_labelled("time", seconds),
    ]


def _shares(kernels: Sequence[KernelReport]) -> Iterator[str]:
    shared = [kernel for kernel in kernels if len(kernel.steps) > 1]
    if shared:
        yield f"{len(shared)} shared by {sum(len(k.steps) for k in shared)} steps"
    for origin in ("memory", "disk", "compiled"):
        count = sum(kernel.origin == origin for kernel in kernels)
        if count:
            yield f"{count} {_ORIGINS[origin]}"
    spent = sum(kernel.compile_seconds for kernel in kernels)
    yield f"{seconds_text(spent)} of compiling" if spent else "nothing compiled"


_ORIGINS = {"memory": "in memory", "disk": "from disk", "compiled": "compiled now"}


def _labelled(label: str, parts: Sequence[str]) -> list[str]:
    lines = wrapped(parts, WIDTH - LABEL)
    return [f"{label if not position else '':{LABEL}}{line}" for position, line in enumerate(lines)]
