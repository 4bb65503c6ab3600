"""Shuffled elements, in TensorFlow 1.15's order for given seeds.

In: a stream. Out: streams. A buffer holds so many elements; one of them, drawn at random, comes
out, and the next one of the source takes its place. Random words are those of a Philox generator,
one after the other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jitgraph.ops.dataset_nodes import Element, Node, Over, Pass, Rows, Stream
from jitgraph.ops.philox import initial_state, words

_AT_ONCE = 512


class Words:
    """The words of a generator.

    Args:
      seed, seed2: its seeds; both 0 for other ones each time.
    """

    def __init__(self, seed: int, seed2: int) -> None:
        self._state = initial_state(seed, seed2)
        self._made = 0
        self._ready: list[int] = []

    def next(self) -> int:
        """The next word."""
        if not self._ready:
            steps = np.arange(self._made, self._made + _AT_ONCE)
            self._ready = words(self._state, steps).reshape(-1).tolist()[::-1]
            self._made += _AT_ONCE
        return self._ready.pop()

    def take(self, count: int) -> list[int]:
        """The next words."""
        found: list[int] = []
        while len(found) < count:
            found.append(self.next())
            rest = min(len(self._ready), count - len(found))
            if rest:
                found += self._ready[: -rest - 1 : -1]
                del self._ready[-rest:]
        return found


class _Epoch:
    """The places of the buffer that hold elements of one pass through the source."""

    __slots__ = ("end", "start")

    def __init__(self, place: int) -> None:
        self.start = self.end = place


class Buffer:
    """Elements that wait to be drawn.

    Args:
      size: so many at most.
      random: what draws them.
      begin: gives what pulls elements from the source's beginning, and raises StopIteration at
        its end.
      epochs: so many times the source is passed through; without end if negative.
    """

    def __init__(
        self, size: int, random: Words, begin: Callable[[], Callable[[], Any]], epochs: int
    ) -> None:
        self._size = size
        self._random = random
        self._begin = begin
        self._epochs = epochs
        self._epoch = 0
        self._items: list[Any] = [None] * min(size, 1 << 20)
        self._held = 0
        self._slices: deque[_Epoch] = deque([_Epoch(0)])
        self._pull: Callable[[], Any] | None = None
        self._has_begun = False
        self._is_epoch_empty = True

    def draw(self) -> Any:
        """The next element.

        Raises:
          StopIteration: there is none.
        """
        self._fill()
        if not self._held:
            raise StopIteration
        while self._slices[0].start == self._slices[0].end:
            self._slices.popleft()
        first, items = self._slices[0], self._items
        place = first.start + self._random.next() % (first.end - first.start)
        place, front = place % self._size, first.start % self._size
        found, items[place] = items[place], items[front]
        items[front] = None
        first.start += 1
        self._held -= 1
        return found

    def exchangeable(self) -> int:
        """So many elements may be exchanged for others: 0 unless the buffer is full."""
        if self._held < self._size or self._pull is None:
            return 0
        slices = self._slices
        while slices[0].start == slices[0].end:
            slices.popleft()
        return self._size if len(slices) == 1 else slices[0].end - slices[0].start

    def exchange(self, others: Sequence[Any]) -> list[Any]:
        """As many elements as others are given, which take their places: the same as drawing each
        and then pulling one from the source, in a shorter time."""
        first, last, items, size = self._slices[0], self._slices[-1], self._items, self._size
        start, span = first.start, first.end - first.start
        shrinks = 0 if first is last else 1
        found = []
        for other, word in zip(others, self._random.take(len(others)), strict=True):
            place, front = (start + word % span) % size, start % size
            found.append(items[place])
            items[place] = items[front]
            items[front] = other
            start += 1
            span -= shrinks
        first.start = start
        last.end += len(others)
        self._is_epoch_empty = False
        return found

    def _fill(self) -> None:
        if not self._has_begun:
            self._has_begun, self._pull = True, self._begin()
        while self._pull is not None and self._held < self._size:
            try:
                item = self._next_of_source()
            except StopIteration:
                self._pull = None
                return
            last = self._slices[-1]
            self._put(last.end % self._size, item)
            last.end += 1
            self._held += 1

    def _next_of_source(self) -> Any:
        while self._epochs < 0 or self._epoch < self._epochs:
            assert self._pull is not None
            try:
                found = self._pull()
                self._is_epoch_empty = False
                return found
            except StopIteration:
                if self._is_epoch_empty and self._epochs < 0:
                    raise
            self._is_epoch_empty = True
            self._epoch += 1
            end = self._slices[-1].end
            self._slices.append(_Epoch(end))
            self._pull = self._begin()
        raise StopIteration

    def _put(self, place: int, item: Any) -> None:
        if place >= len(self._items):
            self._items.extend([None] * (place + 1 - len(self._items)))
        self._items[place] = item


@dataclass(frozen=True, eq=False)
class Shuffled(Node):
    """The elements of a source in random order, `epochs` times.

    Attributes:
      changes: whether each pass through it has an order of its own.
    """

    source: Node
    size: int
    seed: int
    seed2: int
    changes: bool = True
    epochs: int = 1
    draws_seeds: bool = True

    def stream(self, run: Pass) -> Stream:
        seeds = (self.seed, self.seed2)
        if self.changes and self.draws_seeds:
            generator = run.kept(self, lambda: Words(*seeds))
            seeds = (generator.next(), generator.next())
        elif not any(seeds):
            drawn = initial_state(0, 0)
            seeds = run.kept(self, lambda: (int(drawn[2]), int(drawn[1])))
        first = self.source.stream(run)
        random = Words(*seeds)
        if isinstance(first, Rows):
            return _ShuffledRows(self, run, first, random)
        return _ShuffledStream(self, run, first, random)


class _ShuffledStream(Over):
    def __init__(self, node: Shuffled, run: Pass, first: Stream, random: Words) -> None:
        super().__init__(first)
        self._node, self._run = node, run
        self._is_first = True
        self._buffer = Buffer(node.size, random, self._begin, node.epochs)

    def _begin(self) -> Callable[[], Any]:
        if not self._is_first:
            self.source.close()
            self.source = self._node.source.stream(self._run)
        self._is_first = False
        return self.source.__next__

    def __next__(self) -> Element:
        found: Element = self._buffer.draw()
        return found


class _ShuffledRows(Rows):
    def __init__(self, node: Shuffled, run: Pass, first: Rows, random: Words) -> None:
        super().__init__(first.components)
        self._node, self._run = node, run
        self._source, self._is_first = first, True
        self._ahead: list[int] = []
        self._buffer = Buffer(node.size, random, self._begin, node.epochs)

    def _begin(self) -> Callable[[], int]:
        if not self._is_first:
            stream: Any = self._node.source.stream(self._run)
            self._source = stream
        self._is_first = False
        return self._pull

    def _pull(self) -> int:
        if not self._ahead:
            self._ahead = self._source.indices(_AT_ONCE)[::-1]
        if not self._ahead:
            raise StopIteration
        return self._ahead.pop()

    def _pull_many(self, most: int) -> list[int]:
        if not self._ahead:
            return self._source.indices(most)
        found = self._ahead[: -most - 1 : -1]
        del self._ahead[-most:]
        return found

    def indices(self, most: int) -> list[int]:
        found: list[int] = []
        while len(found) < most:
            count = min(most - len(found), self._buffer.exchangeable())
            others = self._pull_many(count) if count else []
            if others:
                found += self._buffer.exchange(others)
                continue
            try:
                found.append(self._buffer.draw())
            except StopIteration:
                break
        return found
