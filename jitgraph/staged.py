"""Staged runs: what runs where sizes become known on the way.

In: all operations of a run, and the engine that compiles and runs programs. Out: values. A run goes
from stage to stage: a program compiled for what can be done at once, then what the rest waits for
(a value, an operation whose outputs' sizes depend on data, a loop driven in Python), then the next
program, which is fed with what the ones before have made. Programs are kept for all runs to come,
as are their plans for each size; nothing is computed twice. Only the last program writes variables.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from jitgraph import errors
from jitgraph.graph import Operation, Tensor
from jitgraph.host_calls import HostCall, is_constant
from jitgraph.ir.flow import Flow
from jitgraph.ir.needs import Need, NeedsLoop, NeedsRun, NeedsValue, Progress
from jitgraph.ir.ordering import ordered_ancestors
from jitgraph.ir.parts import Contents, Part, Trips, handed_on, stands_for_held
from jitgraph.ir.trace import FeedHint
from jitgraph.ir.trace_loops import LoopFlow, loop_flow
from jitgraph.ops.constants import CONST
from jitgraph.runtime.uneven_arrays import Uneven, made_handles, use_array

Values = dict[Tensor, np.ndarray]


States = dict[Operation, np.ndarray]


class Programs(Protocol):
    """What a staged run asks of the engine."""

    def compile_part(self, part: Part, feeds: Sequence[FeedHint]) -> Any:
        """The executable of a part."""

    def keep_states(self, states: Mapping[Operation, np.ndarray]) -> None:
        """Gives variables what an interrupted run has assigned to them."""

    def held(self, op: Operation) -> Any:
        """What the session keeps for an operation: a queue, a reader."""

    def function(self, body: Any) -> Any:
        """What calls a function that is a graph."""

    def run_part(self, executables: Sequence[Any], arrays: list[np.ndarray]) -> Any:
        """(executable, results) of the first that serves these feeds, None if none does."""


class _Variant:
    """A program of a stage, the tensors that it gives; and what is needed behind it, None behind
    the last.

    Attributes:
      following: the next stage, by the variables' contents that are handed on.
      is_passed: whether it has nothing to do, whatever it is given.
      kinds: the tensors that it gives, with their arrays' dtypes.
      call: what does the operation that is needed behind it, once it was; called: that operation.
    """

    def __init__(
        self, executable: Any, returned: tuple[Tensor, ...], need: Need | None = None
    ) -> None:
        self.executable = executable
        self.returned = returned
        self.need = need
        self.following: dict[_Key, _Stage] = {}
        self.is_passed = not returned and bool(executable.serves_all)
        self.kinds = [(each, each.dtype.base_dtype.as_numpy_dtype) for each in returned]
        self.call: HostCall | None = None
        self.called: tuple[Operation, ...] = ()


class _Stage:
    """A point of a run: what is done, and which tensors and contents of variables are handed on."""

    def __init__(self, part: Part, given: tuple[Tensor, ...], held: tuple[Operation, ...]) -> None:
        self.part = part
        self.given = given
        self.held = held
        self.feeds: tuple[Any, ...] = (*given, *(Contents(op) for op in held))
        self.variants: list[_Variant] = []

    def arrays(self, values: Values, states: States) -> list[np.ndarray]:
        return [*(values[tensor] for tensor in self.given), *(states[op] for op in self.held)]


class StagedRun:
    """All stages of one run that is done again and again.

    Args:
      programs: the engine.
      ordered: all operations, in order.
      wanted: the tensors whose values it gives.
      given: the tensors whose values it is given.
      aliases: tensors that are other names of variables.
      loop: for the inside of a loop its context; then it gives variables' contents, too.
    """

    def __init__(
        self,
        programs: Programs,
        ordered: Sequence[Operation],
        wanted: Sequence[Tensor],
        given: Sequence[Tensor],
        aliases: Mapping[Tensor, Operation] | None = None,
        loop: Any = None,
    ) -> None:
        self.programs = programs
        self.given = tuple(given)
        self.wanted = tuple(wanted)
        rest = tuple(tensor for tensor in self.wanted if tensor not in self.given)
        ops, fed = tuple(ordered), frozenset(given)
        self.part = Part(
            ops, rest, fed, Flow(ops, loop, fed), aliases=aliases or {}, is_last=loop is None,
            loop=loop,
        )  # fmt: skip
        self.first: dict[_Key, _Stage] = {}
        self.loops: dict[tuple[Operation, ...], _HostLoop] = {}
        self.lock = threading.RLock()

    def executables(self) -> Iterator[Any]:
        """All programs that were compiled for it."""
        for stage in list(self.first.values()):
            yield from _executables(stage)
        for loop in list(self.loops.values()):
            yield from loop.condition.executables()
            yield from loop.body.executables()

    def run(self, values: Values, states: States) -> list[np.ndarray]:
        """The wanted values.

        Args:
          values: what it is given.
          states: contents of variables that were not written yet; it adds what it assigns.
        """
        try:
            return self._run(values, states)
        except KeyboardInterrupt:
            if self.part.is_last:
                self.programs.keep_states(states)
            raise

    def _run(self, values: Values, states: States) -> list[np.ndarray]:
        held, uneven = _told_apart(states)
        stage = self.first.get((held, uneven))
        if stage is None:
            part = replace(self.part, uneven=uneven)
            stage = self.first.setdefault((held, uneven), _Stage(part, self.given, held))
        while True:
            variants = stage.variants
            is_passed = variants and variants[0].is_passed
            variant = variants[0] if is_passed else self._run_stage(stage, values, states)
            if variant.need is None:
                return [values[tensor] for tensor in self.wanted]
            if variant.call is not None:
                values.update(self._outputs(variant.call, values))
                done: tuple[Operation, ...] = variant.called
            else:
                done = self._satisfy(variant, values, states)
            stage = self._next_stage(stage, variant, done, values, states)
            values = {tensor: values[tensor] for tensor in stage.given}

    # -- one stage -----------------------------------------------------------------------------

    def _run_stage(self, stage: _Stage, values: Values, states: States) -> _Variant:
        """Runs what can be run at once; adds what it made to `values` and `states`."""
        variants = stage.variants
        arrays = stage.arrays(values, states)
        found = self.programs.run_part([each.executable for each in variants], arrays)
        if found is None:
            with self.lock:
                variants = stage.variants = [self._compiled(stage, arrays), *stage.variants]
            found = self.programs.run_part([each.executable for each in variants], arrays)
        if found is None:
            raise errors.InternalError(None, None, "a program refuses what it was compiled for")
        executable, results = found
        variant = next(each for each in variants if each.executable is executable)
        if results is None:
            return variant
        for (tensor, dtype), result in zip(variant.kinds, results, strict=False):
            values[tensor] = np.asarray(result, dtype, order="C")
        carried = executable.compiled.traced.carried
        for op, result in zip(carried, results[len(variant.returned) :], strict=True):
            states[op] = _as_array(result, Contents(op).dtype)
        return variant

    def _compiled(self, stage: _Stage, arrays: list[np.ndarray]) -> _Variant:
        hints = [
            FeedHint(each, each.dtype.base_dtype, array.shape, array)
            for each, array in zip(stage.feeds, arrays, strict=True)
        ]
        rest = tuple(tensor for tensor in self.part.wanted if tensor not in stage.given)
        part = replace(stage.part, returned=rest)
        try:
            return _Variant(self.programs.compile_part(part, hints), part.returned)
        except Need as need:
            part = _until(part, need, stage)
            return _Variant(self.programs.compile_part(part, hints), part.returned, need)

    # -- between stages ------------------------------------------------------------------------

    def _satisfy(self, variant: _Variant, values: Values, states: States) -> tuple[Operation, ...]:
        """Does what is needed; gives the operations that are done by it."""
        need = variant.need
        if isinstance(need, NeedsRun) and need.op.definition.array is not None:
            use_array(need, values, states)
            return (need.op,)
        if isinstance(need, NeedsRun):
            variant.called = (need.op,)
            variant.call = HostCall(need.op, self.programs.held, self.programs.function)
            values.update(self._outputs(variant.call, values))
            return variant.called
        if isinstance(need, NeedsLoop):
            self._loop(need).run(values, states)
            return tuple(need.node.ops)
        return ()

    def _outputs(self, call: HostCall, values: Values) -> Values:
        """What an op makes, by its reference; a Python function may give tensors of a graph."""
        found = call(values)
        if not call.may_give_tensors:
            return found
        tensors = [each for each in found.values() if isinstance(each, Tensor)]
        ordered = ordered_ancestors(tensors, {})
        computed = StagedRun(self.programs, ordered, tensors, ()).run({}, {})
        new = dict(zip(tensors, computed, strict=True))
        for tensor, each in found.items():
            if isinstance(each, Tensor):
                found[tensor] = _as_array(new[each], tensor.dtype.base_dtype)
        return found

    def _loop(self, need: NeedsLoop) -> _HostLoop:
        key = tuple(need.node.ops)
        if key not in self.loops:
            flow = loop_flow(need.node)
            self.loops.setdefault(key, _HostLoop(self.programs, flow, need.progress.aliases))
        return self.loops[key]

    def _next_stage(
        self,
        stage: _Stage,
        variant: _Variant,
        done: tuple[Operation, ...],
        values: Values,
        states: States,
    ) -> _Stage:
        held, uneven = _told_apart(states)
        found = variant.following.get((held, uneven))
        if found is not None:
            return found
        need: Any = variant.need
        progress: Progress = need.progress
        aliases: dict[Tensor, Any] = {**progress.aliases, **made_handles(need)}
        finished = progress.finished.union(done)
        part = replace(
            stage.part,
            finished=finished,
            aliases=aliases,
            chosen=progress.chosen,
            uneven=uneven,
        )
        wanted = [*self.wanted, *progress.chosen]
        later = handed_on(part.ordered, wanted, finished, self.given)
        asked: set[Any] = {need.tensor} if isinstance(need, NeedsValue) else set()
        asked.update(tensor for tensor in values if isinstance(tensor, Trips))
        given = [*later, *progress.chosen, *asked, *_named(self.wanted, values)]
        there = (values.keys() - progress.aliases.keys()) | asked
        kept = tuple(tensor for tensor in dict.fromkeys(given) if tensor in there)
        if kept == stage.given and finished == stage.part.finished:
            raise errors.InternalError(None, None, f"{need}: a size can't be told")
        return variant.following.setdefault((held, uneven), _Stage(part, kept, held))


_Key = tuple[tuple[Operation, ...], frozenset[Any]]


_NO_STATES: _Key = ((), frozenset())


def _told_apart(states: States) -> _Key:
    """What is handed on to the next program, and the stacks that can't be."""
    if not states:
        return _NO_STATES
    held = tuple(op for op, each in states.items() if not isinstance(each, Uneven))
    return held, frozenset(states.keys() - set(held)) if len(held) < len(states) else frozenset()


