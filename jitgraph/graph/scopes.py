"""Stage graph: blocks and collections of the default graph, as module-level functions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jitgraph.graph.blocks import NameBlock
from jitgraph.graph.default import get_default_graph, graph_of_inputs
from jitgraph.graph.stacks import Pushed


class name_scope:
    """A block whose operations' names begin with `name/`.

    Args:
      name: the name; None takes `default_name`.
      default_name: the name taken when `name` is None.
      values: tensors of one graph, which is the default graph within the block.

    Raises:
      TypeError: `default_name` is no string.
      ValueError: the name is invalid or missing, or the values are of different graphs.
    """

    __slots__ = ("_block", "_default_name", "_graph_block", "_name", "_values")

    _block: NameBlock
    _graph_block: Pushed | None

    def __init__(self, name: Any, default_name: str | None = None, values: Any = None) -> None:
        if default_name is not None and not isinstance(default_name, str):
            raise TypeError(
                f"`default_name` type ({type(default_name)}) is not a string type. You likely "
                "meant to pass this into the `values` kwarg."
            )
        self._name = default_name if name is None else name
        self._default_name = default_name
        self._values = values

    @property
    def name(self) -> Any:
        """The name asked for."""
        return self._name

    def __enter__(self) -> str:
        if self._name is None and self._values is not None:
            raise ValueError(
                f"At least one of name ({self._name}) and default_name ({self._default_name}) "
                "must be provided."
            )
        default = get_default_graph()
        graph = graph_of_inputs(self._values) if self._values else default
        self._block = graph.name_scope(self._name)
        self._graph_block = None if graph is default else graph.as_default()
        if self._graph_block is not None:
            self._graph_block.__enter__()
        return self._block.__enter__()

    def __exit__(self, *_: Any) -> None:
        self._block.__exit__()
        if self._graph_block is not None:
            self._graph_block.__exit__()


@contextmanager
def op_scope(values: Any, name: Any, default_name: str | None = None) -> Iterator[str]:
    """The old form of `name_scope`."""
    with name_scope(name, default_name=default_name, values=values) as scope:
        yield scope


def control_dependencies(control_inputs: Any) -> Any:
    """`Graph.control_dependencies` of the default graph."""
    return get_default_graph().control_dependencies(control_inputs)


def device(device_name_or_function: Any) -> Any:
    """`Graph.device` of the default graph."""
    return get_default_graph().device(device_name_or_function)


def colocate_with(op: Any, ignore_existing: bool = False) -> Any:
    """`Graph.colocate_with` of the default graph."""
    return get_default_graph().colocate_with(op, ignore_existing)


def container(container_name: str) -> Any:
    """`Graph.container` of the default graph."""
    return get_default_graph().container(container_name)


def add_to_collection(name: Any, value: Any) -> None:
    """`Graph.add_to_collection` of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names: Any, value: Any) -> None:
    """`Graph.add_to_collections` of the default graph."""
    get_default_graph().add_to_collections(names, value)


def get_collection(key: Any, scope: str | None = None) -> list[Any]:
    """`Graph.get_collection` of the default graph."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key: Any) -> list[Any]:
    """`Graph.get_collection_ref` of the default graph."""
    return get_default_graph().get_collection_ref(key)


def get_all_collection_keys() -> list[str]:
    """`Graph.get_all_collection_keys` of the default graph."""
    return get_default_graph().get_all_collection_keys()


def set_random_seed(seed: int | None) -> None:
    """Sets the default graph's random seed."""
    get_default_graph().seed = seed
