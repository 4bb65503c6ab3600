"""The context of a `while_loop`: its variables go round from NextIteration to Merge.

In: loop variables, a function that says whether to go on and one that makes their next values.
Out: the loop's operations, named and ordered as TensorFlow 1.15's; what the loop takes from outside
goes through constant Enter ops.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jitgraph.frontend.structures import (
    assert_same_structure,
    flatten,
    flow_of,
    is_nested,
    map_leaves,
    pack_like,
)
from jitgraph.graph import GraphKeys, Operation, Tensor, control_dependencies, get_default_graph
from jitgraph.graph.control_flow_context import ControlFlowContext, loop_of, output_context
from jitgraph.ops.control_flow import (
    enter,
    loop_cond,
    loop_exit,
    merge,
    next_iteration,
    switch_ref_or_tensor,
)
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import identity
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.shapes import TensorShape, as_shape


class WhileContext(ControlFlowContext):
    """The inside of a loop.

    Args:
      maximum_iterations: a tensor or None.
      parallel_iterations, back_prop, swap_memory: kept as given.

    Attributes:
      loop_enters, loop_exits: for each loop variable the tensor that enters, and that leaves.
      loop_pred: whether the loop goes on, as the LoopCond op gives it.
    """

    is_while = True

    def __init__(
        self,
        maximum_iterations: Any = None,
        parallel_iterations: int = 10,
        back_prop: bool = True,
        swap_memory: bool = False,
        name: str = "while_context",
        grad_state: Any = None,
    ) -> None:
        super().__init__(name)
        self.grad_state = grad_state
        self.maximum_iterations = maximum_iterations
        self.parallel_iterations = parallel_iterations
        self.back_prop = back_prop
        self.swap_memory = swap_memory
        self.loop_enters: list[Tensor] = []
        self.loop_exits: list[Tensor] = []
        self.loop_pred: Tensor | None = None
        self._pivot_for_pred: Tensor | None = None
        self._pivot_for_body: Tensor | None = None

    @property
    def while_context(self) -> WhileContext:
        return self

    @property
    def pivot(self) -> Tensor | None:
        """What is there whenever the condition is computed, or the body once that is built."""
        return self._pivot_for_pred if self._pivot_for_body is None else self._pivot_for_body

    @property
    def pivot_for_condition(self) -> Tensor | None:
        """What is there whenever the condition is computed."""
        return self._pivot_for_pred

    def to_proto(self) -> Any:
        """A WhileContextDef: the loop as meta graphs hold it."""
        from jitgraph.frontend.context_protos import while_context_proto

        return while_context_proto(self)

    def add_value(self, tensor: Tensor) -> Tensor:
        """The output of an Enter op that gives `tensor` in every iteration."""
        if tensor in self.values or tensor.op._control_flow_context is self:
            return self.external_values.get(tensor, tensor)
        self.values.add(tensor)
        state = self._state_for(tensor)
        if state is not None:
            self.external_values[tensor] = state.real_value(tensor)
            return self.external_values[tensor]
        outer = tensor if self.outer_context is None else self.outer_context.add_value(tensor)
        with control_dependencies(None):
            entered = enter(outer, self.name, True, self.parallel_iterations)
            entered.graph.prevent_feeding(entered)
            if self.outer_context is not None:
                self.outer_context.add_inner_op(entered.op)
        self._adopt([entered])
        self.values.add(entered)
        self.external_values[tensor] = entered
        return entered

    def _state_for(self, tensor: Tensor) -> Any:
        """The state of the gradient that is made now, if `tensor` is of the loop it is of."""
        current = tensor.graph._get_control_flow_context()
        loop = None if current is None else current.while_context
        state = None if loop is None else loop.grad_state
        if state is None:
            return None
        return state if loop_of(tensor.op) is state.forward_context else None

    def add_op(self, op: Operation) -> None:
        """Makes an operation part of the loop; the shape of what a gradient takes from its loop is
        computed there."""
        if op.type in ("Shape", "Size", "Rank"):
            state = self._state_for_input(op)
            if state is not None:
                context = op.inputs[0].op._control_flow_context
                op._set_control_flow_context(context)
                if context.is_while:
                    context._add_inside(op)
                else:
                    context.add_op(op)
                return
        self._add_inside(op)

    def _state_for_input(self, op: Operation) -> Any:
        current = op.graph._get_control_flow_context()
        loop = None if current is None else current.while_context
        state = None if loop is None else loop.grad_state
        context = op.inputs[0].op._control_flow_context
        forward = None if context is None else context.while_context
        return state if state is not None and forward is state.forward_context else None

    def _add_inside(self, op: Operation) -> None:
        """Replaces its outer inputs; one that uses only constants of the loop runs after the
        pivot, in each iteration; control inputs from outside are waited for inside."""
        for index, tensor in enumerate(op.inputs):
            inner = self.add_value(tensor)
            if inner is not tensor:
                op._update_input(index, inner)
        kept, dropped = self.remove_external_controls(op)
        if (not op.inputs and not kept) or (op.inputs and self._is_constant(op)):
            op._add_control_input(self._anchor())
        self.values.update(op.outputs)
        if dropped:
            op._add_control_inputs(self._waited_for(dropped))
        if self.outer_context is not None or op.type not in ("Exit", "RefExit"):
            op.graph.prevent_fetching(op)
            for tensor in op.outputs:
                op.graph.prevent_feeding(tensor)
        if self.outer_context is not None:
            self.outer_context.add_inner_op(op)

    def _anchor(self) -> Operation:
        assert self.pivot is not None
        return self.pivot.op

    @staticmethod
    def _is_constant(op: Operation) -> bool:
        return not op.control_inputs and all(
            tensor.op.type in ("Enter", "RefEnter") and tensor.op.get_attr("is_constant")
            for tensor in op.inputs
        )

    def _waited_for(self, ops: Sequence[Operation]) -> list[Operation]:
        with control_dependencies(None):
            self.enter()
            waiting = [identity(op.outputs[0]).op for op in ops if op.outputs]
            self.exit()
        return waiting

    def summed_over_iterations(self, op: Operation, grad: Any) -> Any:
        """In a loop of gradients: the sum of what all iterations give for an Enter op."""
        from jitgraph.frontend.loop_counters import summed_over_iterations

        return summed_over_iterations(self, op, grad)

    # -- building ------------------------------------------------------------------------------

    def build(
        self, pred: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, invariants: Any,
        keeps_structure: bool,
    ) -> Any:  # fmt: skip
        """Adds the loop; gives the loop variables' values behind it."""
        leaves = [convert_to_tensor(flow_of(leaf)) for leaf in flatten(loop_vars)]
        shapes = [leaf.get_shape() for leaf in leaves] if invariants is None else invariants
        self.enter()
        try:
            structure, exits = self._loop(pred, body, loop_vars, leaves, shapes)
        finally:
            self.exit()
        packed = pack_like(structure, exits)
        return packed if keeps_structure or len(exits) > 1 else packed[0]

    def _loop(
        self, pred: Callable[..., Any], body: Callable[..., Any], loop_vars: Any,
        leaves: list[Tensor], shapes: Sequence[TensorShape],
    ) -> tuple[Any, list[Tensor]]:  # fmt: skip
        self.values.clear()
        self.values.update(leaves)
        entered = self._entered(leaves, shapes)
        merged = [merge([tensor, tensor])[0] for tensor in entered]
        self._pivot_for_pred = merged[0]
        goes_on = convert_to_tensor(pred(*pack_like(loop_vars, merged)))
        self.loop_pred = loop_cond(goes_on, name="LoopCond")
        switched = [switch_ref_or_tensor(tensor, self.loop_pred) for tensor in merged]
        inside = [identity(pair[1]) for pair in switched]
        self._pivot_for_body = inside[0]
        packed = pack_like(loop_vars, inside)
        result = self._body_result(body, packed)
        assert_same_structure(list(packed), list(result))
        nexts = [convert_to_tensor(flow_of(leaf)) for leaf in flatten(result)]
        for tensor, value in zip(merged, nexts, strict=True):
            self._go_round(tensor, value)
        self.loop_exits = [loop_exit(pair[0]) for pair in switched]
        self.note_results(self.loop_exits)
        return result, self.loop_exits

    def _entered(self, leaves: list[Tensor], shapes: Sequence[TensorShape]) -> list[Tensor]:
        outer = self.outer_context
        real = leaves if outer is None else [outer.add_value(leaf) for leaf in leaves]
        with control_dependencies(None):
            entered = [
                enter(each, self.name, False, self.parallel_iterations, keeps_shape=False)
                for each in real
            ]
            for tensor in entered:
                tensor.graph.prevent_feeding(tensor)
                if outer is not None:
                    outer.add_inner_op(tensor.op)
        self._hold_constants(entered)
        _set_invariants(real, entered, shapes)
        self._adopt(entered)
        self.values.clear()
        self.values.update(entered)
        self.loop_enters = entered
        return entered

    def _hold_constants(self, entered: list[Tensor]) -> None:
        """What enters as a constant of a loop around must wait for that loop's iterations."""
        outer, pivot = self.outer_context, None
        while outer is not None and pivot is None:
            pivot, outer = outer.pivot, outer.outer_context
        if pivot is None:
            return
        for tensor in entered:
            before = tensor.op.inputs[0].op
            if before.type in ("Enter", "RefEnter") and before.get_attr("is_constant"):
                tensor.op._add_control_input(pivot.op)

    def _body_result(self, body: Callable[..., Any], packed: Any) -> Any:
        graph = get_default_graph()
        known = graph.get_collection(GraphKeys._SUMMARY_COLLECTION)
        result = body(*packed)
        if not is_nested(result) and not isinstance(result, IndexedSlices):
            result = [result]
        summaries = graph.get_collection(GraphKeys._SUMMARY_COLLECTION)[len(known) :]
        if summaries:
            graph.get_collection_ref(GraphKeys._SUMMARY_COLLECTION)[:] = known
            with control_dependencies(summaries):
                result = map_leaves(lambda leaf: identity(flow_of(leaf)), result)
        return result

    @staticmethod
    def _go_round(merged: Tensor, value: Tensor) -> None:
        again = next_iteration(value)
        if not _is_within(again.get_shape(), merged.get_shape()):
            entered = merged.op.inputs[0].op.inputs[0]
            raise ValueError(
                f"Input tensor '{entered.name}' enters the loop with shape {entered.shape}, but "
                f"has shape {again.shape} after one iteration. To allow the shape to vary across "
                "iterations, use the `shape_invariants` argument of tf.while_loop to specify a "
                "less-specific shape."
            )
        merged.op._update_input(1, again)

    def _adopt(self, entered: list[Tensor]) -> None:
        """Makes Enter ops part of the loop, and has them wait for what its surroundings wait
        for."""
        graph = get_default_graph()
        for tensor in entered:
            controls = graph._control_dependencies_for_inputs(tensor.op.inputs)
            tensor.op._set_control_flow_context(self)
            tensor.op._add_control_inputs([op for op in controls if self._is_outside(op)])
            graph._note_in_control_blocks(tensor.op)

    def _is_outside(self, op: Operation) -> bool:
        """Whether `op` belongs to the context around, or between that and the loop around it."""
        context, outer = output_context(op), self.outer_context
        loop = None if outer is None else outer.while_context
        while outer is not context:
            if outer is None or outer is loop:
                return False
            outer = outer.outer_context
        return True


def _set_invariants(
    given: Sequence[Tensor], entered: Sequence[Tensor], shapes: Sequence[TensorShape]
) -> None:
    for tensor, inner, shape in zip(given, entered, shapes, strict=True):
        if not _is_within(tensor.get_shape(), shape):
            raise ValueError(
                f"The shape invariant specified for {tensor.name} is not compatible with the "
                f"initial shape of the loop variable. It enters the loop with shape "
                f"{tensor.get_shape()}, but the specified shape invariant is {shape}."
            )
        inner.set_shape(as_shape(shape))


def _is_within(shape: TensorShape, invariant: TensorShape) -> bool:
    """Whether a shape says at least what the invariant says."""
    found, wanted = as_shape(shape)._dims, as_shape(invariant)._dims
    if wanted is None:
        return True
    if found is None or len(found) != len(wanted):
        return False
    return all(w is None or f == w for f, w in zip(found, wanted, strict=True))
