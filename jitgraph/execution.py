"""The engine of a session: compiled programs by signature, bound programs by sizes, variables.

In: resolved fetches, fed tensors and their arrays. Out: values, and a callable by which the same
signature with the same sizes runs again without any of this.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from jitgraph import errors
from jitgraph.compilations import note_compilation
from jitgraph.compiler import Compiled, compile_fetches
from jitgraph.executable import Executable, TracedRun
from jitgraph.fetching import Fetched
from jitgraph.function_cache import Function, FunctionCache, Order
from jitgraph.graph import Graph, Operation, Tensor
from jitgraph.ir.needs import Need
from jitgraph.ir.ordering import ordered_ancestors
from jitgraph.ir.parts import Part
from jitgraph.ir.sizes import Size, evaluate
from jitgraph.ir.trace import FeedHint
from jitgraph.ops.partial_value import constant_value
from jitgraph.ops.philox import initial_state
from jitgraph.runtime.bind import Bound, Buffers, bind
from jitgraph.runtime.clock import Clock, Observer, current_observer
from jitgraph.runtime.failures import exhausted, kernel_error, uninitialised
from jitgraph.runtime.frame import KernelFailure
from jitgraph.runtime.gates import ALWAYS, Gates, Use, renewed_in_children
from jitgraph.runtime.interruption import assigned_by_then, is_interruption
from jitgraph.staged import StagedRun

CLOSED = "Attempted to use a closed Session."


class Engine:
    """Programs and variables of one session."""

    def __init__(self, graph: Graph, *, is_parallel: bool = True) -> None:
        self.graph = graph
        self.is_parallel = is_parallel
        self.variables: dict[Operation, np.ndarray] = {}
        self.kept: dict[tuple[str, str], Any] = {}
        self.kept_for: dict[Operation, Any] = {}
        self.gates = Gates()
        self.functions = FunctionCache()
        self.lock = threading.RLock()
        self.is_closed = False
        self.inner: weakref.WeakSet[Engine] = weakref.WeakSet()
        self.observer = current_observer()
        self.watched = threading.local()
        renewed_in_children(self)

    def forget(self) -> None:
        """Drops all programs: the graph changed under them."""
        with self.lock:
            self.functions.clear()

    def close(self) -> None:
        """Frees programs and variables."""
        self.is_closed = True
        for thing in list(self.kept.values()):
            thing.cancel()
        for engine in list(self.inner):
            engine.close()
        self.gates.close()
        with self.lock:
            self.functions.clear()
            self.variables.clear()

    def held(self, op: Operation) -> Any:
        """What the session keeps for an operation, made when it is first used."""
        kept = self.kept_for.get(op)
        if kept is not None and not self.is_closed:
            return kept
        attrs, definition = op._attrs, op.definition
        shared = attrs["shared_name"]
        key = (attrs["container"], shared or op.name)
        with self.lock:
            if self.is_closed:
                raise errors.CancelledError(None, None, "Session has been closed.")
            if key not in self.kept:
                title = shared or f"_{len(self.kept)}_{op.name}"
                given = {name: attrs[name] for name in definition.attrs}
                given.update({name: self.function(attrs[name]) for name in definition.functions})
                fixed = [constant_value(tensor) for tensor in op._inputs]
                self.kept[key] = definition.reference(title, *fixed, **given)
            self.kept_for[op] = self.kept[key]
            return self.kept[key]

    def function(self, body: Any) -> Any:
        """What calls a function that is a graph; its engines are closed with this one."""
        from jitgraph.graph_functions import GraphFunction

        return GraphFunction(body, self._inner)

    def _inner(self, graph: Graph) -> Engine:
        engine = Engine(graph, is_parallel=self.is_parallel)
        self.inner.add(engine)
        return engine

    def renew(self) -> None:
        """In a forked child: nobody holds the lock."""
        self.lock = threading.RLock()
        self.functions.renew()

    def run(
        self,
        fetches: Fetched,
        tensors: tuple[Tensor, ...],
        arrays: list[np.ndarray],
        observer: Observer | None = None,
    ) -> tuple[Callable[..., Any] | None, Any]:
        """Runs once; also gives the callable for the next time, if there may be one.

        An observer is told how long each step took; the next run goes the same way.
        """
        observer = observer or self.observer
        function, order = self.functions.find(fetches, tensors, arrays)
        given = order.given(arrays)
        try:
            try:
                ran = self._run(function, given, fetches.is_single, observer)
            except Need:
                return self._run_staged(function, order, fetches, given, observer)
        except MemoryError as error:
            raise exhausted(_first_op(fetches), error) from None
        executable, bound, results = ran
        results = _packed(fetches, order.asked(results))
        if observer is not None:
            return None, results
        values = executable.symbol_values(given)
        return self._shortcut(fetches, order, executable, bound, values), results

    def _run(
        self,
        function: Function,
        arrays: list[np.ndarray],
        is_single: bool,
        observer: Observer | None,
    ) -> tuple[Executable, Bound, Any]:
        while True:
            executable, values = self._executable(function, arrays)
            with self.gates.held(executable.use):
                if self.is_closed:
                    raise RuntimeError(CLOSED)
                if self._serves(executable, values):
                    run = self._run_bound if observer is None else self._run_traced(observer)
                    return executable, *run(executable, values, arrays, is_single)

    # -- programs ------------------------------------------------------------------------------

    def _executable(
        self, function: Function, arrays: list[np.ndarray]
    ) -> tuple[Executable, tuple[int, ...]]:
        """What serves these feeds; threads that need the same compile it once."""
        found = self._variant(function, arrays)
        if found is not None:
            return found
        with function.compiling:
            found = self._variant(function, arrays)
            if found is not None:
                return found
            function.raise_need()
            executable = self._compiled(function, arrays)
            function.add(executable)
        return executable, executable.symbol_values(arrays)

    def _variant(
        self, function: Function, arrays: list[np.ndarray]
    ) -> tuple[Executable, tuple[int, ...]] | None:
        for executable in function.variants:
            values = executable.symbol_values(arrays)
            if self._serves(executable, values):
                return executable, values
        return None

    def _compiled(self, function: Function, arrays: list[np.ndarray]) -> Executable:
        hints = [
            FeedHint(tensor, tensor.dtype.base_dtype, array.shape, array)
            for tensor, array in zip(function.feeds, arrays, strict=True)
        ]
        cause = self.functions.cause(function, arrays, self._state_dims)
        try:
            compiled = compile_fetches(
                [*function.tensors, *function.targets], hints, self._state_dims
            )
        except Need as need:
            function.note_need(need)
            raise
        self._make_generators(compiled)
        executable = Executable(compiled)
        note_compilation(function, compiled, executable.symbol_values(arrays), cause)
        return executable

    def _make_generators(self, compiled: Compiled) -> None:
        """Gives each random op that has none yet its generator, a variable of this session."""
        for op in compiled.variables:
            if _is_random(op) and op not in self.variables:
                self.variables[op] = initial_state(op._attrs["seed"], op._attrs["seed2"])

    def _state_dims(self, variable: Operation) -> tuple[int, ...] | None:
        array = self.variables.get(variable)
        return None if array is None else array.shape

    def _serves(self, executable: Executable, values: tuple[int, ...]) -> bool:
        traced = executable.compiled.traced
        for variable, state in zip(traced.variables, traced.program.states, strict=True):
            array = self.variables.get(variable)
            if array is not None and array.shape != state.type.dims:
                return False
        asked = {op: known for op, known in traced.assumed.items() if op in traced.tested}
        if any((op in self.variables) is not known for op, known in asked.items()):
            return False
        return executable.compiled.guards_hold(values)

    # -- binding -------------------------------------------------------------------------------

    def _bound(
        self,
        executable: Executable,
        values: tuple[int, ...],
        arrays: list[np.ndarray],
        is_single: bool,
    ) -> Iterator[Bound]:
        """The program bound to these sizes: those that are kept (another thread may be running
        them), then a new one."""
        key = (values, tuple(array.shape for array in arrays), is_single)
        with self.lock:
            kept = executable.kept_for(key)
        yield from kept
        bound = self._bind(executable, values, arrays, is_single)
        with self.lock:
            executable.keep(key, bound)
        yield bound

    def _bind(
        self,
        executable: Executable,
        values: tuple[int, ...],
        arrays: list[np.ndarray],
        is_single: bool,
        clock: Clock | None = None,
    ) -> Bound:
        compiled, use = executable.compiled, executable.use
        states = [self.variables.get(op) for op in compiled.variables]
        new_states = self._new_states(executable, values, states)
        are_new = self._are_new(executable, new_states)
        buffers = Buffers(states, new_states, tuple(array.shape for array in arrays), are_new)
        return bind(
            compiled.linked,
            values,
            buffers,
            ALWAYS if are_new else self.gates.words[use],
            scalar_result=is_single,
            expected_epoch=0 if are_new else self.gates.expected(use),
            epoch_of_long=None if use is Use.NOTHING else ALWAYS,
            is_parallel=self.is_parallel,
            clock=clock,
            runs=executable.run_counter,
        )

    def _are_new(self, executable: Executable, new_states: Sequence[np.ndarray | None]) -> bool:
        """Whether a run writes buffers that the variables do not have yet."""
        return any(
            array is not None and self.variables.get(variable) is not array
            for variable, array in zip(executable.compiled.variables, new_states, strict=True)
        )

    def _new_states(
        self, executable: Executable, values: tuple[int, ...], states: list[Any]
    ) -> list[Any]:
        """Buffers for the contents that variables will have: their own, or new ones."""
        compiled = executable.compiled
        env = {s.name: v for s, v in zip(compiled.traced.symbols, values, strict=True)}
        numbers = {state: number for number, state in enumerate(compiled.optimised.states)}
        new_states: list[Any] = list(states)
        for state, value in compiled.lowered.updates:
            number = numbers[state]
            shape = tuple(evaluate(d, env) if isinstance(d, Size) else d for d in value.type.dims)
            if states[number] is None or states[number].shape != shape:
                dtype = value.type.dtype.as_numpy_dtype
                new_states[number] = np.empty(shape, dtype)
                if number in compiled.linked.storage.direct:
                    states[number] = new_states[number]
        return new_states

    def _check_initialised(self, executable: Executable) -> None:
        for number in executable.read:
            variable = executable.compiled.variables[number]
            if variable not in self.variables:
                raise uninitialised(variable)

    # -- running -------------------------------------------------------------------------------

    def _run_bound(
        self,
        executable: Executable,
        values: tuple[int, ...],
        arrays: list[np.ndarray],
        is_single: bool,
    ) -> tuple[Bound, Any]:
        """Runs while the gate is held, so that the variables are what they were at binding."""
        self._check_initialised(executable)
        for bound in self._bound(executable, values, arrays, is_single):
            results = self._run_one(executable, bound, arrays)
            if results is not NotImplemented:
                return bound, results
        raise errors.InternalError(None, None, "a program refuses the feeds it was bound for")

    def _run_one(self, executable: Executable, bound: Bound, arrays: list[np.ndarray]) -> Any:
        """The results of a bound program, or NotImplemented where it is taken."""
        if executable.use is Use.WRITES and bound.is_short and not bound.buffers.are_new:
            self.gates.admit()
        try:
            results = bound.run(*arrays)
        except KernelFailure as failure:
            raise self._failed(executable, bound, failure, arrays) from None
        if results is not NotImplemented:
            self._adopt(executable, bound)
        return results

    def _run_traced(self, observer: Observer) -> Callable[..., tuple[Bound, Any]]:
        """As `_run_bound`, with a clock between the steps."""

        def run(
            executable: Executable,
            values: tuple[int, ...],
            arrays: list[np.ndarray],
            is_single: bool,
        ) -> tuple[Bound, Any]:
            self._check_initialised(executable)
            key = (values, tuple(array.shape for array in arrays), is_single)
            held, executable.traced = executable.traced, None
            if held is None or held[0] != key:
                clock = Clock(len(executable.compiled.linked.functions))
                held = key, self._bind(executable, values, arrays, is_single, clock), clock
            _, bound, clock = held
            clock.begin()
            results = self._run_one(executable, bound, arrays)
            executable.traced = None if bound.buffers.are_new else held
            observer(TracedRun(executable.compiled, values, clock))
            return bound, results

        return run

    def _failed(
        self,
        executable: Executable,
        bound: Bound,
        failure: KernelFailure,
        arrays: Sequence[Any],
    ) -> BaseException:
        if is_interruption(failure.status):
            linked, variables = executable.compiled.linked, executable.compiled.variables
            found = assigned_by_then(linked, bound.sizes, bound.arena, failure.status)
            self._keep({variables[number]: contents for number, contents in found})
            return KeyboardInterrupt()
        traced = executable.compiled.traced
        states = [self.variables.get(op) for op in traced.variables]
        return kernel_error(executable.compiled.linked, traced, failure.status, arrays, states)

    def _adopt(self, executable: Executable, bound: Bound) -> None:
        """Makes buffers that a run has filled the variables' own; all that was bound is over."""
        if not bound.buffers.are_new:
            return
        compiled = executable.compiled
        for variable, array in zip(compiled.variables, bound.buffers.new_states, strict=True):
            if array is not None:
                self.variables[variable] = array
        self._forget_plans()

    def _forget_plans(self) -> None:
        self.gates.advance()
        with self.lock:
            for each in self.functions.executables():
                if each.use is not Use.NOTHING:
                    each.forget_plans()

    def _keep(self, contents: Mapping[Operation, np.ndarray]) -> None:
        """Gives variables the contents that an interrupted run has assigned to them."""
        replaced = False
        for variable, array in contents.items():
            held = self.variables.get(variable)
            if held is not None and held.shape == array.shape:
                np.copyto(held, array)
            else:
                self.variables[variable] = array.copy()
                replaced = True
        if replaced:
            self._forget_plans()

    def keep_states(self, states: Mapping[Operation, np.ndarray]) -> None:
        """Gives variables what the parts of an interrupted run have assigned to them."""
        found = {op: each for op, each in states.items() if isinstance(op, Operation)}
        if found:
            with self.gates.held(Use.WRITES):
                self._keep(found)

    def _shortcut(
        self,
        fetches: Fetched,
        order: Order,
        executable: Executable,
        bound: Bound,
        values: tuple[int, ...],
    ) -> Callable[..., Any] | None:
        """What runs the same again, or refuses; None for what can't be run again."""
        if bound.buffers.are_new:
            return None
        run = order.reordered(_for_same_items(self._entry(executable, bound), executable, values))
        if fetches.is_single or fetches.is_flat:
            return run
        if not fetches.tensors and fetches.targets and fetches.pack(()) is None:
            return run
        pack = fetches.pack

        def call(*arrays: Any) -> Any:
            results = run(*arrays)
            if results is NotImplemented:
                return results
            return pack(results if results is not None else ())

        return call

    def _entry(self, executable: Executable, bound: Bound) -> Callable[..., Any]:
        run = bound.run
        if executable.use is not Use.NOTHING and not bound.is_short:
            run = _holding(self.gates, executable.use, run)
        if not executable.can_fail:
            return run

        def translating(*arrays: Any) -> Any:
            try:
                return run(*arrays)
            except KernelFailure as failure:
                raise self._failed(executable, bound, failure, arrays) from None

        return translating

    # -- data-dependent sizes ------------------------------------------------------------------

    def _run_staged(
        self,
        function: Function,
        order: Order,
        fetches: Fetched,
        given: list[np.ndarray],
        observer: Observer | None,
    ) -> tuple[Callable[..., Any] | None, Any]:
        """Runs what needs to know sizes on the way; gives the callable for the next time, too."""
        with function.compiling:
            if function.staged is None:
                function.staged = self._staged(function)
        staged = function.staged

        def run(*arrays: Any) -> Any:
            results = staged.run(dict(zip(staged.given, arrays, strict=True)), {})
            found = [array if array.ndim else array[()] for array in results]
            if fetches.is_single:
                return found[0]
            return _packed(fetches, Order(None, order.results).asked(found))

        kinds = [(array.dtype, array.ndim) for array in given]

        def again(*arrays: Any) -> Any:
            if self.is_closed or len(arrays) != len(kinds) or function.variants:
                return NotImplemented
            for array, (dtype, rank) in zip(arrays, kinds, strict=True):
                if type(array) is not np.ndarray or array.dtype != dtype or array.ndim != rank:
                    return NotImplemented
                if not (array.flags.c_contiguous and array.flags.aligned):
                    return NotImplemented
            return run(*arrays)

        if observer is None:
            return Order(order.feeds).reordered(again), run(*given)
        self.watched.observer = observer
        try:
            return None, run(*given)
        finally:
            self.watched.observer = None

    def _staged(self, function: Function) -> StagedRun:
        fed = dict.fromkeys(function.feeds)
        ordered = ordered_ancestors([*function.tensors, *function.targets], fed)
        return StagedRun(self, ordered, function.tensors, function.feeds)

    def compile_part(self, part: Part, feeds: Sequence[FeedHint]) -> Executable:
        """The program of a part of a run."""
        compiled = compile_fetches(part.returned, feeds, self._state_dims, part=part)
        self._make_generators(compiled)
        executable = Executable(compiled)
        values = executable.symbol_values([feed.array for feed in feeds])
        note_compilation(_PartRequest(part, feeds), compiled, values, PART)
        return executable

    def run_part(
        self, executables: Sequence[Executable], arrays: list[np.ndarray]
    ) -> tuple[Executable, Any] | None:
        """Runs the first program that serves these feeds: (program, results), None if none does."""
        observer = getattr(self.watched, "observer", None)
        run = self._run_bound if observer is None else self._run_traced(observer)
        for executable in executables:
            values = executable.symbol_values(arrays)
            if executable.is_pure and observer is None:
                results = self._run_pure(executable, values, arrays)
                if results is not NotImplemented:
                    return executable, results
            if not self._serves(executable, values):
                continue
            if executable.is_empty:
                return executable, None
            with self.gates.held(executable.use):
                if self.is_closed:
                    raise RuntimeError(CLOSED)
                if self._serves(executable, values):
                    return executable, run(executable, values, arrays, False)[1]
        return None

    def _run_pure(
        self, executable: Executable, values: tuple[int, ...], arrays: list[np.ndarray]
    ) -> Any:
        """Runs a program that uses no variables, if it was bound to these sizes before; else gives
        NotImplemented."""
        if self.is_closed or not executable.compiled.guards_hold(values):
            return NotImplemented
        key = (values, tuple([array.shape for array in arrays]), False)
        with self.lock:
            kept = executable.kept_for(key)
        for bound in kept:
            results = self._run_one(executable, bound, arrays)
            if results is not NotImplemented:
                return results
        return NotImplemented


