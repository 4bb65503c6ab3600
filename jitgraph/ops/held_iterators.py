"""Iterators as sessions keep them: how far a dataset has been passed through.

In: a node. Out: elements. Threads may share one; each element goes to one of them.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.errors import FailedPreconditionError, InvalidArgumentError, OutOfRangeError
from jitgraph.ops.dataset_nodes import Element, Node, Pass, Stream
from jitgraph.shapes import as_shape

_numbers = itertools.count(1)
_iterators: weakref.WeakValueDictionary[str, HeldIterator] = weakref.WeakValueDictionary()


class HeldIterator:
    """An iterator.

    Args:
      kinds, shapes: what its elements are.
      make: for a one-shot iterator what gives its dataset, when the first element is asked for.
    """

    def __init__(
        self,
        kinds: Sequence[DType],
        shapes: Sequence[Any],
        make: Callable[[], Node] | None = None,
    ) -> None:
        self.kinds = tuple(kinds)
        self.shapes = tuple(map(as_shape, shapes))
        self.handle = f"jitgraph-iterator-{next(_numbers)}"
        self._make = make
        self._run: Pass | None = None
        self._stream: Stream | None = None
        self._lock = threading.Lock()
        self._is_cancelled = False
        _iterators[self.handle] = self

    def begin(self, node: Node) -> None:
        """Passes through a dataset from its beginning on."""
        with self._lock:
            self._begin(node)

    def _begin(self, node: Node) -> None:
        self._end()
        self._run = Pass()
        self._stream = node.stream(self._run)
        self._ending = weakref.finalize(self, self._run.end)

    def next(self) -> Element:
        """The next element, in arrays that nobody else holds.

        Raises:
          errors.FailedPreconditionError: it was given no dataset yet.
          errors.OutOfRangeError: there are no more elements.
          errors.OpError: the element can't be made.
        """
        with self._lock:
            if self._stream is None and self._make is not None and not self._is_cancelled:
                self._begin(self._make())
            if self._stream is None:
                raise FailedPreconditionError(
                    None,
                    None,
                    "GetNext() failed because the iterator has not been initialized. Ensure that "
                    "you have run the initializer operation for this iterator before getting the "
                    "next element.",
                )
            try:
                found = next(self._stream)
            except StopIteration:
                raise OutOfRangeError(None, None, "End of sequence") from None
        self._check(found)
        return tuple(map(_own, found))

    def _check(self, found: Element) -> None:
        if len(found) != len(self.kinds):
            text = f"Expected {len(self.kinds)} components but got {len(found)}."
            raise InvalidArgumentError(None, None, text)
        for number, (array, kind) in enumerate(zip(found, self.kinds, strict=True)):
            if array.dtype != kind.as_numpy_dtype:
                text = f"Expected type {kind.name} but got {_kind(array)} for component {number}."
                raise InvalidArgumentError(None, None, text)

    def _end(self) -> None:
        if self._run is not None:
            self._ending.detach()
            self._run.end()
        if self._stream is not None:
            self._stream.close()
        self._run = self._stream = None

    def cancel(self) -> None:
        """Ends all threads: the session is closed."""
        self._is_cancelled = True
        if self._run is not None:
            self._run.end()
        with self._lock:
            self._end()


def _own(array: Any) -> Any:
    is_own = array.base is None and array.flags.writeable
    return array if is_own or array.ndim == 0 else np.array(array)


def _kind(array: Any) -> str:
    return dtypes.as_dtype(array.dtype).name


def iterator_of(handle: Any) -> HeldIterator:
    """The iterator that an array stands for."""
    if isinstance(handle, HeldIterator):
        return handle
    found: HeldIterator = np.asarray(handle, object).item()
    return found


def iterator_called(handle: bytes, kinds: Sequence[DType], shapes: Sequence[Any]) -> HeldIterator:
    """The iterator with a string handle.

    Raises:
      errors.InvalidArgumentError: there is none, or it has other elements.
    """
    found = _iterators.get(handle.decode(errors="replace"))
    if found is None:
        text = f"Could not parse handle {handle!r}: no iterator of a session has it."
        raise InvalidArgumentError(None, None, text)
    if kinds and tuple(kinds) != found.kinds:
        expected, given = _names(kinds), _names(found.kinds)
        text = f"Expected output types {expected} but the iterator's are {given}."
        raise InvalidArgumentError(None, None, text)
    wanted = tuple(map(as_shape, shapes))
    if wanted and not all(map(_fit, wanted, found.shapes)):
        text = f"Expected output shapes {list(wanted)} but the iterator's are {list(found.shapes)}."
        raise InvalidArgumentError(None, None, text)
    return found


def _fit(wanted: Any, found: Any) -> bool:
    return bool(wanted.is_compatible_with(found))


def _names(kinds: Sequence[DType]) -> str:
    return "[" + ", ".join(kind.name for kind in kinds) + "]"
