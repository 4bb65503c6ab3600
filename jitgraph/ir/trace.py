"""trace: Graph + fetches + feeds -> Program. The first stage of the compiler.

In: a graph, what to fetch, and what will be fed (dtype, and the sizes of this first call as hints).
Out: a Program whose sizes are symbols, pruned to what the fetches need, with every variable read
and write made explicit, and every shape computation done on symbols.

Order is defined here: ops run in construction order as far as data and control inputs leave it
open, and a variable is read where its reader stands in that order. A variable that is fetched gives
its contents at the end of the run, as the reference that TensorFlow fetches does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jitgraph import dtypes, errors
from jitgraph.dtypes import DType
from jitgraph.graph import Operation, Tensor
from jitgraph.ir.array_keys import ArrayKey
from jitgraph.ir.builder import Builder, UnknownSize
from jitgraph.ir.flow import Flow
from jitgraph.ir.flow_paths import is_choice
from jitgraph.ir.misfit import misfit, no_kernel
from jitgraph.ir.needs import Need, NeedsRun, NeedsTrips, NeedsValue, Progress
from jitgraph.ir.ordering import ordered_ancestors
from jitgraph.ir.parts import Contents, Part, Trips, stands_for_held
from jitgraph.ir.program import Host, Instr, Operand, Program, Type, Value
from jitgraph.ir.sizes import Size, SizeScope
from jitgraph.ir.trace_arrays import ArrayTracer
from jitgraph.ir.trace_branches import BranchTracer, no_value
from jitgraph.ir.trace_counted import is_counted, rows_named
from jitgraph.ir.trace_indexing import index_as_gathers
from jitgraph.ir.trace_loops import count_trips
from jitgraph.ir.unmerged_rows import COMBINED, Unmerged, unmerged_rows
from jitgraph.ops.constants import CONST
from jitgraph.ops.definition import Draw, ShapeQuery
from jitgraph.ops.gathering import GATHER_V2
from jitgraph.ops.internal import HOST_VALUE
from jitgraph.ops.partial_value import group_inputs
from jitgraph.ops.philox import STATE_SIZE
from jitgraph.ops.random_streams import PHILOX_ADVANCE
from jitgraph.ops.registry import REGISTRY
from jitgraph.ops.row_updates import FIRST_POSITIONS, PUT_ROWS

MOST_FED_ITEMS = 64
MOST_CONTENTS = 4096


@dataclass(frozen=True)
class FeedHint:
    """What is known of one fed tensor, or of a variable's `Contents`: dtype, the sizes of this
    call, and its array."""

    tensor: Any
    dtype: DType
    shape: tuple[int, ...]
    array: Any


@dataclass(frozen=True)
class SymbolSource:
    """Where a symbol's value comes from at each call: a feed's dimension, or one of its items (of
    which position -1 is the last)."""

    name: str
    feed: int
    position: int
    is_item: bool

    def value(self, array: np.ndarray) -> int:
        """The value, in what is fed for this feed; 0 for an item that it lacks."""
        if not self.is_item:
            return int(array.shape[self.position])
        if not -array.size <= self.position < array.size:
            return 0
        return int(array.reshape(-1)[self.position])


@dataclass(frozen=True)
class Traced:
    """A Program and how it hangs on the graph.

    Attributes:
      program: the program.
      feeds: the fed tensors, in the order of `program.feeds`.
      variables: for each of `program.states` the operation that made the variable, or the random
        op whose generator it is.
      symbols: where each symbol's value comes from.
      assumed: which variables were initialised when the program was traced, of those it names.
      tested: the variables of which the program asks whether they are initialised.
      carried: the variables whose new contents are the last results: a part that is not the last.
    """

    program: Program
    feeds: tuple[Any, ...]
    variables: tuple[Operation, ...]
    symbols: tuple[SymbolSource, ...]
    assumed: Mapping[Operation, bool] = field(default_factory=dict)
    tested: frozenset[Operation] = frozenset()
    carried: tuple[Operation, ...] = ()


StateDims = Callable[[Operation], "tuple[int, ...] | None"]


def trace(
    fetches: Sequence[Tensor | Operation],
    feeds: Sequence[FeedHint],
    state_dims: StateDims,
    part: Part | None = None,
) -> Traced:
    """Turns the part of a graph that `fetches` need into a Program.

    Args:
      fetches: tensors (each gives a result) and operations (run for their effect).
      feeds: the fed tensors.
      state_dims: for a variable's operation the shape of its contents in this session, None while
        it is not initialised.
      part: what of the run is to be traced, if not all of it.

    Raises:
      Need: sizes depend on data.
      errors.InvalidArgumentError: a placeholder is needed and not fed; shapes don't fit.
    """
    chosen: set[Tensor] = set() if part is None else set(part.chosen)
    while True:
        tracer = _Tracer(feeds, state_dims, chosen, part)
        try:
            return tracer.run(fetches)
        except Need as need:
            pred = need.tensor if isinstance(need, NeedsValue) else None
            if pred is not None and pred not in chosen and _is_fed_predicate(pred, feeds):
                chosen.add(pred)
                continue
            need.always = not chosen and not tracer.tested
            need.progress = _progress(tracer, need, chosen)
            raise


def _progress(tracer: _Tracer, need: Need, chosen: set[Tensor]) -> Progress:
    """What tracing has done; where a loop is to be counted, no more than counting must be given."""
    settled = chosen | tracer.settled
    if not isinstance(need, NeedsTrips) or tracer.branches is None:
        return Progress(frozenset(tracer.finished), dict(tracer.aliases), frozenset(settled))
    before = tracer.part.finished if tracer.part is not None else frozenset()
    done = tracer.branches.needed_for(need.inputs) & tracer.finished | before
    aliases = {tensor: op for tensor, op in tracer.aliases.items() if tensor._op in done}
    kept = (pred for pred in settled if pred in chosen or pred._op in done)
    return Progress(frozenset(done), aliases, frozenset(kept))


def _is_fed_predicate(tensor: Tensor, feeds: Sequence[FeedHint]) -> bool:
    return any(h.tensor is tensor and h.dtype.is_bool and not h.shape for h in feeds)


class _Values(dict[Any, Value]):
    """The values that tensors stand for; what is missing may be made."""

    def __init__(self, make: Callable[[Tensor], Value]) -> None:
        self.make = make

    def __missing__(self, tensor: Tensor) -> Value:
        value = self[tensor] = self.make(tensor)
        return value


_ORDERING = frozenset(("ArgMax", "ArgMin", "Max", "Maximum", "Min", "Minimum", "TopKV2"))
"""Ops that ask which of their items is the largest."""

MOST_ORDERED = 2
"""A program is made for each order of so many fed items; of more, the order is not asked."""


def _count_of_sizes(arrays: Sequence[Any]) -> int:
    return sum(isinstance(item, Size) for array in arrays for item in np.asarray(array).flat)


class _Tracer:
    def __init__(
        self,
        feeds: Sequence[FeedHint],
        state_dims: StateDims,
        chosen: Collection[Tensor] = (),
        part: Part | None = None,
    ) -> None:
        self.chosen = chosen
        self.part = part
        self.finished: set[Operation] = set()
        self.settled: set[Tensor] = set()
        self.handed: dict[Any, Value] = {}
        self.known_numbers: dict[Value, np.ndarray] = {}
        self.branches: BranchTracer | None = None
        self.scope = SizeScope()
        self.builder = Builder(set())
        self.feeds = feeds
        self.state_dims = state_dims
        self.fed: dict[Any, int] = {hint.tensor: index for index, hint in enumerate(feeds)}
        self.fed_to_run: Collection[Tensor] = self.fed if part is None else part.fed
        self.constants_of_before: list[Instr] = []
        self.values: dict[Any, Value] = _Values(self.constant_of_before)
        self.contents: dict[tuple[Tensor, bool], np.ndarray | None] = {}
        self.aliases: dict[Tensor, Operation] = {}
        self.states: dict[Operation, Value] = {}
        self.current: dict[Any, Value] = {}
        self.symbols: list[SymbolSource] = []
        self.choices: dict[Tensor, Size] = {}
        self.assumed: dict[Operation, bool] = {}
        self.tested: set[Operation] = set()
        self.unmerged = Unmerged()
        self.arrays = ArrayTracer(self)
        self.is_trial = False
        self.is_counting = False
        self.depth = 0

    def run(self, fetches: Sequence[Tensor | Operation]) -> Traced:
        inputs = tuple(self._feed(index, hint) for index, hint in enumerate(self.feeds))
        part = self.part
        if part is None:
            wanted: Sequence[Tensor | Operation] = fetches
            ordered: Sequence[Operation] = ordered_ancestors(fetches, self.fed)
            flow = Flow(ordered, None, self.fed)
        else:
            wanted, ordered, flow = part.wanted, part.ordered, part.flow
            self._begin_part(part)
        self.unmerged = unmerged_rows(ordered, wanted, self.fed_to_run)
        if flow.has_control:
            self.branches = BranchTracer(
                self, flow, [f for f in (*wanted, *fetches) if isinstance(f, Tensor)]
            )
            self.branches.run()
        else:
            for op in ordered:
                if self.is_due(op):
                    self._visit(op)
                    self.finished.add(op)
        results = tuple(self._fetched(f) for f in fetches if isinstance(f, Tensor | Trips))
        changed = [op for op, state in self.states.items() if self.current[op] is not state]
        carried: tuple[Operation, ...] = ()
        if part is not None and not part.is_last:
            changed += self._arrays_in_use(ordered)
            carried = tuple(op for op in changed if self.current[op] is not self.handed.get(op))
            results = (*results, *(self.current[op] for op in carried))
            changed = []
        updates = tuple((self.states[op], self.current[op]) for op in changed)
        states = tuple(self.states.values())
        instrs = (*self.constants_of_before, *self.builder.instrs)
        _resolve_sizes(self.scope, [*inputs, *states], instrs)
        program = Program(inputs, states, instrs, results, updates, self.scope)
        fed = tuple(hint.tensor for hint in self.feeds)
        variables = tuple(self.states)
        return Traced(
            program, fed, variables, tuple(self.symbols), self.assumed, frozenset(self.tested),
            carried,
        )  # fmt: skip

    def _arrays_in_use(self, ordered: Sequence[Operation]) -> list[Any]:
        """The arrays that operations which are not done yet use."""
        rest = (op for op in ordered if op not in self.finished)
        is_body = self.part is not None and self.part.loop is not None
        if not is_body and not any(op._definition.array is not None for op in rest):
            return []
        return [key for key in self.current if isinstance(key, ArrayKey)]

    def restored(self, before: Mapping[Any, Value]) -> dict[Any, Value]:
        """The contents of variables and arrays as they were before a branch or a loop."""
        found = {op: before.get(op, self.states.get(op)) for op in self.current}
        return {op: value for op, value in found.items() if value is not None}

    def _begin_part(self, part: Part) -> None:
        """What the parts before have left."""
        self.finished.update(part.finished)
        for hint in self.feeds:
            if isinstance(hint.tensor, Contents):
                self.handed[hint.tensor.op] = self.values.pop(hint.tensor)
        for op in (*self.handed, *part.aliases.values()):
            self._make_state(op)
        for tensor, op in part.aliases.items():
            if tensor not in self.fed or tensor.dtype._is_ref_dtype:
                self.aliases[tensor] = op
        for pred in part.chosen:
            if pred in self.fed:
                self._chosen_value(pred)

    def constant_of_before(self, tensor: Tensor) -> Value:
        """A constant that the parts before have done, where this part needs it."""
        op = tensor._op
        if self.part is None or op.definition is not CONST or op not in self.part.finished:
            raise KeyError(tensor)
        name = self.builder.fresh(self._name(tensor))
        instr = self.builder.instruction(CONST, (), op._attrs, (op,), [name])
        self.constants_of_before.append(instr)
        return instr.outputs[0]

    def is_due(self, op: Operation) -> bool:
        """Whether an operation is to be traced now."""
        return self.part is None or self.is_counting or self.part.is_due(op)

    def _feed(self, index: int, hint: FeedHint) -> Value:
        dims = tuple(
            known if known is not None else self._symbol(index, position, size, is_item=False)
            for position, (known, size) in enumerate(
                zip(static_dims(hint.tensor, len(hint.shape)), hint.shape, strict=True)
            )
        )
        value = Value(self._name(hint.tensor), Type(hint.dtype, dims))
        self.builder.used.add(value.name)
        self.values[hint.tensor] = value
        return value

    def _symbol(self, feed: int, position: int, hint: int, *, is_item: bool) -> Size:
        name = f"s{len(self.symbols)}"
        self.symbols.append(SymbolSource(name, feed, position, is_item))
        if is_item:
            return self.scope.symbol(name, hint, minimum=None)
        return self.scope.symbol(name, hint)

    def _visit(self, op: Operation) -> None:
        definition: Any = op.definition
        outputs = op._outputs
        if outputs and all(tensor in self.fed for tensor in outputs):
            return
        if definition is None:
            raise errors.InternalError(None, op, f"{op.name}: an op without a definition")
        if definition.state == "variable":
            self._variable(op)
        elif definition.name == "Placeholder":
            raise _not_fed(op)
        elif definition.state == "initialized":
            self._is_initialized(op)
        elif definition.calls_python:
            raise NeedsRun(op)
        elif outputs and stands_for_held(outputs[0]):
            return
        elif definition.array is not None:
            self.arrays.trace(op)
        elif definition.draw is not None:
            self._draw(op, definition.draw)
        elif definition.view == "identity":
            self._same(op)
        elif op in self.unmerged.unique:
            self._keep_unmerged(op)
        elif op in self.unmerged.combining:
            self._combine_unmerged(op)
        elif definition.no_kernel and op._inputs[0].dtype.base_dtype in definition.no_kernel:
            raise no_kernel(op)
        elif is_counted(self, definition):
            self._count_rows(op, *definition.counted)
        elif outputs or definition.state or definition.must_run:
            self._instruction(op, definition)

    def _count_rows(self, op: Operation, counted: Any, numbers: int) -> None:
        """An op that has a row for each number up to the last item of one of its inputs."""
        rows = self.builder.scalar_host(rows_named(self, op._inputs[numbers]), dtypes.int64)
        inputs: list[Operand] = [*map(self._value, op._inputs), rows]
        attrs = {**op._attrs, "Tnumsegments": dtypes.int64}
        names = [self._name(tensor) for tensor in op._outputs]
        self._record(op, counted, self._made(op, counted, inputs, names, attrs))

    def _keep_unmerged(self, op: Operation) -> None:
        """A Unique that only serves updates of rows: its indices stay as they are, equal ones are
        told by where the first of them stands."""
        indices, (unique, positions) = self._value(op._inputs[0]), op._outputs
        made = self._appended(FIRST_POSITIONS, (indices,), {"T": indices.type.dtype}, op)
        self.values[unique], self.values[positions] = indices, made[0]

    def _spread_unmerged(self, op: Operation) -> None:
        """Gives each of equal indices the sum that the first of them has."""
        sums, positions = op._outputs[0], self._value(op._inputs[1])
        self.values[sums] = self._rows_of(self.values[sums], positions, op)

    def _combine_unmerged(self, op: Operation) -> None:
        """Adds to rows that may be named several times, but once."""
        variable = self.aliases[op._inputs[0]]
        old, indices, updates = (self._value(tensor) for tensor in op._inputs)
        dtype, kinds = old.type.dtype, {"T": old.type.dtype, "Tindices": indices.type.dtype}
        rows = self._rows_of(old, indices, op)
        combining = REGISTRY[COMBINED[op.type]]
        new = self._appended(combining, (rows, updates), {"T": dtype}, op)[0]
        self.current[variable] = self._appended(PUT_ROWS, (old, indices, new), kinds, op)[0]
        self._alias(op._outputs[0], variable)

    def _rows_of(self, contents: Value, indices: Value, op: Operation) -> Value:
        kinds = {"Tparams": contents.type.dtype, "Tindices": indices.type.dtype}
        attrs = {**kinds, "Taxis": dtypes.int32, "batch_dims": 0}
        axis = self.builder.scalar_host(0)
        return self._appended(GATHER_V2, (contents, indices, axis), attrs, op)[0]

    def _appended(
        self, definition: Any, inputs: Sequence[Operand], attrs: dict[str, Any], op: Operation
    ) -> tuple[Value, ...]:
        self.builder.base = op.name
        instr = self.builder.instruction(definition, inputs, attrs, (op,))
        self.builder.instrs.append(instr)
        return instr.outputs

    def _variable(self, op: Operation) -> None:
        self._make_state(op)
        self._alias(op._outputs[0], op)

    def _make_state(self, op: Operation) -> None:
        """The contents of a variable, or the state of a random op's generator, before the run."""
        definition: Any = op.definition
        if op in self.states:
            return
        if isinstance(op, ArrayKey):
            if op in self.handed:
                self.current[op] = self.handed[op]
            return
        self._name_state(op, definition)
        if op in self.handed:
            self.current[op] = self.handed[op]

    def _name_state(self, op: Operation, definition: Any) -> None:
        if definition.draw is not None:
            name, state_type = f"{op.name}.generator", Type(dtypes.int64, (STATE_SIZE,))
            self.states[op] = self.current[op] = Value(self.builder.fresh(name), state_type)
        else:
            dims = self.state_dims(op)
            self.assumed[op] = dims is not None
            if dims is None:
                dims = _fully_static(op._outputs[0])
            value = Value(self.builder.fresh(op.name), Type(op._outputs[0].dtype.base_dtype, dims))
            self.states[op] = self.current[op] = value

    def _alias(self, tensor: Tensor, variable: Operation) -> None:
        if tensor in self.fed:
            return
        self.aliases[tensor] = variable

    def _same(self, op: Operation) -> None:
        """An op that passes its input on."""
        self._pass_on(op._inputs[0], op._outputs[0])

    def _pass_on(self, source: Tensor, tensor: Tensor) -> None:
        """Makes a tensor the same value as another, or another name of the same variable."""
        if stands_for_held(source):
            return
        if source in self.aliases:
            self._alias(tensor, self.aliases[source])
        elif tensor not in self.fed:
            self.values[tensor] = self.values[source]

    def _is_initialized(self, op: Operation) -> None:
        has_value = self._has_value(self.aliases[op._inputs[0]])
        self._constant(op._outputs[0], np.asarray(has_value), op)

    def _known_predicate(self, pred: Tensor) -> bool | None:
        """The value of a predicate where it is known now."""
        if pred in self.fed:
            return self._chosen_value(pred) if pred in self.chosen else None
        contents = self._contents_of(pred)
        if contents is None and pred in self.values:
            contents = self.known_numbers.get(self.values[pred])
        return None if contents is None else bool(contents.reshape(-1)[0])

    def _chosen_value(self, pred: Tensor) -> bool:
        """A fed predicate for whose value this program is made."""
        index = self.fed[pred]
        hint = int(bool(np.asarray(self.feeds[index].array).reshape(-1)[0]))
        if pred not in self.choices:
            self.choices[pred] = self._symbol(index, 0, hint, is_item=True)
        return self.scope.decide(self.choices[pred], "==", 1)

    def _lacks_value(self, variable: Operation) -> bool:
        """Whether it is a variable that has no value when the run begins."""
        definition: Any = variable.definition
        is_empty = self.state_dims(variable) is None and variable not in self.handed
        return definition.state == "variable" and is_empty

    def _check_read(self, variable: Operation) -> None:
        """A branch that reads a variable without a value is only traced if it is to run."""
        if self.branches is None or not self.branches.inside or not self._lacks_value(variable):
            return
        if self.current[variable] is self.states[variable]:
            self.tested.add(variable)
            raise NeedsValue(self.branches.inside[0])

    def _has_value(self, variable: Operation) -> bool:
        self.tested.add(variable)
        self.assumed[variable] = self.state_dims(variable) is not None
        return self.assumed[variable] or self.current[variable] is not self.states[variable]

    def _instruction(self, op: Operation, definition: Any) -> None:
        contents = [self._contents_of(tensor) for tensor in op._outputs]
        known = [value for value in contents if value is not None]
        if known and len(known) == len(contents) and definition is not CONST:
            for tensor, value in zip(op._outputs, known, strict=True):
                self._known(tensor, value, op)
            return
        if op._type == "StridedSlice" and self._is_indexed(op):
            return
        inputs = [self._operand(op, index) for index in range(len(op._inputs))]
        names = [self._name(t) for t in op._outputs]
        names += [self.builder.fresh(op._inputs[i].op.name) for i in definition.also_writes]
        self._record(op, definition, self._made(op, definition, inputs, names))
        if op in self.unmerged.sums:
            self._spread_unmerged(op)

    def _is_indexed(self, op: Operation) -> bool:
        """Whether it picks by numbers that only the run knows; then it is done."""
        begin = op._inputs[1]
        if any(self._contents_of(begin, feeds=feeds) is not None for feeds in (False, True)):
            return False
        found = index_as_gathers(self, op)
        if found is not None:
            self.values[op._outputs[0]] = found
        return found is not None

    def _made(
        self,
        op: Operation,
        definition: Any,
        inputs: Sequence[Operand],
        names: Sequence[str],
        attrs: dict[str, Any] | None = None,
    ) -> Instr:
        try:
            instr = self.builder.instruction(definition, inputs, attrs or op._attrs, (op,), names)
        except UnknownSize:
            raise NeedsRun(op) from None
        except ValueError as error:
            raise misfit(op, _own(op, inputs), error) from None
        self.builder.instrs.append(instr)
        self.builder.used.update(value.name for value in instr.outputs)
        return instr

    def _draw(self, op: Operation, draw: Draw) -> None:
        """A random op: numbers made of its generator's state, and the state moved on."""
        self._make_state(op)
        state = self.current[op]
        inputs = [state, *(self._operand(op, index) for index in range(len(op._inputs)))]
        instr = self._made(op, draw.op, inputs, [self._name(tensor) for tensor in op._outputs])
        self._record(op, draw.op, instr)
        steps = draw.steps(instr.outputs[0].type.dims, op._attrs)
        self.builder.base, self.builder.origin = state.name, (op,)
        moved = self.builder.scalar_host(steps, dtypes.int64)
        self.current[op] = self.builder.emit(PHILOX_ADVANCE, state, moved)

    def _record(self, op: Operation, definition: Any, instr: Instr) -> None:
        if definition.state == "write":
            written = [self.aliases[op._inputs[index]] for index in (0, *definition.also_writes)]
            self.current.update(zip(written, instr.outputs, strict=True))
            self._alias(op._outputs[0], written[0])
            return
        if definition.state == "step":
            self._step(op, instr)
            return
        for tensor, value in zip(op._outputs, instr.outputs, strict=True):
            if tensor not in self.fed:
                self.values[tensor] = value

    def _step(self, op: Operation, instr: Instr) -> None:
        """A write whose op gives what the variable held before."""
        variable = self.aliases[op._inputs[0]]
        if op._outputs[0] not in self.fed:
            self.values[op._outputs[0]] = self.current[variable]
        self.current[variable] = instr.outputs[0]

    def _operand(self, op: Operation, index: int) -> Operand:
        definition: Any = op.definition
        tensor = op._inputs[index]
        if index in definition.host or index - len(op._inputs) in definition.host:
            known = self._contents_of(tensor)
            if known is None:
                known = self._contents_of(tensor, feeds=True)
            if known is None:
                raise NeedsValue(tensor)
            return Host(tensor.dtype.base_dtype, known)
        return self._value(tensor)

    def _value(self, tensor: Tensor) -> Value:
        if tensor in self.aliases:
            variable = self.aliases[tensor]
            self._check_read(variable)
            return self.current[variable]
        return self.values[tensor]

    def _fetched(self, tensor: Tensor | Trips) -> Value:
        if tensor in self.fed:
            return self.values[tensor]
        if isinstance(tensor, Trips):
            return count_trips(self.branches, tensor)
        try:
            return self._value(tensor)
        except KeyError:
            raise no_value(tensor) from None

    def _constant(self, tensor: Tensor, array: np.ndarray, op: Operation) -> None:
        if tensor in self.fed:
            return
        dtype = tensor.dtype.base_dtype
        attrs = {"value": array.astype(dtype.as_numpy_dtype), "dtype": dtype}
        instr = self.builder.instruction(CONST, (), attrs, (op,), [self._name(tensor)])
        self.builder.instrs.append(instr)
        self.values[tensor] = instr.outputs[0]
        self.known_numbers[instr.outputs[0]] = array
        self.builder.used.add(instr.outputs[0].name)

    def _known(self, tensor: Tensor, value: np.ndarray, op: Operation) -> None:
        if tensor in self.fed:
            return
        if not any(isinstance(item, Size) for item in value.reshape(-1)):
            self._constant(tensor, value, op)
            return
        dtype = tensor.dtype.base_dtype
        host = Host(dtype, value)
        instr = self.builder.instruction(
            HOST_VALUE, (host,), {"T": dtype}, (op,), [self._name(tensor)]
        )
        self.builder.instrs.append(instr)
        self.values[tensor] = instr.outputs[0]
        self.builder.used.add(instr.outputs[0].name)

    @staticmethod
    def _name(tensor: Tensor) -> str:
        return tensor._op._name if tensor._index == 0 else f"{tensor._op._name}:{tensor._index}"

    def _contents_of(self, tensor: Tensor, *, feeds: bool = False) -> np.ndarray | None:
        """What is known of a tensor's contents: from constants and shapes alone, or (`feeds`)
        also from items of small integer feeds, which a shape or axis may depend on."""
        key = (tensor, feeds)
        if key not in self.contents:
            self.contents[key] = self._compute_contents(tensor, feeds)
        return self.contents[key]

    def _compute_contents(self, tensor: Tensor, feeds: bool) -> np.ndarray | None:
        if tensor in self.fed:
            return self._fed_contents(tensor) if feeds else None
        op = tensor._op
        definition: Any = op.definition
        if definition is CONST:
            array = op._attrs["value"]
            small = array.size <= MOST_CONTENTS and array.dtype != object
            return array.astype(object) if small else None
        if definition.control is not None:
            return self._contents_inside(op, feeds)
        if definition.contents is not None:
            return self._contents_from_shapes(op, tensor._index)
        if definition.stateful or definition.state or definition.reference is None:
            return None
        if not tensor.dtype.base_dtype.is_integer and not _is_small_host(op):
            return None
        inputs = [self._input_contents(given, feeds) for given in op._inputs]
        if not inputs or any(value is None for value in inputs):
            return None
        if feeds and op._type in _ORDERING and _count_of_sizes(inputs) > MOST_ORDERED:
            return None
        return self._evaluated(op, inputs, tensor._index)

    def _contents_inside(self, op: Operation, feeds: bool) -> np.ndarray | None:
        """What is known of a tensor that a branch or a loop takes from outside."""
        passes_on = is_choice(op) or op._attrs.get("is_constant", False)
        return self._contents_of(op._inputs[0], feeds=feeds) if passes_on else None

    def _input_contents(self, tensor: Tensor, feeds: bool) -> np.ndarray | None:
        return None if tensor in self.aliases else self._contents_of(tensor, feeds=feeds)

    def _evaluated(self, op: Operation, inputs: list[Any], index: int) -> np.ndarray | None:
        definition: Any = op.definition
        keywords = {k: op._attrs[k] for k in definition.attrs if k in op._attrs}
        try:
            given = group_inputs(definition, op._attrs, inputs)
            result = definition.reference(*given, **keywords)
        except (TypeError, ValueError, AttributeError, IndexError, ArithmeticError):
            return None
        except errors.OpError:
            return None
        several = len(op._outputs) > 1 or isinstance(result, (tuple, list))
        array = np.asarray(result[index] if several else result, dtype=object)
        dtype = op._outputs[index].dtype.base_dtype
        return array if array.size <= MOST_CONTENTS and _are_exact(array, dtype) else None

    def _contents_from_shapes(self, op: Operation, index: int) -> np.ndarray | None:
        definition: Any = op.definition
        dims = [self._value(t).type.dims for t in op._inputs]
        kinds = [t.dtype for t in op._inputs]
        found = definition.contents(ShapeQuery(dims, kinds, op._attrs, lambda _: None))
        return _object_array(found[index] if len(op._outputs) > 1 else found)

    def _fed_contents(self, tensor: Tensor) -> np.ndarray | None:
        index = self.fed[tensor]
        hint = self.feeds[index]
        size = int(np.prod(hint.shape, dtype=np.int64))
        if not hint.dtype.is_integer or size > MOST_FED_ITEMS or len(hint.shape) > 2:
            return None
        result = np.empty(hint.shape, object)
        if any(d is None for d in static_dims(tensor, len(hint.shape))):
            self._pin(self.values[tensor].type.dims, hint.shape)
        flat = result.reshape(-1)
        items = np.asarray(hint.array).reshape(-1)
        for position in range(size):
            flat[position] = self._symbol(index, position, int(items[position]), is_item=True)
        return result

    @staticmethod
    def _pin(dims: tuple[Any, ...], sizes: tuple[int, ...]) -> None:
        """Guards that a vector used as a shape keeps its length: the rank depends on it."""
        for dim, size in zip(dims, sizes, strict=True):
            if dim != size:
                raise AssertionError("a hint differs from itself")


