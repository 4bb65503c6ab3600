"""How much of TensorFlow 1's API jitgraph has: `python -m bench.coverage`, or `make coverage`.

In: tf1_symbols.csv, which tells for the most used symbols in how many of 1,567 public Python files
that use TensorFlow 1's graphs they occur. Out: the share of symbols that jitgraph has, each counted
once and each weighted by its files, and which are missing.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jitgraph
from jitgraph.served.symbols import Symbols

TABLE = Path(__file__).with_name("tf1_symbols.csv")
APART = ("tf.contrib", "tf.keras", "tf.estimator")
PARTS = (100, 300, 480)


@dataclass(frozen=True)
class Row:
    """A symbol, in how many files it occurs, whether jitgraph has it."""

    symbol: str
    files: int
    found: bool

    @property
    def is_apart(self) -> bool:
        """Whether it is of tf.contrib, tf.keras or tf.estimator."""
        return self.symbol.startswith(APART)


def rows() -> list[Row]:
    """The table, the most used symbol first."""
    symbols = Symbols(jitgraph)
    with TABLE.open(encoding="utf-8", newline="") as file:
        read = [(row["symbol"], int(row["files"])) for row in csv.DictReader(file)]
    return [Row(name, files, symbols.has(name)) for name, files in read]


def shares(some: Sequence[Row]) -> tuple[float, float]:
    """The share of symbols that are there: each counted once, each weighted by its files."""
    files = sum(row.files for row in some)
    return (
        sum(row.found for row in some) / len(some),
        sum(row.files for row in some if row.found) / files,
    )


def _line(name: str, some: Sequence[Row]) -> str:
    symbols, files = shares(some)
    found = sum(row.found for row in some)
    return f"{name:<50}{found:>5} of {len(some):<5}{symbols:>8.1%}{files:>12.1%}"


def main() -> None:
    """Prints the shares and what is missing."""
    table = rows()
    core = [row for row in table if not row.is_apart]
    print(f"{'symbols':<50}{'found':>5}{'':9}{'':>8}{'by files':>12}")
    for count in PARTS:
        print(_line(f"the first {count} outside contrib, keras, estimator", core[:count]))
    print(_line("all outside them", core))
    print(_line("contrib, keras, estimator", [row for row in table if row.is_apart]))
    print(_line("all", table))
    missing = [row for row in table if not row.found]
    print(f"\nmissing ({len(missing)}), with the files that use each:")
    for row in missing:
        print(f"{row.files:>6}  {row.symbol}")


if __name__ == "__main__":
    main()
