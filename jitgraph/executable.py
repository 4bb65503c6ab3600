"""Executables: a compiled program in one session, with its bound programs by sizes.

In: a compiled program. Out: what a session keeps of it, and what a traced run tells.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph.compiler import Compiled
from jitgraph.lowering.steps import HostStep, JumpStep, KernelStep
from jitgraph.runtime.bind import Bound
from jitgraph.runtime.clock import Clock
from jitgraph.runtime.gates import Use

MOST_PLANS = 256
"""Sizes for which a compiled program is kept bound."""

MOST_PLAN_BYTES = 256 << 20
"""What the temporaries of all its sizes may take; the latest two sizes are kept anyway."""

MOST_COPIES = 4
"""So many threads may run one program with the same sizes without binding it each time."""


class Executable:
    """A compiled program in one session, with its bound programs by sizes."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.plans: OrderedDict[Any, list[Bound]] = OrderedDict()
        self.latest: Bound | None = None
        self.traced: tuple[Any, Bound, Clock] | None = None
        self.read = _states_read(compiled)
        self.use = _use_of(compiled)
        self.is_empty = _is_empty(compiled)
        self.serves_all = self.is_empty and _serves_all(compiled)
        self.is_pure = self.use is Use.NOTHING and not self.is_empty
        self.can_fail = any(_can_fail(step) for step in compiled.linked.steps)
        self.run_counter = np.zeros(1, np.int64)
        self._plan_bytes = 0

    @property
    def runs(self) -> int:
        """So many times it has run."""
        return int(self.run_counter[0])

    def kept_for(self, key: Any) -> tuple[Bound, ...]:
        """The programs bound to these sizes."""
        kept = self.plans.get(key)
        if kept is None:
            return ()
        self.plans.move_to_end(key)
        return tuple(kept)

    def keep(self, key: Any, bound: Bound) -> None:
        """Keeps a program bound to these sizes; the sizes that were used longest ago are dropped
        when there are too many, or when they take too much memory."""
        if self.latest is not None:
            self.latest.let_go()
        self.latest = bound
        kept = self.plans.setdefault(key, [])
        if len(kept) >= MOST_COPIES:
            return
        kept.append(bound)
        self._plan_bytes += bound.arena_bytes
        while len(self.plans) > (2 if self._plan_bytes > MOST_PLAN_BYTES else MOST_PLANS):
            dropped = self.plans.popitem(last=False)[1]
            self._plan_bytes -= sum(each.arena_bytes for each in dropped)

    def forget_plans(self) -> None:
        """Drops what was bound: the buffers of variables are others."""
        self._plan_bytes = 0
        self.plans.clear()
        self.latest = self.traced = None

    def symbol_values(self, arrays: Sequence[np.ndarray]) -> tuple[int, ...]:
        """The values of the program's symbols for these feeds."""
        return tuple(symbol.value(arrays[symbol.feed]) for symbol in self.compiled.traced.symbols)


class TracedRun:
    """What a run did, step by step.

    Attributes:
      compiled: the program; symbols: the values of its symbolic sizes by name.
      steps: for each step of the program (step, start, end), in nanoseconds of a monotonic clock.
    """

    def __init__(self, compiled: Compiled, values: Sequence[int], clock: Clock) -> None:
        self.compiled = compiled
        names = [symbol.name for symbol in compiled.traced.symbols]
        self.symbols = dict(zip(names, values, strict=True))
        rows, hosts = iter(clock.rows()), iter(clock.host_steps())
        timed = [
            (step, *next(hosts if isinstance(step, HostStep) else rows, (0, 0)))
            for step in compiled.linked.steps
        ]
        self.steps = [each for each in timed if not isinstance(each[0], JumpStep)]


def _states_read(compiled: Compiled) -> list[int]:
    """Numbers of the variables whose contents from before the run are needed."""
    read = {value for step in compiled.linked.steps for value in step.reads}
    states = compiled.optimised.states
    return [number for number, state in enumerate(states) if state in read]


def _is_empty(compiled: Compiled) -> bool:
    """Whether it only tells that its guards hold: a part of a run that has nothing to do."""
    program = compiled.optimised
    return not (compiled.linked.steps or program.results or program.updates)


def _serves_all(compiled: Compiled) -> bool:
    """Whether it serves all feeds, and all variables."""
    traced = compiled.traced
    is_bound = traced.variables or traced.tested or traced.carried
    return not (is_bound or compiled.optimised.scope.guards)


def _use_of(compiled: Compiled) -> Use:
    if compiled.optimised.updates:
        return Use.WRITES
    return Use.READS if compiled.traced.variables or compiled.traced.tested else Use.NOTHING


def _can_fail(step: Any) -> bool:
    if isinstance(step, KernelStep):
        return "fail" in step.code.names
    return isinstance(step, HostStep) or step.by < 0
