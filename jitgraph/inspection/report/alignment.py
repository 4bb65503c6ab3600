"""Two texts of a program side by side: lines of the same value meet.

In: lines before and after a pass. Out: rows. Values are matched by name, in an order that both
texts share (the longest increasing subsequence, by patience sorting), so that a program of ten
thousand lines takes milliseconds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

EQUAL, CHANGED, OLD, NEW, BOTH = "", "changed", "old", "new", "old new"
"""What the lines of a row have to do with each other; BOTH: one is gone, one has come."""


class Row(NamedTuple):
    """A line before and a line after, "" where there is none."""

    kind: str
    before: str
    after: str


def aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[Row]:
    """All lines of both, in order."""
    i = k = 0
    for j, n in _meetings(_keys(old), _keys(new)):
        yield from map(_apart, zip_longest(old[i:j], new[k:n], fillvalue=""))
        yield Row(EQUAL if old[j] == new[n] else CHANGED, old[j], new[n])
        i, k = j + 1, n + 1
    yield from map(_apart, zip_longest(old[i:], new[k:], fillvalue=""))


def _apart(lines: tuple[str, str]) -> Row:
    before, after = lines
    return Row(BOTH if before and after else OLD if before else NEW, before, after)


def _keys(lines: Sequence[str]) -> list[tuple[str, int]]:
    """What each line defines, numbered where several define the same."""
    seen: Counter[str] = Counter()
    found = []
    for line in lines:
        subject = line.partition(":" if ":" in line else "%")[0]
        seen[subject] += 1
        found.append((subject, seen[subject]))
    return found


def _meetings(
    old: Sequence[tuple[str, int]], new: Sequence[tuple[str, int]]
) -> Iterator[tuple[int, int]]:
    """(place before, place after) of lines that meet; both places grow."""
    places = {key: place for place, key in enumerate(new)}
    common = [(place, places[key]) for place, key in enumerate(old) if key in places]
    ends: list[int] = []
    chains: list[int] = []
    before: list[int] = []
    for number, (_, place) in enumerate(common):
        length = bisect_left(ends, place)
        before.append(chains[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        chains[length : length + 1] = [number]
    number = chains[-1] if chains else -1
    found = []
    while number >= 0:
        found.append(common[number])
        number = before[number]
    return reversed(found)
