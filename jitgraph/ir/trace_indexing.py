"""Indexing by numbers that only the run knows: x[i], x[:, i], x[i, j].

In: a StridedSlice whose begin is not known while tracing. Out: gathers, for which the numbers are
data; or nothing where a size would depend on them.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph import Operation
from jitgraph.ir.program import Value


def index_as_gathers(tracer: Any, op: Operation) -> Value | None:
    """The part of a tensor that an op picks by index; None where it does more than that.

    Args:
      tracer: has the values of the op's inputs.
      op: a StridedSlice.
    """
    attrs = op._attrs
    begin, strides = op._inputs[1], tracer._contents_of(op._inputs[3])
    if attrs["ellipsis_mask"] or attrs["new_axis_mask"] or strides is None:
        return None
    if any(stride != 1 for stride in strides):
        return None
    picked = [bool(attrs["shrink_axis_mask"] >> k & 1) for k in range(len(strides))]
    whole = attrs["begin_mask"] & attrs["end_mask"]
    if not all(pick or whole >> k & 1 for k, pick in enumerate(picked)):
        return None
    builder = tracer.builder
    builder.base, builder.origin = op.name, (op,)
    found, positions = tracer._value(op._inputs[0]), tracer._value(begin)
    axis = 0
    for number, pick in enumerate(picked):
        if pick:
            found = _picked(builder, found, axis, positions, number)
        axis += not pick
    return found  # type: ignore[no-any-return]


def _picked(builder: Any, given: Value, axis: int, positions: Value, number: int) -> Value:
    """What lies at item `number` of `positions` along an axis, counted from the end if negative."""
    dtype = positions.type.dtype
    item = builder.emit("Slice", positions, builder.sizes([number]), builder.sizes([1]))
    index = builder.emit("Reshape", item, builder.sizes([]))
    size = builder.scalar_size(given.type.dims[axis], dtype)
    is_negative = builder.emit("Less", index, builder.constant(0, dtype))
    from_end = builder.emit("AddV2", index, size)
    index = builder.emit("Select", is_negative, from_end, index)
    found: Value = builder.emit("GatherV2", given, index, builder.scalar_host(axis))
    return found
