"""Two sparse tensors of one shape: added, or the larger or smaller of each pair of elements.

In: two SparseTensors. Out: a SparseTensor with a place wherever one of them has one. The ops count
their elements as they run, on the host.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, chosen_argument, require_rank
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import NUMBERS, REALS, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.ops.shape_arithmetic import broadcast_static_shape
from jitgraph.ops.sparse_dense_elementwise import sparse_dense_sum
from jitgraph.ops.sparse_tensor import SparseTensor, SparseTensorValue, as_sparse, parts_of


def _require_pair(q: ShapeQuery) -> None:
    for dims, rank in zip(q.shapes[:6], (2, 1, 1, 2, 1, 1), strict=True):
        require_rank(dims, rank)


def _added_shape(q: ShapeQuery) -> list[Dims | None]:
    _require_pair(q)
    sizes = q.shapes[2]
    return [(None, None if sizes is None else sizes[0]), (None,), sizes]


def _require_same_shape(a_shape: Any, b_shape: Any) -> None:
    left, right = (np.asarray(each).tolist() for each in (a_shape, b_shape))
    if len(left) != len(right):
        raise ValueError(
            f"Ranks of input tensors must match, but saw ranks: {len(left)} and {len(right)}"
        )
    if left != right:
        axis = next(k for k, size in enumerate(left) if size != right[k])
        raise ValueError(
            f"Input shapes must match: got {left[axis]} and {right[axis]} for dimension {axis}"
        )


def _united(a_indices: Any, b_indices: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All places in order, and where those of each are among them."""
    together = np.concatenate([a_indices, b_indices])
    places, where = np.unique(together, axis=0, return_inverse=True)
    where = where.reshape(-1)
    return places, where[: len(a_indices)], where[len(a_indices) :]


def _among(numbers: np.ndarray, total: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.isin(np.arange(len(total)), numbers)
    return found


def _added(
    a_indices: Any, a_values: Any, a_shape: Any, b_indices: Any, b_values: Any, b_shape: Any,
    thresh: Any,
) -> tuple[Any, Any, Any]:  # fmt: skip
    _require_same_shape(a_shape, b_shape)
    places, of_a, of_b = _united(a_indices, b_indices)
    total = np.zeros(len(places), a_values.dtype)
    total[of_a] += a_values
    total[of_b] += b_values
    is_kept = (np.abs(total) >= thresh) | ~(_among(of_a, total) & _among(of_b, total))
    return places[is_kept], total[is_kept], a_shape


def _added_gradient(op: Any, *grads: Any) -> list[Any]:
    inputs = [grads[1], op.inputs[0], op.inputs[3], op.outputs[0]]
    of_a, of_b = apply(SPARSE_ADD_GRAD, inputs)
    of_a.set_shape(op.inputs[1].shape)
    of_b.set_shape(op.inputs[4].shape)
    return [None, of_a, None, None, of_b, None, None]


_LEFT = np.array([[0, 1], [2, 0], [2, 3]])
_RIGHT = np.array([[0, 0], [0, 1], [2, 3], [3, 3]])
_SIZES = np.array([4, 4])


def _pair(rng: np.random.Generator, kind: Any) -> tuple[Any, ...]:
    left, right = (rng.uniform(-5, 5, count).astype(kind) for count in (3, 4))
    return _LEFT, left, _SIZES, _RIGHT, right, _SIZES


def _added_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32):
        for thresh in (0, 2):
            yield Sample((*_pair(rng, kind), np.array(thresh, kind)))


SPARSE_ADD = OpDef(
    "SparseAdd",
    "a_indices: int64, a_values: T, a_shape: int64, b_indices: int64, b_values: T, b_shape: int64, "
    "thresh: Treal -> sum_indices: int64, sum_values: T, sum_shape: int64",
    _added_shape,
    types={"T": NUMBERS, "Treal": REALS},
    reference=_added,
    gradient=_added_gradient,
    samples=_added_samples,
)


def _added_grad_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 1)
    for dims in q.shapes[1:]:
        require_rank(dims, 2)
    left, right = q.shapes[1:3]
    return [(None if dims is None else dims[0],) for dims in (left, right)]


def _added_grad(
    backprop_val_grad: Any, a_indices: Any, b_indices: Any, sum_indices: Any
) -> tuple[np.ndarray, np.ndarray]:
    """The gradient of each element that is still there in the sum; others have none."""
    number = {place: at for at, place in enumerate(map(tuple, np.asarray(sum_indices).tolist()))}
    found = []
    for indices in (a_indices, b_indices):
        at = [number.get(tuple(place), -1) for place in np.asarray(indices).tolist()]
        padded = np.append(backprop_val_grad, np.zeros(1, backprop_val_grad.dtype))
        found.append(padded[np.array(at, np.int64)])
    return found[0], found[1]


def _added_grad_samples(rng: np.random.Generator) -> Iterator[Sample]:
    together = np.unique(np.concatenate([_LEFT, _RIGHT]), axis=0)
    for kind in (np.float32, np.float64):
        for places in (together, together[1:3]):
            yield Sample((rng.uniform(1, 9, len(places)).astype(kind), _LEFT, _RIGHT, places))


