"""sparse_reduce_sum, sparse_reduce_max: sparse tensors reduced along axes.

In: the places, elements and shape of a sparse tensor, axes. Out: a dense or a sparse tensor.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, as_ints, chosen_argument, product
from jitgraph.ops.constants import constant
from jitgraph.ops.definition import NUMBERS, REALS, OpDef, Sample, ShapeQuery
from jitgraph.ops.sparse_places import flat_numbers, row_major_steps
from jitgraph.ops.sparse_tensor import SparseTensor, parts_of


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
    steps = row_major_steps(sizes, [axis not in axes for axis in range(len(sizes))])
    segments = flat_numbers(b, places, steps)
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


def _largest(
    input_indices: Any, input_values: Any, input_shape: Any, reduction_axes: Any, keep_dims: bool
) -> np.ndarray:
    sizes = as_ints(input_shape)
    places, values = _groups(input_indices, input_values, sizes, reduction_axes, np.maximum)
    axes = _axes(reduction_axes, len(sizes))
    result = np.zeros(_reduced_dims(sizes, axes, True), input_values.dtype)
    result[tuple(places.T)] = values
    return result.reshape(_reduced_dims(sizes, axes, keep_dims))


def _groups(
    indices: Any, elements: Any, sizes: list[int], reduction_axes: Any, function: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The places there are with the reduced axes at 0, in order, and what becomes of each."""
    places = np.asarray(indices).copy()
    places[:, sorted(_axes(reduction_axes, len(sizes)))] = 0
    kept, group = np.unique(places, axis=0, return_inverse=True)
    order = np.argsort(group.reshape(-1), kind="stable")
    starts = np.searchsorted(group.reshape(-1)[order], np.arange(len(kept)))
    if not len(kept):
        return kept, elements[:0]
    return kept, function.reduceat(elements[order], starts)


def _decompose_largest(b: Any, instr: Any) -> list[Any]:
    """The largest by segments; 0 where there is no element."""
    places, elements, shape, reduction_axes = instr.inputs
    sizes = list(b.host(shape))
    axes = _axes(b.host(reduction_axes), len(sizes))
    steps = row_major_steps(sizes, [axis not in axes for axis in range(len(sizes))])
    segments = flat_numbers(b, places, steps)
    dims = _reduced_dims(sizes, axes, instr.attrs["keep_dims"])
    count = b.scalar_host(product(dims))
    largest = b.emit("UnsortedSegmentMax", elements, segments, count)
    is_there = b.emit("UnsortedSegmentSum", b.emit("OnesLike", elements), segments, count)
    zeros = b.emit("ZerosLike", largest)
    chosen = b.emit("Select", b.emit("Greater", is_there, zeros), largest, zeros)
    return [b.emit("Reshape", chosen, b.sizes(dims))]


SPARSE_REDUCE_MAX = OpDef(
    "SparseReduceMax",
    "input_indices: int64, input_values: T, input_shape: int64, reduction_axes: int32 -> output: T",
    _sum_shape,
    types={"T": REALS},
    attrs={"keep_dims": False},
    reference=_largest,
    decompose=_decompose_largest,
    host=(2, 3),
    samples=_samples,
)


def _sparse_shapes(q: ShapeQuery) -> list[Dims | None]:
    return [None, None, None]


