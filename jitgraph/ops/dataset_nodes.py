"""Datasets as runs see them: recipes for elements, and streams that give the elements.

In: nothing. Out: `Node`, what a variant tensor holds, and `Stream`, one pass through the elements.
An element is a tuple of arrays. A stream ends by StopIteration; an error ends nothing: the next
call goes on behind the element that failed. Arrays that streams keep are read-only.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph.errors import InvalidArgumentError

Element = tuple[Any, ...]
Called = Callable[[Element], Element]


class Pass:
    """What all streams of one iterator's pass share.

    Attributes:
      ended: set when nobody wants further elements: threads end, and what waits wakes up.
    """

    def __init__(self) -> None:
        self.ended = threading.Event()
        self._kept: dict[Any, Any] = {}
        self._lock = threading.Lock()
        self._waking: list[Callable[[], None]] = []

    def end(self) -> None:
        """Nobody wants further elements."""
        self.ended.set()
        with self._lock:
            waking = list(self._waking)
        for wake in waking:
            wake()

    def wakes(self, wake: Callable[[], None]) -> None:
        """`wake` is called when it ends."""
        with self._lock:
            self._waking.append(wake)
        if self.ended.is_set():
            wake()

    def kept(self, node: Node, make: Callable[[], Any]) -> Any:
        """What a node keeps for the whole pass, whatever how often it is begun anew."""
        with self._lock:
            if node not in self._kept:
                self._kept[node] = make()
            return self._kept[node]


class Stream(ABC):
    """Elements, one after the other."""

    def __iter__(self) -> Stream:
        return self

    @abstractmethod
    def __next__(self) -> Element:
        """The next element."""

    def close(self) -> None:  # noqa: B027 (most have nothing to end)
        """Ends the threads that work for it; nobody asks for further elements."""


class Node(ABC):
    """A recipe for elements."""

    @abstractmethod
    def stream(self, run: Pass) -> Stream:
        """The elements from the beginning."""


class Rows(Stream):
    """A stream whose elements are rows of arrays: `indices` gives many of them at once.

    Args:
      components: the arrays.
    """

    def __init__(self, components: Sequence[np.ndarray]) -> None:
        self.components = tuple(components)

    @abstractmethod
    def indices(self, most: int) -> list[int]:
        """The next rows' numbers, fewer than `most` only at the end."""

    def __next__(self) -> Element:
        found = self.indices(1)
        if not found:
            raise StopIteration
        return tuple(each[found[0], ...] for each in self.components)


class Over(Stream):
    """A stream made of another one.

    Args:
      source: the other one.
    """

    def __init__(self, source: Stream) -> None:
        self.source = source

    def close(self) -> None:
        self.source.close()


class Lazily(Stream):
    """The elements that a generator function gives; an error ends it.

    Args:
      make: called when the first element is asked for.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._generator: Any = None

    def __next__(self) -> Element:
        if self._generator is None:
            self._generator = self._make()
        found: Element = next(self._generator)
        return found

    def close(self) -> None:
        close = getattr(self._generator, "close", None)
        if close is not None:
            close()


def as_value(thing: Any) -> np.ndarray:
    """What a tensor holds that stands for something: a scalar of objects."""
    result = np.empty((), object)
    result[()] = thing
    return result


def read_only(array: Any) -> np.ndarray:
    """The array, or a view of it, that can't be written."""
    view = np.asarray(array).view()
    view.flags.writeable = False
    return view


def refused(text: str) -> InvalidArgumentError:
    """An InvalidArgumentError with a text."""
    return InvalidArgumentError(None, None, text)


def shape_text(shape: Sequence[int]) -> str:
    """A shape as TensorFlow's messages print it."""
    return "[" + ",".join(map(str, shape)) + "]"
