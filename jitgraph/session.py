"""Session: runs what is fetched, with what is fed, on the variables it holds.

In: fetches (tensors, operations, variables, names, nested) and feeds. Out: NumPy values in the same
structure. A signature seen before is one dictionary look-up and one native call; a new one is
compiled (`compiler`), new sizes are bound (`runtime.bind`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from jitgraph import errors
from jitgraph.execution import Engine
from jitgraph.feeding import feed_arrays
from jitgraph.fetching import fetched, without_fed
from jitgraph.graph import Graph, default_session_stack, get_default_graph


class BaseSession:
    """What Session and InteractiveSession share."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        if graph is None:
            graph = get_default_graph()
        elif not isinstance(graph, Graph):
            raise TypeError(f"graph must be a tf.Graph, but got {type(graph)}")
        if not isinstance(target, (str, bytes)):
            raise TypeError(f"target must be a string, but got {type(target)}")
        self._graph = graph
        self._target = target
        self._config = config
        self._closed = False
        self._engine = Engine(graph)
        self._calls: dict[Any, Callable[..., Any]] = {}
        self._mutations = graph._mutations
        self._lock = threading.RLock()

    @property
    def graph(self) -> Graph:
        """The graph it runs."""
        return self._graph

    @property
    def graph_def(self) -> Any:
        """The graph, readable."""
        return "\n".join(str(op) for op in self._graph.get_operations())

    @property
    def sess_str(self) -> Any:
        return self._target

    def run(
        self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any:
        """Runs what the fetches need, each operation at most once.

        Args:
          fetches: a tensor (gives its value), an operation (gives None), a variable, a name, or a
            list, tuple, named tuple or dict of these, nested as you like.
          feed_dict: values for tensors: numbers, lists or arrays that fit dtype and shape.
          options, run_metadata: accepted.

        Returns:
          NumPy arrays (scalars for shape ()), in the structure of `fetches`.

        Raises:
          RuntimeError: the session is closed.
          TypeError, ValueError: a fetch or feed is not of this graph, or doesn't fit.
          errors.OpError: an operation failed.

        Example:
          >>> with tf.Session() as sess:
          ...     sess.run(tf.constant(2) + 3)
          5
        """
        try:
            if feed_dict:
                call = self._calls[fetches, *feed_dict]
                result = call(*feed_dict.values())
            else:
                result = self._calls[fetches, None]()
            if result is not NotImplemented:
                return result
        except (KeyError, TypeError):
            pass
        return self._run_anew(fetches, feed_dict)

    def _run_anew(self, fetches: Any, feed_dict: Any) -> Any:
        """The way through all checks; leaves a short way for the next such call."""
        self._check_open()
        if self._mutations != self._graph._mutations:
            self._calls.clear()
            self._engine.forget()
            self._mutations = self._graph._mutations
        structure = fetched(self._graph, fetches)
        tensors, arrays = feed_arrays(self._graph, feed_dict)
        if any(tensor in tensors for tensor in structure.tensors):
            structure = without_fed(structure, tensors, arrays)
            return self._engine.run(structure, tensors, arrays)[1]
        call, result = self._engine.run(structure, tensors, arrays)
        self._remember(fetches, feed_dict, call)
        return result

    def _remember(self, fetches: Any, feed_dict: Any, call: Callable[..., Any] | None) -> None:
        if call is None:
            return
        try:
            self._calls[(fetches, *feed_dict) if feed_dict else (fetches, None)] = call
        except TypeError:
            return
        while len(self._calls) > MOST_CALLS:
            self._calls.pop(next(iter(self._calls)), None)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session.")
        if self._graph.version == 0:
            raise RuntimeError(
                "The Session graph is empty.  Add operations to the graph before calling run()."
            )

    def make_callable(
        self, fetches: Any, feed_list: Sequence[Any] | None = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """A function of the values of `feed_list` that runs `fetches`: the shortest way to run.

        Args:
          fetches: as for `run`.
          feed_list: tensors (or names), in the order of the function's arguments.
          accept_options: whether the function takes `options` and `run_metadata`.

        Returns:
          A function that gives what `run` would give.
        """
        self._check_open()
        structure = fetched(self._graph, fetches)
        tensors = [
            self._graph.as_graph_element(item, allow_operation=False) for item in feed_list or ()
        ]
        held: list[Callable[..., Any]] = [lambda *_: NotImplemented]

        def anew(values: Sequence[Any]) -> Any:
            if len(values) != len(tensors):
                raise TypeError(f"the callable takes {len(tensors)} values, got {len(values)}")
            self._check_open()
            feeds = dict(zip(tensors, values, strict=True))
            checked, arrays = feed_arrays(self._graph, feeds)
            if any(tensor in tensors for tensor in structure.tensors):
                rest = without_fed(structure, checked, arrays)
                return self._engine.run(rest, checked, arrays)[1]
            call, result = self._engine.run(structure, checked, arrays)
            if call is not None and len(set(tensors)) == len(tensors):
                held[0] = call
            return result

        def run(*values: Any, **_: Any) -> Any:
            result = held[0](*values)
            if result is NotImplemented or self._closed:
                return anew(values)
            return result

        return run

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> Any:
        raise errors.UnimplementedError(None, None, "partial runs are not supported")

    def list_devices(self) -> list[str]:
        """The devices: the CPU."""
        return ["/job:localhost/replica:0/task:0/device:CPU:0"]

    def as_default(self) -> Any:
        """A block in which this is the default session of this thread."""
        return default_session_stack.pushed(self)

    def close(self) -> None:
        """Frees what the session holds; it can't be used afterwards."""
        with self._lock:
            self._closed = True
            self._calls = {}
            self._engine.close()

    def __del__(self) -> None:
        self._closed = True


MOST_CALLS = 4096
"""So many signatures have a short way at a time."""


class Session(BaseSession):
    """Runs operations of a graph; a context manager that is then the default session.

    Args:
      target: accepted; there is one place to run, this process.
      graph: the graph; the default graph when None.
      config: accepted.

    Example:
      >>> with tf.Session() as sess:
      ...     sess.run(tf.add(1, 2))
      3
    """

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._blocks: list[Any] = []

    def __enter__(self) -> Session:
        graph_block = self._graph.as_default()
        graph_block.__enter__()
        session_block = self.as_default()
        session_block.__enter__()
        self._blocks.append((graph_block, session_block))
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        graph_block, session_block = self._blocks.pop()
        session_block.__exit__(None, None, None)
        graph_block.__exit__(None, None, None)
        self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Accepted: a session's variables live and end with it."""


class InteractiveSession(BaseSession):
    """A session that is the default one from its making to its closing.

    Args:
      target, graph, config: as for `Session`.
    """

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._given_graph = graph
        self._graph_block = None
        if graph is not None:
            self._graph_block = graph.as_default()
            self._graph_block.__enter__()
        self._session_block = self.as_default()
        self._session_block.__enter__()

    def close(self) -> None:
        """Closes the session and ends its being the default."""
        if self._closed:
            return
        super().close()
        self._session_block.__exit__(None, None, None)
        if self._graph_block is not None:
            self._graph_block.__exit__(None, None, None)
