"""Parts: what of a run is compiled as one program, where sizes become known on the way.

In: all operations of the run, and what the parts before have made. Out: what tracing goes by. A
part ends where a size, a predicate or a loop's iteration must be known; what it made and later
parts use is fed to them, so that nothing is computed twice. Variables are written by the last part
alone: until then their new contents are handed on like tensors.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Operation, Tensor
from jitgraph.ir.array_keys import ArrayKey
from jitgraph.ir.flow import Flow
from jitgraph.ops.philox import STATE_SIZE


class Contents:
    """Stands among fed tensors for a variable's contents, or for the state of a random op's
    generator, that a part before has made."""

    _index = 0
    dtype: DType
    _dims: Any

    def __init__(self, op: Any) -> None:
        if isinstance(op, ArrayKey):
            self.op = self._op = op
            self.name, self.dtype, self._dims = op.name, op.dtype, None
            return
        definition: Any = op.definition
        is_generator = definition.draw is not None
        self.op = self._op = op
        self.name = op.name
        self.dtype = dtypes.int64 if is_generator else op.outputs[0].dtype.base_dtype
        self._dims = (STATE_SIZE,) if is_generator else op.outputs[0]._dims


class Trips:
    """Stands among fed tensors for how often a loop goes round, which a part before has counted.

    Args:
      op: the loop's LoopCond.
    """

    _index = 0
    dtype: DType = dtypes.int64
    _dims: tuple[int, ...] = ()

    def __init__(self, op: Operation) -> None:
        self.op = self._op = op
        self.name = f"{op.name}.trips"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Trips) and other.op is self.op

    def __hash__(self) -> int:
        return hash((Trips, self.op))


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a run.

    Attributes:
      ordered: all operations of the run, in order.
      wanted: the tensors that the whole run is to give.
      fed: the tensors that the whole run is given.
      flow: how the operations hang together in branches and loops.
      finished: what the parts before have done.
      aliases: tensors that are other names of variables.
      chosen: predicates for whose values it is made.
      until: what this part is to do, None for all that is left.
      returned: the tensors it gives.
      is_last: whether it writes variables; else it gives their contents behind the tensors.
      loop: for the inside of a loop its context.
      uneven: stacks whose elements differ in shape: they are kept as lists between parts.
    """

    ordered: tuple[Operation, ...]
    wanted: tuple[Tensor, ...]
    fed: frozenset[Tensor]
    flow: Flow
    finished: frozenset[Operation] = frozenset()
    aliases: Mapping[Tensor, Operation] = field(default_factory=dict)
    chosen: frozenset[Tensor] = frozenset()
    until: frozenset[Operation] | None = None
    returned: tuple[Tensor, ...] = ()
    is_last: bool = True
    loop: Any = None
    uneven: frozenset[Any] = frozenset()

    def is_due(self, op: Operation) -> bool:
        """Whether this part is to do an operation."""
        if op in self.finished:
            return False
        return self.until is None or op in self.until


def handed_on(
    ordered: Sequence[Operation],
    wanted: Sequence[Tensor],
    finished: frozenset[Operation],
    given_to_run: Collection[Tensor] = (),
) -> list[Tensor]:
    """The tensors that finished operations have made, or that the run was given, and that others
    need."""
    used = [t for op in ordered if op not in finished for t in op._inputs]
    given = [t for t in (*used, *wanted) if t._op in finished or t in given_to_run]
    given = [t for t in given if not stands_for_held(t)]
    return list(dict.fromkeys(root for tensor in given for root in _names(tensor)))


def stands_for_held(tensor: Tensor) -> bool:
    """Whether a tensor has no value: it stands for what the session keeps."""
    return tensor._dtype.base_dtype is dtypes.resource and holder_of(tensor)._definition.holds


def holder_of(tensor: Tensor) -> Operation:
    """The operation whose output a tensor is, in whatever branch or loop."""
    op = tensor._op
    while _hands_on(op):
        op = op._inputs[0]._op
    return op


def _hands_on(op: Operation) -> bool:
    definition: Any = op._definition
    return definition.control in ("switch", "enter") or definition.view == "identity"


def _names(tensor: Tensor) -> list[Tensor]:
    """A tensor, and a predicate's other names: that which branches ask for is the first."""
    found = [tensor]
    while tensor.dtype.base_dtype.is_bool and tensor._op._definition.view == "identity":
        tensor = tensor._op._inputs[0]
        found.append(tensor)
    return found
