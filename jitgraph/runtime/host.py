"""Programs with host steps: native segments with Python in between.

In: a linked program that holds steps without a kernel (strings, ops computed by reference). Out:
a frame with the interface of `Frame`, whose `run` goes through the segments one by one.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import numpy as np

from jitgraph import errors
from jitgraph.ir.evaluate import run_reference
from jitgraph.ir.program import Host, Instr, Value
from jitgraph.ir.sizes import Size
from jitgraph.lowering.steps import ALWAYS, IF_TRUE, JumpStep
from jitgraph.runtime.clock import Clock
from jitgraph.runtime.executor import execute
from jitgraph.runtime.frame import FeedSlot, KernelFailure, OutputSlot
from jitgraph.runtime.host_functions import host_function
from jitgraph.runtime.interruption import interrupted_at
from jitgraph.runtime.link import Linked
from jitgraph.runtime.pool import default_pool
from jitgraph.runtime.storage import CONSTANT, FEED, HOST, NEW_STATE, OBJECT, RESULT, SLOT, STATE


def _referenced(instr: Instr, inputs: list[Any]) -> list[np.ndarray]:
    """The outputs by the op's reference; what it refuses is bad data."""
    try:
        return run_reference(instr, inputs, host_function(instr.definition))
    except (ValueError, IndexError) as error:
        op = next(iter(instr.origin), None)
        text = errors.message_with_origin(str(error), op)
        raise errors.InvalidArgumentError(None, op, text) from None
    except errors.OpError as error:
        op = next(iter(instr.origin), None)
        text = errors.message_with_origin(error.message, op)
        raise type(error)(None, op, text) from error.__cause__


def _rows_before(linked: Linked) -> list[int]:
    """For each segment how many rows of the native table stand before it."""
    rows, found = 0, []
    for segment in linked.segments:
        found.append(rows)
        if segment.step is None:
            rows += segment.last - segment.first
        elif isinstance(segment.step, JumpStep):
            rows += 1
    return found


