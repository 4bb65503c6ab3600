"""The section of the passes: the program before and after each, side by side, changes marked.

In: an explanation. Out: HTML.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from jitgraph.inspection.listing import counted, seconds_text
from jitgraph.inspection.report.markup import Markup, folded, tag
from jitgraph.ir.printer import print_program

if TYPE_CHECKING:
    from jitgraph.inspection.explanation import Explanation

AROUND = 3
"""So many unchanged lines are shown on both sides of a change."""

MOST_ROWS = 400
"""So many lines are shown of each pass."""

Row = tuple[str, str, str]


def pass_section(explained: Explanation) -> Markup:
    """The traced program, then what each pass made of it."""
    traced = print_program(explained.program).splitlines()
    parts = [folded(_title("trace", "", len(explained.program.instrs)), _program(traced))]
    for name, record in zip(explained.passes, explained.compiled.passes, strict=True):
        before, after = len(record.before.instrs), len(record.after.instrs)
        title = _title(name, f"{before} →", after, seconds_text(record.seconds))
        old, new = (print_program(each).splitlines() for each in (record.before, record.after))
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
    found: list[Markup] = []
    for row in _rows(old, new):
        if len(found) == MOST_ROWS:
            found.append(tag("tr", tag("td", "... and more", colspan=2), class_="gap"))
            break
        kind, left, right = row
        found.append(tag("tr", tag("td", left), tag("td", right), class_=kind or None))
    head = tag("tr", tag("th", "before"), tag("th", "after"))
    return tag("table", head, *found, class_="diff")


def _rows(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """(kind, line before, line after): "" for equal lines, "old", "new", "changed", "gap"."""
    blocks = difflib.SequenceMatcher(None, old, new).get_opcodes()
    for position, (kind, i, j, k, n) in enumerate(blocks):
        if kind != "equal":
            yield from _changed(old[i:j], new[k:n])
            continue
        skipped = (AROUND * (position > 0), AROUND * (position + 1 < len(blocks)))
        if j - i <= sum(skipped) + 1:
            yield from (("", line, line) for line in old[i:j])
            continue
        yield from (("", line, line) for line in old[i : i + skipped[0]])
        text = f"{counted(j - i - sum(skipped), 'line')} alike"
        yield "gap", text, text
        yield from (("", line, line) for line in old[j - skipped[1] : j])


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    for number in range(max(len(old), len(new))):
        left = old[number] if number < len(old) else ""
        right = new[number] if number < len(new) else ""
        yield ("changed" if left and right else "old" if left else "new"), left, right
