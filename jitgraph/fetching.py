"""Fetches: from what the user passes to the elements to compute, and back to its structure.

In: tensors, operations, variables, names, nested in lists, tuples, named tuples and dicts.
Out: a `Fetched`: the distinct elements, and how to put their values into the user's structure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from jitgraph.errors import InaccessibleTensorError
from jitgraph.graph import Graph, Operation, Tensor
from jitgraph.ops.sparse_tensor import SparseTensor, SparseTensorValue, parts_of

Packer = Callable[[Sequence[Any]], Any]


class IndexedSlicesValue(NamedTuple):
    """What fetching an IndexedSlices gives."""

    values: np.ndarray
    indices: np.ndarray
    dense_shape: np.ndarray | None


@dataclass(frozen=True, eq=False)
class Fetched:
    """What to compute for one `run`.

    Attributes:
      tensors: the distinct tensors, in the order of their first use.
      targets: the distinct operations.
      is_single: the fetch was one tensor, its value is the result.
      is_flat: the fetch was a list of distinct tensors, the list of their values is the result.
      pack: puts the values of `tensors` into the user's structure.
    """

    tensors: tuple[Tensor, ...]
    targets: tuple[Operation, ...]
    is_single: bool
    is_flat: bool
    pack: Packer


def fetched(graph: Graph, fetches: Any) -> Fetched:
    """Resolves fetches.

    Raises:
      TypeError: something that can't be fetched.
      ValueError: a name or element that is not of this graph, or not fetchable.
    """
    collector = _Collector(graph)
    pack = collector.packer(fetches)
    tensors = tuple(collector.tensors)
    is_single = isinstance(fetches, Tensor) or (len(tensors) == 1 and collector.is_leaf(fetches))
    is_flat = (
        type(fetches) is list
        and len(fetches) > 0
        and len(tensors) == len(fetches)
        and not collector.targets
        and all(collector.is_leaf(item) for item in fetches)
    )
    return Fetched(tensors, tuple(collector.targets), is_single, is_flat, pack)


def without_fed(structure: Fetched, tensors: Sequence[Tensor], arrays: Sequence[Any]) -> Fetched:
    """The same fetches with fed tensors taken from their feeds instead of being computed."""
    feeds = dict(zip(tensors, arrays, strict=True))
    rest = [tensor for tensor in structure.tensors if tensor not in feeds]
    positions = {tensor: position for position, tensor in enumerate(rest)}

    def pack(values: Sequence[Any]) -> Any:
        return structure.pack(
            [
                feeds[tensor] if tensor in feeds else values[positions[tensor]]
                for tensor in structure.tensors
            ]
        )

    return Fetched(tuple(rest), structure.targets, False, False, pack)


class _Collector:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.tensors: dict[Tensor, int] = {}
        self.targets: dict[Operation, None] = {}

    @staticmethod
    def is_leaf(fetch: Any) -> bool:
        if isinstance(fetch, (list, tuple, dict, SparseTensor)):
            return False
        return not _is_slices(fetch)

    def packer(self, fetch: Any) -> Packer:
        if fetch is None:
            raise TypeError(f"Fetch argument {fetch!r} has invalid type {type(fetch)!r}")
        if isinstance(fetch, (list, tuple)):
            return self._sequence(fetch)
        if isinstance(fetch, dict):
            return self._mapping(fetch)
        if _is_slices(fetch):
            return self._slices(fetch)
        if isinstance(fetch, SparseTensor):
            parts = [self.packer(part) for part in parts_of(fetch)]
            return lambda values: SparseTensorValue(*[part(values) for part in parts])
        return self._leaf(fetch)

    def _sequence(self, fetch: Any) -> Packer:
        parts = [self.packer(item) for item in fetch]
        kind = type(fetch)
        if kind is list:
            return lambda values: [part(values) for part in parts]
        if hasattr(kind, "_fields"):
            return lambda values: kind(*[part(values) for part in parts])
        return lambda values: kind(part(values) for part in parts)

    def _mapping(self, fetch: Any) -> Packer:
        kind = type(fetch)
        parts = {key: self.packer(value) for key, value in fetch.items()}

        def pack(values: Sequence[Any]) -> Any:
            found = {key: part(values) for key, part in parts.items()}
            return found if kind is dict else kind(found)

        return pack

    def _slices(self, fetch: Any) -> Packer:
        rows, indices = self.packer(fetch.values), self.packer(fetch.indices)
        if fetch.dense_shape is None:
            return lambda values: IndexedSlicesValue(rows(values), indices(values), None)
        shape = self.packer(fetch.dense_shape)
        return lambda values: IndexedSlicesValue(rows(values), indices(values), shape(values))

    def _leaf(self, fetch: Any) -> Packer:
        element = self._element(fetch)
        if not self.graph.is_fetchable(element):
            raise _inaccessible(element)
        if isinstance(element, Operation):
            self.targets[element] = None
            return lambda values: None
        position = self.tensors.setdefault(element, len(self.tensors))
        return lambda values: values[position]

    def _element(self, fetch: Any) -> Any:
        try:
            return self.graph.as_graph_element(fetch, allow_tensor=True, allow_operation=True)
        except TypeError as error:
            raise TypeError(
                f"Fetch argument {fetch!r} has invalid type {type(fetch)!r}, must be a string or "
                f"Tensor. ({error})"
            ) from None
        except ValueError as error:
            raise ValueError(
                f"Fetch argument {fetch!r} cannot be interpreted as a Tensor. ({error})"
            ) from None
        except KeyError as error:
            raise ValueError(
                f"Fetch argument {fetch!r} cannot be interpreted as a Tensor. ({error})"
            ) from None


def _inaccessible(element: Tensor | Operation) -> InaccessibleTensorError:
    op = element.op if isinstance(element, Tensor) else element
    return InaccessibleTensorError(
        f"Operation {op.name!r} has been marked as not fetchable. Typically this happens when it "
        "is defined in another function or code block. Use return values,explicit Python locals or "
        f"TensorFlow collections to access it. (defined at {op.site})"
    )


def _is_slices(fetch: Any) -> bool:
    return type(fetch).__name__ == "IndexedSlices"
