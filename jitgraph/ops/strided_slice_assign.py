"""Assignment to a strided slice of a variable: `v[1:3].assign(x)`.

In: a reference to a variable, a slice's specification, the new elements. Out: a reference that
holds the new contents.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, dims_text, merge_dims
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.strided_slicing import (
    MASKS,
    NO_MASKS,
    AxisPlan,
    numpy_index,
    query_plan,
    slice_cases,
    slice_plan,
)


def _assigned_shape(q: ShapeQuery) -> list[Dims | None]:
    ref, value = q.shapes[0], q.shapes[4]
    plans = query_plan(q, ref, 1)
    if plans is None or value is None:
        return [ref]
    taken = tuple(plan.size for plan in plans if not plan.is_dropped)
    try:
        merge_dims(value, taken)
    except ValueError:
        raise ValueError(
            f"sliced l-value shape {dims_text(taken)} does not match r-value shape "
            f"{dims_text(value)}. Automatic broadcasting not yet implemented."
        ) from None
    return [ref]


def _assigned(ref: Any, begin: Any, end: Any, strides: Any, value: Any, **masks: int) -> Any:
    contents = np.array(ref)
    contents[numpy_index(begin, end, strides, masks)] = value
    return contents


def _decompose(b: Any, instr: Any) -> list[Any]:
    """Selects the new elements, spread out as the slice takes them, where the slice is."""
    old, value = instr.inputs[0], instr.inputs[4]
    dims = old.type.dims
    begin, end, strides = (list(b.host(operand)) for operand in instr.inputs[1:4])
    masks = {name: instr.attrs[name] for name in MASKS}
    plans = slice_plan(dims, begin, end, strides, masks) or []
    spread = b.emit("StridedSliceGrad", b.sizes(dims), *instr.inputs[1:4], value, **masks)
    inside = _inside(b, dims, [plan for plan in plans if plan.source is not None])
    return [spread if inside is None else b.emit("SelectV2", inside, spread, old)]


def _inside(b: Any, dims: Dims, plans: Sequence[AxisPlan]) -> Any:
    """Where the slice is: bools that broadcast against `dims`; None: everywhere."""
    from jitgraph import dtypes

    found = None
    for axis, plan in enumerate(plans):
        if plan.size is dims[axis] and plan.step in (1, -1):
            continue
        along = (*(1,) * axis, dims[axis], *(1,) * (len(dims) - axis - 1))
        place = b.emit("Iota", dims=along, axis=axis, T=dtypes.int64)
        number = [b.scalar_size(item, dtypes.int64) for item in _span(plan)]
        is_within = b.emit("GreaterEqual", place, number[0])
        is_within = b.emit("LogicalAnd", is_within, b.emit("Less", place, number[1]))
        if abs(plan.step) != 1:
            step = b.constant(abs(plan.step), dtypes.int64)
            rest = b.emit("FloorMod", b.emit("Sub", place, number[0]), step)
            is_taken = b.emit("Equal", rest, b.constant(0, dtypes.int64))
            is_within = b.emit("LogicalAnd", is_within, is_taken)
        found = is_within if found is None else b.emit("LogicalAnd", found, is_within)
    return found


def _span(plan: AxisPlan) -> tuple[Any, Any]:
    """The first place that the slice takes of an axis, and the one behind its last."""
    last = plan.start + (plan.size - 1) * plan.step
    return (plan.start, last + 1) if plan.step > 0 else (last, plan.start + 1)


def _samples(rng: np.random.Generator) -> Any:
    kinds = (np.float32, np.float64, np.int32, np.bool_, np.complex64)
    for index, (shape, vectors, masks) in enumerate(slice_cases()):
        begin, end, strides = (np.array(item, np.int32) for item in vectors)
        kind = kinds[index % len(kinds)]
        ref = rng.uniform(-3, 3, shape).astype(kind)
        taken = ref[numpy_index(begin, end, strides, {**NO_MASKS, **masks})]
        value = np.asarray(rng.uniform(-3, 3, taken.shape)).astype(kind)
        yield Sample((ref, begin, end, strides, value), masks)


STRIDED_SLICE_ASSIGN = OpDef(
    "StridedSliceAssign",
    "ref: Ref(T), begin: Index, end: Index, strides: Index, value: T -> output_ref: Ref(T)",
    _assigned_shape,
    types={"T": ANY, "Index": INDEX},
    attrs=NO_MASKS,
    reference=_assigned,
    decompose=_decompose,
    host=(1, 2, 3),
    gradient=no_gradient,
    state="write",
    samples=_samples,
)


def strided_slice_assign(
    ref: Any, begin: Any, end: Any, strides: Any, value: Any, name: str | None = None, **masks: int
) -> Tensor:
    """Replaces a slice of a variable; `v[1:3].assign(value)` is the friendlier way.

    Args:
      ref: a reference to a variable.
      begin, end, strides, masks: the slice, as for `tf.strided_slice`.
      value: the new elements, of the slice's shape.
      name: the op's name.
    """
    return apply(STRIDED_SLICE_ASSIGN, [ref, begin, end, strides, value], masks, name)
