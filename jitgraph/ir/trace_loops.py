"""Tracing of loops: a `LoopNode` becomes one Loop instruction with two programs inside.

In: a loop's ops, the tracer of what is around. Out: a Loop instruction in the tracer's builder,
whose variables are those of the graph's loop and the contents of the variables that it writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jitgraph import errors
from jitgraph.graph import Operation, Tensor
from jitgraph.ir.array_keys import ArrayKey
from jitgraph.ir.enclosed import enclosed, free_values
from jitgraph.ir.flow import Flow
from jitgraph.ir.flow_nodes import LoopNode, goes_back
from jitgraph.ir.loop_arrays import prepared_arrays
from jitgraph.ir.needs import NeedsLoop, NeedsRun, NeedsValue
from jitgraph.ir.parts import Trips
from jitgraph.ir.program import Instr, Value
from jitgraph.ir.trace_trips import trips_counted
from jitgraph.ops.constants import CONST
from jitgraph.ops.internal import LOOP


@dataclass(frozen=True)
class _Variable:
    """A loop variable: how it enters, goes round and leaves."""

    merge: Operation
    enter: Tensor
    again: Tensor


def trace_loop(around: Any, node: LoopNode) -> None:
    """Appends the instruction of a loop.

    Args:
      around: the BranchTracer that met it.
      node: the loop.
    """
    _LoopTracer(around, node).run()


def count_trips(around: Any, trips: Trips) -> Value:
    """How often a loop goes round, told by one that is its condition alone.

    Args:
      around: the BranchTracer of all that comes before the loop.
      trips: stands for the number.
    """
    loops = (node for node in around.nodes if isinstance(node, LoopNode))
    node = next(each for each in loops if loop_cond(each) is trips.op)
    return trips_counted(_LoopTracer(around, node))


class _LoopTracer:
    def __init__(self, around: Any, node: LoopNode) -> None:
        self.around = around
        self.tracer = around.tracer
        self.node = node
        self.variables = loop_variables(node)
        self.stop = loop_cond(node)
        self.written: list[Any] = []

    def run(self) -> None:
        tracer = self.tracer
        written = self.around.touches(self.node)[1]
        arrays = prepared_arrays(self)
        variables = [op for op in written if not isinstance(op, ArrayKey)]
        self.written = sorted((*variables, *arrays), key=lambda op: (op._id, op.name))
        inits = [tracer._value(variable.enter._op._inputs[0]) for variable in self.variables]
        inits += [self._contents(op) for op in self.written]
        params = [Value(tracer.builder.fresh(each.name), each.type) for each in inits]
        before = dict(tracer.current)
        tracer.depth += 1
        try:
            condition, goes_on = self._traced(params, before, self._for_condition())
            self._check_pure(before, params)
            body, results = self._traced(params, before, self.node.ops)
        finally:
            tracer.depth -= 1
        tracer.arrays.grown.clear()
        results = self._next_values()
        self._check_shapes(params, results)
        tracer.current = tracer.restored(before)
        self._emit(inits, params, (condition, goes_on), (body, results))

    def _contents(self, op: Operation) -> Value:
        """The contents of a variable, or of a random op's generator."""
        tracer = self.tracer
        if isinstance(op, ArrayKey):
            held: Value = tracer.current[op]
            return held
        if op not in tracer.states:
            tracer._make_state(op)
        if tracer._lacks_value(op):
            tracer._check_read(op)
        found: Value = tracer.current.setdefault(op, tracer.states[op])
        return found

    def learn(self) -> None:
        """Traces the body to learn what the arrays hold that it writes."""
        tracer = self.tracer
        with tracer.arrays.trial():
            self.written = [
                op for op in self.around.touches(self.node)[1]
                if not isinstance(op, ArrayKey) or op in tracer.current
            ]  # fmt: skip
            inits = [tracer._value(variable.enter._op._inputs[0]) for variable in self.variables]
            inits += [self._contents(op) for op in self.written]
            params = [Value(tracer.builder.fresh(each.name), each.type) for each in inits]
            tracer.depth += 1
            try:
                self._traced(params, dict(tracer.current), self.node.ops)
            finally:
                tracer.depth -= 1

    def _for_condition(self) -> list[Operation]:
        """The ops that the condition is computed from."""
        found = _needed_for(self.stop, self.node)
        return [op for op in self.node.ops if op in found]

    def _traced(
        self, params: Sequence[Value], before: dict[Operation, Value], ops: Sequence[Operation]
    ) -> tuple[list[Instr], list[Value]]:
        """The instructions of the ops, and whether the loop goes on."""
        tracer = self.tracer
        wanted = [self.stop._inputs[0], *(v.again._op._inputs[0] for v in self.variables)]
        flow = Flow(ops, self.node.context, tracer.fed_to_run)
        inner = type(self.around)(tracer, flow, wanted, self.around)
        tracer.current = {**before, **self._given(params)}
        for variable, param in zip(self.variables, params, strict=False):
            tracer.values[variable.merge._outputs[0]] = param
        with self._needs_from_outside(), self.around.instructions() as instrs:
            inner.trace(inner.nodes, 0)
            return instrs, [tracer._value(self.stop._inputs[0])]

    def _given(self, params: Sequence[Value]) -> dict[Operation, Value]:
        """For each variable that the loop writes its contents when an iteration begins."""
        return dict(zip(self.written, params[len(self.variables) :], strict=True))

    def _next_values(self) -> list[Value]:
        tracer = self.tracer
        nexts = [tracer._value(variable.again._op._inputs[0]) for variable in self.variables]
        return nexts + [tracer.current[op] for op in self.written]

    def _check_pure(self, before: dict[Operation, Value], params: Sequence[Value]) -> None:
        given = self._given(params)
        for op in self.written:
            if self.tracer.current[op] is not given[op]:
                raise NeedsLoop(self.node)

    def _check_shapes(self, params: Sequence[Value], results: Sequence[Value]) -> None:
        scope = self.tracer.scope
        for number, (param, result) in enumerate(zip(params, results, strict=True)):
            if result.type.dtype is not param.type.dtype:
                raise _other_dtype(self.variables[number], param, result)
            dims, nexts = param.type.dims, result.type.dims
            same = len(dims) == len(nexts) and all(
                scope.decide(a, "==", b) for a, b in zip(dims, nexts, strict=True)
            )
            if not same:
                raise NeedsLoop(self.node)

    def _emit(
        self, inits: Sequence[Value], params: Sequence[Value], condition: Any, body: Any
    ) -> tuple[Value, ...]:
        tracer = self.tracer
        builder, scope = tracer.builder, tracer.scope
        free = free_values(*condition) | free_values(*body)
        captured = [value for value in free if value not in set(params)]
        given = [*params, *captured]
        inputs = (*inits, *captured)
        outputs = tuple(Value(builder.fresh(each.name), each.type) for each in inits)
        attrs = {
            "condition": enclosed(builder, scope, condition[0], condition[1], given),
            "body": enclosed(builder, scope, body[0], body[1], given),
            "Tin": tuple(value.type.dtype for value in inputs),
            "Tout": tuple(value.type.dtype for value in outputs),
        }
        origin = tuple(dict.fromkeys((self.stop, *self.node.ops)))
        builder.instrs.append(Instr(LOOP, inputs, outputs, attrs, origin))
        left = {_variable_of(exit): exit for exit in self._exits()}
        for variable, output in zip(self.variables, outputs, strict=False):
            leaving = left.get(variable.merge)
            if leaving is not None and leaving._outputs[0] not in tracer.fed:
                tracer.values[leaving._outputs[0]] = output
        tracer.current.update(zip(self.written, outputs[len(self.variables) :], strict=False))
        return outputs

    def _exits(self) -> Iterator[Operation]:
        return (tensor._op for tensor in self.node._outputs)

    @contextmanager
    def _needs_from_outside(self) -> Iterator[None]:
        """A block that may only need to know what is computed before the loop; else the loop is
        driven in Python."""
        own = set(self.node.ops)
        try:
            yield
        except NeedsValue as need:
            tensor = _entered(need.tensor)
            if tensor._op not in own or tensor in self.tracer.fed:
                raise NeedsValue(tensor) from None
            raise NeedsLoop(self.node) from None
        except (NeedsRun, NeedsLoop):
            raise NeedsLoop(self.node) from None


