"""Datasets that call functions: map, filter, flat_map, interleave, groups, scan.

In: nodes, and functions of an element. Out: nodes. A function that gives datasets gives tensors
that hold nodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from jitgraph.errors import OutOfRangeError
from jitgraph.ops.dataset_nodes import (
    Called,
    Element,
    Node,
    Over,
    Pass,
    Stream,
    as_value,
    refused,
)
from jitgraph.ops.dataset_steps import Listed


@dataclass(frozen=True, eq=False)
class Mapped(Node):
    """What a function gives for each element."""

    source: Node
    function: Called
    keeps_count: bool = True

    def stream(self, run: Pass) -> Stream:
        return _Calls(self.source.stream(run), self.call)

    def call(self, element: Element) -> Element:
        """The function's result; its OutOfRangeError does not end the elements if all count."""
        try:
            return self.function(element)
        except OutOfRangeError as error:
            if not self.keeps_count:
                raise StopIteration from None
            text = f"Function invocation produced OutOfRangeError: {error.message}"
            raise refused(text) from None


class _Calls(Over):
    def __init__(self, source: Stream, function: Called) -> None:
        super().__init__(source)
        self._function = function

    def __next__(self) -> Element:
        return self._function(next(self.source))


@dataclass(frozen=True, eq=False)
class Filtered(Node):
    """The elements for which a function gives true; the first others end it if `stops`."""

    source: Node
    predicate: Called
    stops: bool = False

    def stream(self, run: Pass) -> Stream:
        return _Chosen(self.source.stream(run), self)


class _Chosen(Over):
    def __init__(self, source: Stream, node: Filtered) -> None:
        super().__init__(source)
        self._node = node

    def __next__(self) -> Element:
        while True:
            found = next(self.source)
            if _answer(self._node.predicate, found):
                return found
            if self._node.stops:
                raise StopIteration


def _answer(predicate: Called, element: Element) -> bool:
    answer = predicate(element)
    if len(answer) != 1 or np.ndim(answer[0]):
        raise refused("Filter predicate `f` must return a scalar bool.")
    return bool(answer[0])


@dataclass(frozen=True, eq=False)
class Flattened(Node):
    """The elements of the datasets that a function gives, one dataset behind the other."""

    source: Node
    function: Called

    def stream(self, run: Pass) -> Stream:
        return _OneByOne(self.source.stream(run), self, run)


class _OneByOne(Over):
    def __init__(self, source: Stream, node: Flattened, run: Pass) -> None:
        super().__init__(source)
        self._node, self._run = node, run
        self._current: Stream | None = None

    def __next__(self) -> Element:
        while True:
            if self._current is None:
                self._current = node_of(self._node.function(next(self.source))).stream(self._run)
            try:
                return next(self._current)
            except StopIteration:
                self._current.close()
                self._current = None

    def close(self) -> None:
        if self._current is not None:
            self._current.close()
        super().close()


def node_of(results: Element) -> Node:
    """The dataset that a function gave.

    Raises:
      errors.InvalidArgumentError: it gave something else.
    """
    node = results[0].item() if len(results) == 1 else None
    if not isinstance(node, Node):
        raise refused("The function must return a single scalar of dtype DT_VARIANT.")
    return node


@dataclass(frozen=True, eq=False)
class Interleaved(Node):
    """`block` elements by turns of each of `cycle` datasets that a function gives.

    Attributes:
      opened: makes the stream of such a dataset; those that are prepared ahead end with the pass.
      refills: whether a dataset at its end is at once replaced by the next one, which then waits
        for its turn.
    """

    source: Node
    function: Called
    cycle: int
    block: int
    opened: Callable[[Node, Pass], Stream] = lambda node, run: node.stream(run)
    refills: bool = False

    def stream(self, run: Pass) -> Stream:
        return _ByTurns(self.source.stream(run), self, run)


