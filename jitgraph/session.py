"""Session: runs what is fetched, with what is fed, on the variables it holds.

In: fetches (tensors, operations, variables, names, nested) and feeds. Out: NumPy values in the same
structure. A signature seen before is one dictionary look-up and one native call; a new one is
compiled (`compiler`), new sizes are bound (`runtime.bind`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jitgraph import errors
from jitgraph.config import ConfigProto, RunMetadata, RunOptions
from jitgraph.execution import Engine
from jitgraph.feeding import as_given, feed_arrays
from jitgraph.fetching import fetched, without_fed
from jitgraph.graph import Graph, default_session_stack, get_default_graph
from jitgraph.ops.sparse_tensor import SparseTensor

if TYPE_CHECKING:
    from jitgraph.function_entry import CacheInfo


class DeviceAttributes(NamedTuple):
    """A device that a session has: TensorFlow's name and kind of it, and its memory."""

    name: str
    device_type: str
    memory_limit_bytes: int = 0
    incarnation: int = 0


def _key(fetches: Any) -> Any:
    """Fetches as something to look up: lists and dicts by what is in them."""
    kind = type(fetches)
    if kind is list or kind is tuple:
        return (kind, *map(_key, fetches))
    if kind is dict:
        return (kind, *fetches, *map(_key, fetches.values()))
    return fetches


CPU = DeviceAttributes("/job:localhost/replica:0/task:0/device:CPU:0", "CPU")


