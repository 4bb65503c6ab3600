"""Under which conditions each op of a graph runs: the paths of the branches around it.

In: ops in order. Out: for each op the choices that must have been made for it to run, told by the
data alone, as TensorFlow's executor does: an op runs where all its inputs are there, a Switch
gives one of two outputs, a Merge passes on what is there. So the ops of a gradient, which belong
to no branch's context, have paths as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from jitgraph import errors
from jitgraph.graph import Operation, Tensor
from jitgraph.ir.flow_nodes import Node, goes_back


class Choice(NamedTuple):
    """A predicate and the value it has."""

    pred: Tensor
    value: bool


Path = tuple[Choice, ...]
"""Choices, the outermost first."""


class Join(NamedTuple):
    """A Merge of what two branches make. Without a predicate only one input can ever be there,
    and `true` and `false` are the same."""

    pred: Tensor | None
    true: Tensor
    false: Tensor


class FlowPaths:
    """The paths of ops.

    Attributes:
      of: for each op its path; None where its inputs are never all there.
      joins: for each Merge what it joins.
    """

    def __init__(
        self,
        nodes: Iterable[Node],
        fed: Collection[Tensor],
        node_of: Mapping[Operation, Node] = MappingProxyType({}),
    ) -> None:
        self.fed = fed
        self.node_of = node_of
        self.of: dict[Node, Path | None] = {}
        self.joins: dict[Operation, Join] = {}
        for node in nodes:
            self.of[node] = self._joined(node) if is_join(node) else self._path(node)

    def of_tensor(self, tensor: Tensor) -> Path | None:
        """The path under which a tensor is there."""
        if tensor in self.fed:
            return ()
        op = tensor._op
        path = self.of.get(self.node_of.get(op, op), ())
        if path is None or not is_choice(op):
            return path
        return together(path, (self._choice(op._inputs[1], tensor._index == 1),))

    def _choice(self, pred: Tensor, value: bool) -> Choice:
        """The choice that a predicate has a value. Whether a Merge took its input number so and so,
        which gradients of gradients ask, is the choice that it was made for."""
        root = self.root(pred)
        op = root._op
        if root in self.fed or op._type != "Equal" or control_of(op._inputs[0]._op) != "merge":
            return Choice(root, value)
        merge, number = op._inputs[0]._op, op._inputs[1]._op._attrs.get("value")
        join = self.joins.get(merge)
        if join is None or join.pred is None or number is None or op._inputs[0]._index != 1:
            return Choice(root, value)
        is_true = merge._inputs[int(number)] is join.true
        return Choice(join.pred, value == is_true)

    def root(self, pred: Tensor) -> Tensor:
        """The tensor that a predicate is another name of."""
        while pred not in self.fed and _passes_on(pred._op):
            pred = pred._op._inputs[0]
        return pred

    def _path(self, node: Node) -> Path | None:
        path: Path | None = ()
        if control_of(node) == "merge":
            return path
        for tensor in node._inputs:
            path = together(path, self.of_tensor(tensor))
        for before in node._control_inputs:
            path = together(path, self.of.get(self.node_of.get(before, before), ()))
        return path

    def _joined(self, op: Operation) -> Path | None:
        there = [t for t in op._inputs if self.of_tensor(t) is not None]
        if len(there) < 2 or all(tensor is there[0] for tensor in there):
            if not there:
                return None
            self.joins[op] = Join(None, there[0], there[0])
            return self.of_tensor(there[0])
        if len(there) > 2:
            raise _not_joined(op)
        first, second = (self.of_tensor(tensor) for tensor in there)
        assert first is not None
        assert second is not None
        for choice in first:
            opposite = Choice(choice.pred, not choice.value)
            if opposite in second:
                rest = _without(first, choice), _without(second, opposite)
                if set(rest[0]) != set(rest[1]):
                    raise _not_joined(op)
                true, false = there if choice.value else reversed(there)
                self.joins[op] = Join(choice.pred, true, false)
                return rest[0]
        raise _not_joined(op)


def control_of(node: Node) -> str | None:
    """What an op does in a branch or loop; "loop" for a whole loop, None for one that computes."""
    definition: Any = node.definition
    found: str | None = "loop" if definition is None else definition.control
    return found


def is_join(node: Node) -> bool:
    """Whether it merges what branches make, not what goes round in a loop."""
    return control_of(node) == "merge" and not any(goes_back(t._op) for t in node._inputs)


def is_choice(op: Operation) -> bool:
    """Whether it is the Switch of a branch, not that of a loop."""
    return control_of(op) == "switch" and op._inputs[1]._op._type != "LoopCond"


def together(first: Path | None, second: Path | None) -> Path | None:
    """All choices of both; None where they contradict each other."""
    if first is None or second is None:
        return None
    if second == first[: len(second)]:
        return first
    more = tuple(choice for choice in second if choice not in first)
    if any(Choice(choice.pred, not choice.value) in first for choice in more):
        return None
    if first == second[: len(first)]:
        return second
    return (*first, *more)


def _without(path: Path, dropped: Choice) -> Path:
    return tuple(choice for choice in path if choice != dropped)


def _passes_on(op: Operation) -> bool:
    definition: Any = op.definition
    return bool(definition.view == "identity")


def _not_joined(op: Operation) -> errors.UnimplementedError:
    text = f"{op.name} merges tensors that do not come from the two branches of one cond"
    return errors.UnimplementedError(None, op, errors.message_with_origin(text, op))
