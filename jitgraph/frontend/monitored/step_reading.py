"""Stage frontend: the global step as hooks read it."""

from __future__ import annotations

from typing import Any

from jitgraph.frontend.train.global_step import get_global_step
from jitgraph.frontend.variables import Variable
from jitgraph.graph import Tensor, get_default_graph

READ_KEY = "global_step_read_op_cache"


def step_reading(hook: str) -> Tensor:
    """The tensor, made if it is not there.

    Args:
      hook: who asks, for messages.

    Raises:
      RuntimeError: the graph has no global step.
    """
    graph = get_default_graph()
    found = graph.get_collection(READ_KEY)
    if found:
        reading: Tensor = found[0]
        return reading
    step: Any = get_global_step(graph)
    if step is None:
        raise RuntimeError(f"Global step should be created to use {hook}.")
    with graph.name_scope(None), graph.name_scope(f"{step.op.name}/"):
        value = step.initialized_value() if isinstance(step, Variable) else step
        reading = value + 0
    graph.add_to_collection(READ_KEY, reading)
    return reading
