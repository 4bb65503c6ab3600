"""What queues hold, and the order in which they give it back.

In: blocks of elements. Out: blocks of elements, in the order of the queue's kind. Elements whose
components have one size each are rows of arrays: many are put in and taken out by one copy. Others
are held one by one.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Sequence
from sys import getrefcount
from typing import Any

import numpy as np

Element = tuple[np.ndarray, ...]
Rows = tuple[np.ndarray, ...]
"""A block of elements: an array for each component, of which each row is an element's."""

_LEAST_ROOM = 16

_OWN = 3
"""So many hold an array that nobody else does: a tuple, a loop's variable, the one who asks."""


class _Rows:
    """Elements whose components have one size each: blocks are arrays, a row for each element."""

    is_in_order = True

    def __init__(self) -> None:
        self._memory: Rows = ()
        self._last: Rows = ()

    def block(self, components: Sequence[np.ndarray], is_many: bool) -> Rows:
        """Components as a block: of one element, or of as many as they have rows."""
        arrays = [np.asarray(each) for each in components]
        return tuple(arrays if is_many else [each[None] for each in arrays])

    @staticmethod
    def size(block: Rows) -> int:
        """The number of elements of a block."""
        return len(block[0])

    @staticmethod
    def part(block: Rows, size: int) -> Rows:
        """The first elements of a block."""
        return tuple(each[:size] for each in block)

    def _new_block(self, count: int) -> Rows:
        """Arrays for elements that are taken out: those of the last batch if nobody holds them any
        more, whose pages are there already."""
        block, self._last = self._last, ()
        if not block or len(block[0]) != count or any(getrefcount(each) > _OWN for each in block):
            block = _memory_like(self._memory, count)
        if count > 1:
            self._last = (*block,)
        return block


class RowsInOrder(_Rows):
    """Elements of known sizes come out as they went in: rows around a ring."""

    def __init__(self) -> None:
        super().__init__()
        self._first = 0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, block: Rows, begin: int, end: int) -> None:
        """Puts some elements of a block in."""
        count = end - begin
        if self._count + count > self._room:
            self._make_room(block, count)
        for place, source in self._pieces(self._first + self._count, count):
            for memory, array in zip(self._memory, block, strict=True):
                memory[place] = array[begin + source.start : begin + source.stop]
        self._count += count

    def take(self, found: Rows | None, place: int, count: int, total: int) -> Rows:
        """Takes elements out, into a block of so many in total, made if None, from a place on."""
        found = self._new_block(total) if found is None else found
        for there, target in self._pieces(self._first, count):
            for memory, array in zip(self._memory, found, strict=True):
                array[place + target.start : place + target.stop] = memory[there]
                _forget(memory, there)
        self._first = (self._first + count) % max(self._room, 1)
        self._count -= count
        return found

    def put_back(self, block: Rows) -> None:
        """Puts back what was taken out last."""
        count = len(block[0])
        if self._count + count > self._room:
            self._make_room(block, count)
        self._first = (self._first - count) % max(self._room, 1)
        for there, source in self._pieces(self._first, count):
            for memory, array in zip(self._memory, block, strict=True):
                memory[there] = array[source]
        self._count += count

    @property
    def _room(self) -> int:
        return len(self._memory[0]) if self._memory else 0

    def _pieces(self, first: int, count: int) -> list[tuple[slice, slice]]:
        """Where rows are in the ring, and which of them: two pieces where it begins anew."""
        if not count:
            return []
        room = self._room
        first %= room
        if first + count <= room:
            return [(slice(first, first + count), slice(0, count))]
        ahead = room - first
        return [
            (slice(first, room), slice(0, ahead)),
            (slice(0, count - ahead), slice(ahead, count)),
        ]

    def _make_room(self, block: Rows, count: int) -> None:
        needed = self._count + count
        held = self.take(None, 0, self._count, self._count) if self._count else ()
        self._memory = _memory_like(block, max(needed, 2 * self._room, _LEAST_ROOM))
        self._first, self._count = 0, 0
        if held:
            self.put(held, 0, len(held[0]))


