"""tf.gradients: adds to a graph the ops that compute derivatives of some of its tensors.

In: tensors `ys` and `xs`. Out: for each x the sum of dy/dx over all ys, as tensors made of public
ops, in TensorFlow 1.15's order and with its names.
"""

from __future__ import annotations

import enum
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from jitgraph import dtypes
from jitgraph.frontend.control_flow_state import ControlFlowState, is_loop_exit, is_loop_switch
from jitgraph.frontend.gradient_registry import gradient_function
from jitgraph.frontend.gradient_seeds import seeds
from jitgraph.frontend.gradient_sums import checked_method, summed
from jitgraph.frontend.loop_counters import inside
from jitgraph.graph import Graph, Operation, Tensor, device, get_default_graph, name_scope
from jitgraph.ops import identities
from jitgraph.ops.control_flow_gradients import zeros_outside_loop
from jitgraph.ops.convert import internal_convert
from jitgraph.ops.filling import zeros_like
from jitgraph.ops.indexed_slices import IndexedSlices

_TRAINABLE = frozenset(
    (dtypes.float16, dtypes.float32, dtypes.float64, dtypes.complex64, dtypes.complex128)
)
_CARRIES_GRADIENTS = _TRAINABLE | {dtypes.bfloat16}


class UnconnectedGradients(enum.Enum):
    """What `gradients` gives for an x that no y depends on: None or zeros."""

    NONE = "none"
    ZERO = "zero"


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = UnconnectedGradients.NONE,
) -> list[Any]:
    """The derivatives of the sum of `ys` with respect to each of `xs`.

    Args:
      ys: a tensor or a list of them.
      xs: a tensor, a variable or a list of them.
      grad_ys: the weight of each element of each y; ones where None.
      name: the ops' name scope.
      colocate_gradients_with_ops: whether to place them where the ops are that they belong to.
      gate_gradients: whether an op's gradients become available together.
      aggregation_method: one of `tf.AggregationMethod`.
      stop_gradients: tensors taken as constant.
      unconnected_gradients: what to give for an x that no y depends on.

    Returns:
      For each x a Tensor, IndexedSlices or None.

    Raises:
      LookupError: an op between ys and xs has no gradient.
      ValueError: arguments that don't fit each other.
      TypeError: a gradient of a wrong dtype.

    Example:
      >>> x = tf.constant(3.0)
      >>> tf.gradients(x * x, x)
      [<tf.Tensor 'gradients/AddN:0' shape=() dtype=float32>]
    """
    kind = _unconnected_kind(unconnected_gradients)
    ys, xs = _as_list(ys), _as_list(xs)
    stops = [] if stop_gradients is None else _as_list(stop_gradients)
    given = [None] * len(ys) if grad_ys is None else _as_list(grad_ys)
    with name_scope(name, "gradients", [*ys, *xs, *stops, *given]):
        get_default_graph().unique_name("uid")
        ys = _converted(ys, "y")
        xs = _converted(xs, "x", as_ref=True)
        walk = _Backward(get_default_graph(), xs, colocate_gradients_with_ops, gate_gradients)
        walk.method = checked_method(aggregation_method)
        starts = seeds(given, ys, walk.placed_at)
        walk.run(ys, starts, [tensor.op for tensor in stops])
    return [walk.result(x, kind) for x in xs]


def _unconnected_kind(given: Any) -> UnconnectedGradients:
    try:
        return UnconnectedGradients(given)
    except ValueError:
        raise ValueError(f"Unknown value for unconnected_gradients: {given!r}") from None


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _converted(values: Sequence[Any], name: str, as_ref: bool = False) -> list[Any]:
    return [
        value
        if isinstance(value, IndexedSlices)
        else internal_convert(value, name=f"{name}_{index}", as_ref=as_ref)
        for index, value in enumerate(values)
    ]


def is_trainable(tensor: Tensor) -> bool:
    """Whether a tensor of this dtype has a gradient of its own."""
    return tensor._dtype.base_dtype in _TRAINABLE