SPARSE_ADD_GRAD = OpDef(
    "SparseAddGrad",
    "backprop_val_grad: T, a_indices: int64, b_indices: int64, sum_indices: int64 -> "
    "a_val_grad: T, b_val_grad: T",
    _added_grad_shape,
    types={"T": NUMBERS},
    reference=_added_grad,
    gradient=no_gradient,
    samples=_added_grad_samples,
)


def _chosen_shape(q: ShapeQuery) -> list[Dims | None]:
    _require_pair(q)
    return [(None, None), (None,)]


def _chosen(function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def reference(
        a_indices: Any, a_values: Any, a_shape: Any, b_indices: Any, b_values: Any, b_shape: Any
    ) -> tuple[Any, Any]:
        _require_same_shape(a_shape, b_shape)
        places, of_a, of_b = _united(a_indices, b_indices)
        left, right = np.zeros((2, len(places)), a_values.dtype)
        left[of_a], right[of_b] = a_values, b_values
        return places, function(left, right)

    return reference


def _chosen_samples(rng: np.random.Generator) -> Iterator[Sample]:
    for kind in (np.float32, np.float64, np.int32):
        yield Sample(_pair(rng, kind))


def _extreme(kind: str, function: Any, types: Any) -> OpDef:
    return OpDef(
        f"SparseSparse{kind}",
        "a_indices: int64, a_values: T, a_shape: int64, b_indices: int64, b_values: T, "
        "b_shape: int64 -> output_indices: int64, output_values: T",
        _chosen_shape,
        types={"T": types},
        reference=_chosen(function),
        samples=_chosen_samples,
    )


SPARSE_SPARSE_MAXIMUM = _extreme("Maximum", np.maximum, REALS)
SPARSE_SPARSE_MINIMUM = _extreme("Minimum", np.minimum, NUMBERS)


def sparse_add(a: Any, b: Any, threshold: Any = None, thresh: Any = None) -> Any:
    """The sum of two tensors of which at least one is sparse.

    Args:
      a, b: SparseTensors, or a SparseTensor and a tensor, in either order, of one shape.
      threshold: of two sparse ones, elements of both whose sum is closer to 0 have no place; all
        stay when None.
      thresh: the former name of `threshold`.

    Returns:
      A SparseTensor if both are; a tensor otherwise.

    Raises:
      TypeError: neither is sparse.
      ValueError: it is known that the shapes differ.

    Example:
      >>> a = tf.SparseTensor([[0, 1]], [1.0], [2, 2])
      >>> tf.sparse_add(a, [[1.0, 2.0], [3.0, 4.0]])
      <tf.Tensor 'SparseTensorDenseAdd:0' shape=(2, 2) dtype=float32>
    """
    threshold = chosen_argument("threshold", threshold, "thresh", thresh)
    is_sparse = [isinstance(each, (SparseTensor, SparseTensorValue)) for each in (a, b)]
    if not any(is_sparse):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if not all(is_sparse):
        return (
            sparse_dense_sum(b, as_sparse(a)) if is_sparse[0] else sparse_dense_sum(a, as_sparse(b))
        )
    a, b = as_sparse(a), as_sparse(b)
    real = a.values.dtype.real_dtype.base_dtype
    least = convert_to_tensor(0 if threshold is None else threshold, dtype=real, name="threshold")
    places, values, sizes = apply(SPARSE_ADD, [*parts_of(a), *parts_of(b), least])
    left, right = a.get_shape(), b.get_shape()
    left.assert_is_compatible_with(right)
    known = broadcast_static_shape(left, right)
    return SparseTensor(places, values, known.as_list() if known.is_fully_defined() else sizes)


def sparse_maximum(sp_a: SparseTensor, sp_b: SparseTensor, name: str | None = None) -> SparseTensor:
    """The larger of each pair of elements; one that isn't given counts as 0.

    Args:
      sp_a, sp_b: SparseTensors of real numbers, of one shape, in row-major order.
      name: the op's name.

    Example:
      >>> a = tf.SparseTensor([[0]], [-1.0], [7])
      >>> tf.sparse_maximum(a, a).dtype
      tf.float32
    """
    return _extreme_of(SPARSE_SPARSE_MAXIMUM, sp_a, sp_b, name)


def sparse_minimum(sp_a: SparseTensor, sp_b: SparseTensor, name: str | None = None) -> SparseTensor:
    """The smaller of each pair of elements; one that isn't given counts as 0.

    Args:
      sp_a, sp_b: SparseTensors of real numbers, of one shape, in row-major order.
      name: the op's name.

    Example:
      >>> a = tf.SparseTensor([[0]], [-1.0], [7])
      >>> tf.sparse_minimum(a, a).dtype
      tf.float32
    """
    return _extreme_of(SPARSE_SPARSE_MINIMUM, sp_a, sp_b, name)


def _extreme_of(
    definition: OpDef, sp_a: SparseTensor, sp_b: SparseTensor, name: str | None
) -> SparseTensor:
    given: list[Tensor] = [sp_a.indices, sp_a.values, sp_b.indices, sp_b.values]
    with name_scope(name, definition.name, given) as scope:
        inputs = [*parts_of(sp_a), *parts_of(sp_b)]
        places, values = apply(definition, inputs, name=scope)
    return SparseTensor(places, values, sp_a.dense_shape)
