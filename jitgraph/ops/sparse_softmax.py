"""sparse_softmax: softmax along the last axis of the elements that are given.

In: a SparseTensor. Out: a SparseTensor of the same places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, product, require_rank
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery
from jitgraph.ops.sparse_dense_elementwise import SPARSE_DENSE_CWISE_ADD
from jitgraph.ops.sparse_places import flat_numbers, row_major_steps
from jitgraph.ops.sparse_tensor import SparseTensor, parts_of


def _elements_shape(q: ShapeQuery) -> list[Dims | None]:
    for dims, rank in zip(q.shapes, (2, 1, 1), strict=True):
        require_rank(dims, rank)
    return [q.shapes[1]]


def _require_matrix(sizes: Sequence[Any]) -> None:
    if len(sizes) < 2:
        shape = " ".join(map(str, sizes))
        raise ValueError(f"Input should have rank >= 2, but received shape: {shape}")


def _softmax(sp_indices: Any, sp_values: Any, sp_shape: Any) -> np.ndarray:
    sizes = np.asarray(sp_shape).tolist()
    _require_matrix(sizes)
    places = tuple(np.asarray(sp_indices)[:, :-1].T)
    largest = np.full(sizes[:-1], -np.inf, sp_values.dtype)
    np.maximum.at(largest, places, sp_values)
    powers = np.exp(sp_values - largest[places])
    total = np.zeros(sizes[:-1], sp_values.dtype)
    np.add.at(total, places, powers)
    result: np.ndarray = powers / total[places]
    return result


def _decompose(b: Any, instr: Any) -> list[Any]:
    places, elements, shape = instr.inputs
    sizes = list(b.host(shape))
    _require_matrix(sizes)
    is_counted = [True] * (len(sizes) - 1) + [False]
    rows = flat_numbers(b, places, row_major_steps(sizes, is_counted))
    count = b.scalar_host(product(tuple(sizes[:-1])))
    largest = b.emit("UnsortedSegmentMax", elements, rows, count)
    zero = b.scalar_host(0)
    powers = b.emit("Exp", b.emit("Sub", elements, b.emit("GatherV2", largest, rows, zero)))
    total = b.emit("UnsortedSegmentSum", powers, rows, count)
    return [b.emit("RealDiv", powers, b.emit("GatherV2", total, rows, zero))]


def _gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.sparse_reductions import sparse_reduce_sum

    places, sizes = op.inputs[0], op.inputs[2]
    result = SparseTensor(places, op.outputs[0], sizes)
    given = SparseTensor(places, grad, sizes)
    scaled = SparseTensor(places, result.values * given.values, sizes)
    total = -sparse_reduce_sum(scaled, [-1], keepdims=True)
    summed = apply(SPARSE_DENSE_CWISE_ADD, [*parts_of(given), total])
    return [None, SparseTensor(places, summed, sizes).values * result.values, None]


def _samples(rng: np.random.Generator) -> Iterator[Sample]:
    flat, deep = np.array([[0, 1], [2, 0], [2, 3]]), np.array([[0, 0, 1], [1, 2, 0], [1, 2, 3]])
    for kind in (np.float32, np.float64):
        for places, sizes in ((flat, [3, 4]), (deep, [2, 3, 4])):
            yield Sample((places, rng.uniform(-4, 4, 3).astype(kind), np.array(sizes)))


SPARSE_SOFTMAX = OpDef(
    "SparseSoftmax",
    "sp_indices: int64, sp_values: T, sp_shape: int64 -> output: T",
    _elements_shape,
    types={"T": (dtypes.float32, dtypes.float64)},
    reference=_softmax,
    decompose=_decompose,
    host=(2,),
    gradient=_gradient,
    samples=_samples,
)


def sparse_softmax(sp_input: SparseTensor, name: str | None = None) -> SparseTensor:
    """Softmax along the last axis, of the elements that are given; others count as -infinity.

    Args:
      sp_input: a SparseTensor of floats, of rank 2 or more, in row-major order.
      name: the op's name scope.

    Example:
      >>> x = tf.SparseTensor([[0, 1], [0, 3]], [1.0, 2.0], [2, 4])
      >>> tf.sparse_softmax(x).values
      <tf.Tensor 'SparseSoftmax/SparseSoftmax:0' shape=(2,) dtype=float32>
    """
    with name_scope(name, "SparseSoftmax", [sp_input.indices, sp_input.values]):
        values = apply(SPARSE_SOFTMAX, [*parts_of(sp_input)])
        return SparseTensor(sp_input.indices, values, sp_input.dense_shape)