def _named(tensors: Sequence[Tensor], values: Values) -> list[Tensor]:
    return [tensor for tensor in tensors if tensor in values]


def _until(part: Part, need: Need, stage: _Stage) -> Part:
    """What of a part can be done before something is needed; with all that others need of it."""
    progress = need.progress
    asked: list[Tensor] = []
    if isinstance(need, NeedsValue):
        asked = [need.tensor]
    elif isinstance(need, NeedsRun):
        inputs = need.op._inputs[1:] if need.op.definition.array else need.op._inputs
        asked = [t for t in inputs if not stands_for_held(t)]
        if not need.op.definition.array:
            asked = [t for t in asked if not is_constant(t)]
    elif isinstance(need, NeedsLoop):
        asked = [t for t in need.node._inputs if t not in progress.aliases]
        asked += [v.enter._op._inputs[0] for v in loop_flow(need.node).variables]
    made = handed_on(part.ordered, (*part.wanted, *progress.chosen), progress.finished)
    made = [t for t in made if t not in progress.aliases and t._op.definition is not CONST]
    returned = [t for t in dict.fromkeys((*made, *asked)) if t not in stage.given]
    fresh = [t for t in returned if t in asked or t._op not in part.finished]
    return replace(
        part, chosen=progress.chosen, until=progress.finished, returned=tuple(fresh), is_last=False
    )


