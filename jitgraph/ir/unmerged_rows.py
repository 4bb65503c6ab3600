"""Finds the Unique ops that only serve to update rows of variables: trace need not run them ahead.

An optimizer merges the rows of a sparse gradient that belong to one row of a variable:

    y, idx = Unique(indices)                            a size that depends on data
    sums = UnsortedSegmentSum(rows, idx, Shape(y)[0])
    SparseApplyMomentum(var, .., sums, y)               or ScatterAdd(var, y, sums * number)

All sizes are known when `indices` stand for `y`, and each of equal indices has the sum of all of
them: what is computed for each row from that and from rows of variables is then equal, too, and
may be written several times.

In: ops in order, fetches, feeds. Out: those Unique ops, the sums and the writes that follow.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Operation, Tensor

COMBINED = {"ScatterAdd": "AddV2", "ScatterSub": "Sub"}
"""Writes that would count a row twice: the op that combines old and new rows first."""

_REPLACING = "ScatterUpdate"
_APPLYING = "SparseApply"

Users = Mapping[Tensor, Sequence[tuple[Operation, int]]]


@dataclass(frozen=True)
class Unmerged:
    """What keeps its rows unmerged.

    Attributes:
      unique: the Unique ops.
      sums: the sums of their rows, of which each has a place for every index.
      combining: the ops in COMBINED by their indices.
    """

    unique: frozenset[Operation] = frozenset()
    sums: frozenset[Operation] = frozenset()
    combining: frozenset[Operation] = frozenset()


def unmerged_rows(
    ordered: Sequence[Operation], fetches: Sequence[Any], fed: Collection[Tensor]
) -> Unmerged:
    """The Unique ops among `ordered` whose outputs only serve updates of rows, and what follows."""
    merging = [op for op in ordered if op.type == "Unique"]
    if not merging:
        return Unmerged()
    users, kept = _users(ordered), {*fetches, *fed}
    found = [rows for rows in (_Rows(op, users, kept) for op in merging) if rows.serve_updates()]
    return Unmerged(
        frozenset(rows.op for rows in found),
        frozenset(op for rows in found for op in rows.sums),
        frozenset(op for rows in found for op in rows.writes if op.type in COMBINED),
    )


def _users(ordered: Iterable[Operation]) -> Users:
    users: dict[Tensor, list[tuple[Operation, int]]] = {}
    for op in ordered:
        for index, tensor in enumerate(op._inputs):
            users.setdefault(tensor, []).append((op, index))
    return users


@dataclass
class _Rows:
    """The rows that belong to one Unique.

    Attributes:
      op: the Unique.
      users: who uses each tensor; kept: what is fetched or fed.
      sums: the segment sums over its positions.
      writes: the ops that write rows which it names.
      aligned: tensors with one row for each of its indices.
    """

    op: Operation
    users: Users
    kept: Collection[Any]
    sums: list[Operation] = field(default_factory=list)
    writes: list[Operation] = field(default_factory=list)
    aligned: set[Tensor] = field(default_factory=set)

    def serve_updates(self) -> bool:
        """Whether nothing is made of its outputs but updates of rows."""
        unique, positions = self.op._outputs
        if unique in self.kept or positions in self.kept or positions.dtype != dtypes.int32:
            return False
        if self.op._inputs[0].dtype.base_dtype not in (dtypes.int32, dtypes.int64):
            return False
        of_positions = self._of(positions)
        self.sums = [user for user, _ in of_positions if user.type == "UnsortedSegmentSum"]
        if any(user not in self.sums or index != 1 for user, index in of_positions):
            return False
        self._align([each._outputs[0] for each in self.sums])
        self._align([u._outputs[0] for u, i in self._of(unique) if self._picks(u, i)])
        return all(self._is_expected(*user) for user in self._of(unique)) and all(
            tensor not in self.kept and all(self._is_harmless(*user) for user in self._of(tensor))
            for tensor in self.aligned
        )

    def _of(self, tensor: Tensor) -> Sequence[tuple[Operation, int]]:
        return self.users.get(tensor, ())

    def _align(self, pending: list[Tensor]) -> None:
        """Notes tensors with a row for each index, and what is computed of them row by row."""
        while pending:
            tensor = pending.pop()
            if tensor not in self.aligned:
                self.aligned.add(tensor)
                pending += [
                    user._outputs[0] for user, _ in self._of(tensor) if _is_by_element(user)
                ]

    def _picks(self, op: Operation, index: int) -> bool:
        """Whether an op takes the rows named by its input `index`."""
        return op.type == "GatherV2" and index == 1 and not op._attrs.get("batch_dims")

    def _is_expected(self, op: Operation, index: int) -> bool:
        """Whether a user of the indices counts, picks or writes rows."""
        if self._picks(op, index):
            return _is_zero(op._inputs[2])
        if _is_write(op) and index == _place_of(op, "indices"):
            self.writes.append(op)
            return True
        return self._counts(op, index)

    def _counts(self, op: Operation, index: int) -> bool:
        """Whether an op begins Shape(y)[0], the number of sums, and nothing else."""
        if op.type == "UnsortedSegmentSum":
            return index == 2 and op in self.sums
        if op.type not in ("Shape", "StridedSlice") or index != 0:
            return False
        made = op._outputs[0]
        return made not in self.kept and all(self._counts(*user) for user in self._of(made))

    def _is_harmless(self, op: Operation, index: int) -> bool:
        """Whether a user of aligned rows treats each alike, or writes them where they belong."""
        if _is_write(op):
            place = _place_of(op, "updates" if op.type.startswith("Scatter") else "grad")
            names = op._inputs[_place_of(op, "indices")]
            return index == place and names is self.op._outputs[0]
        if not _is_by_element(op):
            return False
        dims = op._inputs[index]._dims
        rank = 1 if dims is None else len(dims)
        return all(
            tensor in self.aligned or (tensor._dims is not None and len(tensor._dims) < rank)
            for tensor in op._inputs
        )


def _is_write(op: Operation) -> bool:
    return op.type in COMBINED or op.type == _REPLACING or op.type.startswith(_APPLYING)


def _is_by_element(op: Operation) -> bool:
    definition: Any = op.definition
    is_same = definition is not None and definition.view == "identity"
    return is_same or (
        definition is not None and definition.scalar is not None and len(op._outputs) == 1
    )


def _is_zero(axis: Tensor) -> bool:
    value = axis._op._attrs.get("value") if axis._op.type == "Const" else None
    return value is not None and not value.any()


def _place_of(op: Operation, argument: str) -> int:
    definition: Any = op.definition
    return [arg.name for arg in definition.inputs].index(argument)
