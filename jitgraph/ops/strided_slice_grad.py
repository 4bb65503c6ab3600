"""The gradient of a strided slice: its elements put back among zeros.

In: the shape sliced, the slice's specification, and what came out of it.
Out: a tensor of that shape, zero wherever the slice took nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.array_dims import Dims, as_ints, dims_from_vector
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery
from jitgraph.ops.padding import emit_zero_pad
from jitgraph.ops.strided_slicing import (
    MASKS,
    NO_MASKS,
    AxisPlan,
    numpy_index,
    slice_cases,
    slice_plan,
    strided_slice,
)


def _slice_grad_shape(q: ShapeQuery) -> list[Dims | None]:
    return [dims_from_vector(q.value(0), q.shapes[0])]


def _slice_grad(shape: Any, begin: Any, end: Any, strides: Any, dy: Any, **masks: int) -> Any:
    dense = np.zeros(as_ints(shape), dy.dtype)
    dense[numpy_index(begin, end, strides, masks)] = dy
    return dense


def _decompose_slice_grad(b: Any, instr: Any) -> list[Any]:
    """Undoes each step of a strided slice: zeros between, reversal, zeros around."""
    sizes, begin, end, strides = (list(b.host(operand)) for operand in instr.inputs[:4])
    masks = {name: instr.attrs[name] for name in MASKS}
    plans = slice_plan(tuple(sizes), begin, end, strides, masks) or []
    plans = [plan for plan in plans if plan.source is not None]
    value = b.emit("Reshape", instr.inputs[4], b.sizes([plan.size for plan in plans]))
    value = _spread(b, value, plans)
    before, after = [], []
    for plan, dim, covered in zip(plans, sizes, value.type.dims, strict=True):
        first = plan.start if plan.step > 0 else plan.start - (covered - 1)
        is_empty = plan.size == 0 if isinstance(plan.size, int) else False
        before.append(0 if is_empty else first)
        after.append(dim if is_empty else dim - first - covered)
    return [emit_zero_pad(b, value, before, after)]


def _spread(b: Any, value: Any, plans: Sequence[AxisPlan]) -> Any:
    backwards = [axis for axis, plan in enumerate(plans) if plan.step < 0]
    if backwards:
        value = b.emit("ReverseV2", value, b.sizes(backwards))
    for axis, plan in enumerate(plans):
        step = abs(plan.step)
        if step > 1 and plan.size != 0:
            value = _with_gaps(b, value, axis, step)
    return value


def _with_gaps(b: Any, value: Any, axis: int, step: int) -> Any:
    dims = value.type.dims
    count = dims[axis]
    split = b.emit("Reshape", value, b.sizes([*dims[: axis + 1], 1, *dims[axis + 1 :]]))
    none = [0] * (len(dims) + 1)
    after = [*none[: axis + 1], step - 1, *none[axis + 2 :]]
    filled = emit_zero_pad(b, split, none, after)
    joined = [*dims[:axis], count * step, *dims[axis + 1 :]]
    spread = b.emit("Reshape", filled, b.sizes(joined))
    joined[axis] = (count - 1) * step + 1
    return b.emit("Slice", spread, b.sizes([0] * len(dims)), b.sizes(joined))


def _slice_grad_gradient(op: Any, grad: Tensor) -> list[Any]:
    masks = {name: op.get_attr(name) for name in MASKS}
    return [None, None, None, None, strided_slice(grad, *op.inputs[1:4], **masks)]


def _slice_grad_samples(rng: np.random.Generator) -> Any:
    kinds = (np.float32, np.float64, np.int32, np.float64)
    for index, (shape, vectors, masks) in enumerate(slice_cases()):
        spec = tuple(np.array(item, np.int32) for item in vectors)
        begin, end, strides = spec
        taken = np.zeros(shape)[numpy_index(begin, end, strides, {**NO_MASKS, **masks})]
        dy = rng.uniform(-3, 3, taken.shape).astype(kinds[index % len(kinds)])
        yield Sample((np.array(shape, np.int32), *spec, dy), masks)


STRIDED_SLICE_GRAD = OpDef(
    "StridedSliceGrad",
    "shape: Index, begin: Index, end: Index, strides: Index, dy: T -> output: T",
    _slice_grad_shape,
    types={"T": ANY, "Index": INDEX},
    attrs=NO_MASKS,
    reference=_slice_grad,
    decompose=_decompose_slice_grad,
    host=(0, 1, 2, 3),
    gradient=_slice_grad_gradient,
    samples=_slice_grad_samples,
)
