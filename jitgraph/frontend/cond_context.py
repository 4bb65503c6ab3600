"""The context of one branch of a `cond`: what a branch takes from outside goes through a Switch.

In: the operations that a branch's function makes. Out: the same with their outer inputs replaced by
the outputs of Switch ops, named and ordered as TensorFlow 1.15's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.frontend.structures import flatten, flow_of, map_leaves
from jitgraph.graph import GraphKeys, Operation, Tensor, control_dependencies, get_default_graph
from jitgraph.graph.control_flow_context import ControlFlowContext
from jitgraph.ops.control_flow import switch_ref_or_tensor
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import identity, no_op, with_dependencies


class CondContext(ControlFlowContext):
    """One branch.

    Args:
      pred: the predicate.
      pivot: a tensor that is there when this branch runs.
      branch: 1 where `pred` is true, 0 where it is false.
    """

    is_cond = True

    def __init__(self, pred: Tensor, pivot: Tensor, branch: int, name: str = "cond_text") -> None:
        super().__init__(name)
        self.pred = pred
        self.branch = branch
        self._pivot = pivot
        self.values.update((pred, pivot))
        self.external_values[pred] = pred
        pivot.op._set_control_flow_context(self)

    @property
    def pivot(self) -> Tensor:
        """A tensor that is there when this branch runs."""
        return self._pivot

    def to_proto(self) -> Any:
        """A CondContextDef: the branch as meta graphs hold it."""
        from jitgraph.frontend.context_protos import cond_context_proto

        return cond_context_proto(self)

    def add_value(self, tensor: Tensor) -> Tensor:
        """The output of a Switch that gives `tensor` where this branch runs."""
        if tensor in self.values:
            return self.external_values.get(tensor, tensor)
        self.values.add(tensor)
        result = self._from_outside(tensor)
        with control_dependencies(None):
            result = switch_ref_or_tensor(result, self.pred)[self.branch]
            if self.outer_context is not None:
                self.outer_context.add_inner_op(result.op)
        result.graph.prevent_fetching(result.op)
        result.op._set_control_flow_context(self)
        self._note([result])
        self.external_values[tensor] = result
        return result

    def add_op(self, op: Operation) -> None:
        """Replaces its outer inputs; one without inputs runs after the branch's pivot."""
        if op.inputs:
            for index, tensor in enumerate(op.inputs):
                inner = self.add_value(tensor)
                if inner is not tensor:
                    op._update_input(index, inner)
            self.remove_external_controls(op)
        else:
            self.remove_external_controls(op)
            if not any(self._holds(before) for before in op.control_inputs):
                op._add_control_input(self._pivot.op)
        self._note(op.outputs)
        if self.outer_context is not None or op.type not in ("Exit", "RefExit"):
            op.graph.prevent_fetching(op)
        if self.outer_context is not None:
            self.outer_context.add_inner_op(op)

    def build(self, function: Callable[[], Any]) -> tuple[Any, Any]:
        """Calls a branch's function; gives what it returned and the tensors that stand for it."""
        known = get_default_graph().get_collection(GraphKeys._SUMMARY_COLLECTION)
        returned = function()
        summaries = get_default_graph().get_collection(GraphKeys._SUMMARY_COLLECTION)[len(known) :]
        if summaries:
            get_default_graph().get_collection_ref(GraphKeys._SUMMARY_COLLECTION)[:] = known
            with control_dependencies(summaries):
                if returned is None:
                    return no_op(), None
                returned = map_leaves(lambda leaf: identity(flow_of(leaf)), returned)
        if returned is None:
            return None, None
        return returned, [self._result(leaf) for leaf in flatten(returned)]

    def _result(self, given: Any) -> Tensor:
        if isinstance(given, Operation):
            return with_dependencies([given], self._pivot)  # type: ignore[no-any-return]
        tensor = convert_to_tensor(flow_of(given))
        if tensor in self.values:
            return self.external_values.get(tensor, tensor)
        self.values.add(tensor)
        result = switch_ref_or_tensor(self._from_outside(tensor), self.pred)[self.branch]
        self.external_values[tensor] = result
        return result  # type: ignore[no-any-return]

    def _from_outside(self, tensor: Tensor) -> Tensor:
        """What stands for `tensor` in the context around."""
        if self.outer_context is None:
            return tensor
        outer: Tensor = self.outer_context.add_value(tensor)
        self.values.add(outer)
        self.external_values[outer] = outer
        return outer

    def _note(self, tensors: list[Tensor]) -> None:
        context: Any = self
        while context is not None:
            context.values.update(tensors)
            context = context.outer_context

    def _holds(self, op: Operation) -> bool:
        """Whether an operation belongs to it or to a context inside it."""
        context = op._control_flow_context
        while context is not None and context is not self:
            context = context.outer_context
        return context is self
