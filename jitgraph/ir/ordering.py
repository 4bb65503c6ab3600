"""The order in which a graph's ops run: what fetches need, and in which order it is traced.

In: fetches and what is fed. Out: their ancestors, each once, in construction order as far as data
and control inputs leave it open.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

from jitgraph import errors
from jitgraph.graph import Operation, Tensor

_GO_BACK = ("NextIteration", "RefNextIteration")


def ordered_ancestors(
    fetches: Sequence[Tensor | Operation], fed: Mapping[Tensor, Any]
) -> list[Operation]:
    """Every op that the fetches need, in construction order as far as dependencies allow."""
    pending = [f for f in (_start(f, fed) for f in fetches) if f is not None]
    found: dict[Operation, None] = {}
    while pending:
        op = pending.pop()
        if op in found:
            continue
        found[op] = None
        pending.extend(_dependencies(op, fed))
    ordered = sorted(found, key=_construction)
    if all(_follows(op, fed) for op in ordered):
        return ordered
    return _topological(ordered, fed)


def _construction(op: Operation) -> int:
    return op._id


def _start(fetch: Tensor | Operation, fed: Mapping[Tensor, Any]) -> Operation | None:
    if isinstance(fetch, Tensor):
        return None if fetch in fed else fetch._op
    return fetch


def _dependencies(op: Operation, fed: Mapping[Tensor, Any]) -> list[Operation]:
    data = [tensor._op for tensor in op._inputs if tensor not in fed]
    return data + list(op._control_inputs) if op._control_inputs else data


def _follows(op: Operation, fed: Mapping[Tensor, Any]) -> bool:
    return all(before._id < op._id for before in _before(op, fed))


def _before(op: Operation, fed: Mapping[Tensor, Any]) -> list[Operation]:
    """What must be traced before `op`: not what a loop gives back to its beginning."""
    found = _dependencies(op, fed)
    if op._type != "Merge":
        return found
    return [each for each in found if each._type not in _GO_BACK]


def _topological(ops: list[Operation], fed: Mapping[Tensor, Any]) -> list[Operation]:
    waiting = {op: len(set(_before(op, fed))) for op in ops}
    users: dict[Operation, list[Operation]] = {op: [] for op in ops}
    for op in ops:
        for before in set(_before(op, fed)):
            users[before].append(op)
    ready = [(op._id, op) for op in ops if waiting[op] == 0]
    heapq.heapify(ready)
    result: list[Operation] = []
    while ready:
        _, op = heapq.heappop(ready)
        result.append(op)
        for user in users[op]:
            waiting[user] -= 1
            if waiting[user] == 0:
                heapq.heappush(ready, (user._id, user))
    if len(result) != len(ops):
        raise errors.InvalidArgumentError(None, None, "The graph has a cycle.")
    return result
