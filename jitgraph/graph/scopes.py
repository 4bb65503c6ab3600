"""The module-level forms of a graph's scopes and collections, on the default graph."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

from jitgraph.graph.graph import _get_graph_from_inputs, get_default_graph


class name_scope:  # noqa: N801
    """A block whose operations' names begin with `name/` (tf.name_scope).

    Args:
      name: the name; None takes `default_name`.
      default_name: the name taken when `name` is None.
      values: tensors whose graph the block builds in.

    Raises:
      ValueError: neither name is given but values are; or the values are of different graphs.
    """

    def __init__(self, name: Any, default_name: Any = None, values: Any = None) -> None:
        if not (default_name is None or isinstance(default_name, str)):
            raise TypeError(
                "`default_name` type (%s) is not a string type. You likely meant to pass this "
                "into the `values` kwarg." % type(default_name)
            )
        self._name = default_name if name is None else name
        self._default_name = default_name
        self._values = values

    @property
    def name(self) -> Any:
        return self._name

    def __enter__(self) -> str:
        if self._name is None and self._values is not None:
            raise ValueError(
                f"At least one of name ({None}) and default_name ({self._default_name}) must be "
                "provided."
            )
        graph = get_default_graph()
        self._graph_block = None
        if self._values:
            graph = _get_graph_from_inputs(self._values)
            if graph is not get_default_graph():
                self._graph_block = graph.as_default()
                self._graph_block.__enter__()
        self._block = graph.name_scope(self._name)
        try:
            return self._block.__enter__()
        except BaseException:
            if self._graph_block is not None:
                self._graph_block.__exit__(None, None, None)
            raise

    def __exit__(self, *exc: Any) -> None:
        self._block.__exit__(*exc)
        if self._graph_block is not None:
            self._graph_block.__exit__(*exc)


@contextmanager
def op_scope(values: Any, name: Any, default_name: Any = None) -> Any:
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


def get_all_collection_keys() -> list[Any]:
    """`Graph.get_all_collection_keys` of the default graph."""
    return get_default_graph().get_all_collection_keys()


def set_random_seed(seed: int) -> None:
    """Sets the default graph's random seed."""
    get_default_graph().seed = seed
