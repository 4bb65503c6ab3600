"""The ops of branches and loops as TensorFlow 1's graphs hold them: Switch, Merge, Enter and so on.

They have no meaning one by one: `trace` turns what they enclose into branches and loops of a
Program. Their gradients are in control_flow_gradients.
"""

from __future__ import annotations

from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Operation, Tensor, colocate_with, name_scope
from jitgraph.ops import control_flow_gradients as gradients
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, require_rank
from jitgraph.ops.convert import convert_to_tensor, internal_convert
from jitgraph.ops.definition import ANY, OpDef, ShapeQuery, no_gradient
from jitgraph.ops.indexed_slices import IndexedSlices


def _switch_shape(q: ShapeQuery) -> list[Any]:
    return [q.shapes[0], q.shapes[0]]


def _merge_shape(q: ShapeQuery) -> list[Any]:
    merged = q.shapes[0]
    for dims in q.shapes[1:]:
        if merged is None or dims is None or len(merged) != len(dims):
            merged = None
            break
        merged = tuple(a if a == b else None for a, b in zip(merged, dims, strict=True))
    return [merged, ()]


def _same_shape(q: ShapeQuery) -> list[Any]:
    return [q.shapes[0]]


def _flow(name: str, signature: str, shape: Any, control: str, **more: Any) -> OpDef:
    return OpDef(
        name,
        signature,
        shape,
        types={"T": (*ANY, dtypes.resource)},
        control=control,
        samples=lambda rng: (),
        **{"gradient": gradients.go_round, **more},
    )


_FRAME = {"frame_name": "", "is_constant": False, "parallel_iterations": 10}

SWITCH = _flow(
    "Switch",
    "data: T, pred: bool -> output_false: T, output_true: T",
    _switch_shape,
    "switch",
    gradient=gradients.switch,
)
REF_SWITCH = _flow(
    "RefSwitch",
    "data: Ref(T), pred: bool -> output_false: Ref(T), output_true: Ref(T)",
    _switch_shape,
    "switch",
    gradient=gradients.switch,
)
MERGE = _flow(
    "Merge",
    "inputs: N*T -> output: T, value_index: int32",
    _merge_shape,
    "merge",
    gradient=gradients.merge,
)
REF_MERGE = _flow(
    "RefMerge",
    "inputs: Ref(N*T) -> output: Ref(T), value_index: int32",
    _merge_shape,
    "merge",
    gradient=gradients.merge,
)


def enter_shape(q: ShapeQuery) -> list[Any]:
    """A loop variable's shape is set by its invariant; a constant's is known."""
    return [q.shapes[0] if q.attrs["is_constant"] else None]


ENTER = _flow(
    "Enter",
    "data: T -> output: T",
    enter_shape,
    "enter",
    attrs=_FRAME,
    gradient=gradients.enter,
)
REF_ENTER = _flow(
    "RefEnter",
    "data: Ref(T) -> output: Ref(T)",
    enter_shape,
    "enter",
    attrs=_FRAME,
    gradient=gradients.enter,
)
EXIT = _flow("Exit", "data: T -> output: T", _same_shape, "exit", gradient=gradients.leave)
NEXT_ITERATION = _flow("NextIteration", "data: T -> output: T", _same_shape, "next")
REF_EXIT = _flow(
    "RefExit", "data: Ref(T) -> output: Ref(T)", _same_shape, "exit", gradient=gradients.leave
)
REF_NEXT_ITERATION = _flow(
    "RefNextIteration", "data: Ref(T) -> output: Ref(T)", _same_shape, "next"
)


def _scalar_shape(q: ShapeQuery) -> list[Dims | None]:
    require_rank(q.shapes[0], 0)
    return [()]


LOOP_COND = OpDef(
    "LoopCond",
    "input: bool -> output: bool",
    _scalar_shape,
    control="loop_cond",
    gradient=no_gradient,
    samples=lambda rng: (),
)