PART = "a part of a run in which sizes become known on the way"


class _PartRequest:
    """What is noted of the compilation of a part."""

    targets = ()

    def __init__(self, part: Part, feeds: Sequence[FeedHint]) -> None:
        self.tensors = part.returned
        self.feeds = [feed.tensor for feed in feeds]
        self.ranks = tuple(len(feed.shape) for feed in feeds)


def _is_random(op: Operation) -> bool:
    definition: Any = op.definition
    return definition.draw is not None


def _packed(fetches: Fetched, results: Any) -> Any:
    if fetches.is_single or fetches.is_flat:
        return results
    return fetches.pack(results if results is not None else ())


def _first_op(fetches: Fetched) -> Operation | None:
    ops = (*(tensor.op for tensor in fetches.tensors), *fetches.targets)
    return next(iter(ops), None)


def _holding(gates: Gates, use: Use, run: Callable[..., Any]) -> Callable[..., Any]:
    """`run` of a program that lets go of the GIL, refused when the variables have other buffers."""
    version, held = gates.version, gates.held(use)

    def holding(*arrays: Any) -> Any:
        with held:
            return run(*arrays) if gates.version == version else NotImplemented

    return holding


def _for_same_items(
    call: Callable[..., Any], executable: Executable, values: Sequence[int]
) -> Callable[..., Any]:
    """`call`, refusing feeds in which an element that is a size has another value."""
    symbols = executable.compiled.traced.symbols
    items = [
        (symbol.feed, symbol.position, value)
        for symbol, value in zip(symbols, values, strict=True)
        if symbol.is_item
    ]
    if not items:
        return call

    def checked(*arrays: Any) -> Any:
        for feed, position, value in items:
            if feed >= len(arrays) or not isinstance(arrays[feed], (np.ndarray, int)):
                return NotImplemented
            given = np.asarray(arrays[feed])
            if not -given.size <= position < given.size or given.reshape(-1)[position] != value:
                return NotImplemented
        return call(*arrays)

    return checked
