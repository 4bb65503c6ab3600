"""Storage: which buffer each value of a lowered program lives in, and for how long.

In: steps in order. Out: for each value in memory a place: a feed, a variable's buffer, a result, a
slot of the arena, or constant memory. Slots are shared by values that do not live at the same
time; a slot is as large as the largest of them, whatever the sizes turn out to be.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jitgraph.ir.program import Value
from jitgraph.ir.sizes import hint, smax
from jitgraph.lowering.access import same, same_dims
from jitgraph.lowering.lower import Lowered
from jitgraph.lowering.steps import HostStep, JumpStep, KernelStep, Step

ALIGNMENT = 64

FEED, STATE, NEW_STATE, RESULT, SLOT, CONSTANT, HOST, OBJECT = (
    "feed", "state", "new state", "result", "slot", "constant", "host", "object",
)  # fmt: skip

OBJECTS = ("string", "resource")
"""dtypes whose values are Python objects and never lie in native memory."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value's buffer is: the kind of memory, and its number among that kind."""

    kind: str
    index: int


@dataclass
class Slot:
    """A part of the arena. `size` is in bytes, possibly symbolic."""

    size: Any
    busy_until: int = -1


@dataclass
class Storage:
    """Places of all values.

    Attributes:
      places: value -> place.
      slots: the arena's slots.
      copies: (state number, value) to be copied into the variable when everything else is done.
      direct: states whose new contents are written straight into the variable's buffer.
    """

    places: dict[Value, Place] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    copies: list[tuple[int, Value]] = field(default_factory=list)
    direct: list[int] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)
    hosts: list[Value] = field(default_factory=list)
    lives: dict[Value, tuple[int, int]] = field(default_factory=dict)