def _kept_sparse(function: Any) -> Any:
    def reference(
        input_indices: Any,
        input_values: Any,
        input_shape: Any,
        reduction_axes: Any,
        keep_dims: bool,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        sizes = as_ints(input_shape)
        axes = _axes(reduction_axes, len(sizes))
        places, values = _groups(input_indices, input_values, sizes, reduction_axes, function)
        if not keep_dims:
            places = places[:, [axis for axis in range(len(sizes)) if axis not in axes]]
        return places, values, np.array(_reduced_dims(sizes, axes, keep_dims), np.int64)

    return reference


def _positive_samples(rng: np.random.Generator) -> Any:
    """Sums that don't cancel: TensorFlow adds in another order."""
    for places, values, *sizes in (sample.inputs for sample in _samples(rng)):
        for keeps in (False, True):
            yield Sample((places, abs(values), *sizes), {"keep_dims": keeps})


def _sparse_reduction(name: str, function: Any, types: Any, samples: Any = _samples) -> OpDef:
    return OpDef(
        name,
        "input_indices: int64, input_values: T, input_shape: int64, reduction_axes: int32 -> "
        "output_indices: int64, output_values: T, output_shape: int64",
        _sparse_shapes,
        types={"T": types},
        attrs={"keep_dims": False},
        reference=_kept_sparse(function),
        samples=samples,
    )


SPARSE_REDUCE_SUM_SPARSE = _sparse_reduction(
    "SparseReduceSumSparse", np.add, NUMBERS, _positive_samples
)
SPARSE_REDUCE_MAX_SPARSE = _sparse_reduction("SparseReduceMaxSparse", np.maximum, REALS)


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
    chosen = (axis, keepdims, reduction_axes, keep_dims)
    total: Tensor = _reduced(SPARSE_REDUCE_SUM, sp_input, *chosen)
    return total


def sparse_reduce_sum_sparse(
    sp_input: SparseTensor,
    axis: Any = None,
    keepdims: bool | None = None,
    reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> SparseTensor:
    """The sum of a SparseTensor along axes, sparse.

    Args:
      sp_input: the SparseTensor.
      axis: an axis, or several; all when None.
      keepdims: keep the reduced axes, with size 1.
      reduction_axes, keep_dims: old names of `axis` and `keepdims`.

    Example:
      >>> tf.sparse_reduce_sum_sparse(tf.SparseTensor([[0, 1]], [2.0], [2, 3]), 0).dtype
      tf.float32
    """
    chosen = (axis, keepdims, reduction_axes, keep_dims)
    return SparseTensor(*_reduced(SPARSE_REDUCE_SUM_SPARSE, sp_input, *chosen))


def sparse_reduce_max(
    sp_input: SparseTensor,
    axis: Any = None,
    keepdims: bool | None = None,
    reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The largest of the elements that are given, along axes; 0 where there is none.

    Args:
      sp_input: the SparseTensor, of real numbers.
      axis: an axis, or several; all when None.
      keepdims: keep the reduced axes, with size 1.
      reduction_axes, keep_dims: old names of `axis` and `keepdims`.

    Example:
      >>> tf.sparse_reduce_max(tf.SparseTensor([[0, 1], [1, 1]], [-2.0, 3.0], [2, 3]), 0)
      <tf.Tensor 'SparseReduceMax:0' shape=(3,) dtype=float32>
    """
    chosen = (axis, keepdims, reduction_axes, keep_dims)
    largest: Tensor = _reduced(SPARSE_REDUCE_MAX, sp_input, *chosen)
    return largest


def sparse_reduce_max_sparse(
    sp_input: SparseTensor,
    axis: Any = None,
    keepdims: bool | None = None,
    reduction_axes: Any = None,
    keep_dims: bool | None = None,
) -> SparseTensor:
    """The largest of the elements that are given, along axes, sparse.

    Args:
      sp_input: the SparseTensor, of real numbers.
      axis: an axis, or several; all when None.
      keepdims: keep the reduced axes, with size 1.
      reduction_axes, keep_dims: old names of `axis` and `keepdims`.

    Example:
      >>> tf.sparse_reduce_max_sparse(tf.SparseTensor([[0, 1]], [2.0], [2, 3]), 0).dtype
      tf.float32
    """
    chosen = (axis, keepdims, reduction_axes, keep_dims)
    return SparseTensor(*_reduced(SPARSE_REDUCE_MAX_SPARSE, sp_input, *chosen))


def _reduced(
    definition: OpDef,
    sp_input: SparseTensor,
    axis: Any,
    keepdims: bool | None,
    reduction_axes: Any,
    keep_dims: bool | None,
) -> Any:
    keeps = bool(chosen_argument("keepdims", keepdims, "keep_dims", keep_dims))
    axis = chosen_argument("axis", axis, "reduction_axes", reduction_axes)
    if axis is None:
        axis = _all_axes(sp_input)
    return apply(definition, [*parts_of(sp_input), axis], {"keep_dims": keeps})


def _all_axes(sparse: SparseTensor) -> Tensor:
    from jitgraph.ops.ranges import range as range_of
    from jitgraph.ops.shapes_of import SIZE

    rank = sparse.get_shape().ndims
    if rank is not None:
        return constant(np.arange(rank), dtype=dtypes.int32)
    return range_of(0, apply(SIZE, [sparse.dense_shape], name="Rank"))