@dataclass(frozen=True, eq=False)
class LoopFlow:
    """A loop as what runs it one iteration at a time must see it.

    Attributes:
      context: the loop's context.
      variables: its variables; captured: what else enters.
      condition, body: the operations of each, in order.
      goes_on: whether there is another iteration; nexts: the variables' next values.
      shared: what the body takes from the condition.
      leaving: for each tensor that leaves the number of its variable.
    """

    context: Any
    variables: tuple[_Variable, ...]
    captured: tuple[Tensor, ...]
    condition: tuple[Operation, ...]
    body: tuple[Operation, ...]
    goes_on: Tensor
    nexts: tuple[Tensor, ...]
    shared: tuple[Tensor, ...]
    leaving: tuple[tuple[Tensor, int], ...]


def loop_flow(node: LoopNode) -> LoopFlow:
    """What one iteration of a loop consists of."""
    variables, stop = loop_variables(node), loop_cond(node)
    edge = {op for v in variables for op in (v.merge, v.enter._op)}
    edge.update(op for op in node.ops if op._definition.control == "exit" and _is_of(op, node))
    inner = [op for op in node.ops if op not in edge]
    needed = _needed_for(stop, node) - edge
    body = tuple(op for op in inner if op not in needed or _is_everywhere(op))
    nexts = tuple(v.again._op._inputs[0] for v in variables)
    entering = {v.enter._op._inputs[0] for v in variables}
    numbers = {v.merge: number for number, v in enumerate(variables)}
    within = {t for op in inner for t in op._inputs}
    used = [t for op in body for t in op._inputs] + list(nexts)
    shared = [t for t in used if t._op in needed and t._op not in body and t._op is not stop]
    return LoopFlow(
        node.context,
        tuple(variables),
        tuple(t for t in node._inputs if t not in entering or t in within),
        tuple(op for op in inner if op in needed),
        body,
        stop._inputs[0],
        nexts,
        tuple(dict.fromkeys(shared)),
        tuple((t, numbers[_variable_of(t._op)]) for t in node._outputs),
    )


