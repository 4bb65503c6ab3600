"""Nodes: what tracing goes through one by one, a whole loop as one.

In: ops in order, the loop inside which they stand. Out: ops and `LoopNode`s in an order in which
each follows what it needs.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from jitgraph.graph import Operation, Tensor


class LoopNode:
    """All ops of one loop that is not inside another one of these nodes.

    Seen from outside it is like an op: `_inputs` are the tensors that enter, `_outputs` those that
    leave, and what its ops wait for from outside are `_control_inputs`.
    """

    definition = None

    def __init__(self, context: Any) -> None:
        self.context = context
        self.ops: list[Operation] = []
        self._inputs: tuple[Tensor, ...] = ()
        self._outputs: tuple[Tensor, ...] = ()
        self._control_inputs: tuple[Operation, ...] = ()

    @property
    def name(self) -> str:
        """The name of the loop's first op."""
        return self.ops[0].name

    def finish(self, fed: Collection[Tensor]) -> None:
        """Finds what enters and leaves, once all ops are in."""
        own = set(self.ops)
        given = (t for op in self.ops for t in op._inputs if t._op not in own or t in fed)
        self._inputs = tuple(dict.fromkeys(given))
        controls = (c for op in self.ops for c in op._control_inputs if c not in own)
        self._control_inputs = tuple(dict.fromkeys(controls))
        self._outputs = tuple(
            tensor for op in self.ops if _leaves(op, self.context) for tensor in op._outputs
        )


Node = Any
"""An Operation or a LoopNode."""


def nodes_of(
    ops: Sequence[Operation], around: Any, fed: Collection[Tensor]
) -> tuple[list[Node], dict[Operation, Node]]:
    """The nodes of ops that stand directly inside the loop `around` (None: in none), in order; and
    for each op that is part of a loop its node."""
    loops: dict[Any, LoopNode] = {}
    node_of: dict[Operation, Node] = {}
    nodes: dict[Node, None] = {}
    for op in ops:
        context = loop_below(op, around)
        if context is None:
            nodes[op] = None
            continue
        node = loops.setdefault(context, LoopNode(context))
        node.ops.append(op)
        node_of[op] = node
        nodes[node] = None
    if not loops:
        return list(nodes), node_of
    for node in loops.values():
        node.finish(fed)
    return _ordered(list(nodes), node_of, fed, around), node_of


def loop_below(op: Operation, around: Any) -> Any:
    """The loop directly inside `around` of which an op is part, None if it is in none."""
    context = op._control_flow_context
    loop = None if context is None else context.while_context
    if loop is around:
        return None
    while loop is not None:
        outer = loop.outer_context
        parent = None if outer is None else outer.while_context
        if parent is around:
            return loop
        loop = parent
    return None


def goes_back(op: Operation) -> bool:
    """Whether an op makes a loop variable's next value."""
    return bool(op._definition.control == "next")


def _leaves(op: Operation, context: Any) -> bool:
    return op._definition.control == "exit" and op._control_flow_context is context


def _ordered(
    nodes: list[Node], node_of: Mapping[Operation, Node], fed: Collection[Tensor], around: Any
) -> list[Node]:
    positions = {node: number for number, node in enumerate(nodes)}
    waiting: dict[Node, int] = {}
    users: dict[Node, list[Node]] = {node: [] for node in nodes}
    for node in nodes:
        before = {
            *(t._op for t in node._inputs if t not in fed and not goes_back(t._op)),
            *node._control_inputs,
        }
        found = {node_of.get(op, op) for op in before} & positions.keys() - {node}
        waiting[node] = len(found)
        for each in found:
            users[each].append(node)
    ready = [positions[node] for node in nodes if not waiting[node]]
    heapq.heapify(ready)
    result = []
    while ready:
        node = nodes[heapq.heappop(ready)]
        result.append(node)
        for user in users[node]:
            waiting[user] -= 1
            if not waiting[user]:
                heapq.heappush(ready, positions[user])
    return result