class _Backward:
    """One walk from ys back to xs. An op's turn comes when all its consumers have had theirs."""

    def __init__(self, graph: Graph, xs: Sequence[Any], colocate: bool, gate: bool) -> None:
        self.graph = graph
        self.sources = [x.op for x in xs]
        self.colocate = colocate
        self.gate = gate
        self.method = 0
        self.pending: dict[Operation, int] = {}
        self.grads: dict[Operation, list[Any]] = {}
        self.loops: ControlFlowState | None = None

    def run(self, ys: Sequence[Any], starts: Sequence[Any], stop_ops: Sequence[Operation]) -> None:
        targets = [y.op for y in ys]
        reached = _reached(self.sources, _leading_to(targets))
        between = _between(targets, reached)
        self.loops = self._loops(between)
        self.pending = _pending_counts(between)
        for y, start in zip(ys, starts, strict=True):
            self._add_gradient(y, start)
        queue = deque(
            op for op in dict.fromkeys(targets) if self.pending[op] == 0 and op in reached
        )
        if self.loops is not None:
            queue.extend(self._unused_exits(set(queue)))
        stops = {op for op in self.sources if not self._has_earlier_source(op)}
        stops.update(stop_ops)
        while queue:
            op = queue.popleft()
            with self.placed_at(op):
                self._send_back(op, is_stop=op in stops)
            queue.extend(self._made_ready(op))
        if self.loops is not None:
            self.loops.finish()

    def _loops(self, between: dict[Operation, None]) -> ControlFlowState | None:
        exits = [op for op in between if is_loop_exit(op)]
        if not exits:
            return None
        loops = ControlFlowState()
        for op in exits:
            with self.placed_at(op):
                loops.add_loops([op], between)
        return loops

    def _unused_exits(self, targets: set[Operation]) -> Iterator[Operation]:
        assert self.loops is not None
        for tensor in self.loops.unused_exits(self.pending, targets):
            if is_trainable(tensor):
                self._set(tensor, self.loops.zeros_for_exit(tensor))
                yield tensor.op

    def _set(self, tensor: Any, grad: Any) -> None:
        self._add_gradient(tensor, grad)

    def _has_earlier_source(self, op: Operation) -> bool:
        return any(self.pending[tensor.op] > 0 for tensor in op._inputs)

    @contextmanager
    def placed_at(self, op: Operation) -> Iterator[None]:
        """A block whose ops are placed with `op`, if that was asked for."""
        if not self.colocate:
            yield
            return
        with self.graph.colocate_with(op):
            yield

    def _add_gradient(self, tensor: Any, grad: Any) -> None:
        op = tensor.op
        if op not in self.grads:
            self.grads[op] = [[] for _ in op._outputs]
        index = tensor._index if isinstance(tensor, Tensor) else tensor.values._index
        if isinstance(self.grads[op][index], list):
            self.grads[op][index].append(grad)
        else:
            self.grads[op][index] = grad

    def _send_back(self, op: Operation, is_stop: bool) -> None:
        received = self.grads.get(op)
        if received is None:
            return
        with inside(self._context_of(op, before=True)):
            out_grads = self.grads[op] = [
                summed(op, grads, self.method) if isinstance(grads, list) else grads
                for grads in received
            ]
        if is_stop or all(grad is None for grad in out_grads):
            return
        function = gradient_function(op)
        if function is None:
            return
        with inside(self._context_of(op, before=False)):
            self._send(op, function, out_grads)

    def _context_of(self, op: Operation, before: bool) -> Any:
        """The loop of gradients in which an operation's turn comes, None for none."""
        return None if self.loops is None else self.loops.context_of(op, before)

    def _send(self, op: Operation, function: Any, out_grads: list[Any]) -> None:
        sent = _differentiated(op, function, self._completed(op, out_grads), self.gate)
        for index, (tensor, grad) in enumerate(zip(op._inputs, sent, strict=True)):
            if grad is not None:
                _note_shape(op, index, tensor, grad)
                self._add_gradient(tensor, grad)

    def _completed(self, op: Operation, out_grads: list[Any]) -> list[Any]:
        """Zeros for the outputs that no y depends on."""
        for index, grad in enumerate(out_grads):
            if grad is None and is_trainable(op._outputs[index]):
                zeros = zeros_outside_loop if self.loops is None else self.loops.zeros_like_output
                out_grads[index] = zeros(op, index)
        return out_grads

    def _made_ready(self, op: Operation) -> Iterator[Operation]:
        for tensor in op._inputs:
            before = tensor.op
            self.pending[before] -= 1
            is_ready = self.pending[before] == 0
            if self.loops is not None and not is_ready:
                is_ready = self.pending[before] > 0 and is_loop_switch(before)
            if not is_ready:
                continue
            if self.loops is not None and is_loop_exit(before):
                yield from self._exits_made_ready(tensor)
            else:
                yield before

    def _exits_made_ready(self, tensor: Tensor) -> Iterator[Operation]:
        """An exit's turn comes when all of its loop are there."""
        assert self.loops is not None
        state = self.loops.state_of(tensor.op, before=False)
        assert state is not None
        state.deferred_exits.append(tensor)
        state.pending_exits -= 1
        if state.pending_exits:
            return
        has_any = False
        for each in state.deferred_exits:
            if any(given is not None for grads in self.grads.get(each.op, ()) for given in grads):
                has_any = True
                yield each.op
            else:
                state.unused_exits.append(each)
        for each in state.unused_exits:
            if has_any and is_trainable(each):
                self._set(each, self.loops.zeros_for_exit(each))
            yield each.op

    def result(self, x: Any, unconnected: UnconnectedGradients) -> Any:
        """The gradient that has arrived at `x`."""
        found = self.grads.get(x.op)
        if found is not None:
            return found[x._index]
        if unconnected is UnconnectedGradients.ZERO:
            return zeros_like(x)
        return None


