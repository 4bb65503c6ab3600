"""A sparse and a dense tensor, elementwise: at the places of the sparse one, or in all.

In: the places, elements and shape of a sparse tensor, and a dense one. Out: new elements for the
same places, or the dense sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, dims_text, require_rank
from jitgraph.ops.definition import NUMBERS, OpDef, Sample, ShapeQuery
from jitgraph.ops.sparse_places import flat_numbers, scattered_sum
from jitgraph.ops.sparse_tensor import SparseTensor

_INDICES = (dtypes.int64, dtypes.int32)


def _require_sparse(q: ShapeQuery) -> None:
    for dims, rank in zip(q.shapes, (2, 1, 1), strict=False):
        require_rank(dims, rank)


def _elements_shape(q: ShapeQuery) -> list[Dims | None]:
    _require_sparse(q)
    places = q.shapes[0]
    return [(None if places is None else places[0],)]


def _require_broadcast(sizes: Sequence[Any], dims: Sequence[Any]) -> None:
    """The dense tensor is spread to the sparse one, never the other way round."""
    pairs = zip(reversed(sizes), reversed(dims), strict=False)
    if len(dims) > len(sizes) or any(dim != 1 and dim != size for size, dim in pairs):
        raise ValueError(
            "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
            f"[{','.join(map(str, sizes))}] vs. {dims_text(tuple(dims))}"
        )


def _steps(sizes: Sequence[Any], dims: Sequence[Any]) -> list[Any]:
    """How far apart the dense tensor's elements are along each axis of the sparse one."""
    steps: list[Any] = []
    step: Any = 1
    for dim in reversed(dims):
        steps.append(0 if dim == 1 else step)
        step = step * dim
    steps += [0] * (len(sizes) - len(dims))
    return steps[::-1]


def _truncated(left: Any, right: Any) -> Any:
    return np.trunc(left / right).astype(left.dtype) if left.dtype.kind in "iu" else left / right


