"""Stage graph: the branch or loop that an operation belongs to.

A context is told of every operation that is made while it is entered, and makes tensors from
outside available in it. What that takes in ops is said by the frontend's two kinds: `CondContext`
and `WhileContext`.
"""

from __future__ import annotations

from typing import Any

from jitgraph.graph.default import get_default_graph
from jitgraph.graph.operation import Operation
from jitgraph.graph.tensor import Tensor


class ControlFlowContext:
    """A branch of a `cond`, or the inside of a `while_loop`.

    Attributes:
      name: unique in the graph.
      outer_context: the context around it, None for none; nested: those inside.
      values: the tensors known in it; external_values: for those from outside what stands for
        them inside.
    """

    is_while = False
    is_cond = False
    grad_state: Any = None

    def __init__(self, name: str) -> None:
        graph = get_default_graph()
        self.name = graph.unique_name(name)
        self.outer_context: Any = graph._get_control_flow_context()
        self.values: set[Tensor] = set()
        self.external_values: dict[Tensor, Tensor] = {}
        self.nested: list[ControlFlowContext] = []
        self._entered_from: list[Any] = []
        if self.outer_context is not None:
            self.outer_context.nested.append(self)

    def enter(self) -> None:
        """Operations made from now on belong to it."""
        graph = get_default_graph()
        self._entered_from.append(graph._get_control_flow_context())
        graph._set_control_flow_context(self)

    def exit(self) -> None:
        """Goes back to the context from which it was entered."""
        get_default_graph()._set_control_flow_context(self._entered_from.pop())

    @property
    def while_context(self) -> Any:
        """The innermost loop around (or it itself), None for none."""
        return self.outer_context.while_context if self.outer_context is not None else None

    @property
    def pivot(self) -> Tensor | None:
        """The tensor that is there when operations of the context run."""
        return None

    def add_value(self, tensor: Tensor) -> Tensor:
        """What stands for a tensor inside."""
        raise NotImplementedError

    def add_op(self, op: Operation) -> None:
        """Makes an operation that was just made part of the context."""
        raise NotImplementedError

    def add_inner_op(self, op: Operation) -> None:
        """Is told of an operation made in a context inside."""
        if self.outer_context is not None:
            self.outer_context.add_inner_op(op)

    def note_results(self, tensors: list[Tensor]) -> None:
        """Makes results known in the context around."""
        if self.outer_context is not None:
            self.outer_context.values.update(tensors)

    def remove_external_controls(self, op: Operation) -> tuple[list[Operation], list[Operation]]:
        """Drops the control inputs from outside the loop around; gives (kept, dropped)."""
        loop = self.while_context
        if loop is None:
            return op.control_inputs, []
        kept = [each for each in op.control_inputs if loop_of(each) is loop]
        dropped = [each for each in op.control_inputs if each not in kept]
        if dropped:
            op._remove_all_control_inputs()
            op._add_control_inputs(kept)
        return kept, dropped


def output_context(op: Operation) -> Any:
    """The context that an operation's outputs are in: for an Exit the one around its loop."""
    context = op._control_flow_context
    if context is not None and op.type in ("Exit", "RefExit"):
        return context.outer_context
    return context


def loop_of(op: Operation) -> Any:
    """The loop that an operation's outputs are in, None for none."""
    context = output_context(op)
    return None if context is None else context.while_context


def check_input(op: Operation, given: Operation) -> None:
    """Refuses an input from inside a loop that `op` is not in.

    Raises:
      ValueError: `given` is in a loop that does not contain `op`.
    """
    inner = loop_of(given)
    if inner is None or op.type in ("Enter", "RefEnter", "Switch", "RefSwitch"):
        return
    loop = op._control_flow_context and op._control_flow_context.while_context
    if _is_around(loop, inner):
        return
    state = None if loop is None else loop.grad_state
    if state is not None and _is_around(state.forward_context, inner):
        return
    text = f"Cannot use '{given.name}' as input to '{op.name}' because"
    if op._control_flow_context is not None and op._control_flow_context.while_context is not None:
        raise ValueError(
            f"{text} they are in different while loops. See info log for more details."
        )
    raise ValueError(f"{text} '{given.name}' is in a while loop. See info log for more details.")


def _is_around(loop: Any, inner: Any) -> bool:
    """Whether `inner` is `loop` or one around it."""
    while loop is not None:
        if loop is inner:
            return True
        loop = loop.outer_context and loop.outer_context.while_context
    return False
