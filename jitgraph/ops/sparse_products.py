"""sparse_tensor_dense_matmul: the product of a sparse matrix and a dense one.

In: the places, elements and shape of a sparse matrix, a dense matrix. Out: a dense matrix: each
element scales a row of the dense one, and the scaled rows are summed by the rows they belong to.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, as_ints, merge_dim, require_rank
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import INDEX, NUMBERS, OpDef, Sample, ShapeQuery
from jitgraph.ops.sparse_tensor import as_sparse


def _product_shape(q: ShapeQuery) -> list[Dims | None]:
    places, elements, sizes, dense = q.shapes
    require_rank(places, 2)
    require_rank(elements, 1)
    require_rank(sizes, 1)
    require_rank(dense, 2)
    known = q.value(2)
    rows, inner = (None, None) if known is None else _sizes(known, q.attrs)
    columns = None
    if dense is not None:
        first, columns = dense[::-1] if q.attrs["adjoint_b"] else dense
        merge_dim(inner, first)
    return [(rows, columns)]


def _sizes(sizes: Any, attrs: Any) -> tuple[Any, Any]:
    """The rows of the product, and what is summed over."""
    rows, inner = list(sizes)[::-1] if attrs["adjoint_a"] else list(sizes)
    return rows, inner


def _product(
    a_indices: Any, a_values: Any, a_shape: Any, b: Any, adjoint_a: bool, adjoint_b: bool
) -> np.ndarray:
    order = (1, 0) if adjoint_a else (0, 1)
    rows, columns = (np.asarray(a_indices)[:, axis] for axis in order)
    count, inner = _sizes(as_ints(a_shape), {"adjoint_a": adjoint_a})
    dense = np.conj(b.T) if adjoint_b else b
    for number, (row, column) in enumerate(zip(rows.tolist(), columns.tolist(), strict=True)):
        if not 0 <= column < inner:
            axis = order[1]
            raise ValueError(f"k ({column}) from index[{number},{axis}] out of bounds (>={inner})")
        if not 0 <= row < count:
            axis = order[0]
            raise ValueError(f"m ({row}) from index[{number},{axis}] out of bounds (>={count})")
    elements = np.conj(a_values) if adjoint_a else a_values
    result = np.zeros((count, dense.shape[1]), dense.dtype)
    np.add.at(result, rows, elements[:, None] * dense[columns])
    return result


def _decompose(b: Any, instr: Any) -> list[Any]:
    places, elements, sizes, dense = instr.inputs
    attrs, kind = instr.attrs, dense.type.dtype
    count = places.type.dims[0]
    order = (1, 0) if attrs["adjoint_a"] else (0, 1)
    rows, columns = (_column(b, places, axis) for axis in order)
    if kind.is_complex and attrs["adjoint_a"]:
        elements = b.emit("Conj", elements)
    if attrs["adjoint_b"]:
        dense = b.emit("Transpose", dense, b.sizes([1, 0]))
        dense = b.emit("Conj", dense) if kind.is_complex else dense
    taken = b.emit("GatherV2", dense, columns, b.scalar_host(0))
    scaled = b.emit("Mul", taken, b.emit("Reshape", elements, b.sizes([count, 1])))
    total = _sizes(b.host(sizes), attrs)[0]
    return [b.emit("UnsortedSegmentSum", scaled, rows, b.scalar_host(total))]


def _column(b: Any, places: Any, axis: int) -> Any:
    count = places.type.dims[0]
    column = b.emit("Slice", places, b.sizes([0, axis]), b.sizes([count, 1]))
    return b.emit("Reshape", column, b.sizes([count]))


def _gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.gathering import gather
    from jitgraph.ops.reductions import reduce_sum
    from jitgraph.ops.transposing import transpose

    places, elements, sizes, dense = op.inputs
    adjoint_a, adjoint_b = op.get_attr("adjoint_a"), op.get_attr("adjoint_b")
    if elements.dtype.base_dtype.is_complex:
        raise NotImplementedError("SparseTensorDenseMatMul op does not support complex gradients.")
    attrs = {"adjoint_a": not adjoint_a, "adjoint_b": False}
    grad_b = apply(SPARSE_TENSOR_DENSE_MATMUL, [places, elements, sizes, grad], attrs)
    if adjoint_b:
        grad_b = transpose(grad_b)
    rows, columns = places[:, 0], places[:, 1]
    of_grad = gather(grad, columns if adjoint_a else rows)
    given = transpose(dense) if adjoint_b else dense
    of_dense = gather(given, rows if adjoint_a else columns)
    return [None, reduce_sum(of_grad * of_dense, axis=1), None, grad_b]


def _samples(rng: np.random.Generator) -> Any:
    places = np.array([[0, 1], [2, 0], [2, 3], [2, 0]])
    for kind in (np.float32, np.float64, np.int32):
        for adjoint_a, adjoint_b in ((False, False), (True, False), (False, True), (True, True)):
            inner = 3 if adjoint_a else 4
            b = rng.uniform(-3, 3, (2, inner) if adjoint_b else (inner, 2)).astype(kind)
            values = rng.uniform(-3, 3, 4).astype(kind)
            attrs = {"adjoint_a": adjoint_a, "adjoint_b": adjoint_b}
            yield Sample((places, values, np.array([3, 4]), b), attrs)
    nothing = (np.zeros((0, 2), np.int64), np.zeros(0, np.float32))
    yield Sample((*nothing, np.array([2, 3]), np.ones((3, 2), np.float32)))


SPARSE_TENSOR_DENSE_MATMUL = OpDef(
    "SparseTensorDenseMatMul",
    "a_indices: Tindices, a_values: T, a_shape: int64, b: T -> product: T",
    _product_shape,
    types={"T": NUMBERS, "Tindices": (INDEX, dtypes.int64)},
    attrs={"adjoint_a": False, "adjoint_b": False},
    reference=_product,
    decompose=_decompose,
    host=(2,),
    gradient=_gradient,
    samples=_samples,
)


def sparse_tensor_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Tensor:
    """The product of a sparse matrix and a dense one.

    Args:
      sp_a: a SparseTensor of rank 2.
      b: a matrix.
      adjoint_a, adjoint_b: conjugate and transpose the one, the other first.
      name: the op's name.

    Raises:
      TypeError: `sp_a` is not sparse.
      ValueError: the shapes don't fit.
      InvalidArgumentError: when run, if a place is outside the matrix.

    Example:
      >>> a = tf.SparseTensor([[0, 1]], [2.0], [2, 3])
      >>> tf.sparse_tensor_dense_matmul(a, tf.ones([3, 4])).shape
      TensorShape([Dimension(2), Dimension(4)])
    """
    sparse = as_sparse(sp_a)
    with name_scope(name, "SparseTensorDenseMatMul", [sparse.indices, sparse.values, b]):
        b = convert_to_tensor(b, name="b")
        inputs = [sparse.indices, sparse.values, sparse.dense_shape, b]
        attrs = {"adjoint_a": adjoint_a, "adjoint_b": adjoint_b}
        return apply(SPARSE_TENSOR_DENSE_MATMUL, inputs, attrs)
