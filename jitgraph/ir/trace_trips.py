"""How often a loop goes round, counted by one that is the loop's condition alone.

In: the tracer of a loop of which nothing tells its iterations before it runs. Out: an instruction
that counts them, for a part of the run before the loop's own; the loop's arrays and stacks can then
be made as long as they must be.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Operation
from jitgraph.ir.flow_nodes import LoopNode
from jitgraph.ir.needs import Need, NeedsLoop, NeedsTrips
from jitgraph.ir.parts import Trips
from jitgraph.ir.program import Value
from jitgraph.ir.trip_counts import most_trips

_MUCH = frozenset(("BatchMatMul", "BatchMatMulV2", "Conv2D", "Conv3D", "MatMul"))
_READS = (None, "read", "size", "gather")


def needs_count(loop: Any) -> Need:
    """What a loop of unknown length needs: to be counted; where that can't be done, to be driven in
    Python.

    Args:
      loop: the tracer of a loop that is not traced yet.

    Raises:
      Need: what counting needs itself, of what comes before the loop.
    """
    if loop.tracer.depth or most_trips(loop.tracer, loop.stop) is not None:
        return NeedsLoop(loop.node)
    try:
        trips_counted(loop)
    except NeedsLoop:
        return NeedsLoop(loop.node)
    return NeedsTrips(Trips(loop.stop), _alone(loop)._inputs)


def needs_little(loop: Any) -> bool:
    """Whether counting takes little of what the loop takes."""
    return all(op._type not in _MUCH for op in _condition_of(loop))


def trips_counted(loop: Any) -> Value:
    """Appends a loop that goes round as often as another one; gives how often.

    Raises:
      NeedsLoop: it can't be known without all that the loop does.
    """
    tracer, builder = loop.tracer, loop.tracer.builder
    node = _alone(loop)
    if not all(map(_is_pure, node.ops)) or _reads_what_is_written(loop, node):
        raise NeedsLoop(loop.node)
    alone = type(loop)(loop.around, node)
    inits = [tracer._value(variable.enter._op._inputs[0]) for variable in alone.variables]
    inits.append(builder.constant(0, dtypes.int64))
    params = [Value(builder.fresh(each.name), each.type) for each in inits]
    *given, count = params
    before = dict(tracer.current)
    tracer.depth += 1
    tracer.is_counting = True
    try:
        condition = alone._traced(given, before, alone._for_condition())
        body, _ = alone._traced(given, before, node.ops)
        with loop.around.instructions() as counting:
            one = builder.constant(1, dtypes.int64)
            following = builder.emit("AddV2", count, one, T=dtypes.int64)
    finally:
        tracer.is_counting = False
        tracer.depth -= 1
    results = [*alone._next_values(), following]
    alone._check_shapes(params, results)
    tracer.current = tracer.restored(before)
    trips: Value = alone._emit(inits, params, condition, ([*body, *counting], results))[-1]
    return trips


def _alone(loop: Any) -> LoopNode:
    """The loop's condition as a loop of its own."""
    node = LoopNode(loop.node.context)
    node.ops = _condition_of(loop)
    node.finish(loop.tracer.fed_to_run)
    return node


def _condition_of(loop: Any) -> list[Operation]:
    """The ops of a loop that tell, from one iteration to the next, whether it goes on."""
    own, found = set(loop.node.ops), set()
    pending: list[Operation] = [loop.stop]
    while pending:
        op = pending.pop()
        if op in own and op not in found:
            found.add(op)
            pending.extend(tensor._op for tensor in op._inputs)
    return [op for op in loop.node.ops if op in found]


def _is_pure(op: Operation) -> bool:
    definition: Any = op._definition
    if definition.control is not None:
        return True
    does_more = definition.stateful or definition.state or definition.draw or definition.must_run
    return not does_more and definition.array in _READS


def _reads_what_is_written(loop: Any, node: LoopNode) -> bool:
    """Whether the condition depends on what the loop writes."""
    return bool(loop.around.touches(loop.node)[1] & loop.around.touches(node)[0])