class _HostLoop:
    """A loop of which each iteration is a run of its own."""

    def __init__(
        self, programs: Programs, flow: LoopFlow, aliases: Mapping[Tensor, Operation]
    ) -> None:
        self.flow = flow
        merged = [variable.merge._outputs[0] for variable in flow.variables]
        outside = [tensor for tensor in flow.captured if tensor not in aliases]
        given = [*merged, *outside]

        def inside(ops: Sequence[Operation], wanted: Sequence[Tensor]) -> StagedRun:
            used = set(handed_on(ops, wanted, frozenset(), given))
            taken = [tensor for tensor in given if tensor in used]
            return StagedRun(programs, ops, wanted, taken, aliases, flow.context)

        self.merged, self.outside = merged, outside
        self.shared = flow.shared
        wanted = [flow.goes_on, *flow.shared]
        is_small = not aliases.keys() & set(flow.captured) and all(map(_is_small, flow.condition))
        if is_small and len(flow.condition) <= MOST_DIRECT:
            self.condition: Any = _Direct(flow.condition, wanted)
        else:
            self.condition = inside(flow.condition, wanted)
        given += flow.shared
        self.body = inside(flow.body, flow.nexts)

    def run(self, values: Values, states: States) -> None:
        """Goes through all iterations; adds what leaves the loop to `values`."""
        fixed = {tensor: values[tensor] for tensor in self.outside}
        current = [values[v.enter._op._inputs[0]] for v in self.flow.variables]
        while True:
            given = {**fixed, **dict(zip(self.merged, current, strict=True))}
            goes_on, *shared = self.condition.run(dict(given), states)
            if not goes_on:
                break
            given.update(zip(self.shared, shared, strict=True))
            current = self.body.run(given, states)
        for tensor, number in self.flow.leaving:
            values[tensor] = current[number]