class BaseSession:
    """What Session and InteractiveSession share."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        if graph is None:
            graph = get_default_graph()
        elif not isinstance(graph, Graph):
            raise TypeError(f"graph must be a tf.Graph, but got {type(graph)}")
        _check_target(target)
        if config is not None and not isinstance(config, ConfigProto):
            raise TypeError(f"config must be a tf.ConfigProto, but got {type(config)}")
        self._graph = graph
        self._target = target.encode() if isinstance(target, str) else target
        self._config = config
        self._closed = False
        threads = config.intra_op_parallelism_threads if config else 0
        self._engine = Engine(graph, is_parallel=threads != 1)
        self._calls: dict[Any, Callable[..., Any]] = {}
        self._mutations = graph._mutations
        self._lock = threading.RLock()

    @property
    def graph(self) -> Graph:
        """The graph it runs."""
        return self._graph

    @property
    def graph_def(self) -> Any:
        """The graph as a GraphDef, which takes the extra `io`."""
        return self._graph.as_graph_def()

    @property
    def sess_str(self) -> bytes:
        """The target: there is one place to run, this process."""
        return self._target

    def run(
        self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any:
        """Runs what the fetches need, each operation at most once.

        Args:
          fetches: a tensor (gives its value), an operation (gives None), a variable, a name, or a
            list, tuple, named tuple or dict of these, nested as you like.
          feed_dict: values for tensors: numbers, lists or arrays that fit dtype and shape.
          options: a tf.RunOptions; with `trace_level` FULL_TRACE the run tells its steps.
          run_metadata: a tf.RunMetadata, to which a run with FULL_TRACE adds them.

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
        if options or run_metadata:
            _check_options(options, run_metadata)
            if options and run_metadata is not None and options.trace_level:
                return self._run_anew(fetches, feed_dict, _metadata_filler(run_metadata))
        kind = type(fetches)
        key = _key(fetches) if kind is list or kind is tuple or kind is dict else fetches
        try:
            if feed_dict:
                call, values = self._calls[key, *feed_dict], feed_dict.values()
            else:
                call, values = self._calls[key, None], ()
        except (KeyError, TypeError, ValueError, AttributeError):
            return self._run_anew(fetches, feed_dict)
        result = call(*values)
        if result is NotImplemented:
            return self._run_anew(fetches, feed_dict)
        return result

    def _run_anew(
        self, fetches: Any, feed_dict: Any, observer: Callable[[Any], None] | None = None
    ) -> Any:
        """The way through all checks; leaves a short way for the next such call."""
        self._check_open()
        if self._mutations != self._graph._mutations:
            self._calls.clear()
            self._engine.forget()
            self._mutations = self._graph._mutations
        structure = fetched(self._graph, fetches)
        tensors, arrays = feed_arrays(self._graph, feed_dict)
        if any(tensor in tensors for tensor in structure.tensors):
            given = as_given(self._graph, feed_dict, tensors, arrays)
            structure = without_fed(structure, tensors, given)
            return self._engine.run(structure, tensors, arrays, observer)[1]
        call, result = self._engine.run(structure, tensors, arrays, observer)
        self._remember(fetches, feed_dict, call)
        return result

    def _remember(self, fetches: Any, feed_dict: Any, call: Callable[..., Any] | None) -> None:
        if call is None or any(isinstance(key, SparseTensor) for key in feed_dict or ()):
            return
        key = _key(fetches)
        try:
            self._calls[(key, *feed_dict) if feed_dict else (key, None)] = call
        except TypeError:
            return
        while len(self._calls) > self._engine.functions.most:
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
          A function that gives what `run` would give; it raises as `run` does, and for a closed
          session errors.CancelledError.

        Raises:
          TypeError, ValueError: a fetch or feed is not of this graph.
        """
        self._check_callable()
        if feed_list is not None and not isinstance(feed_list, (list, tuple)):
            raise TypeError("`feed_list` must be a list or tuple.")
        structure = fetched(self._graph, fetches)
        tensors = [
            self._graph.as_graph_element(item, allow_operation=False) for item in feed_list or ()
        ]
        held: list[Callable[..., Any]] = [lambda *_: NotImplemented]

        def anew(values: Sequence[Any]) -> Any:
            self._check_callable()
            if len(values) > len(tensors):
                raise TypeError(f"the callable takes {len(tensors)} values, got {len(values)}")
            feeds = dict(zip(tensors, values, strict=False))
            checked, arrays = feed_arrays(self._graph, feeds)
            if any(tensor in tensors for tensor in structure.tensors):
                given = as_given(self._graph, feeds, checked, arrays)
                rest = without_fed(structure, checked, given)
                return self._engine.run(rest, checked, arrays)[1]
            call, result = self._engine.run(structure, checked, arrays)
            if call is not None and len(set(tensors)) == len(values) == len(tensors):
                held[0] = call
            return result

        def run(*values: Any, **_: Any) -> Any:
            result = held[0](*values)
            if result is NotImplemented or self._closed:
                return anew(values)
            return result

        return run

    def _check_callable(self) -> None:
        if self._closed:
            raise errors.CancelledError(None, None, "Session has been closed.")
        self._check_open()

    def cache_info(self) -> CacheInfo:
        """What this session has compiled, and how often that was used.

        Returns:
          A `CacheInfo`: hits, misses, maxsize, currsize, and an entry for each set of fetches and
          feeds with its kernels, bytes and seconds.

        Example:
          >>> total = tf.constant(2) + 3
          >>> with tf.Session() as sess:
          ...     for _ in range(3):
          ...         _ = sess.run(total)
          ...     info = sess.cache_info()
          ...     info.hits, info.misses
          (2, 1)
        """
        from jitgraph.function_entry import cache_info

        functions = self._engine.functions
        return cache_info(functions.functions(), functions.most)

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> Any:
        """Not supported: raises errors.UnimplementedError."""
        raise errors.UnimplementedError(None, None, NO_PARTIAL_RUNS)

    def partial_run(self, handle: Any, fetches: Any, feed_dict: Any = None) -> Any:
        """Not supported: raises errors.UnimplementedError."""
        raise errors.UnimplementedError(None, None, NO_PARTIAL_RUNS)

    def list_devices(self) -> list[DeviceAttributes]:
        """The devices: the CPU."""
        return [CPU]

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


NO_PARTIAL_RUNS = (
    "Partial runs are not supported: a run computes all of its fetches. Call run() once for each "
    "part; a part that needs what an earlier one gave may be fed with it."
)


def _check_target(target: Any) -> None:
    if not isinstance(target, (str, bytes)):
        raise TypeError(f"target must be a string, but got {type(target)}")
    if target:
        text = target if isinstance(target, str) else target.decode()
        raise errors.NotFoundError(
            None,
            None,
            f'No session factory registered for the given session options: {{target: "{text}"}} '
            "jitgraph runs in this process alone: leave the target empty.",
        )


def _check_options(options: Any, run_metadata: Any) -> None:
    if options and not isinstance(options, RunOptions):
        raise TypeError(f"options must be a tf.RunOptions, but got {type(options)}")
    if run_metadata and not isinstance(run_metadata, RunMetadata):
        raise TypeError(f"run_metadata must be a tf.RunMetadata, but got {type(run_metadata)}")


def _metadata_filler(metadata: RunMetadata) -> Callable[[Any], None]:
    """What adds the steps of a traced run to the metadata."""
    from jitgraph.tracing.step_costs import step_costs
    from jitgraph.tracing.step_stats import fill_metadata

    began = time.time()
    return lambda run: fill_metadata(metadata, step_costs(run), began)


class Session(BaseSession):
    """Runs operations of a graph; a context manager that is then the default session.

    Args:
      target: empty; there is one place to run, this process.
      graph: the graph; the default graph when None.
      config: a tf.ConfigProto, which says what of it is heeded.

    Raises:
      TypeError: an argument of another type.
      errors.NotFoundError: a target that is not empty.

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
        self._graph_block: Any = None
        if graph is not None:
            self._graph_block = graph.as_default()
            self._graph_block.enforce_nesting = False
            self._graph_block.__enter__()
        self._session_block = self.as_default()
        self._session_block.enforce_nesting = False
        self._session_block.__enter__()

    def close(self) -> None:
        """Closes the session and ends its being the default."""
        if self._closed:
            return
        super().close()
        self._session_block.__exit__(None, None, None)
        if self._graph_block is not None:
            self._graph_block.__exit__(None, None, None)
