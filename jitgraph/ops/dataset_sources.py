"""Datasets that begin a pipeline: arrays, ranges, random numbers, generators.

In: arrays. Out: nodes.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jitgraph.errors import OutOfRangeError
from jitgraph.ops.dataset_nodes import (
    Called,
    Element,
    Lazily,
    Node,
    Pass,
    Rows,
    Stream,
    read_only,
    refused,
)
from jitgraph.ops.dataset_orders import Words


@dataclass(frozen=True, eq=False)
class Whole(Node):
    """One element: the arrays as they are."""

    components: Element

    def stream(self, run: Pass) -> Stream:
        return Lazily(lambda: iter([self.components]))


@dataclass(frozen=True, eq=False)
class Slices(Node):
    """An element for each row of the arrays."""

    components: Element

    def stream(self, run: Pass) -> Stream:
        return _EachRow(self.components)


class _EachRow(Rows):
    def __init__(self, components: Sequence[np.ndarray]) -> None:
        super().__init__(components)
        self._place = 0
        self._end = len(components[0])

    def indices(self, most: int) -> list[int]:
        start = self._place
        self._place = min(self._end, start + most)
        return list(range(start, self._place))


@dataclass(frozen=True, eq=False)
class Steps(Node):
    """Numbers from `start` to before `stop`."""

    start: int
    stop: int
    step: int

    def stream(self, run: Pass) -> Stream:
        numbers = range(self.start, self.stop, self.step)
        return Lazily(lambda: ((np.asarray(number, np.int64),) for number in numbers))


@dataclass(frozen=True, eq=False)
class RandomNumbers(Node):
    """Random integers of 32 bits, without an end."""

    seed: int
    seed2: int

    def stream(self, run: Pass) -> Stream:
        words = Words(self.seed, self.seed2)
        return Lazily(lambda: ((np.asarray(words.next(), np.int64),) for _ in itertools.count()))


@dataclass(frozen=True, eq=False)
class Generated(Node):
    """What `following` gives of the state that `begin` made, until it raises OutOfRangeError."""

    arguments: Element
    begin: Called
    following: Called
    finish: Called

    def stream(self, run: Pass) -> Stream:
        return _Generation(self)


class _Generation(Stream):
    def __init__(self, node: Generated) -> None:
        self._node = node
        self._state: Element | None = None
        self._is_over = False

    def __next__(self) -> Element:
        if self._is_over:
            raise StopIteration
        if self._state is None:
            self._state = self._node.begin(self._node.arguments)
        try:
            return self._node.following(self._state)
        except OutOfRangeError:
            self._is_over = True
            self._node.finish(self._state)
            raise StopIteration from None


def slices_of(components: Sequence[Any]) -> Slices:
    """The node for rows of arrays.

    Raises:
      errors.InvalidArgumentError: arrays of different lengths.
    """
    arrays = tuple(map(read_only, components))
    if any(array.ndim == 0 for array in arrays):
        raise refused("All components must be at least 1-dimensional")
    if len({len(array) for array in arrays}) > 1:
        raise refused("All components must have the same size in the 0th dimension")
    return Slices(arrays)


def steps_of(start: int, stop: int, step: int) -> Steps:
    """The node for a range.

    Raises:
      errors.InvalidArgumentError: the step is 0.
    """
    if step == 0:
        raise refused("step must be a non-zero integer.")
    return Steps(start, stop, step)