class _Direct:
    """A few operations on numbers, done by their references: that takes less than a program.

    Args:
      ops: the operations, in order; wanted: the tensors to give.
    """

    def __init__(self, ops: Sequence[Operation], wanted: Sequence[Tensor]) -> None:
        self.ops = ops
        self.wanted = wanted
        called = [op for op in ops if op.definition.control is None]
        self.calls = {op: HostCall(op, _nothing_held) for op in called}

    def executables(self) -> Iterator[Any]:
        """There are none."""
        return iter(())

    def run(self, values: Values, states: States) -> list[np.ndarray]:
        """As `StagedRun.run`."""
        for op in self.ops:
            if op.definition.control is not None:
                values[op._outputs[0]] = values[op._inputs[0]]
                continue
            values.update(self.calls[op](values))
        return [values[tensor] for tensor in self.wanted]


def _nothing_held(op: Operation) -> Any:
    raise AssertionError(f"{op.name} is no small operation")


MOST_DIRECT = 8
"""So many operations are done without a program."""

MOST_SMALL = 16
"""So many elements are as good as one."""


def _is_small(op: Operation) -> bool:
    """Whether it computes a few numbers of a few numbers, and does nothing else."""
    definition: Any = op.definition
    if definition.control is not None:
        return definition.control in ("enter", "loop_cond")
    is_pure = not (definition.stateful or definition.state or definition.draw)
    if not is_pure or definition.bodies or definition.reference is None:
        return False
    sizes = [tensor.shape.num_elements() for tensor in (*op._inputs, *op._outputs)]
    return all(size is not None and size <= MOST_SMALL for size in sizes)


def _executables(stage: _Stage) -> Iterator[Any]:
    for variant in stage.variants:
        yield variant.executable
        for following in list(variant.following.values()):
            yield from _executables(following)


def _as_array(result: Any, dtype: Any) -> np.ndarray:
    return np.asarray(result, dtype.as_numpy_dtype, order="C")
