"""The memory of a compiled program: what lives where, for how long, and what is written in place.

In: a linked program, the symbols' values. Out: a `PlanReport`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from jitgraph.inspection.listing import bytes_text, counted, number_of, table, wrapped
from jitgraph.ir.printer import type_text
from jitgraph.ir.program import Value
from jitgraph.lowering.steps import KernelStep
from jitgraph.runtime.link import Linked
from jitgraph.runtime.storage import ALIGNMENT, OBJECTS, SLOT, STATE

WIDTH = 88


@dataclass(frozen=True)
class Tenant:
    """A value in a slot: its type, and the numbers of the steps that make it and last read it."""

    name: str
    type: str
    first: int
    last: int


@dataclass(frozen=True)
class SlotReport:
    """A part of the arena, and the values that live in it one after the other."""

    number: int
    bytes: int
    tenants: tuple[Tenant, ...]


@dataclass(frozen=True)
class PlanReport:
    """The memory of one run.

    Attributes:
      slots: the arena's parts.
      in_place: (written, read) pairs of values where a kernel writes over what it reads.
      arena_bytes: all slots; allocated once, and used by every run.
      result_bytes: what a run returns, allocated by each run.
      variable_bytes, feed_bytes, constant_bytes: what is only read, or updated where it is.
    """

    slots: tuple[SlotReport, ...]
    in_place: tuple[tuple[str, str], ...]
    arena_bytes: int
    result_bytes: int
    variable_bytes: int
    feed_bytes: int
    constant_bytes: int

    @property
    def peak_bytes(self) -> int:
        """What a run needs beside its feeds and variables: the arena and the results."""
        return self.arena_bytes + self.result_bytes

    @property
    def values(self) -> int:
        """How many values share the slots."""
        return sum(len(slot.tenants) for slot in self.slots)

    def parts(self) -> list[str]:
        """The plan in a few words."""
        slots = f"{counted(self.values, 'value')} in {counted(len(self.slots), 'slot')}"
        amounts = {
            "arena": self.arena_bytes,
            "results": self.result_bytes,
            "variables": self.variable_bytes,
            "feeds": self.feed_bytes,
            "constants": self.constant_bytes,
        }
        parts = [f"{name} {bytes_text(amount)}" for name, amount in amounts.items() if amount]
        if self.slots:
            parts[0] += f" ({slots})"
        if self.in_place:
            parts.append(f"{len(self.in_place)} written in place")
        return [f"peak {bytes_text(self.peak_bytes)}", *parts]

    def __str__(self) -> str:
        over = dict(self.in_place)
        rows = [("slot", "bytes", "steps", "type", "value", "")]
        for slot in self.slots:
            for position, tenant in enumerate(slot.tenants):
                head = ("", "") if position else (str(slot.number), f"{slot.bytes:,}")
                note = f"over %{over[tenant.name]}" if tenant.name in over else ""
                steps = f"{tenant.first} to {tenant.last}"
                rows.append((*head, steps, tenant.type, f"%{tenant.name}", note))
        updates = [f"%{w} over %{r}" for w, r in self.in_place if w not in self._tenant_names()]
        lines = [*wrapped(self.parts(), WIDTH), *(table(rows, ">><<<<") if self.slots else [])]
        return "\n".join([*lines, *(f"in place: {text}" for text in updates)])

    def _tenant_names(self) -> set[str]:
        return {tenant.name for slot in self.slots for tenant in slot.tenants}


def plan_report(linked: Linked, symbols: Mapping[str, int]) -> PlanReport:
    """The memory plan for these values of the symbols."""
    storage, program = linked.storage, linked.lowered.program
    slots = tuple(
        SlotReport(number, _rounded(number_of(slot.size, symbols)), _tenants(linked, number))
        for number, slot in enumerate(storage.slots)
    )

    def total(values: Iterable[Value]) -> int:
        native = (value for value in values if value.type.dtype.name not in OBJECTS)
        return sum(_bytes(value, symbols) for value in native)

    return PlanReport(
        slots, _in_place(linked), sum(slot.bytes for slot in slots),
        total(dict.fromkeys(linked.lowered.results)), total(program.states), total(program.feeds),
        sum(array.nbytes for array in storage.constants),
    )  # fmt: skip


def _rounded(count: int) -> int:
    return -(-count // ALIGNMENT) * ALIGNMENT


def _bytes(value: Value, symbols: Mapping[str, int]) -> int:
    return prod(number_of(dim, symbols) for dim in value.type.dims) * value.type.dtype.size


def _tenants(linked: Linked, number: int) -> tuple[Tenant, ...]:
    storage = linked.storage
    living = (
        (storage.lives[value], value)
        for value, place in storage.places.items()
        if place.kind == SLOT and place.index == number
    )
    return tuple(
        Tenant(value.name, type_text(value.type), *life)
        for life, value in sorted(living, key=lambda pair: pair[0])
    )


def _in_place(linked: Linked) -> tuple[tuple[str, str], ...]:
    places = linked.storage.places
    found: dict[str, str] = {}
    for step in linked.steps:
        for written, read in step.inplace if isinstance(step, KernelStep) else ():
            place = places[written]
            if place.kind in (SLOT, STATE) and places.get(read) == place:
                found[written.name] = read.name
    return tuple(found.items())
