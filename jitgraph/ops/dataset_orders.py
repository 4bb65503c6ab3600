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
_MOST_PULLED = 4096


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


Pull = Callable[[int], list[Any]]
"""Gives the next elements, at most so many; none at the end."""


class Buffer:
    """Elements that wait to be drawn.

    Args:
      size: so many at most.
      random: what draws them.
      begin: gives what pulls elements from the source's beginning.
      epochs: so many times the source is passed through; without end if negative.
    """

    def __init__(self, size: int, random: Words, begin: Callable[[], Pull], epochs: int) -> None:
        self._size = size
        self._random = random
        self._begin = begin
        self._epochs = epochs
        self._epoch = 0
        self._items: list[Any] = [None] * min(size, 1 << 20)
        self._held = 0
        self._slices: deque[_Epoch] = deque([_Epoch(0)])
        self._pull: Pull | None = None
        self._has_begun = False
        self._is_epoch_empty = True

    def draw(self, most: int = 1) -> list[Any]:
        """The next elements: one at least, none if there is none."""
        self._fill()
        if not self._held:
            return []
        first = self._first()
        if self._pull is not None:
            most = 1
        return self._drawn(first, min(most, first.end - first.start))

    def _first(self) -> _Epoch:
        """The oldest pass of which elements are left."""
        slices = self._slices
        while slices[0].start == slices[0].end:
            slices.popleft()
        return slices[0]

    def _drawn(self, first: _Epoch, count: int) -> list[Any]:
        items, size, start, end = self._items, self._size, first.start, first.end
        found = []
        for word in self._random.take(count):
            place, front = (start + word % (end - start)) % size, start % size
            found.append(items[place])
            items[place] = items[front]
            items[front] = None
            start += 1
        first.start = start
        self._held -= count
        return found

    def exchangeable(self) -> int:
        """So many elements may be exchanged for others: 0 unless the buffer can be filled."""
        self._fill()
        if self._held < self._size or self._pull is None:
            return 0
        first = self._first()
        return self._size if len(self._slices) == 1 else first.end - first.start

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
            items = self._next_of_source(min(self._size - self._held, _MOST_PULLED))
            if items:
                self._put(items)
            else:
                self._pull = None

    def _next_of_source(self, most: int) -> list[Any]:
        while self._epochs < 0 or self._epoch < self._epochs:
            assert self._pull is not None
            found = self._pull(most)
            if found:
                self._is_epoch_empty = False
                return found
            if self._is_epoch_empty and self._epochs < 0:
                return []
            self._is_epoch_empty = True
            self._epoch += 1
            self._slices.append(_Epoch(self._slices[-1].end))
            self._pull = self._begin()
        return []

    def _put(self, found: list[Any]) -> None:
        last, size, items = self._slices[-1], self._size, self._items
        for item in found:
            place = last.end % size
            if place >= len(items):
                items.extend([None] * (place + 1 - len(items)))
            items[place] = item
            last.end += 1
        self._held += len(found)


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

    def _begin(self) -> Pull:
        if not self._is_first:
            self.source.close()
            self.source = self._node.source.stream(self._run)
        self._is_first = False
        return self._pull

    def _pull(self, most: int) -> list[Element]:
        try:
            return [next(self.source)]
        except StopIteration:
            return []

    def __next__(self) -> Element:
        found: list[Element] = self._buffer.draw()
        if not found:
            raise StopIteration
        return found[0]


class _ShuffledRows(Rows):
    def __init__(self, node: Shuffled, run: Pass, first: Rows, random: Words) -> None:
        super().__init__(first.components)
        self._node, self._run = node, run
        self._source, self._is_first = first, True
        self._buffer = Buffer(node.size, random, self._begin, node.epochs)

    def _begin(self) -> Pull:
        if not self._is_first:
            stream: Any = self._node.source.stream(self._run)
            self._source = stream
        self._is_first = False
        return self._source.indices

    def indices(self, most: int) -> list[int]:
        found: list[int] = []
        while len(found) < most:
            count = min(most - len(found), self._buffer.exchangeable())
            others = self._source.indices(count) if count else []
            more = self._buffer.exchange(others) if others else self._buffer.draw(most - len(found))
            if not more:
                break
            found += more
        return found
