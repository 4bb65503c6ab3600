"""The table of all kernels, and the page about one.

In: entries of the cache. Out: lines of text for people, or plain values for JSON.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jitgraph.cli import paint
from jitgraph.inspection.kernel_entry import KernelEntry
from jitgraph.inspection.listing import bytes_text, counted, seconds_text, table

SHORT_KEY = 12
MOST_SERVED = 40
MOST_LINES = 60
PARTS = ("serves", "region", "source", "llvm", "assembly", "loop", "vectors")

_HEAD = (
    "key", "kernel", "dtypes", "rank", "bytes", "compile", "memory", "disk", "last use", "serves",
)  # fmt: skip
_LANGUAGES = {"source": "python", "llvm": "llvm", "assembly": "gas", "loop": "gas"}
_TITLES = {
    "serves": "what of the program it serves",
    "region": "region",
    "source": "generated source",
    "llvm": "LLVM IR, optimised",
    "loop": "assembly of the hot loop",
}


def kernel_table(entries: Sequence[KernelEntry]) -> list[str]:
    """A line for each kernel, a heading above them."""
    head, *rows = table([_HEAD, *map(_row, entries)], "<<<>>>>><<")
    return [paint.title(head), *rows]


def _row(entry: KernelEntry) -> list[str]:
    served = ", ".join(" ".join(each.split()) for each in entry.serves)
    served = served if entry.is_current else f"(made by another version) {served}"
    return [
        entry.key[:SHORT_KEY],
        entry.name,
        ",".join(entry.dtypes),
        "" if entry.rank is None else str(entry.rank),
        bytes_text(entry.bytes),
        seconds_text(entry.compile_seconds),
        str(entry.memory_hits),
        str(entry.disk_hits),
        time.strftime("%Y-%m-%d %H:%M", time.localtime(entry.last_use)) if entry.last_use else "",
        served if len(served) <= MOST_SERVED else f"{served[: MOST_SERVED - 3]}...",
    ]


def kernel_page(entry: KernelEntry) -> Iterator[str]:
    """Everything about one kernel, long parts cut."""
    cost = seconds_text(entry.compile_seconds)
    yield paint.title(f"kernel {entry.name}, {bytes_text(entry.bytes)}, compiled in {cost}")
    yield f"key    {entry.key}"
    disk, memory = counted(entry.disk_hits, "time"), counted(entry.memory_hits, "time")
    yield f"use    loaded from disk {disk}, found in memory {memory}"
    if not entry.is_current:
        yield "made   by another version or for another CPU; machine code below is this version's"
    if not entry.source:
        yield "code   its source is damaged, or another version wrote it: there is no more to show"
        return
    for number, line in enumerate(part(entry, "vectors").splitlines()):
        yield f"{'       ' if number else 'code   '}{line}"
    for name, heading in _TITLES.items():
        text = part(entry, name)
        if text:
            yield f"\n{paint.title(heading)}\n"
            yield from _cut(
                name, paint.code(text, _LANGUAGES[name]) if name in _LANGUAGES else text
            )


def part(entry: KernelEntry, name: str) -> str:
    """One part of the page, whole."""
    parts: dict[str, Callable[[], str]] = {
        "serves": lambda: "\n".join(entry.serves),
        "region": lambda: entry.region,
        "source": lambda: entry.source,
        "llvm": entry.llvm_ir,
        "assembly": entry.assembly,
        "loop": entry.hot_loop,
        "vectors": lambda: _vectors(entry),
    }
    return parts[name]().rstrip()


def kernel_values(entry: KernelEntry) -> dict[str, Any]:
    """The page as plain values."""
    told = entry.vectorizer()
    vectors = {"bits": entry.vector_bits(), "loops": told.vectorized, "refused": told.refused}
    parts = {name: part(entry, name) for name in PARTS if name != "vectors"}
    return {**entry.as_dict(), **parts, "vectors": vectors}


def _vectors(entry: KernelEntry) -> str:
    bits, told = entry.vector_bits(), entry.vectorizer()
    widest = f"vectors of {bits} bits" if bits else "no vector instructions"
    by_hand = bits and entry.is_in_words and not told.vectorized
    return f"{widest}{', written as such' if by_hand else ''}\n{told}"


def _cut(name: str, text: str) -> Iterator[str]:
    lines = text.splitlines()
    yield from (f"    {line}".rstrip() for line in lines[:MOST_LINES])
    if len(lines) > MOST_LINES:
        more = counted(len(lines) - MOST_LINES, "more line")
        yield paint.faint(f"    ... {more}: --part {name}")
