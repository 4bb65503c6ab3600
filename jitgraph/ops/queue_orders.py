"""What queues hold, and the order in which they give it back.

In: blocks of elements. Out: blocks of elements, in the order of the queue's kind. Elements whose
components have one size each are rows of arrays: many are put in and taken out by one copy. Others
are held one by one.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

Element = tuple[np.ndarray, ...]
Rows = tuple[np.ndarray, ...]
"""A block of elements: an array for each component, of which each row is an element's."""

_LEAST_ROOM = 16


class RowsInOrder:
    """Elements of known sizes come out as they went in: rows around a ring."""

    def __init__(self) -> None:
        self._memory: Rows = ()
        self._first = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def block(self, components: Sequence[np.ndarray], is_many: bool) -> Rows:
        """Components as a block: of one element, or of as many as they have rows."""
        return _rows(components, is_many)

    @staticmethod
    def size(block: Rows) -> int:
        """The number of elements of a block."""
        return len(block[0])

    def put(self, block: Rows, begin: int, end: int) -> None:
        """Puts some elements of a block in."""
        count = end - begin
        self._make_room(block, count)
        for place, source in self._pieces(self._first + self._count, count):
            for memory, array in zip(self._memory, block, strict=True):
                memory[place] = array[begin + source.start : begin + source.stop]
        self._count += count

    def take(self, count: int) -> Rows:
        """Takes elements out, as a block."""
        found = tuple(np.empty((count, *each.shape[1:]), each.dtype) for each in self._memory)
        for place, target in self._pieces(self._first, count):
            for memory, array in zip(self._memory, found, strict=True):
                array[target] = memory[place]
                _forget(memory, place)
        self._first = (self._first + count) % max(self._room, 1)
        self._count -= count
        return found

    def put_back(self, blocks: Sequence[Rows]) -> None:
        """Puts back what was taken out last."""
        for block in reversed(blocks):
            count = len(block[0])
            self._make_room(block, count)
            self._first = (self._first - count) % self._room
            for place, source in self._pieces(self._first, count):
                for memory, array in zip(self._memory, block, strict=True):
                    memory[place] = array[source]
            self._count += count

    @property
    def _room(self) -> int:
        return len(self._memory[0]) if self._memory else 0

    def _pieces(self, first: int, count: int) -> Iterator[tuple[slice, slice]]:
        """Where rows are in the ring, and which of them: two pieces where it begins anew."""
        if not count:
            return
        first %= self._room
        ahead = min(count, self._room - first)
        yield slice(first, first + ahead), slice(0, ahead)
        if count > ahead:
            yield slice(0, count - ahead), slice(ahead, count)

    def _make_room(self, block: Rows, count: int) -> None:
        needed = self._count + count
        if needed <= self._room:
            return
        held = self.take(self._count) if self._count else ()
        self._memory = _memory_like(block, max(needed, 2 * self._room, _LEAST_ROOM))
        self._first, self._count = 0, 0
        if held:
            self.put(held, 0, len(held[0]))


class RowsInRandomOrder:
    """Elements of known sizes come out in random order.

    Args:
      seed, seed2: make the order; both 0 for another one each time.
    """

    def __init__(self, seed: int, seed2: int) -> None:
        self._memory: Rows = ()
        self._used: list[int] = []
        self._free: list[int] = []
        self._random = np.random.default_rng((seed, seed2) if seed or seed2 else None)

    def __len__(self) -> int:
        return len(self._used)

    def block(self, components: Sequence[np.ndarray], is_many: bool) -> Rows:
        """As `RowsInOrder.block`."""
        return _rows(components, is_many)

    @staticmethod
    def size(block: Rows) -> int:
        """As `RowsInOrder.size`."""
        return len(block[0])

    def put(self, block: Rows, begin: int, end: int) -> None:
        """As `RowsInOrder.put`."""
        count = end - begin
        self._make_room(block, count)
        places = self._free[len(self._free) - count :]
        del self._free[len(self._free) - count :]
        where: Any = places if count > 1 else slice(places[0], places[0] + 1) if count else []
        for memory, array in zip(self._memory, block, strict=True):
            memory[where] = array[begin:end]
        self._used += places

    def take(self, count: int) -> Rows:
        """As `RowsInOrder.take`."""
        used, places = self._used, []
        for chosen in _draws(self._random, len(used), count):
            places.append(used[chosen])
            used[chosen] = used[-1]
            used.pop()
        found = tuple(memory.take(places, axis=0) for memory in self._memory)
        for memory in self._memory:
            _forget(memory, places)
        self._free += places
        return found

    def put_back(self, blocks: Sequence[Rows]) -> None:
        """As `RowsInOrder.put_back`."""
        for block in blocks:
            self.put(block, 0, len(block[0]))

    def _make_room(self, block: Rows, count: int) -> None:
        if count <= len(self._free):
            return
        old = self._memory
        room = len(old[0]) if old else 0
        more = max(room + count - len(self._free), 2 * room, _LEAST_ROOM)
        self._memory = _memory_like(block, more)
        for memory, before in zip(self._memory, old, strict=False):
            memory[:room] = before
        self._free += range(room, more)


