"""The section of the graph: operations by name scope; scopes open and close.

In: the part of the graph that takes part. Out: HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from jitgraph.inspection.graph_part import GraphPart, output_types
from jitgraph.inspection.listing import counted
from jitgraph.inspection.report.markup import Markup, folded, rows, tag

MOST_OPS = 5000
"""So many operations are shown."""

MOST_INPUTS = 6
"""So many inputs of an operation are named."""

FEW = 40
"""A graph of so few operations is shown open."""


@dataclass
class _Scope:
    """What a name scope holds."""

    ops: list[Any] = field(default_factory=list)
    scopes: dict[str, _Scope] = field(default_factory=dict)

    def count(self) -> int:
        """Operations, those of inner scopes, too."""
        return len(self.ops) + sum(scope.count() for scope in self.scopes.values())


def graph_section(part: GraphPart) -> Markup:
    """The operations as a tree of scopes."""
    shown = part.ops[:MOST_OPS]
    root = _tree(shown)
    more = len(part.ops) - len(shown)
    types = ", ".join(f"{count} {name}" for name, count in [*part.counts().items()][:12])
    return tag(
        "section",
        tag("h2", "Graph", id="graph"),
        tag("p", f"{counted(len(part.ops), 'operation')} of {part.of_graph:,} take part: {types}"),
        *_contents(root, is_open=len(part.ops) <= FEW),
        tag("p", f"and {counted(more, 'operation')} more", class_="more") if more else "",
    )


def _tree(ops: Sequence[Any]) -> _Scope:
    root = _Scope()
    for op in ops:
        scope = root
        *names, _ = op.name.split("/")
        for name in names:
            scope = scope.scopes.setdefault(name, _Scope())
        scope.ops.append(op)
    return root


def _contents(scope: _Scope, *, is_open: bool) -> list[Markup]:
    parts = [
        folded(
            tag("span", name, " ", tag("small", counted(inner.count(), "operation"))),
            *_contents(inner, is_open=is_open),
            is_open=is_open,
        )
        for name, inner in scope.scopes.items()
    ]
    if scope.ops:
        parts.append(rows(map(_line, scope.ops)))
    return parts


def _line(op: Any) -> tuple[object, ...]:
    """An operation: its name, type, outputs, what it reads, the user's line."""
    names = [tensor.name.removesuffix(":0") for tensor in op.inputs]
    names += [f"^{before.name}" for before in op.control_inputs]
    more = len(names) - MOST_INPUTS
    if more > 0:
        names[MOST_INPUTS:] = [f"{more} more"]
    reads = tag("small", f"← {', '.join(names)}") if names else ""
    return op.name.rsplit("/", 1)[-1], op.type, output_types(op), reads, op.site
