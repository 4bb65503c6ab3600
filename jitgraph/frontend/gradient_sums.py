"""Adds up the gradients that reach one tensor from several sides.

In: for each output of an operation the list of gradients its consumers sent. Out: one Tensor,
IndexedSlices or None for each, by the ops that TensorFlow 1.15 makes for it.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Operation, Tensor, get_default_graph, name_scope
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.shapes import TensorShape


class AggregationMethod:
    """How the gradients that reach one tensor are added up.

    ADD_N (the default) makes one AddN; EXPERIMENTAL_TREE adds them pair by pair;
    EXPERIMENTAL_ACCUMULATE_N uses AccumulateNV2 where the shape is known.
    """

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


_METHODS = (
    AggregationMethod.ADD_N,
    AggregationMethod.EXPERIMENTAL_TREE,
    AggregationMethod.EXPERIMENTAL_ACCUMULATE_N,
)


def checked_method(method: int | None) -> int:
    """The method, ADD_N if None.

    Raises:
      ValueError: there is no such method.
    """
    if method is None:
        return AggregationMethod.DEFAULT
    if method not in _METHODS:
        raise ValueError(f"Invalid aggregation_method specified {method}.")
    return method


def summed(op: Operation, grads: list[Any], method: int) -> Any:
    """The sum of the gradients of one output of `op`; None if there is none.

    Raises:
      TypeError: one of them is neither Tensor nor IndexedSlices.
    """
    if not all(isinstance(grad, (Tensor, IndexedSlices)) for grad in grads):
        raise TypeError("gradients have to be either all Tensors or all IndexedSlices")
    if len(grads) < 2:
        return grads[0] if grads else None
    if not all(isinstance(grad, Tensor) for grad in grads):
        return summed_slices(grads)
    if method == AggregationMethod.ADD_N:
        return _added_by_device(grads)
    if method == AggregationMethod.EXPERIMENTAL_ACCUMULATE_N and _is_accumulable(grads):
        from jitgraph.ops.elementwise_sums import accumulate_n

        return accumulate_n(grads)
    return _added_in_pairs(op, grads)


def _is_accumulable(grads: list[Tensor]) -> bool:
    shape = TensorShape(None)
    for grad in grads:
        shape = shape.merge_with(grad.get_shape())
    return len(grads) > 2 and shape.is_fully_defined()


def _added_in_pairs(op: Operation, grads: list[Tensor]) -> Tensor:
    from jitgraph.ops.elementwise_sums import add_n

    with name_scope(f"{op.name}_gradient_sum"):
        total = grads[0]
        for grad in grads[1:]:
            total = add_n([total, grad])
        return total


def _added_by_device(grads: list[Tensor]) -> Tensor:
    """The sums of the gradients on each device, added."""
    from jitgraph.ops.elementwise_sums import add_n

    places: dict[str, list[Tensor]] = {}
    for grad in grads:
        places.setdefault(grad.device or "", []).append(grad)
    sums = []
    for place in sorted(places):
        members = places[place]
        with get_default_graph().colocate_with(members[0].op, ignore_existing=True):
            sums.append(add_n(members))
    return add_n(sums)


def summed_slices(grads: list[Any]) -> Any:
    """The sum of gradients of which at least one is IndexedSlices.

    Returns:
      A dense Tensor if one of them is dense; else IndexedSlices with all their rows.
    """
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.elementwise_sums import add_n

    if any(isinstance(grad, Tensor) for grad in grads):
        return add_n(grads)
    flat = [_flattened(grad) for grad in _with_equal_indices(grads)]
    values = concat([grad.values for grad in flat], axis=0)
    indices = concat([grad.indices for grad in flat], axis=0)
    return IndexedSlices(values, indices, flat[0].dense_shape)


def _with_equal_indices(grads: list[IndexedSlices]) -> list[IndexedSlices]:
    if len({grad.indices.dtype for grad in grads}) == 1:
        return grads
    return [_with_long_indices(grad) for grad in grads]


def _with_long_indices(grad: IndexedSlices) -> IndexedSlices:
    from jitgraph.ops.casting import cast

    if grad.indices.dtype == dtypes.int64:
        return grad
    return IndexedSlices(grad.values, cast(grad.indices, dtypes.int64), grad.dense_shape)


def _flattened(grad: IndexedSlices) -> IndexedSlices:
    """Rows of rows as rows of the largest tensor."""
    from jitgraph.ops.gathering import gather

    if isinstance(grad.values, Tensor):
        return grad
    inner = _flattened(grad.values)
    return IndexedSlices(inner.values, gather(grad.indices, inner.indices), inner.dense_shape)
