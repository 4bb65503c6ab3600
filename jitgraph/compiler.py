"""The flow of compilation, on one screen: a straight line of calls, one per stage.

In: what is fetched and fed. Out: a `Compiled` program: linked, ready to be bound to sizes; with the
record of every stage for people.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from jitgraph import debug_output, settings
from jitgraph.graph import Operation, Tensor
from jitgraph.ir.parts import Part
from jitgraph.ir.program import Program
from jitgraph.ir.trace import FeedHint, StateDims, Traced, trace
from jitgraph.ir.verifier import verify
from jitgraph.kernels.cache import KernelCache, default_cache
from jitgraph.lowering.lower import Lowered, lower
from jitgraph.passes.pipeline import Observer, PassRecord, run_passes
from jitgraph.runtime.failures import refused
from jitgraph.runtime.link import Linked, link


@dataclass(frozen=True, eq=False)
class Compiled:
    """A compiled program and how it came about.

    Attributes:
      traced, lowered, linked: what the stages made.
      optimised: the program after all passes.
      passes: one record a pass.
      seconds: the time each stage took.
      variables: for each state of `optimised` the operation that made the variable.
      guards_hold: whether the program serves these values of the symbols.
    """

    traced: Traced
    optimised: Program
    lowered: Lowered
    linked: Linked
    passes: tuple[PassRecord, ...]
    seconds: dict[str, float] = field(default_factory=dict)
    variables: tuple[Operation, ...] = field(init=False)
    guards_hold: Callable[[Sequence[int]], bool] = field(init=False)

    def __post_init__(self) -> None:
        names = [source.name for source in self.traced.symbols]
        guards = self.optimised.scope.compile_guards(names)
        object.__setattr__(self, "guards_hold", guards)
        made = dict(zip(self.traced.program.states, self.traced.variables, strict=True))
        variables = tuple(made[state] for state in self.optimised.states)
        object.__setattr__(self, "variables", variables)


def compile_fetches(
    fetches: Sequence[Tensor | Operation],
    feeds: Sequence[FeedHint],
    state_dims: StateDims,
    cache: KernelCache | None = None,
    part: Part | None = None,
) -> Compiled:
    """Compiles the part of a graph that `fetches` need.

    Args:
      fetches: tensors and operations.
      feeds: the fed tensors, with this call's sizes as hints.
      state_dims: for a variable's operation the shape of its contents, None if not initialised.
      cache: where machine code is kept; the process's own cache by default.
      part: which part of a run it is; `fetches` are then the tensors that it returns.
    """
    records: list[PassRecord] = []
    clock, level = _Clock(), settings.debug_level()
    traced = trace(fetches, feeds, state_dims, part)
    clock.lap("trace")
    debug_output.tell_trace(level, traced.program)
    with _telling_bad_data(traced, feeds):
        optimised = run_passes(traced.program, _observer(records, level))
        clock.lap("passes")
        lowered = lower(optimised)
        clock.lap("lower")
    symbols = tuple(source.name for source in traced.symbols)
    linked = link(lowered, symbols, cache or default_cache())
    clock.lap("compile and link")
    debug_output.tell_compilation(level, fetches, lowered, linked.kernels, clock.laps)
    return Compiled(traced, optimised, lowered, linked, tuple(records), clock.laps)


@contextmanager
def _telling_bad_data(traced: Traced, feeds: Sequence[FeedHint]) -> Iterator[None]:
    """Turns a failure to compile what can't be computed into the user's error."""
    try:
        yield
    except (ValueError, IndexError) as failure:
        error = refused(traced, [feed.array for feed in feeds])
        raise error or failure from None


def _observer(records: list[PassRecord], level: int) -> Observer:
    """Keeps the records; with JITGRAPH_DEBUG=2 and more, each pass's program is verified."""
    if level < debug_output.PASSES:
        return records.append

    def observe(record: PassRecord) -> None:
        records.append(record)
        debug_output.tell_pass(level, record.name, record.before, record.after, record.seconds)
        verify(record.after)

    return observe


class _Clock:
    """Seconds between laps."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = now - self._last
        self._last = now