def byte_size(value: Value) -> Any:
    """The bytes a value's buffer takes, rounded up to whole vectors."""
    size: Any = item_size(value)
    for dim in value.type.dims:
        size = size * dim
    if isinstance(size, int):
        return max(ALIGNMENT, -(-size // ALIGNMENT) * ALIGNMENT)
    return size + ALIGNMENT


def item_size(value: Value) -> int:
    """Bytes of one element."""
    return value.type.dtype.size


def assign_storage(lowered: Lowered) -> Storage:
    """Gives every value that steps read or write a place."""
    storage = Storage()
    _fixed_places(lowered, storage)
    lives = _lives(lowered.steps)
    storage.lives = lives
    _state_places(lowered, storage, lives)
    _slot_places(lowered, storage, lives)
    return storage


def _fixed_places(lowered: Lowered, storage: Storage) -> None:
    places = storage.places
    for index, value in enumerate(lowered.program.feeds):
        places[value] = Place(FEED, index)
    for index, value in enumerate(lowered.program.states):
        places[value] = Place(STATE, index)
    for index, value in enumerate(dict.fromkeys(lowered.results)):
        places[value] = Place(RESULT, index)
    for value, array in lowered.fused.constants.items():
        places[value] = Place(CONSTANT, len(storage.constants))
        storage.constants.append(array)
    for value in lowered.fused.hosts:
        places[value] = Place(HOST, len(storage.hosts))
        storage.hosts.append(value)


def _lives(steps: tuple[Step, ...]) -> dict[Value, tuple[int, int]]:
    lives: dict[Value, tuple[int, int]] = {}
    for number, step in enumerate(steps):
        for value in (*step.reads, *step.writes):
            first, _ = lives.get(value, (number, number))
            lives[value] = (first, number)
    for start, end in _loops(steps):
        for value, (first, last) in lives.items():
            if first < start <= last < end:
                lives[value] = (first, end)
    return lives


def _loops(steps: tuple[Step, ...]) -> list[tuple[int, int]]:
    """The first and the last step of each loop, inner ones before those around."""
    return [
        (number + step.by, number)
        for number, step in enumerate(steps)
        if isinstance(step, JumpStep) and step.by < 0
    ]


def _last_risk(steps: tuple[Step, ...]) -> int:
    """The last step behind which no step can fail, -1 where none can."""
    last = max((number for number, step in enumerate(steps) if _can_fail(step)), default=-1)
    for start, end in _loops(steps):
        last = end if start <= last < end else last
    return last


@dataclass(frozen=True)
class _Order:
    """Facts of the order of steps: when values live and are last written, which are new contents of
    variables, behind which step none can end the run."""

    steps: tuple[Step, ...]
    lives: dict[Value, tuple[int, int]]
    written_at: dict[Value, int]
    updates: frozenset[Value]
    last_risk: int

    def may_replace(self, value: Value, state: Value) -> bool:
        """Whether a variable's buffer is free for a value: nobody reads the old contents any more,
        and no step behind can fail."""
        first = self.lives[value][0]
        is_single = self.written_at[value] == first
        last_read = self.lives[state][1] if state in self.lives else -1
        is_over = first > last_read or (
            first == last_read and is_single and (value, state) in _inplace(self.steps[first])
        )
        return is_over and (self.last_risk < 0 or (is_single and first >= self.last_risk))


def _state_places(lowered: Lowered, storage: Storage, lives: dict[Value, tuple[int, int]]) -> None:
    """A variable's new contents go straight into its buffer when nobody reads the old any more and
    no step behind can fail: a run that fails leaves every variable as it was."""
    steps = lowered.steps
    new = frozenset(value for _, value in lowered.updates)
    order = _Order(steps, lives, _last_writers(steps), new, _last_risk(steps))
    numbers = {state: index for index, state in enumerate(lowered.program.states)}
    for state, value in lowered.updates:
        fits = same_dims(state.type.dims, value.type.dims)
        if fits and value not in storage.places and order.may_replace(value, state):
            storage.places[value] = Place(STATE, numbers[state])
            storage.direct.append(numbers[state])
            _earlier_places(storage, order, state, value)
        else:
            storage.copies.append((numbers[state], value))
            lives[value] = (lives[value][0], len(steps))


def _earlier_places(storage: Storage, order: _Order, state: Value, value: Value) -> None:
    """What the new contents are written over goes into the variable's buffer, too, so that nothing
    is copied: the decayed mean, to whose rows a gradient is added."""
    while (before := _written_over(storage, order, value)) is not None:
        first, last = order.lives[before]
        is_straight = all(isinstance(step, KernelStep) for step in order.steps[first : last + 1])
        if not (is_straight and order.may_replace(before, state)):
            return
        storage.places[before] = storage.places[value]
        value = before


def _written_over(storage: Storage, order: _Order, value: Value) -> Value | None:
    """A value that dies where `value` is written, of the same form, that has no place yet."""
    number = order.lives[value][0]
    for written, read in _inplace(order.steps[number]):
        if written is not value or read in storage.places or read in order.updates:
            continue
        first, last = order.lives[read]
        is_alike = read.type.dtype is value.type.dtype
        if first < number == last and is_alike and same_dims(read.type.dims, value.type.dims):
            return read
    return None


def _inplace(step: Step) -> tuple[tuple[Value, Value], ...]:
    return step.inplace if isinstance(step, KernelStep) else ()


def _can_fail(step: Step) -> bool:
    """Whether a step may end the run: a checking kernel, Python, a loop that is interrupted."""
    if isinstance(step, KernelStep):
        return "fail" in step.code.names
    return isinstance(step, HostStep) or step.by < 0


def _last_writers(steps: tuple[Step, ...]) -> dict[Value, int]:
    return {value: number for number, step in enumerate(steps) for value in step.writes}


def _slot_places(lowered: Lowered, storage: Storage, lives: dict[Value, tuple[int, int]]) -> None:
    releases: dict[int, list[int]] = {}
    free: list[int] = []
    for number, step in enumerate(lowered.steps):
        for value in step.writes:
            if value in storage.places:
                continue
            if value.type.dtype.name in OBJECTS:
                storage.places[value] = Place(OBJECT, number)
                continue
            slot = _reused(step, value, storage, lives, number)
            if slot is None:
                slot = _taken_slot(storage, free, byte_size(value))
            storage.slots[slot].busy_until = lives[value][1]
            storage.places[value] = Place(SLOT, slot)
            releases.setdefault(lives[value][1], []).append(slot)
        for slot in releases.pop(number, ()):
            if storage.slots[slot].busy_until == number:
                storage.slots[slot].busy_until = -1
                free.append(slot)


def _reused(
    step: Step, value: Value, storage: Storage, lives: dict[Value, tuple[int, int]], number: int
) -> int | None:
    """The slot of an input that dies here and that the kernel may write over."""
    if not isinstance(step, KernelStep):
        return None
    for written, read in step.inplace:
        place = storage.places.get(read)
        if written is not value or place is None or place.kind != SLOT:
            continue
        if lives[read][1] == number == storage.slots[place.index].busy_until:
            return place.index
    return None


def _taken_slot(storage: Storage, free: list[int], size: Any) -> int:
    """A free slot of that size, or one not much larger or smaller, or a new one."""
    for position, slot in enumerate(free):
        if same(storage.slots[slot].size, size):
            return free.pop(position)
    wanted = hint(size)
    for position, slot in enumerate(free):
        held = hint(storage.slots[slot].size)
        if wanted <= 2 * held and held <= 2 * wanted:
            storage.slots[slot].size = smax(storage.slots[slot].size, size)
            return free.pop(position)
    storage.slots.append(Slot(size))
    return len(storage.slots) - 1
