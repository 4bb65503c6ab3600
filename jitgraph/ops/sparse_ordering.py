"""Sparse tensors in row-major order, with axes permuted, or with fewer elements.

In: a SparseTensor. Out: a SparseTensor.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import ANY, OpDef, Sample, ShapeQuery
from jitgraph.ops.gathering import gather
from jitgraph.ops.identities import identity
from jitgraph.ops.sparse_tensor import SparseTensor, as_sparse


def _ordered_shape(q: ShapeQuery) -> list[Dims | None]:
    for dims, rank in zip(q.shapes, (2, 1, 1), strict=True):
        require_rank(dims, rank)
    return [q.shapes[0], q.shapes[1]]


def _ordered(
    input_indices: Any, input_values: Any, input_shape: Any
) -> tuple[np.ndarray, np.ndarray]:
    order = _row_major(np.asarray(input_indices), np.asarray(input_shape).tolist())
    return input_indices[order], input_values[order]


def _row_major(places: np.ndarray, dims: list[int]) -> np.ndarray:
    """How places are put in row-major order; equal ones stay as they are."""
    inside = len(dims) == 2 and dims[0] * dims[1] < 1 << 62 and (places >= 0).all()
    if not inside or not (places < dims).all():
        return np.lexsort(places.T[::-1])
    numbers = places[:, 0] * dims[1] + places[:, 1]
    order = np.argsort(numbers)
    ordered = numbers[order]
    is_unique = (ordered[1:] > ordered[:-1]).all()
    return order if is_unique else np.argsort(numbers, kind="stable")


def _order_gradient(op: Any, _: Any, grad: Any) -> list[Any]:
    from jitgraph.ops.ranges import range as range_of
    from jitgraph.ops.shape_arithmetic import invert_permutation
    from jitgraph.ops.shapes_of import shape as shape_of

    places, sizes = op.inputs[0], op.inputs[2]
    numbers = range_of(shape_of(places)[0])
    order = sparse_reorder(SparseTensor(places, numbers, sizes)).values
    return [None, gather(grad, invert_permutation(order)), None]


def _samples(rng: np.random.Generator) -> Any:
    places = np.array([[2, 1], [0, 3], [2, 0], [0, 1]])
    for kind in (np.float32, np.float64, np.int32):
        yield Sample((places, rng.uniform(-3, 3, 4).astype(kind), np.array([3, 4])))
    yield Sample((np.zeros((0, 3), np.int64), np.zeros(0), np.array([3, 4, 5])))


SPARSE_REORDER = OpDef(
    "SparseReorder",
    "input_indices: int64, input_values: T, input_shape: int64 -> "
    "output_indices: int64, output_values: T",
    _ordered_shape,
    types={"T": ANY},
    reference=_ordered,
    gradient=_order_gradient,
    samples=_samples,
)


def sparse_reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """A SparseTensor with its elements in row-major order.

    Args:
      sp_input: the SparseTensor.
      name: the op's name.

    Raises:
      TypeError: it is not sparse.

    Example:
      >>> tf.sparse_reorder(tf.SparseTensor([[1, 0], [0, 1]], [1.0, 2.0], [2, 2])).values
      <tf.Tensor 'SparseReorder:1' shape=(2,) dtype=float32>
    """
    sparse = as_sparse(sp_input)
    inputs = [sparse.indices, sparse.values, sparse.dense_shape]
    places, values = apply(SPARSE_REORDER, inputs, name=name)
    shape = sparse.get_shape()
    sizes = shape.as_list() if shape.is_fully_defined() else identity(sparse.dense_shape)
    return SparseTensor(places, values, sizes)


def sparse_transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """A SparseTensor with its axes permuted.

    Args:
      sp_input: the SparseTensor.
      perm: the order of the axes; reversed when None.
      name: the ops' name scope.

    Example:
      >>> tf.sparse_transpose(tf.SparseTensor([[0, 1]], [2.0], [2, 3])).shape
      TensorShape([Dimension(3), Dimension(2)])
    """
    from jitgraph.ops.ranges import range as range_of
    from jitgraph.ops.shapes_of import SIZE
    from jitgraph.ops.transposing import transpose

    with name_scope(name, "SparseTranspose", [sp_input]):
        if perm is None:
            rank = apply(SIZE, [sp_input.dense_shape], name="Rank")
            perm = (rank - 1) - range_of(0, rank, 1)
        places = transpose(gather(transpose(sp_input.indices), perm))
        order = None if isinstance(perm, Tensor) else np.asarray(perm)
        convert_to_tensor(perm)
        shape = sp_input.get_shape()
        if order is not None and shape.is_fully_defined():
            sizes: Any = [shape.as_list()[axis] for axis in order]
        else:
            sizes = gather(sp_input.dense_shape, perm)
        return sparse_reorder(SparseTensor(places, sp_input.values, sizes))


def sparse_retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """The elements of a SparseTensor that are chosen.

    Args:
      sp_input: the SparseTensor.
      to_retain: a bool for each element.

    Raises:
      TypeError: it is not sparse.
      ValueError: there are not as many bools as elements.

    Example:
      >>> some = tf.sparse_retain(tf.SparseTensor([[0], [2]], [1.0, 2.0], [3]), [True, False])
      >>> some.dtype
      tf.float32
    """
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.selection import where_v2

    sparse = as_sparse(sp_input)
    to_retain = convert_to_tensor(to_retain)
    to_retain.get_shape().assert_has_rank(1)
    sparse.values.get_shape().merge_with(to_retain.get_shape())
    chosen = reshape(where_v2(to_retain), [-1])
    places, values = gather(sparse.indices, chosen), gather(sparse.values, chosen)
    return SparseTensor(places, values, identity(sparse.dense_shape))
