"""The arrays and stacks that a loop uses, made before it begins.

In: the tracer of a loop. Out: those that go round in it, each with contents of the right size.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Operation
from jitgraph.ir.array_keys import TOP, ArrayKey
from jitgraph.ir.needs import NeedsLoop
from jitgraph.ir.trace_trips import needs_count, needs_little
from jitgraph.ir.trip_counts import counted_from, goes_up_by_one, most_trips

_VALUES = {"write": (2, 0), "scatter": (2, 1), "push": (1, 0)}
"""For each op that writes which input it is given, and how many axes more than elements have."""


def prepared_arrays(loop: Any) -> list[ArrayKey]:
    """The arrays whose contents a loop carries; those that it writes first are made.

    Args:
      loop: the tracer of a loop that is not traced yet.

    Raises:
      NeedsValue: how often the loop goes round must be counted first.
      NeedsLoop: a stack's size can't be told.
    """
    used, written = loop.around.touches(loop.node)
    found = sorted(
        (
            key
            for key in used | written
            if isinstance(key, ArrayKey) and _is_from_outside(key, loop.node.context)
        ),
        key=lambda key: (key._id, key.name),
    )
    if not found:
        return []
    for key in found:
        loop.tracer.arrays.places.forget(key)
    writers = _writers(loop)
    arrays = loop.tracer.arrays
    if any(arrays.is_uneven(key) for key in found):
        raise NeedsLoop(loop.node)
    _learn_elements(loop, found, writers)
    for key in found:
        if key.is_stack:
            _make_stack(loop, key, writers)
        elif _can_be_made(loop.tracer, key):
            _lengthen(loop, key, writers)
            arrays.contents(key)
    return [
        key for key in found if key in loop.tracer.current and _goes_round(key, written, writers)
    ]


def _is_from_outside(key: ArrayKey, context: Any) -> bool:
    """Whether an array is made outside a loop, or, for gradients, outside the one that this loop
    goes back through."""
    made_in = key.maker._control_flow_context
    made_in = made_in and made_in.while_context
    return not any(_is_around(each, made_in) for each in _with_forward(context))


def _with_forward(context: Any) -> list[Any]:
    state = context.grad_state
    return [context] if state is None else [context, state.forward_context]


def _is_around(loop: Any, inner: Any) -> bool:
    while inner is not None and inner is not loop:
        outer = inner.outer_context
        inner = outer and outer.while_context
    return inner is loop


def _writers(loop: Any) -> dict[ArrayKey, list[Operation]]:
    found: dict[ArrayKey, list[Operation]] = {}
    for op in loop.node.ops:
        if op._definition.array in ("write", "scatter", "split", "push"):
            for key in loop.around.touched[op][1]:
                found.setdefault(key, []).append(op)
    return found


def _learn_elements(loop: Any, keys: list[ArrayKey], writers: Any) -> None:
    elements = loop.tracer.arrays.elements
    for key in keys:
        for op in writers.get(key, ()):
            place = _VALUES.get(op._definition.array)
            dims = place and op._inputs[place[0]]._dims
            if place and dims is not None and None not in dims:
                elements.setdefault(key, tuple(dims[place[1] :]))
    missing = [key for key in keys if key in writers and not _can_be_made(loop.tracer, key)]
    if missing:
        loop.learn()


def _can_be_made(tracer: Any, key: ArrayKey) -> bool:
    if key.part == TOP or key in tracer.current or key in tracer.arrays.elements:
        return True
    return bool(key.source) and _can_be_made(tracer, key.base)


def _make_stack(loop: Any, key: ArrayKey, writers: Any) -> None:
    """Makes room for all that a loop pushes; a loop around it has done that already."""
    tracer = loop.tracer
    if key.part == TOP or (tracer.depth and key.top in tracer.current):
        return
    if not _can_be_made(tracer, key):
        return
    more: Any = 0
    for op in writers.get(key, ()):
        trips = 1 if tracer.is_trial else _trips_of(loop, op)
        if trips is None:
            raise needs_count(loop)
        more = more + trips
    tracer.arrays.make_room(key, more)


def _trips_of(loop: Any, op: Operation) -> Any:
    """How often an operation runs at most while the loop runs once."""
    trips: Any = most_trips(loop.tracer, loop.stop)
    context = op._control_flow_context
    inner = context and context.while_context
    while trips is not None and inner is not None and inner is not loop.node.context:
        each = most_trips(loop.tracer, inner.loop_pred._op)
        trips = None if each is None else trips * each
        outer = inner.outer_context
        inner = outer and outer.while_context
    return trips


def _lengthen(loop: Any, key: ArrayKey, writers: Any) -> None:
    """Makes a dynamic array as long as a loop that counts up to a known number leaves it."""
    tracer = loop.tracer
    ops = writers.get(key, ())
    if key.source or not ops or not key.maker._attrs["dynamic_size"] or tracer.is_trial:
        return
    ends = [_end(loop, op) for op in ops]
    if any(end is None for end in ends):
        if not tracer.depth and all(_counts(loop, op) for op in ops) and needs_little(loop):
            raise needs_count(loop)
        return
    arrays = tracer.arrays
    held = tracer.current.get(key)
    element = arrays.elements.get(key) if held is None else held.type.dims[1:]
    for end in ends:
        arrays._resize(key, end, element)
    arrays.grown.add(key)


def _end(loop: Any, op: Operation) -> Any:
    """What a write's index has become behind the loop, if it counts all iterations."""
    context = op._control_flow_context
    if op._definition.array != "write" or context is not loop.node.context:
        return None
    return counted_from(loop.tracer, loop.stop, op._inputs[1])


def _counts(loop: Any, op: Operation) -> bool:
    """Whether a write's index counts the iterations."""
    is_own = op._control_flow_context is loop.node.context
    is_write = op._definition.array == "write"
    return is_own and is_write and goes_up_by_one(loop.tracer, op._inputs[1])


def _goes_round(key: ArrayKey, written: Any, writers: Any) -> bool:
    """A stack from which is only popped keeps its contents: its top goes round alone."""
    if key not in written:
        return False
    return key.part == TOP or not key.is_stack or key in writers
