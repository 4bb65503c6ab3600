"""Stage runtime: a bound program as one native callable.

In: an instruction table whose argument words await the pointers of feeds and outputs.
Out: `frame.run(*arrays)`, which checks the arrays, allocates fresh outputs, patches the pointers
and executes the table: about half a microsecond and no Python code in between.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from jitgraph.runtime.native import layout
from jitgraph.runtime.platform import objects_are_as_expected
from jitgraph.runtime.pool import Pool, default_pool
from jitgraph.runtime.python_entry import KernelFailure, native_entry, slow_entry, start_of_python

__all__ = ["FeedSlot", "Frame", "KernelFailure", "OutputSlot"]

_SMALL_WORK = 4096
_LEAST_KEPT = 1 << 18
_MOST_KEPT = 1 << 28
_NUMBER_KINDS = {
    np.dtype(np.float32): layout.FLOAT32_NUMBER,
    np.dtype(np.float64): layout.FLOAT64_NUMBER,
    np.dtype(np.int32): layout.INT32_NUMBER,
    np.dtype(np.int64): layout.INT64_NUMBER,
}


@dataclass(frozen=True)
class FeedSlot:
    """One argument of `run`.

    `patches` are (address, offset) pairs: the word at `address` receives the data pointer plus
    `offset` bytes.
    """

    dtype: np.dtype
    shape: tuple[int, ...]
    patches: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class OutputSlot:
    """One result of `run`, an array that nobody else holds each time.

    A large one is the array of the run before if the user has dropped it: its pages are mapped.
    """

    dtype: np.dtype
    shape: tuple[int, ...]
    patches: tuple[tuple[int, int], ...]


class FrameWords(np.ndarray):
    """The words of a frame. `run` holds them, and they hold all that native code points at."""

    keepalive: tuple[Any, ...]
    outputs: np.ndarray | None = None

    def __del__(self) -> None:
        self.let_go()

    def let_go(self) -> None:
        """Frees the large results that native code keeps for their memory."""
        for slot in () if self.outputs is None else self.outputs:
            kept = int(slot[layout.SLOT_KEPT // 8])
            if kept:
                slot[layout.SLOT_KEPT // 8] = 0
                ctypes.pythonapi.Py_DecRef(ctypes.c_void_p(kept))


class Frame:
    """A bound program.

    `run(*arrays)` returns None without outputs, the one output with `scalar_result`, else a list.
    It returns NotImplemented, having run nothing, for other types, dtypes, sizes or layouts than
    those of the feed slots, when the frame is running in another thread, and while the word
    `epoch` is not `expected_epoch` (what it was when the frame was made).
    It adds one to the word `runs` each time.
    It raises KernelFailure when a kernel reported bad data.
    Rows write their status to the frame: word 0 of each row's arguments is set to its address
    (and must be by the caller in arguments that no row shows, such as those of sub-programs).
    """

    def __init__(
        self,
        table: np.ndarray,
        feeds: Sequence[FeedSlot],
        outputs: Sequence[OutputSlot],
        keepalive: Sequence[Any] = (),
        epoch: np.ndarray | None = None,
        scalar_result: bool = False,
        parallel: bool = True,
        release_gil: bool | None = None,
        expected_epoch: int | None = None,
        runs: np.ndarray | None = None,
    ) -> None:
        if scalar_result and len(outputs) != 1:
            raise ValueError(f"a frame of scalar result has one output, got {len(outputs)}")
        table = np.ascontiguousarray(table, np.int64).reshape(-1, 4)
        chunked = parallel and _is_chunked(table)
        if release_gil is None:
            release_gil = chunked or _is_much_work(table)
        self.words = _frame_words(table, feeds, outputs, epoch, default_pool() if chunked else None)
        self.words[layout.FRAME_RELEASES_GIL // 8] = release_gil
        self.words[layout.FRAME_SCALAR_RESULT // 8] = scalar_result
        if expected_epoch is not None:
            self.words[layout.FRAME_EPOCH_EXPECTED // 8] = expected_epoch
        runs = np.zeros(1, np.int64) if runs is None else runs
        self.words[layout.FRAME_RUNS_ADDRESS // 8] = runs.ctypes.data
        self.words.keepalive += (runs, tuple(keepalive), tuple(feeds), tuple(outputs))
        self.status_address = int(self.words[layout.FRAME_STATUS_ADDRESS // 8])
        _point_rows_at_status(table, self.status_address)
        native = native_entry(self.words)
        self.run: Callable[..., Any] = native or slow_entry(self.words, feeds, outputs)


def keeps_gil(table: np.ndarray) -> bool:
    """Whether a frame of this table runs at one go: no Python code runs in between."""
    return objects_are_as_expected() and not _is_chunked(table) and not _is_much_work(table)


FEW_ROWS = 24
"""So many rows are gone through faster in Python than by NumPy."""


def _is_much_work(table: np.ndarray) -> bool:
    if len(table) <= FEW_ROWS:
        rows = table.tolist()
        if any(not function and count < 0 for function, _, count, _ in rows):
            return True  # a loop: nobody knows for how long
        return bool(sum(count for function, _, count, _ in rows if function) > _SMALL_WORK)
    is_jump = table[:, 0] == 0
    if bool((is_jump & (table[:, 2] < 0)).any()):
        return True  # a loop: nobody knows for how long
    return int(table[~is_jump, 2].sum()) > _SMALL_WORK


def _is_chunked(table: np.ndarray) -> bool:
    """True when some row is large enough for two chunks."""
    if len(table) <= FEW_ROWS:
        return any(grain > 0 and count >= 2 * grain for _, _, count, grain in table.tolist())
    counts, grains = table[:, 2], table[:, 3]
    return bool(np.any((grains > 0) & (counts >= 2 * grains)))


def _frame_words(
    table: np.ndarray,
    feeds: Sequence[FeedSlot],
    outputs: Sequence[OutputSlot],
    epoch: np.ndarray | None,
    pool: Pool | None,
) -> FrameWords:
    """The frame as native code reads it, with all that it points at."""
    epoch = np.zeros(1, np.int64) if epoch is None else epoch
    feed_words, feed_memory = _slots(feeds, numbers=True)
    output_words, output_memory = _slots(outputs, numbers=False)
    words = np.zeros(layout.FRAME_BYTES // 8, np.int64).view(FrameWords)
    place = words.ctypes.data
    for offset, value in (
        (layout.FRAME_PYTHON, start_of_python()),
        (layout.FRAME_EPOCH, epoch.ctypes.data),
        (layout.FRAME_EPOCH_EXPECTED, int(epoch[0])),
        (layout.FRAME_FEEDS, feed_words.ctypes.data),
        (layout.FRAME_FEED_COUNT, len(feeds)),
        (layout.FRAME_OUTPUTS, output_words.ctypes.data),
        (layout.FRAME_OUTPUT_COUNT, len(outputs)),
        (layout.FRAME_TABLE, table.ctypes.data),
        (layout.FRAME_ROWS, len(table)),
        (layout.FRAME_POOL, pool.address if pool else 0),
        (layout.FRAME_STATUS_ADDRESS, place + layout.FRAME_STATUS),
    ):
        words[offset // 8] = value
    words.outputs = output_words
    words.keepalive = (table, epoch, pool, feed_words, feed_memory, output_words, output_memory)
    return words


def _slots(slots: Sequence[FeedSlot | OutputSlot], numbers: bool) -> tuple[np.ndarray, np.ndarray]:
    """The slots as native code reads them, and the sizes and patch addresses they point at."""
    memory = np.array([word for slot in slots for word in _slot_words(slot)], np.int64)
    rows = [[0] * (layout.SLOT_BYTES // 8) for _ in slots]
    position = memory.ctypes.data
    for row, slot in zip(rows, slots, strict=True):
        dtype = slot.dtype
        row[layout.SLOT_DESCRIPTOR // 8] = id(dtype)
        row[layout.SLOT_RANK // 8] = len(slot.shape)
        row[layout.SLOT_DIMENSIONS // 8] = position
        position += 8 * len(slot.shape)
        row[layout.SLOT_PATCHES // 8] = position
        row[layout.SLOT_PATCH_COUNT // 8] = len(slot.patches)
        position += 16 * len(slot.patches)
        if not numbers:
            row[layout.SLOT_KEEPS // 8] = _is_worth_keeping(slot)
        elif not slot.shape:
            row[layout.SLOT_NUMBER_KIND // 8] = _NUMBER_KINDS.get(dtype, layout.NO_NUMBER)
    return np.array(rows, np.int64).reshape(len(rows), layout.SLOT_BYTES // 8), memory


def _is_worth_keeping(slot: FeedSlot | OutputSlot) -> bool:
    size = prod(slot.shape) * slot.dtype.itemsize
    return bool(slot.shape) and _LEAST_KEPT <= size <= _MOST_KEPT


def _slot_words(slot: FeedSlot | OutputSlot) -> list[int]:
    return [*slot.shape, *(word for patch in slot.patches for word in patch)]


def _point_rows_at_status(table: np.ndarray, status_address: int) -> None:
    for args in table[:, 1]:
        if args:
            ctypes.c_int64.from_address(int(args)).value = status_address
