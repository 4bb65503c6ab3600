"""bind: a linked program + concrete sizes -> a frame that can be run.

In: a linked program, the symbols' values, the variables' buffers. Out: a `Bound` program:
buffers laid out in an arena, every argument word filled in, ready to take feeds. Costs a few
microseconds a kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from jitgraph.runtime.clock import Clock
from jitgraph.runtime.frame import FeedSlot, Frame, OutputSlot, keeps_gil
from jitgraph.runtime.host import HostFrame
from jitgraph.runtime.link import Linked, host_values, is_native
from jitgraph.runtime.storage import (
    ALIGNMENT,
    CONSTANT,
    FEED,
    HOST,
    NEW_STATE,
    OBJECT,
    RESULT,
    SLOT,
    STATE,
)

Patches = list[list[tuple[int, int]]]


@dataclass(frozen=True, eq=False)
class Bound:
    """A program bound to sizes.

    Attributes:
      run: takes the feeds, gives the results (see `Frame`); NotImplemented for other feeds.
      sizes: every size of the program, evaluated.
      arena: the memory of the temporaries.
      buffers: the memory it was bound to.
      is_short: it keeps the GIL, so that nothing else runs meanwhile.
    """

    run: Callable[..., Any]
    frame: Any
    sizes: list[int]
    arena: np.ndarray
    buffers: Any
    is_short: bool

    @property
    def arena_bytes(self) -> int:
        """What the temporaries take."""
        return self.arena.nbytes

    def let_go(self) -> None:
        """Frees memory that is only kept to be used again."""
        words = getattr(self.frame, "words", None)
        if words is not None and hasattr(words, "let_go"):
            words.let_go()


@dataclass(frozen=True, eq=False)
class Buffers:
    """Memory of one bound program; `are_new`: `new_states` are not yet the variables' own."""

    states: Sequence[np.ndarray | None]
    new_states: Sequence[np.ndarray | None]
    feed_shapes: Sequence[tuple[int, ...]]
    are_new: bool = False


def bind(
    linked: Linked,
    symbols: Sequence[int],
    buffers: Buffers,
    epoch: np.ndarray,
    *,
    scalar_result: bool,
    expected_epoch: int | None = None,
    epoch_of_long: np.ndarray | None = None,
    is_parallel: bool = True,
    clock: Clock | None = None,
    runs: np.ndarray | None = None,
) -> Bound:
    """Fills in everything that depends on sizes and memory.

    Args:
      linked: the program; symbols: the values of its symbols; buffers: its memory.
      epoch: a word; the program runs only while it is `expected_epoch` (what it is now).
      epoch_of_long: the word of a program that lets go of the GIL, if that is another one; such
        a program runs while this word is what it is now.
      is_parallel: whether the threads of the pool help.
      scalar_result: the program's one result is returned alone, not in a list.
      clock: notes when each step runs.
      runs: a word that counts the runs.
    """
    sizes = linked.evaluate(*symbols)
    words = linked.words.copy()
    positions, numbers = linked.size_words
    if len(positions):
        words[positions] = np.asarray(sizes, np.int64)[numbers]
    arena, slot_addresses = _arena([sizes[number] for number in linked.slots])
    hosts = [host_values(linked, value, sizes) for value in linked.storage.hosts]
    addresses = _addresses(linked, buffers, slot_addresses, hosts)
    feed_patches: Patches = [[] for _ in linked.lowered.program.feeds]
    result_patches: Patches = [[] for _ in linked.results]
    base = words.ctypes.data
    for word in linked.pointers:
        offset = sizes[word.offset]
        kind = word.place.kind
        if kind == FEED:
            feed_patches[word.place.index].append((base + 8 * word.position, offset))
        elif kind == RESULT:
            result_patches[word.place.index].append((base + 8 * word.position, offset))
        else:
            words[word.position] = addresses[kind][word.place.index] + offset
    for immediate in linked.immediates:
        words[immediate.position] = _bits(sizes[immediate.size], immediate.dtype)
    table = _table(linked, sizes, base)
    if clock is not None and is_native(linked):
        table = clock.around(table)
    feeds = _feed_slots(linked, buffers, feed_patches)
    outputs = _output_slots(linked, sizes, result_patches)
    keep = [words, arena, hosts, buffers, linked]
    is_short = is_native(linked) and keeps_gil(table)
    if not is_short and epoch_of_long is not None:
        epoch, expected_epoch = epoch_of_long, None
    make: Callable[..., Any] = Frame
    if not is_native(linked):
        make = partial(HostFrame, linked, sizes, (words, arena, hosts, buffers), clock)
    frame = make(
        table,
        feeds,
        outputs,
        keep,
        epoch,
        scalar_result,
        parallel=is_parallel,
        expected_epoch=expected_epoch,
        runs=runs,
    )
    return Bound(frame.run, frame, sizes, arena, buffers, is_short)


def _arena(sizes: list[int]) -> tuple[np.ndarray, list[int]]:
    rounded = [-(-size // ALIGNMENT) * ALIGNMENT for size in sizes]
    memory = np.empty(sum(rounded) + ALIGNMENT, np.uint8)
    address = -(-memory.ctypes.data // ALIGNMENT) * ALIGNMENT
    addresses = []
    for size in rounded:
        addresses.append(address)
        address += size
    return memory, addresses


def _addresses(
    linked: Linked, buffers: Buffers, slots: list[int], hosts: list[np.ndarray]
) -> dict[str, list[int]]:
    def of(arrays: Sequence[np.ndarray | None]) -> list[int]:
        return [0 if array is None else array.ctypes.data for array in arrays]

    return {
        SLOT: slots,
        STATE: of(buffers.states),
        NEW_STATE: of(buffers.new_states),
        CONSTANT: linked.constant_addresses,
        HOST: of(hosts),
        OBJECT: [],
    }


def _bits(size: int, dtype: np.dtype) -> int:
    raw = np.array(size).astype(dtype).tobytes()[:8].ljust(8, b"\0")
    return int(np.frombuffer(raw, np.int64)[0])


def _table(linked: Linked, sizes: list[int], base: int) -> np.ndarray:
    table = np.empty((len(linked.functions), 4), np.int64)
    for row, (function, start, count, grain) in enumerate(
        zip(linked.functions, linked.starts, linked.counts, linked.grains, strict=True)
    ):
        table[row] = (function, base + 8 * start, sizes[count], sizes[grain])
    return table


def _feed_slots(linked: Linked, buffers: Buffers, patches: Patches) -> list[FeedSlot]:
    return [
        FeedSlot(np.dtype(value.type.dtype.as_numpy_dtype), shape, tuple(found))
        for value, shape, found in zip(
            linked.lowered.program.feeds, buffers.feed_shapes, patches, strict=True
        )
    ]


def _output_slots(linked: Linked, sizes: list[int], patches: Patches) -> list[OutputSlot]:
    values = list(dict.fromkeys(linked.lowered.results))
    return [
        OutputSlot(
            np.dtype(value.type.dtype.as_numpy_dtype),
            tuple(sizes[number] for number in dims),
            tuple(found),
        )
        for value, dims, found in zip(values, linked.results, patches, strict=True)
    ]
