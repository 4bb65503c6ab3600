"""Matrix products: MatMul of two matrices, BatchMatMul of stacks of them.

In: tensors whose last two axes are matrices. Out: their products. Batches that broadcast are
brought to one shape before the library kernel sees them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import merge_dim, merge_dims, require_rank, require_rank_at_least
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef, ShapeQuery
from jitgraph.ops.elementwise_complex import conj
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.matrix_samples import MATRIX_TYPES, samples_of
from jitgraph.ops.shape_rules import broadcast_dims

Dims = tuple[Any, ...]


def _product_dims(a: Dims, b: Dims, turn_a: bool, turn_b: bool) -> Dims:
    """The last two dims of a product; checks that the inner ones agree."""
    rows, inner = a[-2:][::-1] if turn_a else a[-2:]
    other, columns = b[-2:][::-1] if turn_b else b[-2:]
    merge_dim(inner, other)
    return (rows, columns)


def _matmul_shape(q: ShapeQuery) -> list[Dims | None]:
    for dims in q.shapes:
        require_rank(dims, 2)
    a, b = (dims or (None, None) for dims in q.shapes)
    return [_product_dims(a, b, q.attrs["transpose_a"], q.attrs["transpose_b"])]


def _batch_shape(q: ShapeQuery) -> list[Dims | None]:
    x, y = _stacks(q)
    if x is None or y is None:
        return [None]
    batch = merge_dims(x[:-2], y[:-2]) or ()
    return [(*batch, *_product_dims(x, y, q.attrs["adj_x"], q.attrs["adj_y"]))]


def _broadcast_batch_shape(q: ShapeQuery) -> list[Dims | None]:
    x, y = _stacks(q)
    if x is None or y is None:
        return [None]
    batch = broadcast_dims(x[:-2], y[:-2]) or ()
    return [(*batch, *_product_dims(x, y, q.attrs["adj_x"], q.attrs["adj_y"]))]


def _stacks(q: ShapeQuery) -> tuple[Dims | None, Dims | None]:
    for dims in q.shapes:
        require_rank_at_least(dims, 2)
    return q.shapes[0], q.shapes[1]


def _matmul(a: Any, b: Any, transpose_a: bool = False, transpose_b: bool = False) -> np.ndarray:
    return np.matmul(a.T if transpose_a else a, b.T if transpose_b else b)


def _batch_matmul(x: Any, y: Any, adj_x: bool = False, adj_y: bool = False) -> np.ndarray:
    return np.matmul(_adjoint(x) if adj_x else x, _adjoint(y) if adj_y else y)


def _adjoint(x: np.ndarray) -> np.ndarray:
    turned = np.swapaxes(x, -1, -2)
    return np.conj(turned) if x.dtype.kind == "c" else turned


def _decompose_broadcast(b: Any, instr: Any) -> list[Any]:
    """Brings both stacks to one shape; a stack times a single matrix is one tall product."""
    x, y = instr.inputs
    adj_x, adj_y = instr.attrs["adj_x"], instr.attrs["adj_y"]
    if len(y.type.dims) == 2 and not adj_x and not (adj_y and y.type.dtype.is_complex):
        return [_tall_product(b, x, y, adj_y)]
    batch = instr.outputs[0].type.dims[:-2]
    x, y = _stack_of(b, x, batch), _stack_of(b, y, batch)
    return [b.emit("BatchMatMul", x, y, adj_x=adj_x, adj_y=adj_y)]


def _tall_product(b: Any, x: Any, y: Any, adj_y: bool) -> Any:
    if len(x.type.dims) == 2:
        return b.emit("MatMul", x, y, transpose_b=adj_y)
    *outer, inner = x.type.dims
    rows: Any = 1
    for dim in outer:
        rows = dim * rows
    product = b.emit("MatMul", b.emit("Reshape", x, b.sizes([rows, inner])), y, transpose_b=adj_y)
    return b.emit("Reshape", product, b.sizes([*outer, product.type.dims[1]]))


def _stack_of(b: Any, x: Any, batch: Dims) -> Any:
    dims = x.type.dims
    if len(dims) == len(batch) + 2 and all(
        mine is dim or mine == dim for mine, dim in zip(dims, batch, strict=False)
    ):
        return x
    return b.emit("BroadcastTo", x, b.sizes([*batch, *dims[-2:]]))


def _matmul_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    turn_a, turn_b = op.get_attr("transpose_a"), op.get_attr("transpose_b")
    a, b = conj(op.inputs[0]), conj(op.inputs[1])
    grad_a = _plain(b, grad, turn_b, True) if turn_a else _plain(grad, b, False, not turn_b)
    grad_b = _plain(grad, a, True, turn_a) if turn_b else _plain(a, grad, not turn_a, False)
    return [grad_a, grad_b]


def _plain(a: Any, b: Any, transpose_a: bool, transpose_b: bool, name: str | None = None) -> Tensor:
    return apply(MATMUL, [a, b], {"transpose_a": transpose_a, "transpose_b": transpose_b}, name)


def _batch_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    x, y = op.inputs
    adj_x, adj_y = op.get_attr("adj_x"), op.get_attr("adj_y")
    if adj_x:
        grad_x = matmul(y, grad, adjoint_a=adj_y, adjoint_b=True)
    else:
        grad_x = matmul(grad, y, adjoint_b=not adj_y)
    if adj_y:
        return [grad_x, matmul(grad, x, adjoint_a=True, adjoint_b=adj_x)]
    return [grad_x, matmul(x, grad, adjoint_a=not adj_x)]


def _broadcast_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    """Sums over the batch axes along which an input was repeated."""
    from jitgraph.ops.elementwise_broadcasting import summed_to
    from jitgraph.ops.shape_arithmetic import broadcast_gradient_args
    from jitgraph.ops.shapes_of import shape

    grads = _batch_gradient(op, grad)
    x, y = op.inputs
    if _is_static(x) and x._dims == y._dims:
        return grads
    sizes_x, sizes_y = shape(x), shape(y)
    axes = broadcast_gradient_args(sizes_x[:-2], sizes_y[:-2])
    return [
        summed_to(one, along, sizes)
        for one, along, sizes in zip(grads, axes, (sizes_x, sizes_y), strict=True)
    ]


def _is_static(tensor: Tensor) -> bool:
    return tensor._dims is not None and None not in tensor._dims


_MATRICES = (((2, 3), (3, 4)), ((1, 5), (5, 1)), ((2, 0), (0, 3)))
_EQUAL_STACKS = (((2, 2, 3), (2, 3, 4)), ((2, 1, 2, 2), (2, 1, 2, 3)), ((0, 2, 2), (0, 2, 2)))
_MIXED_STACKS = (
    ((2, 2, 3), (2, 3, 4)),
    ((2, 2, 3), (3, 4)),
    ((2, 3), (2, 3, 4)),
    ((2, 1, 2, 3), (3, 3, 2)),
    ((2, 3), (3, 4)),
)

MATMUL = OpDef(
    "MatMul",
    "a: T, b: T -> product: T",
    _matmul_shape,
    misfit=misfits.matmul,
    types={"T": MATRIX_TYPES},
    attrs={"transpose_a": False, "transpose_b": False},
    reference=widened(_matmul),
    library="matmul",
    gradient=_matmul_gradient,
    samples=samples_of(_MATRICES, "transpose_a", "transpose_b"),
    turned_by=("transpose_a", "transpose_b"),
)

BATCH_MATMUL = OpDef(
    "BatchMatMul",
    "x: T, y: T -> output: T",
    _batch_shape,
    types={"T": MATRIX_TYPES},
    attrs={"adj_x": False, "adj_y": False},
    reference=widened(_batch_matmul),
    library="matmul",
    gradient=_batch_gradient,
    samples=samples_of(_EQUAL_STACKS, "adj_x", "adj_y"),
    turned_by=("adj_x", "adj_y"),
    turns_conjugate=True,
)

BATCH_MATMUL_V2 = OpDef(
    "BatchMatMulV2",
    "x: T, y: T -> output: T",
    _broadcast_batch_shape,
    misfit=misfits.batch_matmul,
    types={"T": MATRIX_TYPES},
    attrs={"adj_x": False, "adj_y": False},
    reference=widened(_batch_matmul),
    decompose=_decompose_broadcast,
    gradient=_broadcast_gradient,
    samples=samples_of(_MIXED_STACKS, "adj_x", "adj_y"),
)


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """The matrix product of `a` and `b`; of stacks of matrices, matrix by matrix.

    Args:
      a, b: tensors of one dtype and of rank 2 or more; leading axes broadcast.
      transpose_a, transpose_b: exchange the last two axes first.
      adjoint_a, adjoint_b: exchange them and conjugate.
      a_is_sparse, b_is_sparse: accepted for compatibility; the product is the same.
      name: the op's name.

    Raises:
      ValueError: sizes that don't fit, or a matrix both transposed and adjoint.

    Example:
      >>> tf.matmul([[1.0, 2.0]], [[3.0], [4.0]])
      <tf.Tensor 'MatMul:0' shape=(1, 1) dtype=float32>
    """
    with name_scope(name, "MatMul", [a, b]) as scope:
        _check_flags(transpose_a, adjoint_a, "a")
        _check_flags(transpose_b, adjoint_b, "b")
        a, b = convert_to_tensor(a, name="a"), convert_to_tensor(b, name="b")
        turn_a, turn_b = bool(transpose_a or adjoint_a), bool(transpose_b or adjoint_b)
        if _may_be_stack(a) or _may_be_stack(b):
            a, b = conj(a) if transpose_a else a, conj(b) if transpose_b else b
            return apply(BATCH_MATMUL_V2, [a, b], {"adj_x": turn_a, "adj_y": turn_b}, scope)
        a, b = conj(a) if adjoint_a else a, conj(b) if adjoint_b else b
        return _plain(a, b, turn_a, turn_b, scope)


def _check_flags(transpose: bool, adjoint: bool, side: str) -> None:
    if transpose and adjoint:
        raise ValueError(f"Only one of transpose_{side} and adjoint_{side} can be True.")


def _may_be_stack(tensor: Tensor) -> bool:
    return tensor._dims is None or len(tensor._dims) > 2


def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """The product of the matrix `a` and the vector `b`; of stacks, one by one.

    Args:
      a: a tensor of rank 2 or more.
      b: a tensor of the same dtype and one rank less.
      transpose_a: exchange the last two axes of `a` first.
      adjoint_a: exchange them and conjugate.
      a_is_sparse, b_is_sparse: accepted for compatibility.
      name: the name scope of its ops.

    Example:
      >>> tf.linalg.matvec([[1.0, 2.0], [3.0, 4.0]], [1.0, 1.0])
      <tf.Tensor 'MatVec/Squeeze:0' shape=(2,) dtype=float32>
    """
    from jitgraph.ops.reshaping import expand_dims, squeeze

    with name_scope(name, "MatVec", [a, b]):
        columns = expand_dims(b, axis=-1)
        product = matmul(a, columns, transpose_a=transpose_a, adjoint_a=adjoint_a)
        return squeeze(product, axis=-1)
