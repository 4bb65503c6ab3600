"""Finds the Unique ops that only serve to update rows of variables: trace need not run them ahead.

An optimizer merges the rows of a sparse gradient that belong to one row of a variable:

    y, idx = Unique(indices)                            a size that depends on data
    sums = UnsortedSegmentSum(rows, idx, Shape(y)[0])
    SparseApplyMomentum(var, .., sums, y)               or ScatterAdd(var, y, sums * number)

With the places of first occurrence for `idx` and `indices` themselves for `y` all sizes are known:
the first of equal indices has their sum and the others zero, which ScatterAdd adds without harm;
for SparseApply each takes the sum of the first, so that equal rows are written several times.

In: ops in order, fetches, feeds. Out: those Unique ops of which nothing else makes use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Operation, Tensor

_KEEP_ZEROS = ("Cast", "Identity", "Mul", "Neg", "Square")
"""Ops of one row each that make zeros of zeros; of several inputs all but one are scalars."""

_ADDING = ("ScatterAdd", "ScatterSub")
_APPLYING = "SparseApply"

Users = Mapping[Tensor, Sequence[tuple[Operation, int]]]


def unmerged_rows(
    ordered: Sequence[Operation], fetches: Sequence[Any], fed: Collection[Tensor]
) -> frozenset[Operation]:
    """The Unique ops among `ordered` whose outputs only serve updates of rows."""
    merging = [op for op in ordered if op.type == "Unique"]
    if not merging:
        return frozenset()
    users = _users(ordered)
    kept = {*fetches, *fed}
    return frozenset(op for op in merging if _serves_rows(op, users, kept))


def gradient_place(op: Operation, unmerged: Mapping[Tensor, Any]) -> tuple[int, Any] | None:
    """For a SparseApply of unmerged indices the place of its gradient, and what is known of the
    indices."""
    if not unmerged or not op.type.startswith(_APPLYING):
        return None
    indices = op._inputs[_index_of(op, "indices")]
    return (_index_of(op, "grad"), unmerged[indices]) if indices in unmerged else None


def _users(ordered: Iterable[Operation]) -> Users:
    users: dict[Tensor, list[tuple[Operation, int]]] = {}
    for op in ordered:
        for index, tensor in enumerate(op._inputs):
            users.setdefault(tensor, []).append((op, index))
    return users


def _index_of(op: Operation, argument: str) -> int:
    definition: Any = op.definition
    return [arg.name for arg in definition.inputs].index(argument)


def _serves_rows(op: Operation, users: Users, kept: Collection[Any]) -> bool:
    unique, positions = op._outputs
    given = op._inputs[0]
    if unique in kept or positions in kept or positions.dtype != dtypes.int32:
        return False
    if given.dtype.base_dtype not in (dtypes.int32, dtypes.int64):
        return False
    sums = [user for user, index in users.get(positions, ()) if index == 1]
    if len(sums) != len(users.get(positions, ())):
        return False
    return (
        all(_is_sum(each) for each in sums)
        and all(
            _counts(user, index, sums, users, kept) or _is_update(user, index)
            for user, index in users.get(unique, ())
        )
        and all(_reaches_updates(each._outputs[0], unique, users, kept) for each in sums)
    )


def _is_sum(op: Operation) -> bool:
    return op.type == "UnsortedSegmentSum"


def _is_update(op: Operation, index: int) -> bool:
    """Whether input `index` of an op names the rows that it updates."""
    if op.type in _ADDING:
        return index == 1
    return op.type.startswith(_APPLYING) and index == _index_of(op, "indices")


def _counts(
    op: Operation, index: int, sums: Sequence[Operation], users: Users, kept: Collection[Any]
) -> bool:
    """Whether an op begins Shape(y)[0], the number of sums, and nothing else."""
    if op.type == "UnsortedSegmentSum":
        return index == 2 and op in sums
    if op.type not in ("Shape", "StridedSlice") or index != 0 or op._outputs[0] in kept:
        return False
    return all(_counts(*user, sums, users, kept) for user in users.get(op._outputs[0], ()))


def _reaches_updates(tensor: Tensor, unique: Tensor, users: Users, kept: Collection[Any]) -> bool:
    """Whether rows that may be zeros only get into updates of the rows named by `unique`."""
    if tensor in kept:
        return False
    return all(_is_harmless(*user, unique, users, kept) for user in users.get(tensor, ()))


def _is_harmless(
    op: Operation, index: int, unique: Tensor, users: Users, kept: Collection[Any]
) -> bool:
    if op.type in _ADDING:
        return index == 2 and op._inputs[1] is unique
    if op.type.startswith(_APPLYING):
        names = op._inputs[_index_of(op, "indices")]
        return index == _index_of(op, "grad") and names is unique
    if op.type not in _KEEP_ZEROS:
        return False
    given = op._inputs[index]
    others = [each for each in op._inputs if each is not given]
    if any(each._dims != () for each in others):
        return False
    return _reaches_updates(op._outputs[0], unique, users, kept)