class _ByTurns(Over):
    def __init__(self, source: Stream, node: Interleaved, run: Pass) -> None:
        super().__init__(source)
        self._node, self._run = node, run
        self._open: list[Stream | None] = [None] * node.cycle
        self._turn = self._given = 0
        self._is_over = False
        self._has_begun = not node.refills

    def __next__(self) -> Element:
        if not self._has_begun:
            self._has_begun = True
            self._fill_all()
        while not self._is_over or any(self._open):
            current = self._open[self._turn]
            if current is not None:
                try:
                    found = next(current)
                except StopIteration:
                    current.close()
                    self._replace()
                    continue
                self._given += 1
                if self._given == self._node.block:
                    self._pass_on()
                return found
            if not self._is_over:
                self._fill()
            elif self._node.refills:
                self._turn = (self._turn + 1) % self._node.cycle
            else:
                self._pass_on()
        raise StopIteration

    def _fill_all(self) -> None:
        for turn in range(self._node.cycle):
            self._turn = turn
            self._fill()
        self._turn = 0

    def _replace(self) -> None:
        self._open[self._turn] = None
        if self._node.refills:
            self._fill()
            if self._open[self._turn] is None:
                self._turn = (self._turn + 1) % self._node.cycle
                return
        self._pass_on()

    def _fill(self) -> None:
        try:
            element = next(self.source)
        except StopIteration:
            self._is_over = True
            return
        node = node_of(self._node.function(element))
        self._open[self._turn] = self._node.opened(node, self._run)

    def _pass_on(self) -> None:
        self._given = 0
        self._turn = (self._turn + 1) % self._node.cycle

    def close(self) -> None:
        for stream in self._open:
            if stream is not None:
                stream.close()
        super().close()


@dataclass(frozen=True, eq=False)
class Scanned(Node):
    """What a function gives of a state and each element, beside the next state."""

    source: Node
    function: Called
    state: Element

    def stream(self, run: Pass) -> Stream:
        return _Carried(self.source.stream(run), self)


class _Carried(Over):
    def __init__(self, source: Stream, node: Scanned) -> None:
        super().__init__(source)
        self._function, self._state = node.function, node.state

    def __next__(self) -> Element:
        found = self._function((*self._state, *next(self.source)))
        count = len(self._state)
        self._state = found[:count]
        return found[count:]


@dataclass(frozen=True, eq=False)
class Grouped(Node):
    """Elements of one key together: what a function makes of as many of them as another says."""

    source: Node
    key: Called
    reduce: Called
    size: Called

    def stream(self, run: Pass) -> Stream:
        return _Groups(self.source.stream(run), self, run)


class _Groups(Over):
    def __init__(self, source: Stream, node: Grouped, run: Pass) -> None:
        super().__init__(source)
        self._node, self._run = node, run
        self._groups: dict[int, list[Element]] = {}
        self._sizes: dict[int, int] = {}
        self._current: Stream | None = None
        self._is_over = False

    def __next__(self) -> Element:
        while True:
            if self._current is not None:
                try:
                    return next(self._current)
                except StopIteration:
                    self._current.close()
                    self._current = None
            self._current = self._next_group()

    def _next_group(self) -> Stream:
        while not self._is_over:
            try:
                element = next(self.source)
            except StopIteration:
                self._is_over = True
                break
            key = int(self._node.key(element)[0])
            if key not in self._sizes:
                self._sizes[key] = self._size_of(key)
            group = self._groups.setdefault(key, [])
            group.append(element)
            if len(group) == self._sizes[key]:
                return self._reduced(key)
        if not self._groups:
            raise StopIteration
        return self._reduced(min(self._groups))

    def _size_of(self, key: int) -> int:
        size = int(self._node.size((np.asarray(key, np.int64),))[0])
        if size <= 0:
            raise refused(f"Window size must be greater than zero, but got {size}.")
        return size

    def _reduced(self, key: int) -> Stream:
        self._sizes.pop(key, None)
        group = as_value(Listed(tuple(self._groups.pop(key))))
        return node_of(self._node.reduce((np.asarray(key, np.int64), group))).stream(self._run)


def reduced(source: Node, state: Element, function: Called) -> Element:
    """What a function makes of a state and all elements, one after the other."""
    run = Pass()
    stream = source.stream(run)
    try:
        for element in stream:
            state = function((*state, *element))
    finally:
        run.end()
        stream.close()
    return state
