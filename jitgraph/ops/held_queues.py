"""Queues as sessions keep them: elements that threads put in and take out.

In: tuples of arrays. Out: tuples of arrays, in the order of the queue's kind. A thread that finds
no room, or too few elements, waits in line. Whoever changes the queue does what those at the head
of the lines wait for, and wakes a thread once it has all that it asked for: it sleeps through the
rest. What is taken for a thread goes back if it does not suffice in the end. Errors are
TensorFlow's.
"""

from __future__ import annotations

import threading
import warnings
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from jitgraph.errors import (
    CancelledError,
    InvalidArgumentError,
    OutOfRangeError,
    UnimplementedError,
)
from jitgraph.ops.queue_orders import Element
from jitgraph.shapes import as_shape

PATIENCE = 10.0
"""So many seconds a thread waits for the first element of a queue before it warns."""


@dataclass(eq=False)
class _Attempt:
    """What a thread wants of a queue.

    Attributes:
      gate: is locked while the thread waits.
      error: why the thread does not get it.
      is_done: whether it has all of it, or an error.
    """

    gate: threading.Lock = field(default_factory=threading.Lock, init=False)
    error: Exception | None = field(default=None, init=False)
    is_done: bool = field(default=False, init=False)

    def end(self, error: Exception | None = None) -> None:
        """Lets the thread go on."""
        self.error = error
        self.is_done = True
        if self.gate.locked():
            self.gate.release()


@dataclass(eq=False)
class _Putting(_Attempt):
    """A block of elements to put in; those before `place` are in."""

    block: Any
    size: int
    place: int = 0