def _variable_of(exit: Operation) -> Operation:
    """The merge of the variable that leaves; gradients stand as identities before its exit."""
    op = exit._inputs[0]._op
    while op._definition.control != "switch":
        op = op._inputs[0]._op
    return op._inputs[0]._op


def _is_everywhere(op: Operation) -> bool:
    """Whether condition and body each have it for themselves: a constant, a variable's name."""
    return op.definition is CONST or op._type == "RefEnter"


def _is_of(op: Operation, node: LoopNode) -> bool:
    return op._control_flow_context is node.context


def _needed_for(stop: Operation, node: LoopNode) -> set[Operation]:
    """The ops of a loop that one of them is computed from."""
    own, found = set(node.ops), set()
    pending = [stop]
    while pending:
        op = pending.pop()
        if op in found or op not in own:
            continue
        found.add(op)
        before = [t._op for t in op._inputs if not goes_back(t._op)]
        pending.extend(before + op._control_inputs)
    return found


def loop_variables(node: LoopNode) -> list[_Variable]:
    """The variables of a loop, in the order in which they were made."""
    merges = [
        op for op in node.ops
        if op._definition.control == "merge" and op._control_flow_context is node.context
        and goes_back(op._inputs[1]._op)
    ]  # fmt: skip
    merges.sort(key=lambda op: op._id)
    return [_Variable(op, *op._inputs) for op in merges]


def loop_cond(node: LoopNode) -> Operation:
    """The operation that tells whether a loop goes on."""
    return next(
        op for op in node.ops
        if op._definition.control == "loop_cond" and op._control_flow_context is node.context
    )  # fmt: skip


def _entered(tensor: Tensor) -> Tensor:
    """The tensor outside that one inside a loop always is."""
    while True:
        op = tensor._op
        definition: Any = op._definition
        is_constant = definition.control == "enter" and op._attrs["is_constant"]
        if not is_constant and definition.view != "identity":
            return tensor
        tensor = op._inputs[0]


def _other_dtype(variable: _Variable, param: Value, result: Value) -> errors.InvalidArgumentError:
    op = variable.merge
    text = (
        f"Input 1 of node {op.name} was passed {type_word(result.type.dtype)} from "
        f"{variable.again._op.name}:0 incompatible with expected "
        f"{type_word(param.type.dtype)}."
    )
    return errors.InvalidArgumentError(None, op, errors.message_with_origin(text, op))


def type_word(dtype: Any) -> str:
    """A dtype as TensorFlow's runtime names it: "float" for float32."""
    name: str = dtype.name
    return {"float32": "float", "float64": "double"}.get(name, name)
