"""The part of the user's graph that a set of fetches needs.

In: fetches and fed tensors. Out: the operations, in the order in which they are compiled, with the
user's lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph.graph import Operation, Tensor
from jitgraph.inspection.listing import counted, table
from jitgraph.inspection.picture import operations_dot
from jitgraph.ir.ordering import ordered_ancestors


@dataclass(frozen=True)
class GraphPart:
    """Operations of the user's graph that take part.

    Attributes:
      ops: in the order in which they run.
      of_graph: how many operations the whole graph has.
    """

    ops: tuple[Operation, ...]
    of_graph: int

    def counts(self) -> dict[str, int]:
        """How many operations of each type, most first."""
        return dict(Counter(op.type for op in self.ops).most_common())

    def dot(self) -> str:
        """A picture in the DOT language of Graphviz, name scopes as clusters."""
        return operations_dot(self.ops)

    def __str__(self) -> str:
        rows = [(op.site, op.type, output_types(op), op.name) for op in self.ops]
        head = f"{counted(len(self.ops), 'op')} of the graph's {self.of_graph:,}"
        return "\n".join([head, *table(rows, "<<<<")])


def graph_part(
    fetches: Sequence[Tensor | Operation], feeds: Mapping[Tensor, Any], of_graph: int
) -> GraphPart:
    """The operations that `fetches` need, given `feeds`."""
    return GraphPart(tuple(ordered_ancestors(fetches, feeds)), of_graph)


def output_types(op: Operation) -> str:
    """The dtypes and shapes of an operation's outputs."""
    return ", ".join(f"{tensor.dtype.base_dtype.name}{_dims(tensor)}" for tensor in op.outputs)


def _dims(tensor: Tensor) -> str:
    dims = tensor.shape.dims
    if dims is None:
        return "[...]"
    return "[" + ", ".join("?" if d.value is None else str(d.value) for d in dims) + "]"
