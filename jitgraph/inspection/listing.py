"""Lists, tables and units as people read them.

In: rows and parts of text. Out: text in aligned columns. Units are those of `jitgraph.units`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from jitgraph.ir.sizes import Size, evaluate
from jitgraph.units import bytes_text, seconds_text

__all__ = [
    "Listing",
    "Sources",
    "bytes_text",
    "counted",
    "number_of",
    "seconds_text",
    "table",
    "wrapped",
]

Item = TypeVar("Item")

RIGHT, LEFT = ">", "<"
GAP = "  "


class Listing(tuple[Item, ...]):
    """A tuple whose text is that of its items, below each other."""

    __slots__ = ()

    def __str__(self) -> str:
        return "\n\n".join(map(str, self))


class Sources(dict[str, str]):
    """Kernels' sources by the kernel's label; also found by the beginning of its key."""

    def __init__(self, sources: dict[str, str], labels: dict[str, str]) -> None:
        super().__init__(sources)
        self._labels = labels

    def __missing__(self, key: str) -> str:
        found = [label for full, label in self._labels.items() if key and full.startswith(key)]
        if len(found) == 1:
            return self[found[0]]
        raise KeyError(f"no kernel {key!r}; there are {', '.join(self) or 'none'}")

    def __str__(self) -> str:
        return "\n".join(f"# {label}\n{text}" for label, text in self.items())


def table(rows: Iterable[Sequence[str]], aligned: str) -> list[str]:
    """Rows in columns.

    Args:
      rows: cells; a row may lack its last cells.
      aligned: a "<" or ">" for each column.

    Example:
      >>> table([["a", "1"], ["bc", "23"]], "<>")
      ['a    1', 'bc  23']
    """
    cells = [list(row) for row in rows]
    widths = [
        max((len(row[column]) for row in cells if column < len(row)), default=0)
        for column in range(len(aligned))
    ]
    return [
        GAP.join(
            f"{cell:{side}{width}}" for cell, side, width in zip(row, aligned, widths, strict=False)
        ).rstrip()
        for row in cells
    ]


def wrapped(parts: Iterable[str], width: int, separator: str = ", ") -> list[str]:
    """Parts joined to lines of at most `width` characters, a part is never broken."""
    lines: list[str] = []
    for part in parts:
        if lines and len(lines[-1]) + len(separator) + len(part) <= width:
            lines[-1] += separator + part
        else:
            if lines:
                lines[-1] += separator.rstrip()
            lines.append(part)
    return lines


def counted(number: int, noun: str) -> str:
    """`1 kernel`, `2 kernels`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def number_of(size: Any, symbols: Mapping[str, int]) -> int:
    """A size, for these values of the symbols."""
    return evaluate(size, symbols) if isinstance(size, Size) else int(size)
