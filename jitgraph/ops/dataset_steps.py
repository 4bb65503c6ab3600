"""Datasets made of others without calling functions: repeat, take, skip, shard, zip, batch, window.

In: nodes. Out: nodes.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jitgraph.errors import OpError
from jitgraph.ops.dataset_nodes import (
    Element,
    Lazily,
    Node,
    Over,
    Pass,
    Rows,
    Stream,
    as_value,
    refused,
    shape_text,
)


@dataclass(frozen=True, eq=False)
class Repeated(Node):
    """A source `count` times; without end if negative."""

    source: Node
    count: int

    def stream(self, run: Pass) -> Stream:
        if self.count == 0:
            return Lazily(lambda: iter(()))
        first = self.source.stream(run)
        if isinstance(first, Rows):
            return _RepeatedRows(self, run, first)
        return _Repetition(self, run, first)


class _Repetition(Over):
    def __init__(self, node: Repeated, run: Pass, first: Stream) -> None:
        super().__init__(first)
        self._node, self._run, self._left = node, run, node.count
        self._has_given = False

    def __next__(self) -> Element:
        while True:
            try:
                found = next(self.source)
            except StopIteration:
                self._left -= 1
                if self._left == 0 or (self._left < 0 and not self._has_given):
                    self._left = 1
                    raise
                self.source.close()
                self.source = self._node.source.stream(self._run)
                self._has_given = False
                continue
            self._has_given = True
            return found


class _RepeatedRows(Rows):
    def __init__(self, node: Repeated, run: Pass, first: Rows) -> None:
        super().__init__(first.components)
        self._node, self._run, self._left, self._source = node, run, node.count, first
        self._is_empty = True

    def indices(self, most: int) -> list[int]:
        found = self._source.indices(most)
        while len(found) < most and self._left != 1:
            if self._is_empty and not found and self._left < 0:
                break
            self._left -= 1
            stream: Any = self._node.source.stream(self._run)
            self._source = stream
            found += stream.indices(most - len(found))
        self._is_empty &= not found
        return found


@dataclass(frozen=True, eq=False)
class Part(Node):
    """The elements from `start` to before `stop` (None: all), each `step`th."""

    source: Node
    start: int
    stop: int | None
    step: int = 1

    def stream(self, run: Pass) -> Stream:
        source = self.source.stream(run)
        if isinstance(source, Rows):
            return _PartOfRows(source, self)
        return _PartOfStream(source, self)


class _PartOfStream(Over):
    def __init__(self, source: Stream, node: Part) -> None:
        super().__init__(source)
        self._stop, self._step = node.stop, node.step
        self._place, self._due = 0, node.start

    def __next__(self) -> Element:
        while True:
            if self._stop is not None and self._place >= self._stop:
                raise StopIteration
            found = next(self.source)
            self._place += 1
            if self._place > self._due:
                self._due += self._step
                return found


class _PartOfRows(Rows):
    def __init__(self, source: Rows, node: Part) -> None:
        super().__init__(source.components)
        self._source, self._node = source, node
        self._place, self._due = 0, node.start

    def indices(self, most: int) -> list[int]:
        found: list[int] = []
        while len(found) < most:
            wanted = self._due + (most - len(found) - 1) * self._node.step + 1 - self._place
            if self._node.stop is not None:
                wanted = min(wanted, self._node.stop - self._place)
            wanted = min(wanted, 1 << 16)
            given = self._source.indices(wanted) if wanted > 0 else []
            if not given:
                break
            found += given[self._due - self._place :: self._node.step]
            self._place += len(given)
            late = self._place - self._due
            self._due += -(-late // self._node.step) * self._node.step if late > 0 else 0
        return found


@dataclass(frozen=True, eq=False)
class Zipped(Node):
    """An element of each source, side by side."""

    sources: tuple[Node, ...]

    def stream(self, run: Pass) -> Stream:
        return _SideBySide([source.stream(run) for source in self.sources])


class _SideBySide(Stream):
    def __init__(self, sources: Sequence[Stream]) -> None:
        self._sources = sources
        self._is_over = False

    def __next__(self) -> Element:
        if self._is_over:
            raise StopIteration
        try:
            return tuple([part for source in self._sources for part in next(source)])
        except StopIteration:
            self._is_over = True
            raise

    def close(self) -> None:
        for source in self._sources:
            source.close()


@dataclass(frozen=True, eq=False)
class Joined(Node):
    """One source behind the other."""

    first: Node
    second: Node

    def stream(self, run: Pass) -> Stream:
        return _Behind(self, run)


class _Behind(Over):
    def __init__(self, node: Joined, run: Pass) -> None:
        super().__init__(node.first.stream(run))
        self._node, self._run, self._is_second = node, run, False

    def __next__(self) -> Element:
        try:
            return next(self.source)
        except StopIteration:
            if self._is_second:
                raise
        self.source.close()
        self._is_second = True
        self.source = self._node.second.stream(self._run)
        return next(self.source)


@dataclass(frozen=True, eq=False)
class Batched(Node):
    """Elements stacked, `size` at a time."""

    source: Node
    size: int
    drops: bool

    def stream(self, run: Pass) -> Stream:
        source = self.source.stream(run)
        if isinstance(source, Rows):
            return _BatchesOfRows(source, self)
        return _Batches(source, self, stacked)


class _BatchesOfRows(Over):
    def __init__(self, source: Rows, node: Batched) -> None:
        super().__init__(source)
        self._rows, self._node = source, node

    def __next__(self) -> Element:
        found = self._rows.indices(self._node.size)
        if not found or (self._node.drops and len(found) < self._node.size):
            raise StopIteration
        return tuple(each.take(found, 0) for each in self._rows.components)


class _Batches(Over):
    def __init__(self, source: Stream, node: Any, stack: Any) -> None:
        super().__init__(source)
        self._node, self._stack = node, stack

    def __next__(self) -> Element:
        elements = list(itertools.islice(self.source, self._node.size))
        if not elements or (self._node.drops and len(elements) < self._node.size):
            raise StopIteration
        found: Element = self._stack(elements)
        return found


def stacked(elements: Sequence[Element]) -> Element:
    """A batch.

    Raises:
      errors.InvalidArgumentError: elements of different shapes.
    """
    return tuple(
        _stack(number, list(parts)) for number, parts in enumerate(zip(*elements, strict=True))
    )


def _stack(number: int, parts: list[Any]) -> np.ndarray:
    first = parts[0].shape
    for place, part in enumerate(parts):
        if part.shape != first:
            raise refused(
                f"Cannot batch tensors with different shapes in component {number}. First element "
                f"had shape {shape_text(first)} and element {place} had shape "
                f"{shape_text(part.shape)}."
            )
    result = np.empty((len(parts), *first), parts[0].dtype)
    for place, part in enumerate(parts):
        result[place, ...] = part[()]
    return result


@dataclass(frozen=True, eq=False)
class PaddedBatches(Node):
    """Elements filled up to one shape and stacked.

    Attributes:
      shapes: for each component the sizes, -1 for the largest one in the batch.
      values: what fills them up.
    """

    source: Node
    size: int
    shapes: tuple[tuple[int, ...], ...]
    values: tuple[Any, ...]
    drops: bool

    def stream(self, run: Pass) -> Stream:
        return _Batches(self.source.stream(run), self, self._padded)

    def _padded(self, elements: Sequence[Element]) -> Element:
        parts = zip(*elements, strict=True)
        return tuple(
            _filled(number, list(each), shape, value)
            for number, (each, shape, value) in enumerate(
                zip(parts, self.shapes, self.values, strict=True)
            )
        )


def _filled(number: int, parts: list[Any], wanted: tuple[int, ...], value: Any) -> np.ndarray:
    for part in parts:
        if part.ndim != len(wanted):
            raise refused(
                "All elements in a batch must have the same rank as the padded shape for component"
                f"{number}: expected rank {len(wanted)} but got element with rank {part.ndim}"
            )
        if any(size > limit >= 0 for size, limit in zip(part.shape, wanted, strict=True)):
            raise refused(
                "Attempted to pad to a smaller size than the input element: component "
                f"{number} has shape {shape_text(part.shape)}, padded shape {shape_text(wanted)}."
            )
    sizes = tuple(
        limit if limit >= 0 else max(part.shape[axis] for part in parts)
        for axis, limit in enumerate(wanted)
    )
    result = np.full((len(parts), *sizes), np.asarray(value)[()], parts[0].dtype)
    for place, part in enumerate(parts):
        corner: Any = (place, *map(slice, part.shape))
        result[corner] = part[()]
    return result


@dataclass(frozen=True, eq=False)
class Unbatched(Node):
    """The rows of each element."""

    source: Node

    def stream(self, run: Pass) -> Stream:
        return _RowsOfEach(self.source.stream(run))


class _RowsOfEach(Over):
    _current: Element = ()
    _place = 0

    def __next__(self) -> Element:
        while not self._current or self._place >= len(self._current[0]):
            self._current, self._place = next(self.source), 0
            if len({len(each) for each in self._current}) > 1:
                self._current = ()
                raise refused("Input element must have the same batch size in each component.")
        self._place += 1
        return tuple(each[self._place - 1, ...] for each in self._current)


@dataclass(frozen=True, eq=False)
class Listed(Node):
    """Elements that are known."""

    elements: tuple[Element, ...]

    def stream(self, run: Pass) -> Stream:
        return Lazily(lambda: iter(self.elements))


@dataclass(frozen=True, eq=False)
class Windows(Node):
    """Datasets of `size` neighbours, `stride` apart, each `shift` elements behind the last one."""

    source: Node
    size: int
    shift: int
    stride: int
    drops: bool

    def stream(self, run: Pass) -> Stream:
        return _Neighbours(self.source.stream(run), self)


class _Neighbours(Over):
    def __init__(self, source: Stream, node: Windows) -> None:
        super().__init__(source)
        self._node = node
        self._buffer: deque[Element] = deque()
        self._skip = 0
        self._is_over = False

    def __next__(self) -> Element:
        node = self._node
        span = (node.size - 1) * node.stride + 1
        while len(self._buffer) < span and not self._is_over:
            try:
                found = next(self.source)
            except StopIteration:
                self._is_over = True
                break
            if self._skip:
                self._skip -= 1
            else:
                self._buffer.append(found)
        if not self._buffer or (node.drops and len(self._buffer) < span):
            self._buffer.clear()
            raise StopIteration
        chosen = list(self._buffer)[: span : node.stride]
        for _ in range(node.shift):
            if self._buffer:
                self._buffer.popleft()
            else:
                self._skip += 1
        return tuple(
            as_value(Listed(tuple((part,) for part in parts)))
            for parts in zip(*chosen, strict=True)
        )


@dataclass(frozen=True, eq=False)
class WithoutErrors(Node):
    """The elements that can be made."""

    source: Node

    def stream(self, run: Pass) -> Stream:
        return _Good(self.source.stream(run))


class _Good(Over):
    def __next__(self) -> Element:
        while True:
            try:
                return next(self.source)
            except OpError:
                continue


@dataclass(frozen=True, eq=False)
class Distinct(Node):
    """Each element the first time."""

    source: Node

    def stream(self, run: Pass) -> Stream:
        return _First(self.source.stream(run))


class _First(Over):
    def __init__(self, source: Stream) -> None:
        super().__init__(source)
        self._known: set[Any] = set()

    def __next__(self) -> Element:
        while True:
            found = next(self.source)
            item = found[0].item()
            if item not in self._known:
                self._known.add(item)
                return found