def _own(op: Operation, inputs: Sequence[Operand]) -> Sequence[Operand]:
    """An op's own operands: a draw has its generator before them, counted rows a number behind."""
    definition: Any = op.definition
    count = len(op._inputs)
    return inputs[:count] if definition.counted else inputs[len(inputs) - count :]


def _resolve_sizes(scope: SizeScope, inputs: Sequence[Value], instrs: tuple[Instr, ...]) -> None:
    """Writes every size in terms of the symbols that stand for those found to be equal to them."""
    if not scope.guards:
        return
    for body in (body for instr in instrs for body in instr.bodies):
        _resolve_sizes(scope, body.feeds, body.instrs)
    for value in [*inputs, *(value for instr in instrs for value in instr.outputs)]:
        if any(isinstance(dim, Size) for dim in value.type.dims):
            dims = tuple(scope.resolve(dim) for dim in value.type.dims)
            value.type = Type(value.type.dtype, dims)
    for instr in instrs:
        for given in instr.inputs:
            if isinstance(given, Host) and any(isinstance(i, Size) for i in given.items.flat):
                for position, item in enumerate(given.items.flat):
                    given.items.flat[position] = scope.resolve(item)


def _are_exact(items: np.ndarray, dtype: DType) -> bool:
    """Whether numbers worked out without bounds are what arithmetic in `dtype` gives."""
    if not dtype.is_integer:
        return all(isinstance(item, (int, float, np.generic, Size)) for item in items.flat)
    low, high = dtype.min, dtype.max
    return all(
        isinstance(item, Size) or (isinstance(item, (int, np.integer)) and low <= item <= high)
        for item in items.flat
    )


