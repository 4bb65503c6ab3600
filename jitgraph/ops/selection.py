"""Choosing between two tensors by a condition."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.definition import ANY, OpDef, Sample, ShapeQuery
from jitgraph.ops.shape_rules import broadcast_shape, merge_dims


def _select_shape(query: ShapeQuery) -> list[Any]:
    condition, chosen, other = query.shapes
    merged = merge_dims(chosen, other)
    if condition is None or merged is None or len(condition) == 0:
        return [merged]
    if len(condition) != 1 or not merged:
        return [merge_dims(merged, condition)]
    rows = merge_dims(condition, merged[:1])
    return [(*(rows or ()), *merged[1:])]


def _is_by_row(condition: tuple[Any, ...], chosen: tuple[Any, ...]) -> bool:
    return len(condition) == 1 and len(chosen) > 1


def _select(condition: Any, t: Any, e: Any) -> Any:
    if _is_by_row(np.shape(condition), np.shape(t)):
        condition = np.reshape(condition, np.shape(condition) + (1,) * (np.ndim(t) - 1))
    return np.where(np.asarray(condition, bool), t, e)


def _select_by_broadcasting(builder: Any, instr: Any) -> Any:
    condition, chosen, other = instr.inputs
    dims, rank = condition.type.dims, len(chosen.type.dims)
    if _is_by_row(dims, chosen.type.dims):
        target = builder.sizes([*dims, *[1] * (rank - 1)])
        condition = builder.emit("Reshape", condition, target)
    return builder.emit(SELECT_V2, condition, chosen, other)


def _select_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.filling import zeros_like

    condition = op.inputs[0]
    nothing = zeros_like(op.inputs[1])
    return [None, where(condition, grad, nothing), where(condition, nothing, grad)]


_CHOSEN = tuple(
    dtypes.as_dtype(name)
    for name in "float32 float64 int32 complex64 bool float16 bfloat16 uint8".split()
)


def _drawn(rng: np.random.Generator, dims: tuple[int, ...], dtype: Any) -> np.ndarray:
    return np.asarray(rng.uniform(0.0, 9.0, dims)).astype(dtype.as_numpy_dtype)


def _select_samples(rng: np.random.Generator) -> Any:
    shapes = (((2, 3), (2, 3)), ((2,), (2, 3)), ((), (2, 3)), ((), ()), ((0,), (0,)))
    for dtype in _CHOSEN:
        for condition, dims in shapes:
            given = rng.random(condition) < 0.5
            yield Sample((given, _drawn(rng, dims, dtype), _drawn(rng, dims, dtype)))


SELECT = OpDef(
    "Select",
    "condition: bool, t: T, e: T -> output: T",
    _select_shape,
    types={"T": ANY},
    misfit=misfits.same_shapes("Select"),
    reference=_select,
    decompose=_select_by_broadcasting,
    gradient=_select_gradient,
    samples=_select_samples,
)


def _select_v2_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.filling import zeros
    from jitgraph.ops.reductions import reduce_sum
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shape_arithmetic import broadcast_gradient_args
    from jitgraph.ops.shapes_of import shape

    condition, chosen, other = op.inputs
    nothing = zeros([], dtype=grad.dtype.base_dtype)

    def back(part: Tensor, dims: Tensor) -> Tensor:
        axes, _ = broadcast_gradient_args(dims, out_dims)
        return reshape(reduce_sum(part, keepdims=True, axis=axes), dims)

    grad_chosen = where_v2(condition, grad, nothing)
    dims = shape(chosen)
    out_dims = shape(op.outputs[0])
    grad_chosen = back(grad_chosen, dims)
    grad_other = where_v2(condition, nothing, grad)
    return [None, grad_chosen, back(grad_other, shape(other))]


def _select_v2_samples(rng: np.random.Generator) -> Any:
    shapes = (((2, 3), (2, 3), (3,)), ((2, 1), (3,), ()), ((), (2,), (2,)), ((0, 1), (1,), (2,)))
    for dtype in _CHOSEN:
        for condition, left, right in shapes:
            given = rng.random(condition) < 0.5
            yield Sample((given, _drawn(rng, left, dtype), _drawn(rng, right, dtype)))


SELECT_V2 = OpDef(
    "SelectV2",
    "condition: bool, t: T, e: T -> output: T",
    broadcast_shape,
    types={"T": ANY},
    reference=lambda condition, t, e: np.where(np.asarray(condition, bool), t, e),
    scalar="t if condition else e",
    gradient=_select_v2_gradient,
    samples=_select_v2_samples,
    idempotent=True,
)


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """The elements of `x` where `condition` holds, those of `y` elsewhere.

    Args:
      condition: a tensor of bools: of the shape of `x`, or a vector that chooses whole rows, or
        of rank 0.
      x, y: tensors of one shape and dtype; when both are None, the indices of the elements of
        `condition` that hold are returned, one a row, as int64.
      name: the op's name.

    Raises:
      ValueError: only one of `x` and `y` is given, or the shapes don't fit.

    Example:
      >>> tf.where([True, False], [1, 2], [3, 4])
      <tf.Tensor 'Select:0' shape=(2,) dtype=int32>
    """
    return _where(SELECT, condition, x, y, name)


def where_v2(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """`where` whose three arguments broadcast, NumPy-style.

    Example:
      >>> tf.where_v2([[True], [False]], [1, 2], 0)
      <tf.Tensor 'SelectV2:0' shape=(2, 2) dtype=int32>
    """
    return _where(SELECT_V2, condition, x, y, name)


def _where(definition: OpDef, condition: Any, x: Any, y: Any, name: str | None) -> Tensor:
    if x is None and y is None:
        from jitgraph.ops.masking import where_true

        return where_true(condition, name)
    if x is None or y is None:
        raise ValueError("x and y must both be non-None or both be None.")
    return apply(definition, [condition, x, y], name=name)
