"""Branches and loops as TensorFlow's CondContextDef and WhileContextDef, for meta graphs.

In: a context. Out: a protocol buffer (extra `io`), by which TensorFlow knows what is inside.
https://github.com/tensorflow/tensorflow/blob/v1.15.5/tensorflow/core/protobuf/control_flow.proto
"""

from __future__ import annotations

from typing import Any

from jitgraph import protos


def cond_context_proto(context: Any) -> Any:
    """A CondContextDef of one branch."""
    found = protos.CondContextDef(
        context_name=context.name,
        pred_name=context.pred.name,
        pivot_name=context.pivot.name,
        branch=context.branch,
    )
    _fill(found, context)
    return found


def while_context_proto(context: Any) -> Any:
    """A WhileContextDef of a loop."""
    found = protos.WhileContextDef(
        context_name=context.name,
        parallel_iterations=context.parallel_iterations,
        back_prop=context.back_prop,
        swap_memory=context.swap_memory,
        pivot_name=context.loop_pred.name,
        pivot_for_pred_name=context.pivot_for_condition.name,
        pivot_for_body_name=context.pivot.name,
        loop_exit_names=[tensor.name for tensor in context.loop_exits],
        loop_enter_names=[tensor.name for tensor in context.loop_enters],
    )
    if context.maximum_iterations is not None:
        found.maximum_iterations_name = context.maximum_iterations.name
    _fill(found, context)
    return found


def _fill(found: Any, context: Any) -> None:
    """What both kinds have: the tensors known inside, and the contexts inside."""
    found.values_def.values.extend(sorted(tensor.name for tensor in context.values))
    for outer, inner in context.external_values.items():
        found.values_def.external_values[outer.name] = inner.name
    for nested in context.nested:
        inside = found.nested_contexts.add()
        if nested.is_cond:
            inside.cond_ctxt.CopyFrom(nested.to_proto())
        else:
            inside.while_ctxt.CopyFrom(nested.to_proto())