class RowsInRandomOrder(_Rows):
    """Elements of known sizes come out in random order.

    Rows of a constant stay where they are, as long as all elements are rows of the same one.

    Args:
      seed, seed2: make the order; both 0 for another one each time.
    """

    is_in_order = False

    def __init__(self, seed: int, seed2: int) -> None:
        super().__init__()
        self._places = np.empty(_LEAST_ROOM, np.int64)
        self._count = 0
        self._free = np.empty(0, np.int64)
        self._is_constant = False
        self._random = np.random.default_rng((seed, seed2) if seed or seed2 else None)

    def __len__(self) -> int:
        return self._count

    def put(self, block: Rows, begin: int, end: int) -> None:
        """As `RowsInOrder.put`."""
        if not self._count and all(map(_is_constant, block)):
            self._memory, self._free, self._is_constant = block, self._free[:0], True
        if not self._is_constant:
            self._note(self._copied(block, begin, end))
        elif all(own is given for own, given in zip(self._memory, block, strict=True)):
            self._note(np.arange(begin, end))
        else:
            self._leave_constant()
            self.put(block, begin, end)

    def _note(self, places: np.ndarray) -> None:
        """Elements are held at these places."""
        count = self._count + len(places)
        if count > len(self._places):
            self._places = np.resize(self._places, max(count, 2 * len(self._places)))
        self._places[self._count : count] = places
        self._count = count

    def _copied(self, block: Rows, begin: int, end: int) -> np.ndarray:
        count = end - begin
        self._make_room(block, count)
        rest = len(self._free) - count
        places, self._free = self._free[rest:], self._free[:rest]
        for memory, array in zip(self._memory, block, strict=True):
            memory[places] = array[begin:end]
        return places

    def take(self, found: Rows | None, place: int, count: int, total: int) -> Rows:
        """As `RowsInOrder.take`."""
        places = self._drawn(count)
        found = self._new_block(total) if found is None else found
        for memory, array in zip(self._memory, found, strict=True):
            memory.take(places, axis=0, out=array[place : place + count], mode="clip")
            if not self._is_constant:
                _forget(memory, places)
        if not self._is_constant:
            self._free = np.concatenate([self._free, places])
        return found

    def _drawn(self, count: int) -> np.ndarray:
        """The places of elements drawn at random; the last ones go where these were noted."""
        held, rest = self._places, self._count - count
        chosen = self._random.choice(self._count, count, replace=False)
        places = held[chosen]
        is_kept = np.ones(count, bool)
        is_kept[chosen[chosen >= rest] - rest] = False
        held[chosen[chosen < rest]] = held[rest : self._count][is_kept]
        self._count = rest
        return places

    def put_back(self, block: Rows) -> None:
        """As `RowsInOrder.put_back`."""
        self.put(block, 0, len(block[0]))

    def _leave_constant(self) -> None:
        """Elements get memory of their own."""
        places = self._places[: self._count]
        self._memory = tuple(memory[places] for memory in self._memory)
        self._places = np.arange(self._count)
        self._is_constant = False

    def _make_room(self, block: Rows, count: int) -> None:
        if count <= len(self._free):
            return
        old = self._memory
        room = len(old[0]) if old else 0
        more = max(room + count - len(self._free), 2 * room, _LEAST_ROOM)
        self._memory = _memory_like(block, more)
        for memory, before in zip(self._memory, old, strict=False):
            memory[:room] = before
        self._free = np.concatenate([self._free, np.arange(room, more)])


class _Items:
    """Blocks of elements of any size: lists."""

    is_in_order = False

    def block(self, components: Sequence[np.ndarray], is_many: bool) -> list[Element]:
        """Components as a block, with memory of their own: as `RowsInOrder.block`."""
        if not is_many:
            return [tuple(np.array(each) for each in components)]
        return list(zip(*(map(np.array, each) for each in components), strict=True))

    @staticmethod
    def size(block: list[Element]) -> int:
        """As `RowsInOrder.size`."""
        return len(block)

    @staticmethod
    def part(block: list[Element], size: int) -> list[Element]:
        """As `RowsInOrder.part`."""
        return block[:size]

    def take(
        self, found: list[Element] | None, place: int, count: int, total: int
    ) -> list[Element]:
        """As `RowsInOrder.take`."""
        found = [] if found is None else found
        found += [self._next() for _ in range(count)]
        return found

    def _next(self) -> Element:
        """Takes an element out."""
        raise NotImplementedError


class FirstInFirstOut(_Items):
    """Elements of any size come out as they went in."""

    is_in_order = True

    def __init__(self) -> None:
        self._items: deque[Element] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, block: list[Element], begin: int, end: int) -> None:
        """As `RowsInOrder.put`."""
        self._items.extend(block[begin:end])

    def put_back(self, block: list[Element]) -> None:
        """As `RowsInOrder.put_back`."""
        self._items.extendleft(reversed(block))

    def _next(self) -> Element:
        return self._items.popleft()


class InRandomOrder(_Items):
    """Elements of any size come out in random order.

    Args:
      seed, seed2: make the order; both 0 for another one each time.
    """

    def __init__(self, seed: int, seed2: int) -> None:
        self._items: list[Element] = []
        self._random = np.random.default_rng((seed, seed2) if seed or seed2 else None)

    def __len__(self) -> int:
        return len(self._items)

    def put(self, block: list[Element], begin: int, end: int) -> None:
        """As `RowsInOrder.put`."""
        self._items += block[begin:end]

    def put_back(self, block: list[Element]) -> None:
        """As `RowsInOrder.put_back`."""
        self._items += block

    def _next(self) -> Element:
        items = self._items
        place = int(self._random.random() * len(items))
        items[place], items[-1] = items[-1], items[place]
        return items.pop()


class ByPriority(_Items):
    """The element whose first component is least comes out first."""

    def __init__(self) -> None:
        self._items: list[tuple[int, int, Element]] = []
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, block: list[Element], begin: int, end: int) -> None:
        """As `RowsInOrder.put`."""
        for element in block[begin:end]:
            heapq.heappush(self._items, (int(element[0]), next(self._numbers), element))

    def put_back(self, block: list[Element]) -> None:
        """As `RowsInOrder.put_back`."""
        self.put(block, 0, len(block))

    def _next(self) -> Element:
        return heapq.heappop(self._items)[2]


def _memory_like(block: Rows, rows: int) -> Rows:
    return tuple(np.empty((rows, *each.shape[1:]), each.dtype) for each in block)


def _is_constant(array: np.ndarray) -> bool:
    """Whether nobody ever writes an array: host calls get constants so."""
    return bool(array.flags.owndata) and not array.flags.writeable


def _forget(memory: np.ndarray, places: Any) -> None:
    """Drops texts, which are objects."""
    if memory.dtype == object:
        memory[places] = None
