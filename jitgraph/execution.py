"""The engine of a session: compiled programs by signature, bound programs by sizes, variables.

In: resolved fetches, fed tensors and their arrays. Out: values, and a callable by which the same
signature with the same sizes runs again without any of this.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jitgraph import errors
from jitgraph.compiler import Compiled, compile_fetches
from jitgraph.fetching import Fetched, without_fed
from jitgraph.graph import Graph, Operation, Tensor
from jitgraph.ir.ordering import ordered_ancestors
from jitgraph.ir.sizes import Size, evaluate
from jitgraph.ir.trace import FeedHint, NeedsRun, NeedsValue
from jitgraph.lowering.steps import HostStep, KernelStep
from jitgraph.ops.partial_value import group_inputs
from jitgraph.runtime.bind import Bound, Buffers, bind
from jitgraph.runtime.frame import KernelFailure

MOST_PLANS = 64
"""Bound programs kept for each compiled one."""

REASONS = {
    1: "Integer division by zero",
    2: "an index is out of range",
    3: "Received a label value which is outside the valid range of [0, number of classes)",
    4: "the axis to reduce is empty",
    5: "a side of a matrix is over 2147483647",
}


class Executable:
    """A compiled program in one session, with its bound programs by sizes."""

    def __init__(self, compiled: Compiled, is_single: bool) -> None:
        self.compiled = compiled
        self.is_single = is_single
        self.plans: OrderedDict[Any, Bound] = OrderedDict()
        self.latest: Bound | None = None
        program = compiled.optimised
        written = {state for state, _ in program.updates}
        self.read = _states_read(compiled)
        self.writes = bool(written)
        self.lock = threading.Lock()

    def symbol_values(self, arrays: Sequence[np.ndarray]) -> tuple[int, ...]:
        """The values of the program's symbols for these feeds."""
        return tuple(
            int(arrays[s.feed].reshape(-1)[s.position])
            if s.is_item
            else arrays[s.feed].shape[s.position]
            for s in self.compiled.traced.symbols
        )


def _states_read(compiled: Compiled) -> list[int]:
    """Numbers of the variables whose contents from before the run are needed."""
    read = {value for step in compiled.linked.steps for value in step.reads}
    states = compiled.optimised.states
    return [number for number, state in enumerate(states) if state in read]


