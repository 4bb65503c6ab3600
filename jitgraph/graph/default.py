"""Stage graph: the default graph of a thread, and the one graph that some inputs belong to."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import Any

from jitgraph.graph.graph import Graph, default_graph_stack
from jitgraph.graph.operation import Operation
from jitgraph.graph.tensor import Tensor

_global_graph: list[Graph] = [Graph()]
_lock = threading.Lock()


def get_default_graph() -> Graph:
    """The innermost graph made default in this thread, or the process's own graph."""
    stack = default_graph_stack.stack
    return stack[-1] if stack else _global_graph[0]


def reset_default_graph() -> None:
    """Replaces the process's own graph by an empty one.

    Raises:
      AssertionError: called within a `graph.as_default()` block.
    """
    if not default_graph_stack.is_cleared():
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared "
            "graph, exit the nesting and create a new graph."
        )
    _global_graph[0] = Graph()


def graph_of_inputs(inputs: Iterable[Any], graph: Graph | None = None) -> Graph:
    """The graph that all tensors and operations among `inputs` belong to.

    Args:
      inputs: anything; what is no graph element is ignored.
      graph: the graph they must belong to, if it is known.

    Returns:
      Their graph; the default graph where there is no graph element.

    Raises:
      ValueError: they belong to different graphs.
    """
    if graph is None and get_default_graph().building_function:
        return get_default_graph()
    first: Any = None
    for item in inputs:
        element = _element(item)
        if element is None:
            continue
        if graph is None:
            first, graph = element, element.graph
        elif element.graph is graph:
            continue
        elif first is None:
            raise ValueError(f"{element} is not from the passed-in graph.")
        else:
            raise ValueError(f"{element} must be from the same graph as {first}.")
    return get_default_graph() if graph is None else graph


def _element(item: Any) -> Any:
    if isinstance(item, (Tensor, Operation)):
        return item
    stand_in = getattr(item, "_as_graph_element", None)
    if stand_in is not None:
        return stand_in()
    return item if isinstance(getattr(item, "graph", None), Graph) else None


_get_graph_from_inputs = graph_of_inputs
