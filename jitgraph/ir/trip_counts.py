"""How often a loop can go round at most, where that is known before it runs.

In: a loop's LoopCond and the tracer. Out: a number, a Size, or None. Told by the condition: one
that compares a variable that goes on by a constant with a number known before the loop. Or by a
part of the run before this one, which has counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jitgraph.graph import Operation, Tensor
from jitgraph.ir.parts import Trips

_SIDES = {"Less": (1, 0), "LessEqual": (1, 1), "Greater": (-1, 0), "GreaterEqual": (-1, 1)}
"""For each comparison (the counter's direction, what is added to the distance)."""

_STEPS = {"Add": 1, "AddV2": 1, "Sub": -1}


def most_trips(tracer: Any, stop: Operation) -> Any:
    """An upper bound of a loop's iterations, None where none is known.

    Args:
      tracer: knows what is known of tensors' contents.
      stop: the loop's LoopCond.
    """
    counted = _counted(tracer, stop)
    if counted is not None:
        return counted
    found = [_trips(tracer, op) for op in _conditions(stop._inputs[0]._op)]
    numbers = [trips for trips in found if isinstance(trips, int)]
    if numbers:
        return min(numbers)
    return next((trips for trips in found if trips is not None), None)


def _conditions(op: Operation) -> Iterator[Operation]:
    if op._type == "LogicalAnd":
        for tensor in op._inputs:
            yield from _conditions(tensor._op)
    elif op._type in _SIDES:
        yield op


def _trips(tracer: Any, op: Operation) -> Any:
    direction, more = _SIDES[op._type]
    counter, bound = op._inputs
    if counter._op._definition.control != "merge":
        counter, bound, direction = bound, counter, -direction
    merge = counter._op
    if merge._definition.control != "merge":
        return None
    entered, again = (tensor._op._inputs[0] for tensor in merge._inputs)
    start, end = _number(tracer, entered), _number(tracer, bound)
    step = _step(tracer, again, merge)
    if start is None or end is None or step is None or step * direction <= 0:
        return None
    distance = (end - start) * direction + more
    return _not_negative(tracer, (distance + abs(step) - 1) // abs(step))


def _not_negative(tracer: Any, trips: Any) -> Any:
    if isinstance(trips, int):
        return max(0, trips)
    return trips if tracer.scope.decide(trips, ">", 0) else 0


def _counted(tracer: Any, stop: Operation) -> Any:
    """A loop's iterations, if they were counted before."""
    trips: Any = Trips(stop)
    if trips not in tracer.fed:
        return None
    return _not_negative(tracer, _number(tracer, trips))


def _step(tracer: Any, again: Tensor, merge: Operation) -> int | None:
    """By what a counter goes on each time."""
    op = again._op
    if op._type not in _STEPS:
        return None
    one, other = op._inputs
    if _root(one)._op is not merge and op._type != "Sub":
        one, other = other, one
    step = _number(tracer, other)
    if _root(one)._op is not merge or not isinstance(step, int):
        return None
    return step * _STEPS[op._type]


def _root(tensor: Tensor) -> Tensor:
    """What a loop's body takes a tensor from."""
    while True:
        op = tensor._op
        definition: Any = op._definition
        if definition.view != "identity" and definition.control != "switch":
            return tensor
        tensor = op._inputs[0]


def _number(tracer: Any, tensor: Tensor) -> Any:
    """A scalar known before the loop."""
    for feeds in (False, True):
        known = tracer._contents_of(tensor, feeds=feeds)
        if known is not None and known.size == 1:
            item = known.reshape(-1)[0]
            return int(item) if not hasattr(item, "terms") else item
    return None


def counted_from(tracer: Any, stop: Operation, index: Tensor) -> Any:
    """Where an index ends that goes up by one each time until the condition, which compares it
    alone, fails, or as often as was counted; None for any other."""
    merge, counted = _root(index)._op, _counted(tracer, stop)
    if merge._definition.control != "merge":
        return None
    if counted is None:
        op = stop._inputs[0]._op
        if op._type != "Less" or merge is not op._inputs[0]._op:
            return None
        counted = _trips(tracer, op)
    start = _number(tracer, merge._inputs[0]._op._inputs[0])
    if counted is None or start is None or not goes_up_by_one(tracer, index):
        return None
    return start + counted


def goes_up_by_one(tracer: Any, index: Tensor) -> bool:
    """Whether a tensor inside a loop is a variable of it that counts the iterations."""
    merge = _root(index)._op
    if merge._definition.control != "merge":
        return False
    return _step(tracer, merge._inputs[1]._op._inputs[0], merge) == 1
