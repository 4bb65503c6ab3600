"""Explanations of what the sessions of this process compile, as they do it.

In: nothing. Out: (what was asked for, its `Explanation`) for each compilation.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jitgraph.compilations import observed
from jitgraph.compiler import Compiled
from jitgraph.inspection.explanation import Explanation
from jitgraph.inspection.graph_part import graph_part
from jitgraph.kernels.cache import default_cache

MOST_NAMES = 4


@contextmanager
def explanations() -> Iterator[list[tuple[str, Explanation]]]:
    """A block in which each compilation is explained; gives the list that they are added to."""
    found: list[tuple[str, Explanation]] = []
    known = frozenset(kernel.key for kernel in default_cache().kernels())

    def explain(function: Any, compiled: Compiled, values: Sequence[int]) -> None:
        wanted = (*function.tensors, *function.targets)
        names = [each.name for each in wanted[:MOST_NAMES]]
        name = ", ".join(names) + (", ..." if len(wanted) > MOST_NAMES else "")
        symbols = [symbol.name for symbol in compiled.traced.symbols]
        part = graph_part(
            wanted, dict.fromkeys(function.feeds), len(wanted[0].graph.get_operations())
        )
        sizes = dict(zip(symbols, values, strict=True))
        found.append((name, Explanation(part, compiled, sizes, {}, known)))

    with observed(explain):
        yield found
