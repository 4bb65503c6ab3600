"""What tracing may find out that it needs before it can go on: a run is then done in parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jitgraph.graph import Operation, Tensor


@dataclass(frozen=True, eq=False)
class Progress:
    """How far tracing came.

    Attributes:
      finished: the operations that are done.
      aliases: tensors that are other names of variables, and of which.
      chosen: the predicates whose values are known, as later parts must know them.
    """

    finished: frozenset[Operation] = frozenset()
    aliases: Mapping[Tensor, Operation] = field(default_factory=dict)
    chosen: frozenset[Tensor] = frozenset()


class Need(Exception):
    """Something must run before the rest can be compiled; `always`: also with other feeds and
    variables; `progress`: what can be compiled at once."""

    always = True
    progress = Progress()


class NeedsValue(Need):
    """A shape, axis or predicate depends on data: `tensor` must be computed first."""

    def __init__(self, tensor: Tensor) -> None:
        super().__init__(tensor.name)
        self.tensor = tensor


class NeedsTrips(NeedsValue):
    """How often a loop goes round must be counted first.

    Args:
      trips: stands for the number.
      inputs: what counting is given; nothing else has to be done before it.
    """

    def __init__(self, trips: Any, inputs: tuple[Tensor, ...]) -> None:
        super().__init__(trips)
        self.inputs = inputs


class NeedsRun(Need):
    """The size of what `op` makes depends on data: it must run first."""

    def __init__(self, op: Operation) -> None:
        super().__init__(op.name)
        self.op = op


class NeedsLoop(Need):
    """A loop whose sizes change from iteration to iteration must run first, driven in Python:
    `node` is its LoopNode."""

    def __init__(self, node: Any) -> None:
        super().__init__(node.name)
        self.node = node
