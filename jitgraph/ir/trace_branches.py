"""Tracing of branches: ops with paths become Branch instructions with programs inside.

In: ops in order, their paths, the tracer of single ops. Out: instructions in the tracer's builder.

Ops under the same predicate are collected until something needs one of them, and become one
Branch: what either side makes for a Merge is a result of it, and so are variables' new contents
and tensors that later branches under the same predicate use (gradients); the side that does not
run gives something undefined for those. A predicate that is known while tracing chooses its side,
and so does one that must be known: the sides' sizes differ, or a side reads a variable that has no
value. Then it is computed ahead (`NeedsValue`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from jitgraph import dtypes, errors
from jitgraph.graph import Operation, Tensor
from jitgraph.ir.array_keys import ArrayKey
from jitgraph.ir.enclosed import enclosed, free_values
from jitgraph.ir.flow import Flow, Touched
from jitgraph.ir.flow_nodes import LoopNode, Node
from jitgraph.ir.flow_paths import Path, control_of, is_join
from jitgraph.ir.needs import Need, NeedsValue
from jitgraph.ir.program import Instr, Type, Value
from jitgraph.ir.trace_loops import trace_loop
from jitgraph.ops.constants import CONST
from jitgraph.ops.internal import BRANCH, UNDEFINED


@dataclass
class _Side:
    """What one side of a branch makes."""

    instrs: list[Instr]
    joined: dict[Operation, Value]
    made: dict[Value, list[Tensor]]
    current: dict[Operation, Value] = field(default_factory=dict)


class BranchTracer:
    """Traces ops of which some stand in branches.

    Args:
      tracer: traces single ops.
      flow: how the ops hang together.
      fetched: the tensors that are results.
      around: for the inside of a loop the tracer of what is around.
    """

    def __init__(
        self,
        tracer: Any,
        flow: Flow,
        fetched: Iterable[Tensor],
        around: BranchTracer | None = None,
    ) -> None:
        part = tracer.part
        self.tracer = tracer
        self.is_outermost = around is None
        self.fetched = set(fetched)
        self.nodes, self.node_of, self.paths = flow.nodes, flow.node_of, flow.paths
        self.users, self.joins_of = flow.users, flow.joins_of
        self.touched: Touched
        self.inside: list[Tensor]
        if around is None:
            self.touched, self.inside = flow.touched(part.aliases if part else {}), []
        else:
            self.touched, self.inside = around.touched, around.inside
        self.done: set[Node] = set()

    def run(self) -> None:
        """Traces all ops."""
        part = self.tracer.part
        if part is not None:
            self.done.update(n for n in self.nodes if _first_op_of(n) in part.finished)
        self.trace(self.nodes, 0)
        if part is not None and part.until is not None:
            return
        for tensor in self.fetched:
            self._check_fetched(tensor)

    def _check_fetched(self, tensor: Tensor) -> None:
        """A fetched tensor of a branch asks for the predicate: it may have no value."""
        path = None if tensor in self.tracer.fed else self.paths.of_tensor(tensor)
        for choice in path or ():
            if self.known(choice.pred) is None:
                raise NeedsValue(choice.pred)
            if self.known(choice.pred) is not choice.value:
                raise no_value(tensor)

    # -- order ---------------------------------------------------------------------------------

    def trace(self, ops: Sequence[Operation], depth: int) -> None:
        pending: dict[Tensor, list[Operation]] = {}
        for op in ops:
            path = self.paths.of[op]
            if path is None or op in self.done or not self.tracer.is_due(_first_op_of(op)):
                continue
            own = path[depth].pred if len(path) > depth else None
            for pred in [p for p in pending if p is not own and self._follows(op, pending[p])]:
                self._close(pred, pending.pop(pred), depth)
            if own is None:
                self._visit(op)
            else:
                pending.setdefault(own, []).append(op)
        for pred in list(pending):
            self._close(pred, pending.pop(pred), depth)

    def _follows(self, op: Operation, group: list[Operation]) -> bool:
        """Whether `op` must come after the ops of a group: it uses what one makes, or one writes a
        variable that it uses, or it writes one that they use."""
        before = {tensor._op for tensor in op._inputs}.union(op._control_inputs)
        if not {self.node_of.get(each, each) for each in before}.isdisjoint(group):
            return True
        reads, writes = self.touches(op)
        if not reads:
            return False
        for each in group:
            read, written = self.touches(each)
            if not (writes.isdisjoint(read) and reads.isdisjoint(written)):
                return True
        return False

    def needed_for(self, tensors: Iterable[Tensor]) -> set[Operation]:
        """All operations that tensors are computed from; whole loops."""
        found: set[Node] = set()
        pending: list[Operation] = [tensor._op for tensor in tensors]
        while pending:
            op = pending.pop()
            node = self.node_of.get(op, op)
            if node not in found:
                found.add(node)
                pending += [*(tensor._op for tensor in node._inputs), *node._control_inputs]
        return {op for node in found for op in _ops_of(node)}

    def touches(self, node: Node) -> tuple[set[Any], set[Any]]:
        """The variables that a node uses, and those that it writes."""
        if not isinstance(node, LoopNode):
            return self.touched[node]
        pairs = [self.touched[op] for op in node.ops]
        return set().union(*(p[0] for p in pairs)), set().union(*(p[1] for p in pairs))

    def _visit(self, op: Operation) -> None:
        self._trace_one(op)
        self.done.add(op)
        self._note_finished([op])

    def _note_finished(self, nodes: Iterable[Node]) -> None:
        """Notes what is done for good: it is in no branch or loop that is still being traced."""
        if self.is_outermost and not self.inside:
            for node in nodes:
                self.tracer.finished.update(node.ops if isinstance(node, LoopNode) else (node,))

    def _trace_one(self, op: Operation) -> None:
        if isinstance(op, LoopNode):
            trace_loop(self, op)
        elif is_join(op):
            self._merge(op)
        elif control_of(op) is None:
            self.tracer._visit(op)
        elif control_of(op) not in ("merge", "exit"):
            for tensor in op._outputs:
                self.tracer._pass_on(op._inputs[0], tensor)

    # -- merges --------------------------------------------------------------------------------

    def _merge(self, op: Operation) -> None:
        tracer, output = self.tracer, op._outputs[0]
        join = self.paths.joins[op]
        known = True if join.pred is None else self.known(join.pred)
        chosen = join.false if known is False else join.true
        if op._outputs[1] in self.users or op._outputs[1] in self.fetched:
            self._index(op, join, known, chosen)
        if known is not None:
            tracer._pass_on(chosen, output)
            return
        if output in tracer.values or output in tracer.fed:
            return
        aliases = {tracer.aliases.get(tensor) for tensor in (join.true, join.false)}
        if len(aliases) == 1 and None not in aliases:
            tracer._alias(output, aliases.pop())
            return
        values = [tracer._value(tensor) for tensor in (join.true, join.false)]
        if values[0] is values[1]:
            tracer.values[output] = values[0]
            return
        sides = [_Side([], {op: value}, {}, tracer.current) for value in values]
        assert join.pred is not None
        with self._within(join.pred):
            self._emit(join.pred, sides[0], sides[1], [op])

    def _index(self, op: Operation, join: Any, known: bool | None, chosen: Tensor) -> None:
        tracer, output = self.tracer, op._outputs[1]
        if known is not None:
            tracer._constant(output, np.asarray(op._inputs.index(chosen)), op)
            return
        pred = tracer._value(join.pred)
        if op._inputs[1] is not join.true:
            pred = tracer.builder.emit("LogicalNot", pred)
        attrs = {"SrcT": dtypes.bool, "DstT": dtypes.int32, "Truncate": False}
        tracer.values[output] = tracer.builder.emit("Cast", pred, **attrs)

    # -- branches ------------------------------------------------------------------------------

    def known(self, pred: Tensor) -> bool | None:
        """The value of a predicate if it is known now."""
        return self.tracer._known_predicate(pred)  # type: ignore[no-any-return]

    def _close(self, pred: Tensor, ops: list[Operation], depth: int) -> None:
        sides: dict[bool, list[Operation]] = {True: [], False: []}
        for op in ops:
            path: Any = self.paths.of[op]
            sides[path[depth].value].append(op)
        known = self.known(pred)
        if known is not None:
            if self.is_outermost and not self.inside:
                self.tracer.settled.add(pred)
            self.trace(sides[known], depth + 1)
            return
        with self._within(pred):
            merges = self._branch(pred, ops, sides, depth)
        self._note_finished(ops)
        for op in merges:
            self._visit(op)

    @contextmanager
    def _within(self, pred: Tensor) -> Iterator[None]:
        """A block that can only be traced if all that it needs to know is the predicate."""
        self.inside.append(pred)
        try:
            yield
        except Need:
            raise NeedsValue(pred) from None
        finally:
            self.inside.pop()

    def _branch(
        self, pred: Tensor, ops: list[Operation], sides: dict[bool, list[Operation]], depth: int
    ) -> list[Operation]:
        tracer, group = self.tracer, set(ops)
        path: Path = self.paths.of[ops[0]] or ()
        merges = [
            op for op in self.joins_of.get(pred, ())
            if op not in self.done and self.paths.of[op] == path[:depth]
            and self.tracer.is_due(op)
            and all(self._is_there(tensor, group) for tensor in self.paths.joins[op][1:])
            and not self._is_alias(self.paths.joins[op])
        ]  # fmt: skip
        self._make_arrays(ops)
        before = dict(tracer.current)
        made = {}
        for value in (True, False):
            made[value] = self._side(sides[value], depth, merges, group, value)
            tracer.current = tracer.restored(before)
        self._emit(pred, made[True], made[False], merges)
        return merges

    def _make_arrays(self, ops: Sequence[Node]) -> None:
        """Makes arrays that one side would be the first to use; the other has them, too."""
        tracer = self.tracer
        touched = {key for op in ops for keys in self.touches(op) for key in keys}
        keys = (key for key in touched if isinstance(key, ArrayKey) and key not in tracer.current)
        for key in sorted(keys, key=lambda key: (key._id, key.name)):
            is_made = tracer.arrays.is_made(key.base) and not key.is_stack
            if is_made and tracer.arrays.element_of(key) is not None:
                tracer.arrays.contents(key)

    def _side(
        self, ops: list[Operation], depth: int, merges: list[Operation], group: set[Operation],
        value: bool,
    ) -> _Side:  # fmt: skip
        tracer = self.tracer
        with self.instructions() as instrs:
            self.trace(ops, depth + 1)
            joined = {}
            for op in merges:
                join = self.paths.joins[op]
                joined[op] = tracer._value(join.true if value else join.false)
            used = self._used_outside(ops, group, merges)
        return _Side(instrs, joined, self._exported(instrs, ops, used), dict(tracer.current))

    def _exported(
        self, instrs: list[Instr], ops: list[Operation], used: set[Tensor]
    ) -> dict[Value, list[Tensor]]:
        """The values made by `instrs` that are used outside, each with all tensors it stands for.
        Constants are made again outside instead."""
        tracer = self.tracer
        makers = {value: instr for instr in instrs for value in instr.outputs}
        wanted = {tracer.values.get(tensor) for tensor in used}
        found: dict[Value, list[Tensor]] = {}
        for tensor in (tensor for op in ops for tensor in op._outputs):
            value = tracer.values.get(tensor)
            if value not in makers or value not in wanted:
                continue
            if makers[value].definition is CONST:
                tracer._constant(tensor, makers[value].attrs["value"], tensor._op)
            else:
                found.setdefault(value, []).append(tensor)
        return found

    def _used_outside(
        self, ops: list[Operation], group: set[Operation], merges: list[Operation]
    ) -> set[Tensor]:
        settled = group.union(merges, self.done)
        return {
            tensor
            for op in ops
            for tensor in op._outputs
            if tensor in self.fetched or not settled.issuperset(self.users.get(tensor, ()))
        }

    @contextmanager
    def instructions(self) -> Iterator[list[Instr]]:
        """A block whose instructions go into a list of their own."""
        builder = self.tracer.builder
        before, builder.instrs = builder.instrs, []
        try:
            yield builder.instrs
        finally:
            builder.instrs = before

    def _is_there(self, tensor: Tensor, group: set[Operation]) -> bool:
        node = self.node_of.get(tensor._op, tensor._op)
        return node in group or node in self.done or tensor in self.tracer.fed

    def _is_alias(self, join: Any) -> bool:
        """Whether both sides give the variable itself."""
        return bool(join.true.dtype._is_ref_dtype and join.false.dtype._is_ref_dtype)

    def _emit(
        self, pred: Tensor | None, true: _Side, false: _Side, merges: list[Operation]
    ) -> None:
        """The Branch instruction, and what its outputs stand for."""
        tracer = self.tracer
        variables = self._changed(true, false)
        rows: list[tuple[str, Value | None, Value | None]] = [
            *((tracer._name(op._outputs[0]), true.joined[op], false.joined[op]) for op in merges),
            *((op.name, self.contents(op, true), self.contents(op, false)) for op in variables),
            *((value.name, value, None) for value in true.made),
            *((value.name, None, value) for value in false.made),
        ]
        origin = tuple(dict.fromkeys((*merges, *_origin(true, false))))
        outputs = self._branch_instr(pred, true, false, rows, origin)
        tensors = [op._outputs[0] for op in merges]
        tracer.values.update(zip(tensors, outputs, strict=False))
        rest = outputs[len(merges) :]
        tracer.current.update(zip(variables, rest, strict=False))
        made = [*true.made.values(), *false.made.values()]
        for group, output in zip(made, rest[len(variables) :], strict=True):
            tracer.values.update(dict.fromkeys(group, output))

    def _branch_instr(
        self, pred: Any, true: _Side, false: _Side, rows: Any, origin: tuple[Operation, ...]
    ) -> tuple[Value, ...]:
        must_run = any(instr.must_run for instr in (*true.instrs, *false.instrs))
        if not rows and not must_run:
            return ()
        types = [self._type(on, off) for _, on, off in rows]
        pairs = list(zip(rows, types, strict=True))
        on = [self._or_undefined(true, row[1], type) for row, type in pairs]
        off = [self._or_undefined(false, row[2], type) for row, type in pairs]
        free = free_values(true.instrs, on) | free_values(false.instrs, off)
        builder, scope = self.tracer.builder, self.tracer.scope
        attrs = {
            "then": enclosed(builder, scope, true.instrs, on, list(free)),
            "else": enclosed(builder, scope, false.instrs, off, list(free)),
            "Tin": tuple(value.type.dtype for value in free),
            "Tout": tuple(type.dtype for type in types),
        }
        outputs = tuple(
            Value(builder.fresh(row[0]), type) for row, type in pairs
        )  # fmt: skip
        inputs = (self.tracer._value(pred), *free)
        builder.instrs.append(Instr(BRANCH, inputs, outputs, attrs, origin))
        return outputs

    def _type(self, on: Value | None, off: Value | None) -> Type:
        if on is None or off is None:
            value = on or off
            assert value is not None
            return value.type
        same = len(on.type.dims) == len(off.type.dims) and all(
            self.tracer.scope.decide(a, "==", b)
            for a, b in zip(on.type.dims, off.type.dims, strict=True)
        )
        if not same:
            raise NeedsValue(self.inside[0])
        return on.type

    def _or_undefined(self, side: _Side, value: Value | None, type: Type) -> Value:
        if value is not None:
            return value
        builder = self.tracer.builder
        attrs = {"dims": type.dims, "dtype": type.dtype}
        instr = builder.instruction(UNDEFINED, (), attrs, ())
        side.instrs.append(instr)
        return instr.outputs[0]  # type: ignore[no-any-return]

    def _changed(self, true: _Side, false: _Side) -> list[Operation]:
        """The variables that one side writes."""
        found = []
        for op in dict.fromkeys((*true.current, *false.current)):
            on, off = self.contents(op, true), self.contents(op, false)
            if on is None or off is None:
                self._check_local(op)
            elif on is not off:
                found.append(op)
                self._check_value(op, on, off)
        return found

    def _check_local(self, key: Any) -> None:
        """An array that only one side gives contents must be that side's own."""
        if key.maker._control_flow_context is None and not self.tracer.is_trial:
            raise NeedsValue(self.inside[0])

    def contents(self, op: Any, side: _Side) -> Any:
        return side.current.get(op, self.tracer.states.get(op))

    def _check_value(self, op: Operation, on: Value, off: Value) -> None:
        """A variable without a value stays so on the side that does not write it."""
        tracer = self.tracer
        if tracer.states.get(op) in (on, off) and tracer._lacks_value(op):
            tracer.tested.add(op)
            raise NeedsValue(self.inside[0])


def _origin(true: _Side, false: _Side) -> tuple[Operation, ...]:
    return tuple(op for instr in (*true.instrs, *false.instrs) for op in instr.origin)


def _ops_of(node: Node) -> list[Operation]:
    return node.ops if isinstance(node, LoopNode) else [node]


def _first_op_of(node: Node) -> Operation:
    first: Operation = node.ops[0] if isinstance(node, LoopNode) else node
    return first


def no_value(tensor: Tensor) -> errors.InvalidArgumentError:
    """The error for a fetch that needs a branch that does not run."""
    text = f"Retval[0] does not have value: {tensor.name} belongs to a branch that did not run"
    return errors.InvalidArgumentError(None, tensor.op, errors.message_with_origin(text, tensor.op))