def _is_small_host(op: Operation) -> bool:
    """Whether a non-integer op may still be worked out on the host: its inputs are integers."""
    return bool(op._inputs) and all(
        t.dtype.base_dtype.is_integer or t.dtype.base_dtype.is_bool for t in op._inputs
    )


def _object_array(found: Any) -> np.ndarray | None:
    if found is None or isinstance(found, np.ndarray):
        return None if found is None else found.astype(object)
    if isinstance(found, (list, tuple)):
        result = np.empty(len(found), object)
        for index, item in enumerate(found):
            result[index] = item
        return result
    result = np.empty((), object)
    result[()] = found
    return result


def static_dims(tensor: Tensor, rank: int) -> tuple[int | None, ...]:
    """The dimensions the graph itself fixes, None for each that a feed may choose."""
    return (None,) * rank if tensor._dims is None else tensor._dims


def _fully_static(tensor: Tensor) -> tuple[int, ...]:
    dims = [d for d in tensor._dims or () if d is not None]
    return tuple(dims) if tensor._dims and len(dims) == len(tensor._dims) else ()


def _not_fed(op: Operation) -> errors.InvalidArgumentError:
    tensor = op._outputs[0]
    from jitgraph.ops.apply import shape_text

    shape = "" if tensor._dims is None else f" and shape {shape_text(tensor._dims)}"
    kind = {"float32": "float", "float64": "double"}.get(tensor.dtype.name, tensor.dtype.name)
    text = f"You must feed a value for placeholder tensor '{op.name}' with dtype {kind}{shape}"
    return errors.InvalidArgumentError(None, op, errors.message_with_origin(text, op))
