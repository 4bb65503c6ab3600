"""The section of the passes: the program before and after each, side by side, changes marked.

In: an explanation. Out: HTML.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from jitgraph.inspection.listing import counted, seconds_text
from jitgraph.inspection.report.alignment import Row, aligned
from jitgraph.inspection.report.markup import Markup, folded, tag
from jitgraph.ir.printer import print_program

if TYPE_CHECKING:
    from jitgraph.inspection.explanation import Explanation

AROUND = 3
"""So many unchanged lines are shown on both sides of a change."""

MOST_ROWS = 400
"""So many lines are shown of each pass."""

LEAST_GAP = 3
"""Fewer lines than this are not left out."""


def pass_section(explained: Explanation) -> Markup:
    """The traced program, then what each pass made of it."""
    lines = cache(lambda program: print_program(program).splitlines())
    traced = explained.program
    parts = [folded(_title("trace", "", len(traced.instrs)), _program(lines(traced)))]
    for name, record in zip(explained.passes, explained.compiled.passes, strict=True):
        before, after = len(record.before.instrs), len(record.after.instrs)
        title = _title(name, f"{before} →", after, seconds_text(record.seconds))
        old, new = lines(record.before), lines(record.after)
        if old == new:
            parts.append(tag("p", title, tag("small", " nothing changed"), class_="same"))
        else:
            parts.append(folded(title, _side_by_side(old, new)))
    return tag("section", tag("h2", "Program, pass by pass", id="passes"), *parts)


def _title(name: str, before: str, after: int, seconds: str = "") -> Markup:
    small = tag("small", f" {before} {counted(after, 'instruction')} {seconds}")
    return tag("span", name, small)


def _program(lines: Sequence[str]) -> Markup:
    more = len(lines) - MOST_ROWS
    text = "\n".join(lines[:MOST_ROWS])
    return tag("pre", text + (f"\n... and {counted(more, 'line')} more" if more > 0 else ""))


def _side_by_side(old: Sequence[str], new: Sequence[str]) -> Markup:
    found = [
        tag("tr", tag("td", row.before), tag("td", row.after), class_=row.kind or None)
        for row in _shortened(list(aligned(old, new)))
    ]
    more = len(found) - MOST_ROWS
    if more > 0:
        note = tag("td", f"and {counted(more, 'line')} more", colspan=2)
        found[MOST_ROWS:] = [tag("tr", note, class_="gap")]
    head = tag("tr", tag("th", "before"), tag("th", "after"))
    return tag("table", head, *found, class_="diff")


def _shortened(found: Sequence[Row]) -> Iterator[Row]:
    """Lines that stay are left out where nothing changes near them."""
    places = [number for number, row in enumerate(found) if row.kind]
    shown = sorted({n for place in places for n in range(place - AROUND, place + AROUND + 1)})
    last = -1
    for number in shown:
        if not 0 <= number < len(found):
            continue
        yield from _between(found[last + 1 : number])
        yield found[number]
        last = number
    yield from _between(found[last + 1 :])


def _between(left_out: Sequence[Row]) -> Iterator[Row]:
    if len(left_out) < LEAST_GAP:
        yield from left_out
        return
    text = f"{counted(len(left_out), 'line')} alike"
    yield Row("gap", text, text)
