"""The loops that one call of `tf.gradients` goes through.

In: the operations between ys and xs. Out: for each loop its `GradLoopState`, and the zeros that
stand for gradients that nothing gives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from jitgraph.frontend.loop_counters import inside, outside
from jitgraph.graph import Operation, Tensor
from jitgraph.ops.constants import constant
from jitgraph.ops.control_flow import next_iteration, switch_ref_or_tensor
from jitgraph.ops.control_flow_gradients import plain_shape, zeros_outside_loop
from jitgraph.ops.filling import zeros, zeros_like

if TYPE_CHECKING:
    from jitgraph.frontend.grad_loop_state import GradLoopState


def is_loop_exit(op: Operation) -> bool:
    """Whether it gives a value that leaves a loop."""
    return bool(op._definition.control == "exit")


def is_loop_switch(op: Operation) -> bool:
    """Whether it is the Switch of a loop variable."""
    context = op._control_flow_context
    if op._definition.control != "switch" or context is None or not context.is_while:
        return False
    return not is_cond_switch(op)


def is_cond_switch(op: Operation) -> bool:
    """Whether it is a branch's Switch that stands in a loop."""
    if op._definition.control != "switch" or not op.outputs:
        return False
    for tensor in op.outputs:
        for user in tensor._consumers or ():
            context = user._control_flow_context
            if context is not None and context.is_while and user._definition.control == "enter":
                context = context.outer_context
            if context is None or not context.is_cond:
                return False
            if context.pred is not op.inputs[1] and context.pred.op.inputs[:1] != op.inputs[1:]:
                return False
    return any(tensor._consumers for tensor in op.outputs)


class ControlFlowState:
    """The states of all loops of one call."""

    def __init__(self) -> None:
        self.states: dict[Any, GradLoopState] = {}

    def add_loops(self, ops: Iterable[Operation], between: dict[Operation, None]) -> None:
        """Makes the loops of gradients for those whose exits are among the operations."""
        for op in list(ops):
            if is_loop_exit(op):
                self._add(op._control_flow_context, between)

    def _add(self, context: Any, between: dict[Operation, None]) -> None:
        context = context.while_context
        if context in self.states:
            return
        from jitgraph.frontend.grad_loop_state import GradLoopState

        state = GradLoopState(context, self.outer_state(context))
        self.states[context] = state
        between.update(dict.fromkeys(tensor.op for tensor in state.exits))

    def outer_state(self, context: Any) -> GradLoopState | None:
        """The state of the loop around one."""
        outer = context.outer_context
        outer = None if outer is None else outer.while_context
        return None if outer is None else self.states.get(outer)

    def state_of(self, op: Operation, before: bool) -> GradLoopState | None:
        """The state of the loop that an operation is in; `before`: as users see an Exit."""
        context = op._control_flow_context
        if before and is_loop_exit(op):
            context = context and context.outer_context
        loop = None if context is None else context.while_context
        return None if loop is None else self.states.get(loop)

    def context_of(self, op: Operation, before: bool) -> Any:
        """The loop of gradients in which an operation's gradient is computed, None for none."""
        state = self.state_of(op, before)
        return None if state is None else state.grad_context

    def unused_exits(self, pending: dict[Operation, int], targets: set[Operation]) -> list[Tensor]:
        """The exits that no y depends on, of loops of which no other exit is waited for."""
        found: list[Tensor] = []
        for state in self.states.values():
            for tensor in state.exits:
                if pending[tensor.op] == 0:
                    state.pending_exits -= 1
                    if tensor.op not in targets:
                        state.unused_exits.append(tensor)
                    if state.pending_exits == 0:
                        found.extend(state.unused_exits)
            for tensor in state.forward_context.loop_enters:
                if pending[tensor.op] == 0:
                    pending[tensor.op] = 1
        return found

    def zeros_for_exit(self, tensor: Tensor) -> Tensor:
        """The gradient of a loop's result that nothing depends on."""
        shape, forward = tensor.get_shape(), tensor.op._control_flow_context
        outer = self.outer_state(forward)
        if outer is None:
            if shape.is_fully_defined():
                return zeros(shape, tensor.dtype)  # type: ignore[no-any-return]
            return zeros_like(tensor, optimize=False)
        if shape.is_fully_defined():
            with inside(outer.grad_context):
                return zeros(shape, tensor.dtype)  # type: ignore[no-any-return]
        with inside(forward.outer_context):
            dims = plain_shape(tensor)
        saved = outer.save(dims)
        with inside(outer.grad_context):
            return zeros(outer.restored(saved, dims), tensor.dtype)  # type: ignore[no-any-return]

    def zeros_like_output(self, op: Operation, index: int) -> Any:
        """The gradient of an operation's output that no y depends on."""
        if is_loop_switch(op):
            return None
        context = op._control_flow_context
        loop = None if context is None else context.while_context
        state = None if loop is None else self.states.get(loop)
        if state is None:
            return zeros_outside_loop(op, index)
        is_dead, tensor = op._definition.control == "switch", op.outputs[index]
        shape = tensor.get_shape()
        if not shape.is_fully_defined():
            return self._zeros_like_saved(state, op, tensor, is_dead)
        result = constant(0, shape=shape, dtype=tensor.dtype.base_dtype)
        if is_dead:
            pred = state.history[context.pred]
            result = switch_ref_or_tensor(result, pred)[1 - context.branch]
        return result

    @staticmethod
    def _zeros_like_saved(
        state: GradLoopState, op: Operation, tensor: Tensor, is_dead: bool
    ) -> Tensor:
        context = op._control_flow_context
        if is_dead:
            with inside(context.outer_context):
                value = switch_ref_or_tensor(op.inputs[0], context.pred)[1 - context.branch]
                dims = plain_shape(value)
            value.op._set_control_flow_context(context)
            dims.op._set_control_flow_context(context)
        else:
            with inside(context):
                dims = plain_shape(tensor)
        with outside(state.grad_context):
            saved = state.save(dims, is_dead)
        return zeros(state.restored(saved, dims, is_dead), tensor.dtype)  # type: ignore[no-any-return]

    def finish(self) -> None:
        """Closes the loops of gradients of variables whose next values don't depend on them."""
        for state in self.states.values():
            for merged in state.switches.values():
                first, second = merged.op.inputs
                if first is second:
                    merged.op._update_input(1, self._zeros_round(state, first))

    @staticmethod
    def _zeros_round(state: GradLoopState, entered: Tensor) -> Tensor:
        shape = entered.get_shape()
        if shape.is_fully_defined():
            with inside(state.grad_context):
                return next_iteration(constant(0, dtype=entered.dtype, shape=shape))
        with inside(state.grad_context.outer_context):
            start = zeros(plain_shape(entered.op.inputs[0]))
        with inside(state.grad_context):
            return next_iteration(start)
