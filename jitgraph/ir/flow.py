"""Flow: how a run's ops hang together in branches and loops, worked out once for all its parts.

In: ops in order, the loop inside which they stand, what the run is given. Out: what tracing of
branches asks for: nodes, their paths, who uses a tensor, which Merges join a predicate's sides,
which variables an op touches.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import Any

from jitgraph.graph import Operation, Tensor
from jitgraph.ir.array_keys import touched_keys
from jitgraph.ir.flow_nodes import Node, nodes_of
from jitgraph.ir.flow_paths import FlowPaths, control_of

Touched = dict[Operation, tuple[set[Any], set[Any]]]
"""For each op the variables that it uses, and those that it writes."""


class Flow:
    """How ops hang together; every part is worked out when it is first asked for.

    Args:
      ops: all ops to trace, in order.
      loop: the context of the loop inside which they stand, None for none.
      fed: the tensors that the run is given.
    """

    def __init__(self, ops: Sequence[Operation], loop: Any, fed: Collection[Tensor]) -> None:
        self.ops = ops
        self.loop = loop
        self.fed = fed
        self._aliases: Mapping[Tensor, Operation] | None = None
        self._touched: Touched = {}

    @cached_property
    def has_control(self) -> bool:
        """Whether there are branches or loops at all."""
        return any(control_of(op) for op in self.ops)

    @cached_property
    def _nodes(self) -> tuple[list[Node], dict[Operation, Node]]:
        return nodes_of(self.ops, self.loop, self.fed)

    @property
    def nodes(self) -> list[Node]:
        """What stands directly inside the loop, in order."""
        return self._nodes[0]

    @property
    def node_of(self) -> dict[Operation, Node]:
        """For each op that is part of a loop its node."""
        return self._nodes[1]

    @cached_property
    def paths(self) -> FlowPaths:
        """The choices under which each node runs."""
        return FlowPaths(self.nodes, self.fed, self.node_of)

    @cached_property
    def users(self) -> dict[Tensor, list[Node]]:
        """For each tensor the nodes that use it."""
        found: dict[Tensor, list[Node]] = {}
        for node in self.nodes:
            for tensor in node._inputs:
                found.setdefault(tensor, []).append(node)
        return found

    @cached_property
    def joins_of(self) -> dict[Tensor, list[Operation]]:
        """For each predicate the Merges of its two sides."""
        found: dict[Tensor, list[Operation]] = {}
        for op, join in self.paths.joins.items():
            if join.pred is not None:
                found.setdefault(join.pred, []).append(op)
        return found

    def touched(self, aliases: Mapping[Tensor, Operation]) -> Touched:
        """For each op the variables that it uses, and those that it writes; `aliases` are tensors
        known to be other names of variables."""
        if self._aliases != aliases:
            self._touched = _touched_variables(self.ops, aliases)
            self._aliases = dict(aliases)
        return self._touched


def _touched_variables(ops: Sequence[Operation], aliases: Mapping[Tensor, Operation]) -> Touched:
    """For each op the variables that it uses, and those that it writes; `aliases` are tensors known
    to be other names of variables."""
    owner: dict[Any, Any] = dict(aliases)
    found: dict[Operation, tuple[set[Any], set[Any]]] = {}
    for op in ops:
        definition: Any = op.definition
        if definition.array is not None:
            found[op] = touched_keys(op, owner)
            continue
        if definition.state == "variable":
            owner[op._outputs[0]] = op
        elif control_of(op) is not None or definition.view == "identity":
            owners = {owner[tensor] for tensor in op._inputs if tensor in owner}
            if len(owners) == 1:
                owner.update(dict.fromkeys(op._outputs, owners.pop()))
        elif definition.state == "write" and op._inputs[0] in owner:
            owner[op._outputs[0]] = owner[op._inputs[0]]
        used = {owner[tensor] for tensor in op._inputs if tensor in owner}
        writes = definition.state in ("write", "step")
        if definition.draw is not None:
            used, writes = {op}, True
        found[op] = (used, used if writes else set())
    return found
