"""Datasets whose elements are made ahead, by threads: prefetch, parallel map.

In: nodes. Out: nodes. Elements keep their order. Threads end with the pass: when its iterator is
given another dataset, when the session is closed, when the iterator is gone.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any

from jitgraph.ops.dataset_calls import Mapped
from jitgraph.ops.dataset_nodes import Called, Element, Node, Over, Pass, Stream

AUTOTUNE = -1
"""As many as seem good."""

MOST_PREFETCHED = 8
"""So many elements are made ahead where nobody says how many."""

WORTH_A_THREAD = 200e-6
"""Seconds a call takes at least to be made on another thread."""


def threads_for(count: int) -> int:
    """How many threads a count stands for."""
    return count if count > 0 else max(1, len(os.sched_getaffinity(0)) if _HAS_AFFINITY else 2)


_HAS_AFFINITY = hasattr(os, "sched_getaffinity")


@dataclass(frozen=True, eq=False)
class Prefetched(Node):
    """The elements of a source, of which `size` are made ahead."""

    source: Node
    size: int

    def stream(self, run: Pass) -> Stream:
        source = self.source.stream(run)
        return prefetched(source, self.size, run) if self.size else source


def prefetched(source: Stream, size: int, run: Pass) -> Stream:
    """A stream that is made ahead by a thread."""
    return _Ahead(source, size if size > 0 else MOST_PREFETCHED, run)


class _Shelf:
    """Elements, or what was raised instead, between the thread that makes them and who takes
    them."""

    def __init__(self, size: int) -> None:
        self._items: SimpleQueue[Any] = SimpleQueue()
        self._places: SimpleQueue[None] = SimpleQueue()
        self._is_stopped = False
        for _ in range(size):
            self._places.put(None)

    def stop(self) -> None:
        """Wakes both: nobody wants further elements."""
        self._is_stopped = True
        self._places.put(None)
        self._items.put(StopIteration())

    def put(self, item: Any) -> bool:
        """Waits for a place; whether further elements are wanted."""
        self._places.get()
        self._items.put(item)
        return not self._is_stopped

    def take(self) -> Any:
        """Waits for an element; a StopIteration where there is none."""
        item = self._items.get()
        if isinstance(item, StopIteration):
            self._items.put(item)
        self._places.put(None)
        return item


def _fill(shelf: _Shelf, source: Stream) -> None:
    goes_on = True
    while goes_on:
        try:
            item: Any = next(source)
        except StopIteration as end:
            shelf.put(end)
            return
        except BaseException as error:
            item = error
        goes_on = shelf.put(item)


class _Ahead(Over):
    def __init__(self, source: Stream, size: int, run: Pass) -> None:
        super().__init__(source)
        self._shelf = _Shelf(size)
        self._thread: threading.Thread | None = None
        self._is_over = False
        run.wakes(self._shelf.stop)

    def __next__(self) -> Element:
        if self._is_over:
            raise StopIteration
        if self._thread is None:
            self._thread = threading.Thread(
                target=_fill, args=(self._shelf, self.source), name="jitgraph-prefetch", daemon=True
            )
            self._thread.start()
        item = self._shelf.take()
        if isinstance(item, StopIteration):
            self._is_over = True
            raise StopIteration
        if isinstance(item, BaseException):
            raise item
        found: Element = item
        return found

    def close(self) -> None:
        self._shelf.stop()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join()
        super().close()


@dataclass(frozen=True, eq=False)
class MappedInParallel(Node):
    """What a function gives for each element, `count` calls at a time if calls are long."""

    source: Node
    function: Called
    count: int
    keeps_count: bool = True

    def stream(self, run: Pass) -> Stream:
        calls = Mapped(self.source, self.function, self.keeps_count).call
        return _CallsAhead(self.source.stream(run), calls, threads_for(self.count))


class _CallsAhead(Over):
    """Calls are made at once while they are short, by other threads when they are long."""

    def __init__(self, source: Stream, function: Called, count: int) -> None:
        super().__init__(source)
        self._function, self._count = function, count
        self._pool: ThreadPoolExecutor | None = None
        self._calls: deque[Future[Element | None]] = deque()
        self._called = 0

    def __next__(self) -> Element:
        if self._pool is None:
            return self._timed()
        self._call_ahead()
        if not self._calls:
            raise StopIteration
        return self._result(self._calls.popleft())

    def _timed(self) -> Element:
        element = next(self.source)
        self._called += 1
        begun = time.perf_counter()
        try:
            return self._function(element)
        finally:
            is_long = time.perf_counter() - begun > WORTH_A_THREAD
            if is_long and self._called > 1 and self._count > 1:
                self._pool = ThreadPoolExecutor(self._count, "jitgraph-map")

    def _call_ahead(self) -> None:
        assert self._pool is not None
        while len(self._calls) < self._count:
            try:
                element = next(self.source)
            except StopIteration:
                return
            self._calls.append(self._pool.submit(_answered, self._function, element))

    @staticmethod
    def _result(call: Future[Any]) -> Element:
        found = call.result()
        if found is None:
            raise StopIteration
        result: Element = found
        return result

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
        super().close()


def _answered(function: Called, element: Element) -> Element | None:
    """What a function gives, None where it ends the elements."""
    try:
        return function(element)
    except StopIteration:
        return None