def _leading_to(targets: Sequence[Operation]) -> set[Operation]:
    """The targets and all that they are computed from."""
    found: set[Operation] = set()
    queue = list(targets)
    while queue:
        op = queue.pop()
        if op not in found:
            found.add(op)
            queue.extend(tensor.op for tensor in op._inputs)
    return found


def _reached(sources: Sequence[Operation], within: set[Operation]) -> set[Operation]:
    """Those of `within` that depend on the sources through tensors that carry gradients."""
    found: set[Operation] = set()
    queue = list(sources)
    while queue:
        op = queue.pop()
        if op in found or op not in within:
            continue
        found.add(op)
        for tensor in op._outputs:
            if tensor._dtype.base_dtype in _CARRIES_GRADIENTS:
                queue.extend(tensor._consumers or ())
    return found


def _between(targets: Sequence[Operation], reached: set[Operation]) -> dict[Operation, None]:
    """The operations between sources and targets."""
    between: dict[Operation, None] = {}
    queue = deque(targets)
    while queue:
        op = queue.popleft()
        if op in reached and op not in between:
            between[op] = None
            queue.extend(tensor.op for tensor in op._inputs)
    return between


def _pending_counts(between: dict[Operation, None]) -> dict[Operation, int]:
    """For each op between sources and targets, how many gradients will come back to it."""
    counts: dict[Operation, int] = defaultdict(int)
    for op in between:
        for tensor in op._inputs:
            if tensor.op in between:
                counts[tensor.op] += 1
    return counts


def _differentiated(op: Operation, function: Any, out_grads: list[Any], gate: bool) -> list[Any]:
    with name_scope(f"{op.name}_grad"):
        grads = _as_list(function(op, *out_grads))
        if len(grads) != len(op._inputs):
            raise ValueError(
                f"Num gradients {len(grads)} generated for op {op} do not match num inputs "
                f"{len(op._inputs)}"
            )
        if gate and sum(grad is not None for grad in grads) > 1:
            with device(None), op.graph.colocate_with(None, ignore_existing=True):
                return identities.tuple(grads)
        return grads


def _note_shape(op: Operation, index: int, tensor: Tensor, grad: Any) -> None:
    if not isinstance(grad, Tensor):
        return
    try:
        grad.set_shape(tensor.get_shape())
    except ValueError:
        raise ValueError(
            "Incompatible shapes between op input and calculated input gradient.  Forward "
            f"operation: {op.name}.  Input index: {index}. Original input shape: {tensor.shape}.  "
            f"Calculated input gradient shape: {grad.shape}"
        ) from None