@dataclass(eq=False)
class _Taking(_Attempt):
    """So many elements to take out; fewer may do; the block that has those that were found."""

    count: int
    may_be_fewer: bool
    found: Any = None
    size: int = 0


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
        self._mutex = threading.Lock()
        self._putting: deque[_Putting] = deque()
        self._taking: deque[_Taking] = deque()
        self._is_closed = False
        self._is_cancelled = False
        self._puts_are_cancelled = False
        self._may_warn = True

    # -- what ops do ---------------------------------------------------------------------------

    def enqueue(self, components: Sequence[np.ndarray]) -> None:
        """Puts one element in.

        Raises:
          errors.CancelledError: the queue is closed, or the session.
          errors.InvalidArgumentError: a component has another shape than the queue's.
        """
        self._check_shapes(components, [each.shape for each in components], False)
        self._put(self._store.block(components, False))

    def enqueue_many(self, components: Sequence[np.ndarray]) -> None:
        """Puts an element in for each row; raises as `enqueue`."""
        arrays = [np.asarray(each) for each in components]
        counts = {len(array) if array.ndim else -1 for array in arrays}
        if len(counts) != 1 or counts == {-1}:
            text = "All input tensors must have the same size in the 0th dimension."
            raise InvalidArgumentError(None, None, text)
        self._check_shapes(arrays, [array.shape[1:] for array in arrays], True)
        self._put(self._store.block(arrays, True))

    def dequeue(self) -> Element:
        """Takes one element out.

        Raises:
          errors.OutOfRangeError: the queue is closed and empty.
          errors.CancelledError: the session is closed.
        """
        block = self._take(1, False)
        if isinstance(block, tuple):
            return tuple([each.reshape(each.shape[1:]) for each in block])
        element: Element = block[0]
        return element

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
        block = self._take(count, may_be_fewer)
        if isinstance(block, tuple):
            return block
        return tuple(
            self._batch(number, [element[number] for element in block])
            for number in range(len(self._shapes))
        )

    def close(self, cancels: bool = False) -> None:
        """Nothing more is put in.

        Args:
          cancels: whether what waits to be put in is cancelled.

        Raises:
          errors.CancelledError: it is closed already.
        """
        with self._mutex:
            if self._is_closed and not cancels:
                text = f"{self._kind} '{self._title}' is already closed."
                raise CancelledError(None, None, text)
            self._is_closed = True
            self._puts_are_cancelled |= cancels
            self._advance()

    def cancel(self) -> None:
        """Ends all waiting: the session is closed."""
        with self._mutex:
            self._is_cancelled = True
            self._advance()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed

    def __len__(self) -> int:
        with self._mutex:
            self._advance()
            return len(self._store)

    # -- waiting -------------------------------------------------------------------------------

    def _put(self, block: Any) -> None:
        size = self._store.size(block)
        with self._mutex:
            self._may_warn = False
            if self._is_closed:
                raise CancelledError(None, None, f"{self._kind} '{self._title}' is closed.")
            if size and not self._putting and not self._is_cancelled and size <= self._room():
                self._store.put(block, 0, size)
                if self._taking:
                    self._advance()
                return
            attempt = _Putting(block, size)
            self._joined(self._putting, attempt)
        self._wait(self._putting, attempt)

    def _take(self, count: int, may_be_fewer: bool) -> Any:
        """A block of elements; an empty list for none."""
        with self._mutex:
            if count and not self._taking and not self._is_cancelled and count <= self._ready():
                found = self._store.take(None, 0, count, count)
                if self._putting and self._is_time_to_fill():
                    self._advance()
                return found
            attempt = _Taking(count, may_be_fewer)
            self._joined(self._taking, attempt)
        self._wait(self._taking, attempt)
        if attempt.found is None:
            return []
        is_whole = attempt.size == count
        return attempt.found if is_whole else self._store.part(attempt.found, attempt.size)

    def _room(self) -> float:
        """How many elements may be put in."""
        return inf if self._capacity is None else self._capacity - len(self._store)

    def _ready(self) -> int:
        """How many elements may be taken out."""
        return len(self._store) - (0 if self._is_closed else self._least)

    def _is_time_to_fill(self) -> bool:
        """Whether elements that wait are put in now: a large block waits until half of the queue
        has room for it, which nobody sees."""
        first, room = self._putting[0], self._room()
        is_seen = self._least or not self._store.is_in_order or self._puts_are_cancelled
        return bool(
            is_seen or first.size - first.place <= room or 2 * room >= (self._capacity or 0)
        )

    def _joined(self, line: deque[Any], attempt: _Attempt) -> None:
        line.append(attempt)
        self._advance()
        if not attempt.is_done:
            attempt.gate.acquire()

    def _wait(self, line: deque[Any], attempt: _Attempt) -> None:
        """Until somebody has done it; a thread that is interrupted leaves the line."""
        if not attempt.is_done:
            try:
                self._sleep(attempt)
            except BaseException:
                self._leave(line, attempt)
                raise
        if attempt.error is not None:
            raise attempt.error

    def _sleep(self, attempt: _Attempt) -> None:
        """Until the thread is woken; warns once where nothing was ever put in."""
        if self._may_warn and isinstance(attempt, _Taking):
            if attempt.gate.acquire(timeout=PATIENCE):
                return
            if self._may_warn:
                self._may_warn = False
                warnings.warn(self._nothing_came(), RuntimeWarning, stacklevel=2)
        attempt.gate.acquire()

    def _nothing_came(self) -> str:
        return (
            f"{self._kind} '{self._title}': a dequeue has waited for {PATIENCE:.4g} s, and nothing "
            "was put in yet. Queues of tf.train's input functions are filled by threads that "
            "tf.train.start_queue_runners(session) starts."
        )

    def _leave(self, line: deque[Any], attempt: _Attempt) -> None:
        with self._mutex:
            if not attempt.is_done:
                line.remove(attempt)
            if isinstance(attempt, _Taking):
                self._put_back(attempt)
            self._advance()

    def _advance(self) -> None:
        """Does what the threads in line wait for, as far as it can be done."""
        goes_on = True
        while goes_on:
            goes_on = False
            while self._putting and self._put_some(self._putting[0]):
                goes_on = True
            while self._taking and self._take_some(self._taking[0]):
                goes_on = True

    def _put_some(self, attempt: _Putting) -> bool:
        """Puts in what has room; whether that changed anything."""
        if self._is_cancelled or self._puts_are_cancelled:
            self._end(self._putting, CancelledError(None, None, "Enqueue operation was cancelled"))
            return True
        begin, end = attempt.place, attempt.size
        end = int(min(end, begin + max(self._room(), 0)))
        if end > begin:
            self._store.put(attempt.block, begin, end)
        attempt.place = end
        is_done = end == attempt.size
        if is_done:
            self._end(self._putting)
        return is_done or end > begin

    def _take_some(self, attempt: _Taking) -> bool:
        """Takes what is there; whether that changed anything."""
        if self._is_cancelled:
            self._put_back(attempt)
            self._end(self._taking, CancelledError(None, None, "Dequeue operation was cancelled"))
            return True
        taken = max(min(attempt.count - attempt.size, self._ready()), 0)
        if taken:
            place = attempt.size
            attempt.found = self._store.take(attempt.found, place, taken, attempt.count)
            attempt.size += taken
        if attempt.size == attempt.count:
            self._end(self._taking)
        elif self._is_closed and not self._putting and not len(self._store):
            self._end(self._taking, self._too_few(attempt))
        else:
            return taken > 0
        return True

    def _too_few(self, attempt: _Taking) -> OutOfRangeError | None:
        """Why a closed queue doesn't give what was asked for, None where fewer do."""
        if attempt.may_be_fewer and attempt.size:
            return None
        error = self._insufficient(attempt)
        self._put_back(attempt)
        return error

    def _put_back(self, attempt: _Taking) -> None:
        if attempt.size:
            self._store.put_back(self._store.part(attempt.found, attempt.size))

    @staticmethod
    def _end(line: deque[Any], error: Exception | None = None) -> None:
        line.popleft().end(error)

    def _insufficient(self, attempt: _Taking) -> OutOfRangeError:
        text = (
            f"{self._kind} '{self._title}' is closed and has insufficient elements (requested "
            f"{attempt.count}, current size {attempt.size + len(self._store)})"
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
    if shape == dims:
        return True
    if len(shape) != len(dims):
        return False
    return all(known is None or size == known for size, known in zip(shape, dims, strict=True))


def _text(dims: Sequence[int | None]) -> str:
    return "[" + ",".join("?" if size is None else str(size) for size in dims) + "]"