class FirstInFirstOut:
    """Elements of any size come out as they went in."""

    def __init__(self) -> None:
        self._items: deque[Element] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def block(self, components: Sequence[np.ndarray], is_many: bool) -> list[Element]:
        """As `RowsInOrder.block`."""
        return _elements(components, is_many)

    @staticmethod
    def size(block: list[Element]) -> int:
        """As `RowsInOrder.size`."""
        return len(block)

    def put(self, block: list[Element], begin: int, end: int) -> None:
        """As `RowsInOrder.put`."""
        self._items.extend(block[begin:end])

    def take(self, count: int) -> list[Element]:
        """As `RowsInOrder.take`."""
        return [self._items.popleft() for _ in range(count)]

    def put_back(self, blocks: Sequence[list[Element]]) -> None:
        """As `RowsInOrder.put_back`."""
        for block in reversed(blocks):
            self._items.extendleft(reversed(block))


class InRandomOrder:
    """Elements of any size come out in random order.

    Args:
      seed, seed2: make the order; both 0 for another one each time.
    """

    def __init__(self, seed: int, seed2: int) -> None:
        self._items: list[Element] = []
        self._random = np.random.default_rng((seed, seed2) if seed or seed2 else None)

    def __len__(self) -> int:
        return len(self._items)

    def block(self, components: Sequence[np.ndarray], is_many: bool) -> list[Element]:
        """As `RowsInOrder.block`."""
        return _elements(components, is_many)

    @staticmethod
    def size(block: list[Element]) -> int:
        """As `RowsInOrder.size`."""
        return len(block)

    def put(self, block: list[Element], begin: int, end: int) -> None:
        """As `RowsInOrder.put`."""
        self._items += block[begin:end]

    def take(self, count: int) -> list[Element]:
        """As `RowsInOrder.take`."""
        items, found = self._items, []
        for place in _draws(self._random, len(items), count):
            items[place], items[-1] = items[-1], items[place]
            found.append(items.pop())
        return found

    def put_back(self, blocks: Sequence[list[Element]]) -> None:
        """As `RowsInOrder.put_back`."""
        for block in blocks:
            self._items += block


class ByPriority:
    """The element whose first component is least comes out first."""

    def __init__(self) -> None:
        self._items: list[tuple[int, int, Element]] = []
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return len(self._items)

    def block(self, components: Sequence[np.ndarray], is_many: bool) -> list[Element]:
        """As `RowsInOrder.block`."""
        return _elements(components, is_many)

    @staticmethod
    def size(block: list[Element]) -> int:
        """As `RowsInOrder.size`."""
        return len(block)

    def put(self, block: list[Element], begin: int, end: int) -> None:
        """As `RowsInOrder.put`."""
        for element in block[begin:end]:
            heapq.heappush(self._items, (int(element[0]), next(self._numbers), element))

    def take(self, count: int) -> list[Element]:
        """As `RowsInOrder.take`."""
        return [heapq.heappop(self._items)[2] for _ in range(count)]

    def put_back(self, blocks: Sequence[list[Element]]) -> None:
        """As `RowsInOrder.put_back`."""
        for block in blocks:
            self.put(block, 0, len(block))


def _rows(components: Sequence[np.ndarray], is_many: bool) -> Rows:
    arrays = (np.asarray(each) for each in components)
    return tuple(each if is_many else each[None] for each in arrays)


def _elements(components: Sequence[np.ndarray], is_many: bool) -> list[Element]:
    """Elements with memory of their own."""
    if not is_many:
        return [tuple(np.array(each) for each in components)]
    return list(zip(*(map(np.array, each) for each in components), strict=True))


def _memory_like(block: Rows, rows: int) -> Rows:
    return tuple(np.empty((rows, *each.shape[1:]), each.dtype) for each in block)


def _forget(memory: np.ndarray, places: Any) -> None:
    """Drops texts, which are objects."""
    if memory.dtype == object:
        memory[places] = None


def _draws(random: np.random.Generator, size: int, count: int) -> list[int]:
    """Places of elements that are drawn one after the other, of fewer each time."""
    if count == 1:
        return [int(random.random() * size)]
    return [int(each) for each in random.integers(np.arange(size, size - count, -1)).tolist()]
