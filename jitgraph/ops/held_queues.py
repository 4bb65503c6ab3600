"""Queues as sessions keep them: elements that threads put in and take out.

In: tuples of arrays. Out: tuples of arrays, in the order of the queue's kind. A thread that finds
no room, or too few elements, waits; it gets its elements as they come, and gives them back if they
do not suffice in the end. Errors are TensorFlow's.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph.errors import (
    CancelledError,
    InvalidArgumentError,
    OutOfRangeError,
    UnimplementedError,
)
from jitgraph.shapes import as_shape

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


class HeldQueue:
    """A queue that threads share.

    Args:
      kind: "FIFOQueue" and so on, for messages.
      title: the queue's name in messages.
      store: what holds the elements, and gives their order.
      shapes: a shape for each component; none where they may differ.
      capacity: so many elements have room; any number if negative.
      min_after_dequeue: so many elements stay while the queue is open.
      pads: whether components of different sizes are filled up with zeros in a batch.
    """

    def __init__(
        self,
        kind: str,
        title: str,
        store: Any,
        shapes: Sequence[Any],
        capacity: int,
        min_after_dequeue: int = 0,
        pads: bool = False,
    ) -> None:
        self._kind = kind
        self._title = title
        self._store = store
        self._shapes = [as_shape(shape)._dims for shape in shapes]
        self._capacity = capacity if capacity >= 0 else None
        self._least = min_after_dequeue
        self._pads = pads
        self._changed = threading.Condition()
        self._putting: deque[object] = deque()
        self._taking: deque[object] = deque()
        self._is_closed = False
        self._is_cancelled = False
        self._puts_are_cancelled = False

    # -- what ops do ---------------------------------------------------------------------------

    def enqueue(self, components: Sequence[np.ndarray]) -> None:
        """Puts one element in.

        Raises:
          errors.CancelledError: the queue is closed, or the session.
          errors.InvalidArgumentError: a component has another shape than the queue's.
        """
        self._check_shapes(components, [np.shape(each) for each in components], False)
        self._put([tuple(np.array(each) for each in components)])

    def enqueue_many(self, components: Sequence[np.ndarray]) -> None:
        """Puts an element in for each row; raises as `enqueue`."""
        arrays = [np.asarray(each) for each in components]
        counts = {len(array) if array.ndim else -1 for array in arrays}
        if len(counts) != 1 or counts == {-1}:
            text = "All input tensors must have the same size in the 0th dimension."
            raise InvalidArgumentError(None, None, text)
        self._check_shapes(arrays, [array.shape[1:] for array in arrays], True)
        self._put(list(zip(*map(_rows, arrays), strict=True)))

    def dequeue(self) -> Element:
        """Takes one element out.

        Raises:
          errors.OutOfRangeError: the queue is closed and empty.
          errors.CancelledError: the session is closed.
        """
        return self._take(1, False)[0]

    def dequeue_many(self, count: int, may_be_fewer: bool = False) -> Element:
        """Takes so many elements out; each component is a batch.

        Args:
          count: how many.
          may_be_fewer: whether a closed queue may give fewer, but one at least.

        Raises:
          errors.InvalidArgumentError: the queue has no shapes, or `count` is negative.
          errors.OutOfRangeError, errors.CancelledError: as for `dequeue`.
        """
        if not self._shapes:
            raise InvalidArgumentError(
                None,
                None,
                f"{self._kind}'s DequeueMany and DequeueUpTo require the components to have "
                "specified shapes.",
            )
        if count < 0:
            name = "DequeueUpTo" if may_be_fewer else "DequeueMany"
            text = f"{name}: number of elements must be positive, got {count}"
            raise InvalidArgumentError(None, None, text)
        elements = self._take(count, may_be_fewer)
        return tuple(
            self._batch(number, [element[number] for element in elements])
            for number in range(len(self._shapes))
        )

    def close(self, cancels: bool = False) -> None:
        """Nothing more is put in.

        Args:
          cancels: whether what waits to be put in is cancelled.

        Raises:
          errors.CancelledError: it is closed already.
        """
        with self._changed:
            if self._is_closed and not cancels:
                text = f"{self._kind} '{self._title}' is already closed."
                raise CancelledError(None, None, text)
            self._is_closed = True
            self._puts_are_cancelled |= cancels
            self._changed.notify_all()

    def cancel(self) -> None:
        """Ends all waiting: the session is closed."""
        with self._changed:
            self._is_cancelled = True
            self._changed.notify_all()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed

    def __len__(self) -> int:
        with self._changed:
            return len(self._store)

    # -- waiting -------------------------------------------------------------------------------

    def _put(self, elements: list[Element]) -> None:
        with self._changed:
            if self._is_closed:
                raise CancelledError(None, None, f"{self._kind} '{self._title}' is closed.")
            ticket = self._joined(self._putting)
            try:
                place = 0
                while place < len(elements):
                    self._wait(lambda: self._may_put(ticket))
                    if self._is_cancelled or self._puts_are_cancelled:
                        raise CancelledError(None, None, "Enqueue operation was cancelled")
                    end = len(elements) if self._capacity is None else place + self._room()
                    for element in elements[place:end]:
                        self._store.put(element)
                    place = end
                    self._changed.notify_all()
            finally:
                self._left(self._putting, ticket)

    def _may_put(self, ticket: object) -> bool:
        if self._is_cancelled or self._puts_are_cancelled:
            return True
        has_room = self._capacity is None or self._room() > 0
        return has_room and self._putting[0] is ticket

    def _room(self) -> int:
        return (self._capacity or 0) - len(self._store)

    def _take(self, count: int, may_be_fewer: bool) -> list[Element]:
        found: list[Element] = []
        with self._changed:
            ticket = self._joined(self._taking)
            try:
                while len(found) < count:
                    self._wait(lambda: self._may_take(ticket))
                    if self._is_cancelled:
                        raise CancelledError(None, None, "Dequeue operation was cancelled")
                    if not self._available():
                        if may_be_fewer and found:
                            break
                        raise self._insufficient(count, found)
                    found += self._store.take_many(min(count - len(found), self._available()))
                    self._changed.notify_all()
            except BaseException:
                self._store.put_back(found)
                raise
            finally:
                self._left(self._taking, ticket)
        return found

    def _may_take(self, ticket: object) -> bool:
        if self._is_cancelled:
            return True
        if self._taking[0] is not ticket:
            return False
        return self._available() > 0 or (self._is_closed and not self._putting)

    def _available(self) -> int:
        return len(self._store) - (0 if self._is_closed else self._least)

    def _wait(self, is_done: Callable[[], bool]) -> None:
        self._changed.wait_for(is_done)

    @staticmethod
    def _joined(line: deque[object]) -> object:
        ticket = object()
        line.append(ticket)
        return ticket

    def _left(self, line: deque[object], ticket: object) -> None:
        line.remove(ticket)
        self._changed.notify_all()

    def _insufficient(self, count: int, found: list[Element]) -> OutOfRangeError:
        text = (
            f"{self._kind} '{self._title}' is closed and has insufficient elements (requested "
            f"{count}, current size {len(found) + len(self._store)})"
        )
        return OutOfRangeError(None, None, text)

    # -- shapes --------------------------------------------------------------------------------

    def _check_shapes(
        self, components: Sequence[Any], found: Sequence[tuple[int, ...]], is_batch: bool
    ) -> None:
        for number, (dims, shape) in enumerate(zip(self._shapes, found, strict=False)):
            if dims is None or _fits(shape, dims):
                continue
            expected, given = dims, shape
            if is_batch:
                count = len(components[number])
                expected, given = (count, *dims), (count, *shape)
            text = (
                f"Shape mismatch in tuple component {number}. Expected {_text(expected)}, got "
                f"{_text(given)}"
            )
            raise InvalidArgumentError(None, None, text)

    def _batch(self, number: int, arrays: list[np.ndarray]) -> np.ndarray:
        dims = self._shapes[number]
        if not arrays:
            if dims is None:
                raise UnimplementedError(None, None, "an empty batch of unknown rank")
            return np.zeros((0, *(size or 0 for size in dims)))
        if self._pads:
            return _padded(arrays)
        return np.stack(arrays)


def _rows(array: np.ndarray) -> list[Any]:
    """The rows of an array, each with memory of its own."""
    if array.dtype == object:
        return [np.array(array[row]) for row in range(len(array))]
    return list(array) if array.ndim == 1 else [row.copy() for row in array]


def _padded(arrays: list[np.ndarray]) -> np.ndarray:
    """A batch whose elements are filled up to the largest size in each dimension."""
    sizes = tuple(max(sizes) for sizes in zip(*(array.shape for array in arrays), strict=True))
    fill: Any = b"" if arrays[0].dtype == object else 0
    result = np.full((len(arrays), *sizes), fill, arrays[0].dtype)
    for number, array in enumerate(arrays):
        place: Any = (number, *(slice(size) for size in array.shape))
        result[place] = array
    return result


def _fits(shape: Sequence[int], dims: Sequence[int | None]) -> bool:
    if len(shape) != len(dims):
        return False
    return all(known is None or size == known for size, known in zip(shape, dims, strict=True))


def _text(dims: Sequence[int | None]) -> str:
    return "[" + ",".join("?" if size is None else str(size) for size in dims) + "]"