class HostFrame:
    """A bound program some of whose steps run in Python."""

    def __init__(
        self,
        linked: Linked,
        sizes: list[int],
        memory: tuple[Any, ...],
        clock: Clock | None,
        table: np.ndarray,
        feeds: Sequence[FeedSlot],
        outputs: Sequence[OutputSlot],
        keepalive: Sequence[Any],
        epoch: np.ndarray,
        scalar_result: bool,
        parallel: bool = True,
        expected_epoch: int | None = None,
        runs: np.ndarray | None = None,
    ) -> None:
        self.linked = linked
        self.sizes = sizes
        self.words, self.arena, self.hosts, self.buffers = memory
        self.table = table
        self.clock = clock
        self.feeds = feeds
        self.outputs = outputs
        self.keepalive = keepalive
        self.pool = default_pool() if parallel else None
        self.epoch = epoch
        self.expected = int(epoch[0]) if expected_epoch is None else expected_epoch
        self.scalar_result = scalar_result
        self.status = np.zeros(1, np.int64)
        self.runs = np.zeros(1, np.int64) if runs is None else runs
        self.busy = threading.Lock()
        self.next_row = 0
        self.rows_before = _rows_before(linked)
        for address in table[:, 1]:
            ctypes.c_int64.from_address(int(address)).value = self.status.ctypes.data

    def run(self, *arrays: Any) -> Any:
        """The results for these feeds, or NotImplemented (see `Frame`)."""
        if int(self.epoch[0]) != self.expected or not self._fit(arrays):
            return NotImplemented
        if not self.busy.acquire(blocking=False):
            return NotImplemented
        try:
            return self._run(arrays)
        finally:
            self.busy.release()

    def _fit(self, arrays: Sequence[Any]) -> bool:
        if len(arrays) != len(self.feeds):
            return False
        return all(
            type(array) is np.ndarray
            and array.dtype == slot.dtype
            and array.shape == slot.shape
            and array.flags.c_contiguous
            and array.flags.aligned
            for array, slot in zip(arrays, self.feeds, strict=True)
        )

    def _run(self, arrays: Sequence[np.ndarray]) -> Any:
        results = [np.empty(slot.shape, slot.dtype) for slot in self.outputs]
        slots: list[FeedSlot | OutputSlot] = [*self.feeds, *self.outputs]
        for slot, array in zip(slots, [*arrays, *results], strict=True):
            for address, offset in slot.patches:
                ctypes.c_int64.from_address(address).value = array.ctypes.data + offset
        objects: dict[Value, Any] = {}
        self.status[0] = 0
        self.runs[0] += 1
        self.next_row = 0
        try:
            self._go_through(arrays, results, objects)
        except KeyboardInterrupt:
            raise KernelFailure(interrupted_at(self.next_row)) from None
        return self._returned(results, objects)

    def _go_through(
        self,
        arrays: Sequence[np.ndarray],
        results: list[np.ndarray],
        objects: dict[Value, Any],
    ) -> None:
        number = 0
        while number < len(self.linked.segments):
            segment = self.linked.segments[number]
            number += 1
            self.next_row = self.rows_before[number - 1]
            if segment.step is None:
                execute(self._rows(segment.first, segment.last), self.status, self.pool)
                if self.status[0]:
                    raise KernelFailure(int(self.status[0]))
            elif isinstance(segment.step, JumpStep):
                if self._is_taken(segment.step, arrays, results):
                    number = segment.target
            else:
                with self.clock.host_step() if self.clock else nullcontext():
                    self._host_step(segment.step.instr, arrays, results, objects)

    def _is_taken(self, jump: JumpStep, arrays: Sequence[Any], results: list[np.ndarray]) -> bool:
        if jump.when == ALWAYS:
            return True
        word = jump.words[0]
        whole = self._array(word.value, arrays, results).reshape(-1)
        pred = bool(whole[self._numbers([word.offset])[0]])
        return pred is (jump.when == IF_TRUE)

    def _rows(self, start: int, stop: int) -> np.ndarray:
        rows = np.ascontiguousarray(self.table[start:stop])
        if self.clock is None:
            return rows
        noted = self.clock.around(rows, start)
        for address in noted[:, 1]:
            ctypes.c_int64.from_address(int(address)).value = self.status.ctypes.data
        return noted

    def _returned(self, results: list[np.ndarray], objects: dict[Value, Any]) -> Any:
        values = list(dict.fromkeys(self.linked.lowered.results))
        found = [objects.get(v, r) for v, r in zip(values, results, strict=True)]
        found = [array if array.ndim else array[()] for array in found]
        if not found:
            return None
        return found[0] if self.scalar_result else found

    def _host_step(
        self,
        instr: Instr,
        arrays: Sequence[Any],
        results: list[np.ndarray],
        objects: dict[Value, Any],
    ) -> None:
        inputs = [self._read(given, arrays, results, objects) for given in instr.inputs]
        outputs = _referenced(instr, inputs)
        for value, array in zip(instr.outputs, outputs, strict=True):
            place = self.linked.storage.places.get(value)
            if place is None:
                continue
            if place.kind == OBJECT:
                objects[value] = np.array(array)
                continue
            target = self._array(value, arrays, results)
            target[...] = array

    def _read(
        self,
        given: Any,
        arrays: Sequence[Any],
        results: list[np.ndarray],
        objects: dict[Value, Any],
    ) -> Any:
        if isinstance(given, Host):
            return self._host_operand(given)
        fused = self.linked.lowered.fused
        if given in fused.constants:
            return fused.constants[given]
        access = fused.access(given)
        if access.base in objects:
            whole = objects[access.base]
        elif access.base in fused.constants:
            whole = fused.constants[access.base]
        else:
            whole = self._array(access.base, arrays, results)
        if access.base is given:
            return whole
        item = whole.itemsize
        offset, *strides = self._numbers((access.offset, *access.strides))
        flat = whole.reshape(-1)
        shape = tuple(self._numbers(given.type.dims))
        return np.lib.stride_tricks.as_strided(
            flat[offset:], shape, tuple(stride * item for stride in strides)
        )

    def _numbers(self, sizes: Sequence[Any]) -> list[int]:
        return [self.linked.size_value(size, self.sizes) for size in sizes]

    def _host_operand(self, given: Host) -> np.ndarray:
        items = [
            self.linked.size_value(item, self.sizes) if isinstance(item, Size) else item
            for item in given.items.reshape(-1)
        ]
        return np.array(items, given.dtype.as_numpy_dtype).reshape(given.items.shape)

    def _array(self, value: Value, arrays: Sequence[Any], results: list[np.ndarray]) -> Any:
        place = self.linked.storage.places[value]
        if place.kind == FEED:
            return arrays[place.index]
        if place.kind == RESULT:
            return results[place.index]
        if place.kind == HOST:
            return self.hosts[place.index]
        if place.kind == CONSTANT:
            return self.linked.storage.constants[place.index]
        if place.kind in (STATE, NEW_STATE):
            held = self.buffers.states if place.kind == STATE else self.buffers.new_states
            return held[place.index]
        assert place.kind == SLOT
        return self._slot_array(value, place.index)

    def _slot_array(self, value: Value, slot: int) -> np.ndarray:
        from jitgraph.runtime.storage import ALIGNMENT

        sizes = [self.sizes[number] for number in self.linked.slots]
        start = -self.arena.ctypes.data % ALIGNMENT
        start += sum(-(-size // ALIGNMENT) * ALIGNMENT for size in sizes[:slot])
        shape = tuple(self._numbers(value.type.dims))
        dtype = np.dtype(value.type.dtype.as_numpy_dtype)
        count = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
        array: np.ndarray = self.arena[start : start + count].view(dtype).reshape(shape)
        return array