class Engine:
    """Programs and variables of one session."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.variables: dict[Operation, np.ndarray] = {}
        self.epoch = np.zeros(1, np.int64)
        self.executables: dict[Any, list[Executable]] = {}
        self.lock = threading.RLock()

    def forget(self) -> None:
        """Drops all programs: the graph changed under them."""
        with self.lock:
            self.executables.clear()

    def close(self) -> None:
        """Frees programs and variables."""
        with self.lock:
            self.executables.clear()
            self.variables.clear()
            self.epoch[0] += 1

    def run(
        self, fetches: Fetched, tensors: tuple[Tensor, ...], arrays: list[np.ndarray]
    ) -> tuple[Callable[..., Any] | None, Any]:
        """Runs once; also gives the callable for the next time, if there may be one."""
        try:
            executable, values = self._executable(fetches, tensors, arrays)
        except NeedsValue as need:
            known = self._values([need.tensor], tensors, arrays)
            return None, self._run_knowing(known, fetches, tensors, arrays)
        except NeedsRun as need:
            known = self._outputs(need.op, tensors, arrays)
            return None, self._run_knowing(known, fetches, tensors, arrays)
        try:
            bound = self._bound(executable, values, arrays)
            results = self._execute(executable, bound, values, arrays)
        except MemoryError as error:
            raise _exhausted(fetches, error) from None
        short = self._shortcut(fetches, executable, bound)
        if short is not None:
            short = _for_same_items(short, executable, values)
        return short, _packed(fetches, executable, results)

    # -- programs ------------------------------------------------------------------------------

    def _executable(
        self, fetches: Fetched, tensors: tuple[Tensor, ...], arrays: list[np.ndarray]
    ) -> tuple[Executable, tuple[int, ...]]:
        ranks = tuple(array.ndim for array in arrays)
        key = (fetches.tensors, fetches.targets, fetches.is_single, tensors, ranks)
        with self.lock:
            known = list(self.executables.get(key, ()))
        for executable in known:
            values = executable.symbol_values(arrays)
            if self._serves(executable, values):
                return executable, values
        with self.lock:
            for executable in self.executables.get(key, ()):
                values = executable.symbol_values(arrays)
                if self._serves(executable, values):
                    return executable, values
            executable = self._compiled(fetches, tensors, arrays)
            self.executables.setdefault(key, []).insert(0, executable)
        return executable, executable.symbol_values(arrays)

    def _compiled(
        self, fetches: Fetched, tensors: tuple[Tensor, ...], arrays: list[np.ndarray]
    ) -> Executable:
        hints = [
            FeedHint(tensor, tensor.dtype.base_dtype, array.shape, array)
            for tensor, array in zip(tensors, arrays, strict=True)
        ]
        compiled = compile_fetches([*fetches.tensors, *fetches.targets], hints, self._state_dims)
        return Executable(compiled, fetches.is_single)

    def _state_dims(self, variable: Operation) -> tuple[int, ...] | None:
        array = self.variables.get(variable)
        return None if array is None else array.shape

    def _serves(self, executable: Executable, values: tuple[int, ...]) -> bool:
        compiled: Any = executable.compiled
        for variable, state in zip(
            compiled.traced.variables, compiled.traced.program.states, strict=True
        ):
            array = self.variables.get(variable)
            if array is not None and array.shape != state.type.dims:
                return False
        traced = compiled.traced
        asked = {op: known for op, known in traced.assumed.items() if op in traced.tested}
        if any((op in self.variables) is not known for op, known in asked.items()):
            return False
        return compiled.guards_hold(values)

    # -- binding -------------------------------------------------------------------------------

    def _bound(
        self, executable: Executable, values: tuple[int, ...], arrays: list[np.ndarray]
    ) -> Bound:
        self._check_initialised(executable)
        key = (values, int(self.epoch[0]), tuple(array.shape for array in arrays))
        with executable.lock:
            bound = executable.plans.get(key)
            if bound is not None:
                executable.plans.move_to_end(key)
                return bound
        bound = self._bind(executable, values, arrays)
        with executable.lock:
            if executable.latest is not None:
                executable.latest.let_go()
            executable.plans[key] = executable.latest = bound
            while len(executable.plans) > MOST_PLANS:
                executable.plans.popitem(last=False)
        return bound

    def _bind(
        self, executable: Executable, values: tuple[int, ...], arrays: list[np.ndarray]
    ) -> Bound:
        compiled = executable.compiled
        states = [self.variables.get(op) for op in compiled.variables]
        new_states = self._new_states(executable, values, states)
        shapes = tuple(array.shape for array in arrays)
        buffers = Buffers(states, new_states, shapes)
        return bind(
            compiled.linked, values, buffers, self.epoch, scalar_result=executable.is_single
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
        compiled = executable.compiled
        for number in executable.read:
            variable = compiled.variables[number]
            if variable not in self.variables:
                raise _uninitialised(variable, compiled)

    # -- running -------------------------------------------------------------------------------

    def _execute(
        self,
        executable: Executable,
        bound: Bound,
        values: tuple[int, ...],
        arrays: list[np.ndarray],
    ) -> Any:
        try:
            results = bound.run(*arrays)
            while results is NotImplemented:
                results = self._execute_elsewhere(executable, values, arrays)
        except KernelFailure as failure:
            raise _failed(executable.compiled, failure) from None
        self._adopt(executable, bound)
        return results

    def _execute_elsewhere(
        self, executable: Executable, values: tuple[int, ...], arrays: list[np.ndarray]
    ) -> Any:
        """Another thread runs this program: wait for it if it writes, else run a second copy."""
        if executable.writes:
            time.sleep(0.00002)
            return self._bound(executable, values, arrays).run(*arrays)
        return self._bind(executable, values, arrays).run(*arrays)

    def _adopt(self, executable: Executable, bound: Bound) -> None:
        """Makes buffers that a run has filled the variables' own."""
        if not executable.writes:
            return
        compiled = executable.compiled
        buffers: Buffers = bound.buffers
        changed = False
        with self.lock:
            numbers = {state: number for number, state in enumerate(compiled.optimised.states)}
            for state, _ in compiled.lowered.updates:
                number = numbers[state]
                variable = compiled.variables[number]
                array = buffers.new_states[number]
                assert array is not None, f"{variable.name} was given no buffer to be written"
                if self.variables.get(variable) is not array:
                    self.variables[variable] = array
                    changed = True
            if changed:
                self.epoch[0] += 1

    def _shortcut(
        self, fetches: Fetched, executable: Executable, bound: Bound
    ) -> Callable[..., Any] | None:
        run = _translating(bound.run, executable.compiled)
        if bound.expected_epoch != int(self.epoch[0]):
            return None
        if fetches.is_single or fetches.is_flat:
            return run
        if not fetches.tensors and fetches.targets:
            pack_none = fetches.pack(())
            if pack_none is None:
                return run
        pack = fetches.pack

        def call(*arrays: Any) -> Any:
            results = run(*arrays)
            if results is NotImplemented:
                return results
            return pack(results if results is not None else ())

        return call

    # -- data-dependent sizes ------------------------------------------------------------------

    def _run_knowing(
        self, known: dict[Tensor, Any], fetches: Fetched, tensors: tuple[Tensor, ...],
        arrays: list[np.ndarray],
    ) -> Any:  # fmt: skip
        """Goes on with values that sizes depend on as feeds."""
        more = {tensor: array for tensor, array in known.items() if tensor not in tensors}
        if not more:
            name = next(iter(known)).name
            raise errors.InternalError(None, None, f"{name}: a size can't be told")
        all_tensors, all_arrays = (*tensors, *more), [*arrays, *more.values()]
        if any(tensor in more for tensor in fetches.tensors):
            fetches = without_fed(fetches, all_tensors, all_arrays)
        result = self.run(fetches, all_tensors, all_arrays)[1]
        if fetches.is_single and isinstance(result, np.ndarray) and not result.ndim:
            return result[()]
        return result

    def _values(
        self, wanted: Sequence[Tensor], tensors: tuple[Tensor, ...], arrays: list[np.ndarray]
    ) -> dict[Tensor, Any]:
        """The values of tensors, computed in a run of their own, which must not write anything."""
        feeds = dict(zip(tensors, arrays, strict=True))
        missing = [tensor for tensor in dict.fromkeys(wanted) if tensor not in feeds]
        if missing:
            _check_reads_only(missing, feeds)
            fetches = Fetched(tuple(missing), (), False, True, list)
            found = self.run(fetches, tensors, arrays)[1]
            for tensor, value in zip(missing, found, strict=True):
                dtype = tensor.dtype.base_dtype.as_numpy_dtype
                feeds[tensor] = np.asarray(value, dtype, order="C")
        return {tensor: feeds[tensor] for tensor in wanted}

    def _outputs(
        self, op: Operation, tensors: tuple[Tensor, ...], arrays: list[np.ndarray]
    ) -> dict[Tensor, Any]:
        """What an op makes whose sizes depend on data, by its reference."""
        definition: Any = op.definition
        known = self._values(op._inputs, tensors, arrays)
        inputs = group_inputs(definition, op._attrs, [known[tensor] for tensor in op._inputs])
        keywords = {k: op._attrs[k] for k in definition.attrs if k in op._attrs}
        try:
            result = definition.reference(*inputs, **keywords)
        except (ValueError, IndexError) as error:
            text = errors.message_with_origin(str(error), op)
            raise errors.InvalidArgumentError(None, op, text) from None
        outputs = result if isinstance(result, tuple) else (result,)
        return {
            tensor: np.asarray(array, tensor.dtype.base_dtype.as_numpy_dtype, order="C")
            for tensor, array in zip(op._outputs, outputs, strict=True)
        }


