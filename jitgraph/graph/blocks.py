"""Stage graph: the `with` blocks around the operation that is being made, one set per thread.

A block replaces one field of the thread's `Surroundings` and puts it back at its end.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jitgraph.graph.devices import DeviceRule, place
from jitgraph.graph.operation import Operation
from jitgraph.graph.tensor import Tensor


class Surroundings(threading.local):
    """What applies to an operation that this thread makes now."""

    def __init__(self) -> None:
        self.name = ""
        self.controls: tuple[ControlBlock, ...] = ()
        self.devices: tuple[DeviceRule, ...] = ()
        self.colocated: tuple[Operation, ...] = ()
        self.attrs: dict[str, Any] = {}
        self.gradient_overrides: dict[str, str] = {}
        self.container = ""
        self.flow: Any = None
        """The branch or loop that is being built."""

    @contextmanager
    def replaced(self, **fields: Any) -> Iterator[None]:
        """A block with other values of some fields."""
        before = {field: getattr(self, field) for field in fields}
        self.__dict__.update(fields)
        try:
            yield
        finally:
            self.__dict__.update(before)

    @property
    def are_open(self) -> bool:
        """Whether any block but a name scope is open."""
        return bool(
            self.controls
            or self.devices
            or self.colocated
            or self.attrs
            or self.gradient_overrides
            or self.container
            or self.flow is not None
        )

    def apply_to(self, op: Operation) -> None:
        """Gives `op`, just made, the control inputs, device and attributes of the open blocks."""
        op._control_flow_context = self.flow
        if self.controls:
            op._control_inputs = self.control_inputs_for(op._inputs)
            for block in self.controls:
                block.made.add(op)
        if self.attrs:
            op._attrs = {**_called(self.attrs, op), **op._attrs}
        if op._type in self.gradient_overrides:
            override = self.gradient_overrides[op._type]
            op._attrs = {**op._attrs, "_gradient_op_type": override}
        if self.container and op._attrs.get("container") == "":
            op._attrs = {**op._attrs, "container": self.container}
        place(op, self.devices)
        if self.colocated:
            _colocate(op, self.colocated)

    def control_inputs_for(self, inputs: Sequence[Tensor]) -> list[Operation]:
        """The control inputs of the open blocks, less those that the inputs bring along."""
        sources = {tensor._op for tensor in inputs}
        found: dict[Operation, None] = {}
        for block in self.controls:
            if sources.isdisjoint(block.made):
                found.update((op, None) for op in block.ops if op not in sources)
        return list(found)

    def all_control_inputs(self) -> set[Operation]:
        """The operations that the open blocks name."""
        return {op for block in self.controls for op in block.ops}


class ControlBlock:
    """A block whose operations run after `ops`; `clears` forgets the blocks around it, branches
    and loops that are being built among them."""

    __slots__ = ("_before", "_clears", "_flow_before", "_surroundings", "made", "ops")

    def __init__(
        self, surroundings: Surroundings, ops: Iterable[Operation], clears: bool = False
    ) -> None:
        self._surroundings = surroundings
        self._clears = clears
        self.ops = tuple(ops)
        self.made: set[Operation] = set()

    def __enter__(self) -> None:
        self._before = self._surroundings.controls
        outer = () if self._clears else self._before
        self._surroundings.controls = (*outer, self) if self.ops else outer
        self._flow_before = self._surroundings.flow
        if self._clears:
            self._surroundings.flow = None

    def __exit__(self, *_: Any) -> None:
        self._surroundings.controls = self._before
        if self._clears:
            self._surroundings.flow = self._flow_before


class NameBlock:
    """A block whose operations' names begin with `name/`; "" leaves all names."""

    __slots__ = ("_before", "_name", "_surroundings")

    def __init__(self, surroundings: Surroundings, name: str) -> None:
        self._surroundings = surroundings
        self._name = name

    def __enter__(self) -> str:
        self._before = self._surroundings.name
        self._surroundings.name = self._name
        return f"{self._name}/" if self._name else ""

    def __exit__(self, *_: Any) -> None:
        self._surroundings.name = self._before


def _called(attrs: dict[str, Any], op: Operation) -> dict[str, Any]:
    values = {key: value(op) if callable(value) else value for key, value in attrs.items()}
    return {key: value for key, value in values.items() if value is not None}


def _colocate(op: Operation, targets: tuple[Operation, ...]) -> None:
    groups = sorted({group for target in targets for group in target.colocation_groups()})
    op._attrs = {**op._attrs, "_class": groups}
    for target in targets:
        if target._device:
            op._device = target._device
