"""Stage runtime: when each step of a run began and ended.

In: an instruction table. Out: the same with rows around each that note the time, and the times.
A run without a clock is not touched by any of this; a noted row costs some 50 ns more.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np

from jitgraph.errors import UnimplementedError
from jitgraph.runtime import native
from jitgraph.runtime.native import layout
from jitgraph.runtime.platform import function_address

_WORDS = layout.NOTE_BYTES // 8
_SECONDS = layout.NOTE_TIME // 8


class Clock:
    """Notes of when the rows of one table began and ended, and host steps; in nanoseconds."""

    def __init__(self, rows: int) -> None:
        self._notes = np.zeros((rows, 2, _WORDS), np.int64)
        self._notes[:, :, layout.NOTE_FUNCTION // 8] = clock_function()
        self._notes[:, :, layout.NOTE_CLOCK // 8] = time.CLOCK_MONOTONIC
        self._hosts: list[tuple[int, int]] = []

    def begin(self) -> None:
        """Forgets the run before."""
        self._hosts.clear()
        self._notes[:, :, _SECONDS : _SECONDS + 2] = 0

    def around(self, table: np.ndarray, first: int = 0) -> np.ndarray:
        """The rows of a table, each between two that note the time; `first` is its first row."""
        notes = self._notes[first : first + len(table)]
        noted = np.zeros((len(table), 3, 4), np.int64)
        noted[:, 1] = table
        jumps = table[:, 0] == 0
        noted[jumps, 1, 2] = 3 * table[jumps, 2] - 1
        noted[:, (0, 2), 0] = native.address("note_time")
        noted[:, (0, 2), 1] = notes.ctypes.data + np.arange(2 * len(notes)).reshape(-1, 2) * (
            layout.NOTE_BYTES
        )
        noted[:, (0, 2), 2] = 1
        return noted.reshape(-1, 4)

    @contextmanager
    def host_step(self) -> Iterator[None]:
        """A block that is the next step in Python."""
        start = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        yield
        self._hosts.append((start, time.clock_gettime_ns(time.CLOCK_MONOTONIC)))

    def rows(self) -> list[tuple[int, int]]:
        """(start, end) of each row in the latest run."""
        times = self._notes[:, :, _SECONDS] * 1_000_000_000 + self._notes[:, :, _SECONDS + 1]
        return [(int(start), int(end)) for start, end in times]

    def host_steps(self) -> list[tuple[int, int]]:
        """(start, end) of each step in Python."""
        return list(self._hosts)


@cache
def clock_function() -> int:
    """The address of clock_gettime."""
    try:
        return function_address(ctypes.CDLL(None).clock_gettime)
    except (TypeError, AttributeError):
        text = "this system has no clock_gettime: runs can't be traced"
        raise UnimplementedError(None, None, text) from None


Observer = Callable[[Any], None]
"""What is told of every traced run: it takes an `execution.TracedRun`."""

_observers: list[Observer] = []


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """A block in which new sessions trace all their runs for `observer`."""
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


def current_observer() -> Observer | None:
    """The observer of the innermost block, if there is one."""
    return _observers[-1] if _observers else None