def _check_reads_only(wanted: Sequence[Tensor], feeds: dict[Tensor, Any]) -> None:
    """Refuses to compute ahead what writes variables: it would be written twice."""
    for op in ordered_ancestors(wanted, feeds):
        definition: Any = op.definition
        if definition.state == "write":
            text = f"{wanted[0].name} decides a size and depends on the assignment {op.name}"
            raise errors.UnimplementedError(None, op, errors.message_with_origin(text, op))


def _translating(run: Callable[..., Any], compiled: Compiled) -> Callable[..., Any]:
    """`run` with the kernels' failures as TensorFlow's errors, where kernels can fail."""
    if not any(isinstance(step, HostStep) or _can_fail(step) for step in compiled.linked.steps):
        return run

    def translated(*arrays: Any) -> Any:
        try:
            return run(*arrays)
        except KernelFailure as failure:
            raise _failed(compiled, failure) from None

    return translated


def _can_fail(step: Any) -> bool:
    return isinstance(step, KernelStep) and "fail" in step.code.names


def _packed(fetches: Fetched, executable: Executable, results: Any) -> Any:
    if fetches.is_single or fetches.is_flat:
        return results
    return fetches.pack(results if results is not None else ())


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
            given = np.asarray(arrays[feed]) if feed < len(arrays) else np.empty(0)
            if position >= given.size or given.reshape(-1)[position] != value:
                return NotImplemented
        return call(*arrays)

    return checked


def _exhausted(fetches: Fetched, error: MemoryError) -> Exception:
    elements = (*fetches.tensors, *fetches.targets)
    op = next((e.op if isinstance(e, Tensor) else e for e in elements), None)
    text = f"OOM when allocating memory for a run: {error}"
    return errors.ResourceExhaustedError(None, op, errors.message_with_origin(text, op))


def _uninitialised(variable: Operation, compiled: Compiled) -> Exception:
    text = f"Attempting to use uninitialized value {variable.name}"
    return errors.FailedPreconditionError(
        None, variable, errors.message_with_origin(text, variable)
    )


def _failed(compiled: Compiled, failure: KernelFailure) -> Exception:
    status = int(failure.args[0])
    number, reason = (status >> 8) - 1, status & 255
    kernel_steps = [step for step in compiled.linked.steps if isinstance(step, KernelStep)]
    step = kernel_steps[number]
    op = next(
        (
            op
            for instr in step.instrs
            for op in instr.origin
            if instr.definition.check is not None or instr.definition.library is not None
        ),
        next((op for instr in step.instrs for op in instr.origin), None),
    )
    text = REASONS.get(reason, f"failed with reason {reason}")
    return errors.InvalidArgumentError(None, op, errors.message_with_origin(text, op))
