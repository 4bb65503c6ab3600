"""Graphs of functions: what map, filter and the like call for each element.

In: tensors of the graph around it, where the function uses them. Out: a `Body`: a graph with
placeholders for the arguments and for what is captured, and the tensors that it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Graph, Operation, Tensor, get_default_graph
from jitgraph.ops.apply import apply
from jitgraph.ops.constants import CONST
from jitgraph.ops.placeholders import PLACEHOLDER
from jitgraph.shapes import TensorShape


class FunctionGraph(Graph):
    """The graph of a function.

    Args:
      outer: the graph around it, whose tensors it may use.
    """

    building_function = True

    def __init__(self, outer: Graph) -> None:
        super().__init__()
        self.outer = outer
        self.seed = outer.seed
        self.captured: dict[Tensor, Tensor] = {}

    def create_op(
        self, op_type: str, inputs: tuple[Tensor, ...], *rest: Any, **named: Any
    ) -> Operation:
        """Adds an operation, as `Graph.create_op` does; tensors of other graphs are captured."""
        own = tuple(tensor if tensor.graph is self else self.capture(tensor) for tensor in inputs)
        return super().create_op(op_type, own, *rest, **named)

    def control_dependencies(self, control_inputs: Any) -> Any:
        """A block whose operations run after those of this graph."""
        if control_inputs is not None:
            control_inputs = [item for item in control_inputs if _graph_of(item) is self]
        return super().control_dependencies(control_inputs)

    def capture(self, tensor: Tensor) -> Tensor:
        """What stands here for a tensor of the graphs around.

        Raises:
          ValueError: it belongs to another graph.
        """
        found = self.captured.get(tensor)
        if found is None:
            if tensor.graph is not self.outer:
                if not isinstance(self.outer, FunctionGraph):
                    raise ValueError(f"{tensor!r} must be from the same graph as the function.")
                self.outer.capture(tensor)
            found = self.captured[tensor] = self._stand_in(tensor)
        return found

    def _stand_in(self, tensor: Tensor) -> Tensor:
        with self.as_default():
            return stand_in(tensor.dtype.base_dtype, TensorShape(tensor._dims))


def stand_in(dtype: DType, shape: TensorShape, name: str | None = None) -> Tensor:
    """What stands in a function for a tensor that it is called with.

    Args:
      dtype, shape: the tensor's; a resource has none.
      name: the operation's name.
    """
    from jitgraph.ops.iterator_definitions import HANDED_IN_THING

    if dtype is dtypes.resource:
        handle: Tensor = apply(HANDED_IN_THING, [], name=name)
        return handle
    given: Tensor = apply(PLACEHOLDER, [], {"dtype": dtype, "shape": shape}, name)
    return given


def _graph_of(item: Any) -> Any:
    return getattr(item, "graph", None) or getattr(getattr(item, "op", None), "graph", None)


@dataclass(frozen=True, eq=False)
class Body:
    """A function.

    Attributes:
      name: what it is called.
      graph: its graph.
      arguments: the placeholders of what it is called with.
      captured: for each tensor of the graph around what stands for it.
      results: what it gives.
    """

    name: str
    graph: Graph
    arguments: tuple[Tensor, ...]
    captured: tuple[tuple[Tensor, Tensor], ...]
    results: tuple[Tensor, ...]

    @property
    def outside(self) -> list[Tensor]:
        """The tensors around it that it uses, as the graph around it has them."""
        return [_as_there(tensor, get_default_graph()) for tensor, _ in self.captured]


def _as_there(tensor: Tensor, graph: Graph) -> Tensor:
    if tensor.graph is not graph and isinstance(graph, FunctionGraph):
        return graph.capture(tensor)
    return tensor


def function_body(
    name: str,
    kinds: Sequence[tuple[Any, Any]],
    make: Callable[[Sequence[Tensor]], Sequence[Tensor]],
) -> Body:
    """The body of a function.

    Args:
      name: what it is called.
      kinds: (dtype, shape) of each argument.
      make: called with placeholders; gives the results.
    """
    graph = FunctionGraph(get_default_graph())
    with graph.as_default():
        arguments = [
            apply(PLACEHOLDER, [], {"dtype": dtype, "shape": shape}, f"args_{number}")
            for number, (dtype, shape) in enumerate(kinds)
        ]
        results = [
            tensor if tensor.graph is graph else graph.capture(tensor) for tensor in make(arguments)
        ]
    return Body(name, graph, tuple(arguments), tuple(graph.captured.items()), tuple(results))


def is_constant(tensor: Tensor) -> bool:
    """Whether its value is part of the graph."""
    return tensor._op.definition is CONST
