"""sparse_reduce_sum: the sum of a sparse tensor along axes, as a dense tensor.

In: the places, elements and shape of a sparse tensor, axes. Out: a dense tensor.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, as_ints, chosen_argument, product
from jitgraph.ops.constants import constant
from jitgraph.ops.definition import NUMBERS, OpDef, Sample, ShapeQuery
from jitgraph.ops.internal import HOST_VALUE
from jitgraph.ops.sparse_tensor import SparseTensor


def _axes(reduction_axes: Any, rank: int) -> set[int]:
    axes = as_ints(reduction_axes)
    for axis in axes:
        if not -rank <= axis < rank:
            raise ValueError(
                f"Invalid reduction dimension {axis}, for input with {rank} dimensions."
            )
    return {axis % rank for axis in axes}


def _reduced_dims(sizes: Any, axes: set[int], keep_dims: bool) -> Dims:
    if keep_dims:
        return tuple(1 if axis in axes else size for axis, size in enumerate(sizes))
    return tuple(size for axis, size in enumerate(sizes) if axis not in axes)


def _sum_shape(q: ShapeQuery) -> list[Dims | None]:
    sizes, axes = q.value(2), q.value(3)
    if sizes is None or axes is None or None in axes.reshape(-1).tolist():
        return [None]
    return [_reduced_dims(sizes, _axes(axes, len(sizes)), q.attrs["keep_dims"])]


def _sum(
    input_indices: Any, input_values: Any, input_shape: Any, reduction_axes: Any, keep_dims: bool
) -> np.ndarray:
    sizes = as_ints(input_shape)
    axes = _axes(reduction_axes, len(sizes))
    result = np.zeros(_reduced_dims(sizes, axes, True), input_values.dtype)
    places = np.asarray(input_indices).copy()
    places[:, sorted(axes)] = 0
    np.add.at(result, tuple(places.T), input_values)
    return result.reshape(_reduced_dims(sizes, axes, keep_dims))


def _decompose(b: Any, instr: Any) -> list[Any]:
    """The sum by segments, a segment being an element of the result."""
    places, elements, shape, reduction_axes = instr.inputs
    sizes = list(b.host(shape))
    axes = _axes(b.host(reduction_axes), len(sizes))
    steps, step = [], 1
    for axis in reversed(range(len(sizes))):
        steps.append(0 if axis in axes else step)
        step = step if axis in axes else step * sizes[axis]
    weights = b.emit(HOST_VALUE, b.sizes(steps[::-1], dtypes.int64))
    segments = b.emit("Sum", b.emit("Mul", places, weights), b.sizes([1]))
    dims = _reduced_dims(sizes, axes, instr.attrs["keep_dims"])
    total = b.emit("UnsortedSegmentSum", elements, segments, b.scalar_host(product(dims)))
    return [b.emit("Reshape", total, b.sizes(dims))]


def _gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.casting import cast
    from jitgraph.ops.gathering import gather_nd
    from jitgraph.ops.reduction_gradients import kept_shape
    from jitgraph.ops.reshaping import reshape

    places, _, sizes, axes = op.inputs
    kept = kept_shape(sizes, axes)
    spread = reshape(grad, kept)
    scale = sizes // cast(kept, dtypes.int64)
    return [None, gather_nd(spread, places // scale), None, None]


def _samples(rng: np.random.Generator) -> Any:
    places = np.array([[0, 1, 0], [2, 0, 1], [2, 0, 1], [1, 3, 0]])
    for kind in (np.float32, np.float64, np.int32):
        for axes, keeps in (([0], False), ([1, -1], True), ([0, 1, 2], False), ([], True)):
            values = rng.uniform(-3, 3, 4).astype(kind)
            sizes = (np.array([3, 4, 2]), np.array(axes, np.int32))
            yield Sample((places, values, *sizes), {"keep_dims": keeps})


SPARSE_REDUCE_SUM = OpDef(
    "SparseReduceSum",
    "input_indices: int64, input_values: T, input_shape: int64, reduction_axes: int32 -> output: T",
    _sum_shape,
    types={"T": NUMBERS},
    attrs={"keep_dims": False},
    reference=_sum,
    decompose=_decompose,
    host=(2, 3),
    gradient=_gradient,
    samples=_samples,
)


def sparse_reduce_sum(
    sp_input: SparseTensor,
    axis: Any = None,
    keepdims: bool | None = None,
    reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The sum of a SparseTensor along axes.

    Args:
      sp_input: the SparseTensor.
      axis: an axis, or several; all when None.
      keepdims: keep the reduced axes, with size 1.
      reduction_axes, keep_dims: old names of `axis` and `keepdims`.

    Example:
      >>> tf.sparse_reduce_sum(tf.SparseTensor([[0, 1], [1, 1]], [2.0, 3.0], [2, 3]), 0)
      <tf.Tensor 'SparseReduceSum:0' shape=(3,) dtype=float32>
    """
    keeps = bool(chosen_argument("keepdims", keepdims, "keep_dims", keep_dims))
    axis = chosen_argument("axis", axis, "reduction_axes", reduction_axes)
    if axis is None:
        axis = _all_axes(sp_input)
    inputs = [sp_input.indices, sp_input.values, sp_input.dense_shape, axis]
    return apply(SPARSE_REDUCE_SUM, inputs, {"keep_dims": keeps})


def _all_axes(sparse: SparseTensor) -> Tensor:
    from jitgraph.ops.ranges import range as range_of
    from jitgraph.ops.shapes_of import SIZE

    rank = sparse.get_shape().ndims
    if rank is not None:
        return constant(np.arange(rank), dtype=dtypes.int32)
    return range_of(0, apply(SIZE, [sparse.dense_shape], name="Rank"))