def switch(data: Any, pred: Any, name: str | None = None) -> Any:
    """(output_false, output_true): `data` on the output that `pred` chooses, nothing on the other.

    Args:
      data: a tensor or IndexedSlices.
      pred: a bool scalar.
      name: the op's name.
    """
    with name_scope(name, "Switch", [data, pred]) as scope:
        if isinstance(data, IndexedSlices):
            parts = [(data.values, pred), (data.indices, pred)]
            if data.dense_shape is not None:
                parts.append((data.dense_shape, pred))
            pairs = [apply(SWITCH, pair) for pair in parts]
            return tuple(IndexedSlices(*(pair[side] for pair in pairs)) for side in (0, 1))
        data = internal_convert(data, name="data", as_ref=True)
        return apply(SWITCH, [data, convert_to_tensor(pred, name="pred")], name=scope)


def switch_ref_or_tensor(data: Any, pred: Any, name: str = "Switch") -> Any:
    """`switch` that keeps the reference to a variable, placed where `data` is."""
    if not isinstance(data, IndexedSlices):
        data = convert_to_tensor(data, name="data")
    with colocate_with(data, ignore_existing=True):
        if isinstance(data, Tensor) and data.dtype._is_ref_dtype:
            return apply(REF_SWITCH, [data, pred], name=name)
        return switch(data, pred, name)


def merge(inputs: Any, name: str | None = None) -> Any:
    """(output, value_index): the one of `inputs` that is there.

    Args:
      inputs: tensors or IndexedSlices, of which one has a value when the op runs.
      name: the op's name.

    Raises:
      ValueError: one of the inputs is None.
    """
    if any(given is None for given in inputs):
        raise ValueError(f"At least one of the merge inputs is None: {inputs}")
    with name_scope(name, "Merge", inputs) as scope:
        if any(isinstance(given, IndexedSlices) for given in inputs):
            return _merged_slices(inputs)
        tensors = [internal_convert(given, as_ref=True) for given in inputs]
        if all(tensor.dtype._is_ref_dtype for tensor in tensors):
            return apply(REF_MERGE, [tensors], name=scope)
        return apply(MERGE, [tensors], name=scope)


def _merged_slices(inputs: Any) -> Any:
    slices = [as_slices(given) for given in inputs]
    values, index = apply(MERGE, [[given.values for given in slices]])
    indices, _ = apply(MERGE, [[given.indices for given in slices]])
    shape = None
    if slices[0].dense_shape is not None:
        shape, _ = apply(MERGE, [[given.dense_shape for given in slices]])
    return IndexedSlices(values, indices, shape), index


def as_slices(given: Any) -> IndexedSlices:
    """A tensor as IndexedSlices of all its rows."""
    from jitgraph.ops.ranges import range as numbers
    from jitgraph.ops.shapes_of import SHAPE

    if isinstance(given, IndexedSlices):
        return given
    tensor = convert_to_tensor(given)
    dims = apply(SHAPE, [tensor], {"out_type": dtypes.int32})
    return IndexedSlices(tensor, numbers(0, dims[0]), dims)


def enter(
    data: Tensor,
    frame: str,
    is_constant: bool,
    parallel_iterations: int,
    keeps_shape: bool = True,
    name: str | None = None,
) -> Tensor:
    """Makes a tensor available in a loop."""
    attrs = {
        "frame_name": frame,
        "is_constant": is_constant,
        "parallel_iterations": parallel_iterations,
    }
    op = REF_ENTER if data.dtype._is_ref_dtype else ENTER
    entered: Tensor = apply(op, [data], attrs, name)
    if keeps_shape:
        entered.set_shape(data.get_shape())
    return entered


def next_iteration(data: Tensor) -> Tensor:
    """Makes a tensor a loop variable's value in the next iteration."""
    is_reference = data.dtype._is_ref_dtype
    result: Tensor = apply(REF_NEXT_ITERATION if is_reference else NEXT_ITERATION, [data])
    return result


def loop_exit(data: Tensor, name: str | None = None) -> Tensor:
    """A loop variable's value behind the loop."""
    result: Tensor = apply(REF_EXIT if data.dtype._is_ref_dtype else EXIT, [data], name=name)
    return result


def loop_cond(data: Tensor, name: str | None = None) -> Tensor:
    """Whether the loop goes on."""
    result: Tensor = apply(LOOP_COND, [data], name=name)
    return result


def is_switch(op: Operation) -> bool:
    """Whether it gives a value on one of two outputs."""
    definition: Any = op.definition
    return bool(definition.control == "switch")
