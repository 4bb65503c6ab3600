"""Stage frontend: the loops of a GraphDef, which says of them no more than Enter, Exit and so on.

In: the nodes to import, each behind what it needs but for what goes round. Out: for each node the
loop it is in; once the operations are made, their contexts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph.frontend.while_context import WhileContext
from jitgraph.graph import Graph, Operation

OF_LOOPS = frozenset(("enter", "exit", "next", "loop_cond"))
"""What the control flow of ops that only loops have is."""


@dataclass(frozen=True)
class Frame:
    """A loop: its name in the GraphDef, and the loop around it."""

    name: str
    around: Frame | None = None


def goes_round(control: str | None, source_control: str | None) -> bool:
    """Whether an edge leads from the end of a loop's body to its beginning."""
    return control == "merge" and source_control == "next"


class FrameFinder:
    """Which loop each node is in.

    Args:
      control_of: what a node does in a loop ("enter", "exit", ...), None for others.
      needs_of: the nodes that a node takes something from.
      frame_name_of: the name of the loop that an Enter node leads into.
    """

    def __init__(
        self,
        control_of: Callable[[str], str | None],
        needs_of: Callable[[str], Sequence[str]],
        frame_name_of: Callable[[str], str],
    ) -> None:
        self._control_of = control_of
        self._needs_of = needs_of
        self._frame_name_of = frame_name_of
        self.frames: dict[str, Frame | None] = {}

    def find(self, order: Sequence[str]) -> dict[str, Frame]:
        """The frame of each node that is in one.

        Raises:
          ValueError: a node takes from two loops, or a loop isn't one that can be run.
        """
        for name in order:
            self.frames[name] = self._frame(name)
        found = {name: frame for name, frame in self.frames.items() if frame is not None}
        self._check(found)
        return found

    def _frame(self, name: str) -> Frame | None:
        given = {self._left(need) for need in self._needs_of(name) if need in self.frames}
        if self._control_of(name) == "enter":
            if len(given) > 1:
                raise self._mixed(name)
            return Frame(self._frame_name_of(name), next(iter(given), None))
        if len(given) > 1:
            given.discard(None)
        if len(given) > 1:
            raise self._mixed(name)
        frame = next(iter(given), None)
        if frame is None and self._control_of(name) in OF_LOOPS:
            raise ValueError(f"Node '{name}' is in no loop")
        return frame

    def _left(self, name: str) -> Frame | None:
        frame = self.frames[name]
        if frame is not None and self._control_of(name) == "exit":
            return frame.around
        return frame

    def _mixed(self, name: str) -> ValueError:
        return ValueError(f"Node '{name}' takes inputs from different loops")

    def _check(self, found: Mapping[str, Frame]) -> None:
        conditions: dict[Frame, int] = dict.fromkeys(found.values(), 0)
        for name, frame in found.items():
            kind = self._control_of(name)
            conditions[frame] += kind == "loop_cond"
            sources = [self._control_of(need) for need in self._needs_of(name)]
            if kind == "merge" and "next" in sources and sources[:2] != ["enter", "next"]:
                raise ValueError(f"Node '{name}' begins a loop with other inputs than a loop's")
        for frame, count in conditions.items():
            if count != 1:
                raise ValueError(f"The loop '{frame.name}' has {count} conditions")


def enter_loops(graph: Graph, made: Mapping[str, Operation], frames: Mapping[str, Frame]) -> None:
    """Makes operations part of the loops that they are in.

    Args:
      graph: their graph.
      made: the operations, by the names of their nodes.
      frames: for each node that is in a loop its frame.
    """
    contexts: dict[Frame, WhileContext] = {}
    with graph.as_default():
        for name, frame in frames.items():
            _join(made[name], _context(frame, contexts))
    if contexts:
        graph._has_loops = True


def _context(frame: Frame, contexts: dict[Frame, WhileContext]) -> WhileContext:
    if frame not in contexts:
        around = None if frame.around is None else _context(frame.around, contexts)
        contexts[frame] = WhileContext(name=frame.name)
        contexts[frame].outer_context = around
    return contexts[frame]


def _join(op: Operation, context: WhileContext) -> None:
    definition: Any = op.definition
    op._set_control_flow_context(context)
    if definition.control == "exit":
        context.loop_exits.append(op.outputs[0])
        context.note_results(op.outputs)
        return
    context.values.update(op.outputs)
    op.graph.prevent_fetching(op)
    for tensor in op.outputs:
        op.graph.prevent_feeding(tensor)
    if definition.control == "enter" and op._attrs["is_constant"]:
        context.external_values[op.inputs[0]] = op.outputs[0]
    elif definition.control == "enter":
        context.loop_enters.append(op.outputs[0])
    elif definition.control == "loop_cond":
        context.loop_pred = op.outputs[0]
