"""The function cache of a session: what has been compiled for each set of fetches and feeds.

In: fetches, fed tensors, the ranks of what is fed. Out: a `Function`, the same one whatever the
order in which its fetches and feeds are named, and the `Order` that says how they were. A request
that was made before is found by the identity of its parts. The least recently used functions are
dropped when there are too many.
"""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from jitgraph import settings
from jitgraph.causes import DROPPED, FIRST, StateDims, feeds_cause, variant_cause
from jitgraph.executable import Executable
from jitgraph.fetching import Fetched
from jitgraph.graph import Tensor
from jitgraph.ir.needs import Need
from jitgraph.staged import StagedRun

MOST_VARIANTS = 64
"""Compiled programs kept for one function: its sizes broke the guards of all others."""

MOST_REQUESTS = 64
"""Orders of fetches and feeds that are remembered for one function."""

MOST_DROPPED = 10_000
"""Functions of which it is remembered that they were dropped."""

MOST_SPARED = 8
"""So many functions at a time are spared being dropped, since they ran on their short way."""

Places = tuple[int, ...] | None


class Order(NamedTuple):
    """How a request names what a function takes and gives; None where it is the function's way.

    Attributes:
      feeds: for each feed of the function its place in the request.
      results: for each result of the request its place in the function.
    """

    feeds: Places = None
    results: Places = None

    def given(self, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """The request's feeds as the function takes them."""
        return arrays if self.feeds is None else [arrays[place] for place in self.feeds]

    def asked(self, results: Any) -> Any:
        """The function's results as the request wants them."""
        if self.results is None or results is None:
            return results
        return [results[place] for place in self.results]

    def reordered(self, run: Callable[..., Any]) -> Callable[..., Any]:
        """`run`, taking feeds and giving results in the request's order."""
        feeds = self.feeds
        if feeds is None and self.results is None:
            return run

        def reordering(*arrays: Any) -> Any:
            if feeds is not None:
                if len(arrays) != len(feeds):
                    return NotImplemented
                arrays = tuple(arrays[place] for place in feeds)
            results = run(*arrays)
            return results if results is NotImplemented else self.asked(results)

        return reordering


class Function:
    """All that was compiled for one set of fetches, feeds and ranks.

    Attributes:
      tensors, targets, feeds, ranks: what it gives, runs and takes, in the order of the first
        request for it.
      variants: its programs, the latest first.
      compiling: held while a program is compiled for it.
      staged: what runs it in stages, where it needs to know sizes on the way.
      compilations: so many programs were compiled.
    """

    def __init__(self, fetches: Fetched, feeds: tuple[Tensor, ...], ranks: tuple[int, ...]) -> None:
        self.tensors = fetches.tensors
        self.targets = fetches.targets
        self.feeds = feeds
        self.ranks = ranks
        self.variants: tuple[Executable, ...] = ()
        self.compiling = threading.RLock()
        self.requests: deque[Any] = deque()
        self.compilations = 0
        self.staged: StagedRun | None = None
        self._need: Exception | None = None
        self._expected_runs = 0

    def add(self, executable: Executable) -> None:
        """Keeps a program."""
        self.variants = (executable, *self.variants)[:MOST_VARIANTS]
        self.compilations += 1

    def executables(self) -> list[Executable]:
        """Its programs, those of the parts of a run in stages, too."""
        return [*self.variants, *(self.staged.executables() if self.staged else ())]

    @property
    def runs(self) -> int:
        """So many times its programs have run."""
        return sum(each.runs for each in self.executables())

    def note_use(self) -> None:
        """It is about to be run once by who found it in the cache."""
        self._expected_runs = self.runs + 1

    @property
    def has_run_since(self) -> bool:
        """Whether it was run without being looked for: a request's next runs have a short way."""
        return self.runs > self._expected_runs

    def note_need(self, need: Need) -> None:
        """Keeps in mind that something must be known on the way."""
        self._need = _again(need)

    def raise_need(self) -> None:
        """Raises what is kept in mind."""
        if self._need is not None:
            raise _again(self._need)

    @property
    def wanted(self) -> Any:
        """What it gives and runs, whatever the order."""
        return frozenset(self.tensors), frozenset(self.targets)

    @property
    def signature(self) -> int:
        """A number that tells it from others, most probably."""
        return hash((self.wanted, frozenset(self.ranked.items())))

    @property
    def ranked(self) -> dict[Tensor, int]:
        """The ranks of what it takes."""
        return dict(zip(self.feeds, self.ranks, strict=True))

    def order_of(self, fetches: Fetched, feeds: tuple[Tensor, ...]) -> Order:
        """How a request for this function names its parts."""
        return Order(_places(self.feeds, feeds), _places(fetches.tensors, self.tensors))


_caches: weakref.WeakSet[FunctionCache] = weakref.WeakSet()


def function_caches() -> list[FunctionCache]:
    """Those of all sessions that are alive."""
    return list(_caches)


class FunctionCache:
    """The functions of a session; `most` of them are kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[Any, tuple[Function, Order]] = {}
        self._functions: OrderedDict[Any, Function] = OrderedDict()
        self._wanted: dict[Any, Function] = {}
        self._dropped: set[int] = set()
        self.most = settings.function_cache_size()
        _caches.add(self)

    def __len__(self) -> int:
        return len(self._functions)

    def find(
        self, fetches: Fetched, feeds: tuple[Tensor, ...], arrays: Sequence[np.ndarray]
    ) -> tuple[Function, Order]:
        """The function of a request, a new one if there is none; and the request's order."""
        ranks = tuple(array.ndim for array in arrays)
        request = (fetches.tensors, fetches.targets, feeds, ranks)
        key = (frozenset(fetches.tensors), frozenset(fetches.targets), _ranked(feeds, ranks))
        with self._lock:
            found = self._requests.get(request)
            if found is not None:
                self._use(key, found[0])
                return found
            function = self._functions.get(key)
            if function is None:
                function = self._functions[key] = Function(fetches, feeds, ranks)
                self._drop_oldest()
            self._use(key, function)
            found = self._requests[request] = function, function.order_of(fetches, feeds)
            function.requests.append(request)
            if len(function.requests) > MOST_REQUESTS:
                del self._requests[function.requests.popleft()]
            return found

    def functions(self) -> list[Function]:
        """All functions, the most recently used ones last."""
        with self._lock:
            return list(self._functions.values())

    def executables(self) -> Iterator[Executable]:
        """All programs of all functions."""
        for function in self.functions():
            yield from function.executables()

    def clear(self) -> None:
        """Drops everything."""
        with self._lock:
            self._requests.clear()
            self._functions.clear()
            self._wanted.clear()

    def renew(self) -> None:
        """In a forked child: nobody holds a lock."""
        self._lock = threading.Lock()
        for function in self._functions.values():
            function.compiling = threading.RLock()

    def cause(self, function: Function, arrays: Sequence[np.ndarray], state_dims: StateDims) -> str:
        """What makes it necessary to compile for these feeds; notes that it was done."""
        with self._lock:
            other = self._wanted.get(function.wanted)
            self._wanted[function.wanted] = function
        if function.variants:
            latest = function.variants[0]
            values = latest.symbol_values(arrays)
            return variant_cause(latest.compiled, function.feeds, values, state_dims)
        if function.signature in self._dropped:
            return DROPPED
        return FIRST if other is None else feeds_cause(function.ranked, other.ranked)

    def _use(self, key: Any, function: Function) -> None:
        self._functions.move_to_end(key)
        function.note_use()

    def _note_dropped(self, function: Function) -> None:
        if len(self._dropped) >= MOST_DROPPED:
            self._dropped.clear()
        self._dropped.add(function.signature)

    def _drop_oldest(self) -> None:
        """Drops the least recently used functions; the new one, the last, stays."""
        spared = min(MOST_SPARED, self.most - 1)
        while len(self._functions) > self.most:
            key, function = self._functions.popitem(last=False)
            if spared and function.has_run_since:
                spared -= 1
                self._functions[key] = function
                function.note_use()
                continue
            self._note_dropped(function)
            for request in function.requests:
                self._requests.pop(request, None)
            if self._wanted.get(function.wanted) is function:
                del self._wanted[function.wanted]


def _again(need: Exception) -> Exception:
    """The same exception without the frames it went through, which hold arrays."""
    again = type(need).__new__(type(need), *need.args)
    again.__dict__.update(need.__dict__)
    return again


def _ranked(feeds: tuple[Tensor, ...], ranks: tuple[int, ...]) -> frozenset[Any]:
    return frozenset(zip(feeds, ranks, strict=True))


def _places(wanted: Sequence[Tensor], there: Sequence[Tensor]) -> Places:
    """Where each of the wanted ones is; None if that is the order in which they are there."""
    if tuple(wanted) == tuple(there):
        return None
    place = {tensor: number for number, tensor in enumerate(there)}
    return tuple(place[tensor] for tensor in wanted)
