"""The gradient of one loop: a loop that goes back through its iterations.

In: the loop's context. Out: the context of the loop of gradients. What that needs of an iteration
is pushed onto a stack there and popped here, as TensorFlow 1.15 does.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.loop_counters import count_backward, count_forward, inside, outside
from jitgraph.frontend.while_context import WhileContext
from jitgraph.graph import (
    Operation,
    Tensor,
    colocate_with,
    control_dependencies,
    get_default_graph,
)
from jitgraph.graph.control_flow_context import output_context
from jitgraph.ops import tensor_array_definitions as definitions
from jitgraph.ops.apply import apply
from jitgraph.ops.constants import CONST, constant
from jitgraph.ops.control_flow import switch_ref_or_tensor
from jitgraph.ops.identities import CONTROL_TRIGGER


class GradLoopState:
    """What one call of `tf.gradients` knows of a loop.

    Args:
      forward_context: the loop; outer_state: the same of the loop around, None for none.

    Attributes:
      grad_context: the loop of gradients.
      forward_index, grad_index: the counters' next values.
      history: for tensors of the loop what stands for them in the loop of gradients.
      switches: for the loop's Switch ops the Merge outputs of their gradients.
      exits: the tensors that leave the loop; unused_exits, deferred_exits: those without a
        gradient, and those that wait for the others; pending_exits: how many are not seen yet.
    """

    def __init__(self, forward_context: Any, outer_state: GradLoopState | None) -> None:
        self.outer_state = outer_state
        self.forward_context = forward_context
        self.history: dict[Tensor, Tensor] = {}
        self.switches: dict[Operation, Tensor] = {}
        self.unused_exits: list[Tensor] = []
        self.deferred_exits: list[Tensor] = []
        self.exits: list[Tensor] = list(forward_context.loop_exits)
        self.pending_exits = len(self.exits)
        self._forward_sync: Operation | None = None
        self._grad_sync: Operation | None = None
        outer = (
            forward_context.outer_context if outer_state is None else outer_state.forward_context
        )
        with inside(outer):
            total, self.forward_index = count_forward(forward_context, outer_state)
        if outer_state is None:
            with inside(outer):
                self.grad_context = self._grad_context()
                self.grad_index = count_backward(self.grad_context, total, None)
            return
        outer.values.add(total)
        saved = outer_state.save(total)
        with inside(outer_state.grad_context):
            self.grad_context = self._grad_context()
            real = outer_state.restored(saved, total)
            self.grad_index = count_backward(self.grad_context, real, outer_state)

    def _grad_context(self) -> WhileContext:
        given = self.forward_context
        return WhileContext(
            given.maximum_iterations, given.parallel_iterations, given.back_prop,
            given.swap_memory, given.name, grad_state=self,
        )  # fmt: skip

    @property
    def forward_sync(self) -> Operation:
        """What all pushes of an iteration come before."""
        if self._forward_sync is None:
            with control_dependencies(None):
                self._forward_sync = apply(CONTROL_TRIGGER, [], name="f_sync")
            self._forward_sync._set_control_flow_context(self.forward_context)
            self.forward_index.op._add_control_input(self._forward_sync)
        return self._forward_sync

    @property
    def grad_sync(self) -> Operation:
        """What all pops of an iteration come before."""
        if self._grad_sync is None:
            with control_dependencies(None):
                self._grad_sync = apply(CONTROL_TRIGGER, [], name="b_sync")
            self._grad_sync._set_control_flow_context(self.grad_context)
            self.grad_index.op._add_control_input(self._grad_sync)
            if self.grad_context.outer_context is not None:
                self.grad_context.outer_context.add_inner_op(self._grad_sync)
        return self._grad_sync

    def save(self, value: Tensor, is_dead: bool = False) -> Tensor:
        """A stack onto which the loop pushes a tensor in each iteration.

        Args:
          value: a tensor of the loop.
          is_dead: whether it belongs to the side of a branch that does not run.

        Raises:
          TypeError: the tensor is in no branch of the loop.
        """
        current = get_default_graph()._get_control_flow_context()
        with control_dependencies(None):
            with inside(current), colocate_with(value):
                most = constant(-1, dtypes.int32)
                attrs = {"elem_type": value.dtype.base_dtype}
                stack: Tensor = apply(definitions.STACK_V2, [most], attrs, "f_acc")
            entered = self.forward_context.add_value(stack)
            push = self._pushed(entered, value, is_dead)
            push._add_control_input(self.forward_index.op.inputs[0].op)
        return stack

    def _pushed(self, stack: Tensor, value: Tensor, is_dead: bool) -> Operation:
        context = output_context(value.op)
        attrs = {"swap_memory": self.forward_context.swap_memory}

        def push() -> Operation:
            pushed: Tensor = apply(definitions.STACK_PUSH_V2, [stack, value], attrs)
            return pushed.op

        if context is self.forward_context:
            with inside(context):
                made = push()
            self.forward_index.op._add_control_input(made)
            return made
        if context is None or not context.is_cond:
            raise TypeError(f"value_ctxt is not a CondContext: {context}")
        with inside(context.outer_context if is_dead else context):
            made = push()
        if is_dead:
            made._set_control_flow_context(context)
        self.forward_sync._add_control_input(made)
        return made

    def restored(self, stack: Tensor, value: Tensor, is_dead: bool = False) -> Tensor:
        """What stands for a saved tensor in an iteration of the loop of gradients.

        Args:
          stack: what `save` gave; value: what was saved; is_dead: as for `save`.
        """
        context, around = value.op._control_flow_context, stack.op._control_flow_context
        while context is not None and context is not around and not context.is_cond:
            context = context.outer_context
        branch = context if context is not None and context is not around else None
        with control_dependencies(None), inside(self.grad_context):
            if branch is not None:
                side = 1 - branch.branch if is_dead else branch.branch
                stack = switch_ref_or_tensor(stack, self._predicate(branch))[side]
            attrs = {"elem_type": value.dtype.base_dtype}
            popped: Tensor = apply(definitions.STACK_POP_V2, [stack], attrs)
            popped.set_shape(value.get_shape())
        if self.grad_context.parallel_iterations > 1:
            self.grad_sync._add_control_input(popped.op)
        return popped

    def _predicate(self, branch: Any) -> Tensor:
        state: GradLoopState | None = self
        while state is not None:
            if branch.pred in state.history:
                return state.history[branch.pred]
            state = state.outer_state
        return branch.pred  # type: ignore[no-any-return]

    def real_value(self, value: Tensor) -> Tensor:
        """What stands in the loop of gradients for a tensor of the loop.

        Args:
          value: a tensor of the loop that the gradient uses.
        """
        if value not in self.history:
            self.history[value] = self._real_value(value)
        return self.history[value]

    def _real_value(self, value: Tensor) -> Tensor:
        current, state = value, self
        while True:
            entered = _constant_enter(current)
            if entered is not None:
                current = entered.inputs[0]
                if state.outer_state is None:
                    return self.grad_context.add_value(current)
                state = state.outer_state
            elif current.op.definition is CONST:
                from jitgraph.ops.partial_value import constant_value

                return constant(constant_value(current), dtype=current.dtype)
            else:
                break
        with outside(self.grad_context):
            saved = state.save(current)
        found = state.restored(saved, current)
        return found if state is self else self.grad_context.add_value(found)


def _constant_enter(value: Tensor) -> Operation | None:
    """The Enter op by which a loop takes a tensor from outside, None for what it makes."""
    op = value.op
    while op.type in ("Identity", "RefIdentity", "Switch", "RefSwitch"):
        op = op.inputs[0].op
    is_it = op.type in ("Enter", "RefEnter") and op.get_attr("is_constant")
    return op if is_it else None
