"""The orders in which queues give their elements back.

In: elements, tuples of arrays. Out: elements, in the order of the queue's kind.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Sequence

import numpy as np

Element = tuple[np.ndarray, ...]


class FirstInFirstOut:
    """Elements come out as they went in."""

    def __init__(self) -> None:
        self._items: deque[Element] = deque()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, element: Element) -> None:
        self._items.append(element)

    def take(self) -> Element:
        return self._items.popleft()

    def take_many(self, count: int) -> list[Element]:
        return [self._items.popleft() for _ in range(count)]

    def put_back(self, elements: Sequence[Element]) -> None:
        self._items.extendleft(reversed(elements))


class InRandomOrder:
    """Elements come out in random order.

    Args:
      seed, seed2: make the order; both 0 for another one each time.
    """

    def __init__(self, seed: int, seed2: int) -> None:
        self._items: list[Element] = []
        self._random = np.random.default_rng((seed, seed2) if seed or seed2 else None)

    def __len__(self) -> int:
        return len(self._items)

    def put(self, element: Element) -> None:
        self._items.append(element)

    def take(self) -> Element:
        return self.take_many(1)[0]

    def take_many(self, count: int) -> list[Element]:
        items, found = self._items, []
        sizes = np.arange(len(items), len(items) - count, -1)
        for place in self._random.integers(sizes).tolist():
            items[place], items[-1] = items[-1], items[place]
            found.append(items.pop())
        return found

    def put_back(self, elements: Sequence[Element]) -> None:
        self._items.extend(elements)


class ByPriority:
    """The element whose first component is least comes out first."""

    def __init__(self) -> None:
        self._items: list[tuple[int, int, Element]] = []
        self._numbers = itertools.count()

    def __len__(self) -> int:
        return len(self._items)

    def put(self, element: Element) -> None:
        heapq.heappush(self._items, (int(element[0]), next(self._numbers), element))

    def take(self) -> Element:
        return heapq.heappop(self._items)[2]

    def take_many(self, count: int) -> list[Element]:
        return [self.take() for _ in range(count)]

    def put_back(self, elements: Sequence[Element]) -> None:
        for element in elements:
            self.put(element)