def _at_places(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def reference(sp_indices: Any, sp_values: Any, sp_shape: Any, dense: Any) -> Any:
        sizes = np.asarray(sp_shape).tolist()
        _require_broadcast(sizes, np.shape(dense))
        spread = np.broadcast_to(dense, sizes)
        return function(sp_values, spread[tuple(np.asarray(sp_indices).T)])

    return reference


def _decompose(operation: str) -> Callable[[Any, Any], list[Any]]:
    def decompose(b: Any, instr: Any) -> list[Any]:
        places, elements, sizes, dense = instr.inputs
        whole, dims = list(b.host(sizes)), dense.type.dims
        _require_broadcast(whole, dims)
        numbers = flat_numbers(b, places, _steps(whole, dims))
        flat = b.emit("Reshape", dense, b.sizes([-1]))
        taken = b.emit("GatherV2", flat, numbers, b.scalar_host(0))
        return [b.emit(operation, elements, taken)]

    return decompose


def _scaled_gradient(op: Any, grad: Tensor, is_product: bool) -> list[Any]:
    from jitgraph.ops.arithmetic import square
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.casting import cast
    from jitgraph.ops.filling import ones, zeros_like
    from jitgraph.ops.gathering import gather_nd
    from jitgraph.ops.reshaping import expand_dims
    from jitgraph.ops.shapes_of import shape as shape_of, size as size_of
    from jitgraph.ops.slicing import slice as slice_of

    places, elements, sizes, dense = op.inputs
    dims = cast(shape_of(dense), dtypes.int64)
    more = expand_dims(size_of(sizes) - size_of(dims), 0)
    scale = sizes // concat([ones(more, dtypes.int64), dims], 0)
    scaled = slice_of(places // scale, concat([[0], more], 0), [-1, -1])
    taken = gather_nd(dense, scaled)
    if is_product:
        of_elements, of_dense = grad * taken, grad * elements
    else:
        of_elements = grad / taken
        of_dense = grad * (-elements / square(taken))
    summed = sparse_dense_sum(zeros_like(dense), SparseTensor(scaled, of_dense, dims))
    return [None, of_elements, None, summed]


_PLACES = np.array([[0, 1], [2, 0], [2, 3]])
_SIZES = np.array([3, 4])


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32):
        for dims in ((3, 4), (4,), (3, 1), (1, 4), (1,)):
            values, dense = (rng.uniform(1, 9, size).astype(kind) for size in ((3,), dims))
            yield Sample((_PLACES, values, _SIZES, np.asarray(dense, kind)))
    nothing = (np.zeros((0, 2), np.int64), np.zeros(0, np.float32))
    yield Sample((*nothing, _SIZES, np.ones(4, np.float32)))


def _elementwise(name: str, function: Any, operation: str, gradient: Any) -> OpDef:
    return OpDef(
        name,
        "sp_indices: int64, sp_values: T, sp_shape: int64, dense: T -> output: T",
        _elements_shape,
        types={"T": NUMBERS},
        reference=_at_places(function),
        decompose=_decompose(operation),
        host=(2,),
        gradient=gradient,
        samples=_samples,
    )


SPARSE_DENSE_CWISE_MUL = _elementwise(
    "SparseDenseCwiseMul", np.multiply, "Mul", lambda op, grad: _scaled_gradient(op, grad, True)
)

SPARSE_DENSE_CWISE_DIV = _elementwise(
    "SparseDenseCwiseDiv", _truncated, "Div", lambda op, grad: _scaled_gradient(op, grad, False)
)

SPARSE_DENSE_CWISE_ADD = _elementwise("SparseDenseCwiseAdd", np.add, "Add", None)


def _sum_shape(q: ShapeQuery) -> list[Dims | None]:
    _require_sparse(q)
    return [q.shapes[3]]


def _require_same(sizes: Sequence[Any], dims: Sequence[Any]) -> None:
    if len(sizes) != len(dims):
        raise ValueError(
            f"Two operands have different dimensions {len(sizes)} and {len(dims)}, respectively"
        )
    for axis, (size, dim) in enumerate(zip(sizes, dims, strict=True)):
        if size != dim:
            raise ValueError(
                f"Dimension {axis} does not equal (no broadcasting is supported): sparse side "
                f"{size} vs dense side {dim}"
            )


def _sum(a_indices: Any, a_values: Any, a_shape: Any, b: Any) -> np.ndarray:
    _require_same(np.asarray(a_shape).tolist(), np.shape(b))
    result: np.ndarray = np.array(b)
    np.add.at(result, tuple(np.asarray(a_indices).T), a_values)
    return result


def _decompose_sum(b: Any, instr: Any) -> list[Any]:
    places, elements, sizes, dense = instr.inputs
    _require_same(list(b.host(sizes)), dense.type.dims)
    return [b.emit("Add", dense, scattered_sum(b, places, elements, dense.type.dims))]


def _sum_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.gathering import gather_nd

    return [None, gather_nd(grad, op.inputs[0]), None, grad]


def _sum_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32):
        for index in (np.int64, np.int32):
            values, dense = (rng.uniform(1, 9, size).astype(kind) for size in ((3,), (3, 4)))
            yield Sample((_PLACES.astype(index), values, _SIZES.astype(index), dense))


SPARSE_TENSOR_DENSE_ADD = OpDef(
    "SparseTensorDenseAdd",
    "a_indices: Tindices, a_values: T, a_shape: Tindices, b: T -> output: T",
    _sum_shape,
    types={"T": NUMBERS, "Tindices": (_INDICES, None)},
    reference=_sum,
    decompose=_decompose_sum,
    host=(2,),
    gradient=_sum_gradient,
    samples=_sum_samples,
)


def sparse_dense_sum(dense: Any, sparse: SparseTensor) -> Tensor:
    """The sum of a dense and a SparseTensor of one shape, dense."""
    inputs = [sparse.indices, sparse.values, sparse.dense_shape, dense]
    total: Tensor = apply(SPARSE_TENSOR_DENSE_ADD, inputs)
    return total
