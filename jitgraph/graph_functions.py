"""Functions that are graphs, called from Python: compiled once, run by one native call.

In: a body, the engine that runs its graph, the values of what it captures. Out: a callable that
takes and gives tuples of arrays. Several threads may call it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from jitgraph.fetching import Fetched
from jitgraph.graph import Graph, Tensor
from jitgraph.ir.parts import stands_for_held
from jitgraph.ops.function_graph import Body

Call = Callable[[Sequence[Any]], tuple[Any, ...]]


class Runs(Protocol):
    """What is asked of the engine of a function's graph."""

    kept: dict[tuple[str, str], Any]

    def run(
        self, fetches: Fetched, tensors: tuple[Tensor, ...], arrays: list[np.ndarray]
    ) -> tuple[Callable[..., Any] | None, Any]:
        """Runs once; also gives the callable for the next time."""


class GraphFunction:
    """A function whose captured tensors are not known yet.

    Args:
      body: the function.
      make_engine: gives an engine for a graph.
    """

    def __init__(self, body: Body, make_engine: Callable[[Graph], Runs]) -> None:
        self.body = body
        self._make_engine = make_engine

    def bound(self, captured: Sequence[Any]) -> Call:
        """The function with the values of what it captures.

        Args:
          captured: an array for each captured tensor; for one that stands for what the session
            keeps, that thing.
        """
        engine = self._make_engine(self.body.graph)
        names: list[Tensor] = []
        values: list[np.ndarray] = []
        for (_, inner), value in zip(self.body.captured, captured, strict=True):
            if stands_for_held(inner):
                engine.kept["", inner.op.name] = _thing(value)
            else:
                names.append(inner)
                values.append(_array(value, inner))
        return _Bound(self.body, engine, names, values)


def _thing(value: Any) -> Any:
    return value.item() if isinstance(value, np.ndarray) else value


class _Bound:
    def __init__(
        self, body: Body, engine: Runs, captured: Sequence[Tensor], values: Sequence[np.ndarray]
    ) -> None:
        self._feeds = (*body.arguments, *captured)
        self._values = tuple(values)
        self._engine = engine
        self._results = body.results
        fed = set(self._feeds)
        self._computed = tuple(dict.fromkeys(t for t in body.results if t not in fed))
        self._fetches = Fetched(self._computed, (), False, True, list)
        self._own = threading.local()

    def __call__(self, element: Sequence[Any]) -> tuple[Any, ...]:
        arrays = [
            _array(value, tensor) for value, tensor in zip(element, self._feeds, strict=False)
        ]
        arrays += self._values
        if not self._computed:
            return self._packed(arrays, ())
        run = getattr(self._own, "run", None)
        results = NotImplemented if run is None else run(*arrays)
        if results is NotImplemented:
            self._own.run, results = self._engine.run(self._fetches, self._feeds, arrays)
        return self._packed(arrays, results)

    def _packed(self, arrays: Sequence[Any], results: Sequence[Any]) -> tuple[Any, ...]:
        computed = dict(zip(self._computed, results, strict=True))
        given = dict(zip(self._feeds, arrays, strict=True))
        return tuple(
            _array(computed[tensor], tensor) if tensor in computed else given[tensor]
            for tensor in self._results
        )


def _array(value: Any, tensor: Tensor) -> np.ndarray:
    kind = tensor._dtype.base_dtype.as_numpy_dtype
    if type(value) is np.ndarray and value.dtype == kind and value.flags.c_contiguous:
        return value
    if kind is np.object_ and not isinstance(value, np.ndarray):
        array = np.empty((), object)
        array[()] = value
        return array
    return np.asarray(value, kind, order="C")
