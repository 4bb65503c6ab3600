"""Sequences of numbers: range, lin_space, meshgrid.

In: first and last number and a step or count. Out: a vector. Here `range` is the op's function;
Python's own is `builtins.range`.
"""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, as_int, require_rank, scalar_item
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import INDEX, OpDef, Sample, ShapeQuery, no_gradient

_RANGE_TYPES = tuple(
    dtypes.as_dtype(name) for name in ("bfloat16", "float32", "float64", "int32", "int64")
)
_LINSPACE_TYPES = _RANGE_TYPES[:3]
_WIDENING = (dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)


def _range_shape(q: ShapeQuery) -> list[Dims]:
    for dims in q.shapes:
        require_rank(dims, 0)
    start, limit, delta = (scalar_item(q.value(index)) for index in builtins.range(3))
    if start is None or limit is None or delta is None:
        return [(None,)]
    return [(_count(start, limit, delta, q.dtypes[0].base_dtype),)]


def _count(start: Any, limit: Any, delta: Any, dtype: DType) -> Any:
    if delta == 0:
        raise ValueError("Requires delta != 0")
    if delta > 0 and start > limit:
        raise ValueError(f"Requires start <= limit when delta > 0: {start}/{limit}")
    if delta < 0 and start < limit:
        raise ValueError(f"Requires start >= limit when delta < 0: {start}/{limit}")
    if dtype.is_integer or not _are_plain(start, limit, delta):
        distance, step = (limit - start, delta) if delta > 0 else (start - limit, -delta)
        return distance if step == 1 else (distance + step - 1) // step
    kind = dtype.as_numpy_dtype
    return int(np.ceil(np.abs((kind(limit) - kind(start)) / kind(delta))))


def _are_plain(*numbers: Any) -> bool:
    return all(isinstance(number, (int, float, np.number)) for number in numbers)


def _range(start: Any, limit: Any, delta: Any) -> np.ndarray:
    first, last, step = (np.asarray(item) for item in (start, limit, delta))
    if first.dtype == object:
        first, last, step = (np.asarray(item.item()) for item in (first, last, step))
        if "O" in (first.dtype.kind, last.dtype.kind, step.dtype.kind):
            raise TypeError("the length of the range is not known")
    count = _count(first[()], last[()], step[()], dtypes.as_dtype(first.dtype))
    if first.dtype.kind in "iu":
        return first + step * np.arange(count, dtype=first.dtype)
    return _accumulated(first, step, count)


def _accumulated(first: np.ndarray, step: np.ndarray, count: int) -> np.ndarray:
    """Each element is the one before plus the step, rounded every time, as TensorFlow's are."""
    items = np.full(count, step, first.dtype)
    items[:1] = first
    return np.add.accumulate(items, dtype=first.dtype)


def _decompose_range(b: Any, instr: Any) -> list[Any]:
    start, _, delta = (scalar_item(b.host(operand)) for operand in instr.inputs)
    output = instr.outputs[0].type
    dtype, count = output.dtype, output.dims[0]
    if not dtype.is_integer and isinstance(count, int):
        kind = dtype.as_numpy_dtype
        return [b.constant(_accumulated(np.asarray(kind(start)), kind(delta), count), dtype)]
    steps = b.emit("Iota", dims=(count,), axis=0, T=dtype)
    if not (isinstance(delta, int) and delta == 1):
        steps = b.emit("Mul", steps, b.scalar_size(delta, dtype))
    if not (isinstance(start, int) and start == 0):
        steps = b.emit("AddV2", steps, b.scalar_size(start, dtype))
    return [steps]


def _range_samples(rng: np.random.Generator) -> Any:
    for start, limit, delta in ((0, 5, 1), (3, 18, 4), (5, -4, -2), (2, 2, 1)):
        yield Sample((np.int32(start), np.int32(limit), np.int32(delta)))
    yield Sample((np.int64(1), np.int64(7), np.int64(3)))
    yield Sample((np.float32(0), np.float32(1), np.float32(0.1)))
    yield Sample((np.float64(1), np.float64(-1), np.float64(-0.25)))


RANGE = OpDef(
    "Range",
    "start: Tidx, limit: Tidx, delta: Tidx -> output: Tidx",
    _range_shape,
    misfit=misfits.value_range,
    types={"Tidx": (_RANGE_TYPES, dtypes.int32)},
    reference=_range,
    decompose=_decompose_range,
    host=(0, 1, 2),
    gradient=no_gradient,
    samples=_range_samples,
)


def range(
    start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str | None = "range"
) -> Tensor:
    """The numbers from `start` up to `limit`, without `limit`, by steps of `delta`.

    Args:
      start: the first number; the limit when `limit` is None.
      limit: where to stop.
      delta: the step.
      dtype: the dtype; the widest of the three when None.
      name: the op's name.

    Raises:
      ValueError: a step of 0, or one that leads away from the limit.

    Example:
      >>> tf.range(3, 18, 3)
      <tf.Tensor 'range:0' shape=(5,) dtype=int32>
    """
    if limit is None:
        start, limit = 0, start
    with name_scope(name, "Range", [start, limit, delta]) as scope:
        given = zip((start, limit, delta), ("start", "limit", "delta"), strict=True)
        bounds = [convert_to_tensor(value, dtype=dtype, name=label) for value, label in given]
        if dtype is None:
            widest = max((bound.dtype.base_dtype for bound in bounds), key=_width)
            bounds = [_cast(bound, widest) for bound in bounds]
        return apply(RANGE, bounds, name=scope)


def _width(dtype: DType) -> int:
    if dtype not in _WIDENING:
        allowed = ", ".join(wide.name for wide in _WIDENING)
        raise TypeError(f"tf.range takes numbers of {allowed}, got {dtype.name}")
    return _WIDENING.index(dtype)


def _cast(tensor: Tensor, dtype: DType) -> Tensor:
    from jitgraph.ops.registry import REGISTRY

    if tensor.dtype.base_dtype == dtype:
        return tensor
    return apply(REGISTRY["Cast"], [tensor], {"DstT": dtype})


def _lin_space_shape(q: ShapeQuery) -> list[Dims]:
    for dims, name in zip(q.shapes, ("start", "stop", "num"), strict=True):
        try:
            require_rank(dims, 0)
        except ValueError as error:
            raise ValueError(f"{error}\n\t for '{name}'") from None
    count = scalar_item(q.value(2))
    if count is not None and count <= 0:
        raise ValueError(f"Requires num > 0: {count}")
    return [(count,)]


def _lin_space(start: Any, stop: Any, num: Any) -> np.ndarray:
    count, kind = as_int(num), np.asarray(start).dtype
    result = np.full(count, start, kind)
    if count > 1:
        step = ((stop - start) / kind.type(count - 1)).astype(kind)
        result = (start + step * np.arange(count, dtype=np.int64).astype(kind)).astype(kind)
    return result


def _decompose_lin_space(b: Any, instr: Any) -> list[Any]:
    start, stop = instr.inputs[:2]
    output = instr.outputs[0].type
    count = output.dims[0]
    if isinstance(count, int) and count == 1:
        return [b.emit("BroadcastTo", start, b.sizes([1]))]
    gaps = b.scalar_size(count - 1, output.dtype)
    step = b.emit("RealDiv", b.emit("Sub", stop, start), gaps)
    index = b.emit("Iota", dims=(count,), axis=0, T=output.dtype)
    return [b.emit("AddV2", start, b.emit("Mul", step, index))]


def _lin_space_samples(rng: np.random.Generator) -> Any:
    for count in (1, 2, 5):
        yield Sample((np.float32(-1), np.float32(3), np.int32(count)))
    yield Sample((np.float64(2), np.float64(-2), np.int64(4)))


LIN_SPACE = OpDef(
    "LinSpace",
    "start: T, stop: T, num: Tidx -> output: T",
    _lin_space_shape,
    types={"T": _LINSPACE_TYPES, "Tidx": (INDEX, dtypes.int32)},
    reference=_lin_space,
    decompose=_decompose_lin_space,
    host=(2,),
    samples=_lin_space_samples,
)


def lin_space(start: Any, stop: Any, num: Any, name: str | None = None) -> Tensor:
    """`num` numbers evenly spaced from `start` to `stop`, both included.

    Args:
      start: the first number.
      stop: the last number.
      num: how many; 1 gives `start`.
      name: the op's name.

    Raises:
      ValueError: `num` is not positive.

    Example:
      >>> tf.lin_space(0.0, 1.0, 5)
      <tf.Tensor 'LinSpace:0' shape=(5,) dtype=float32>
    """
    return apply(LIN_SPACE, [start, stop, num], name=name)


linspace = lin_space


def meshgrid(*args: Any, indexing: str = "xy", name: str | None = "meshgrid") -> list[Tensor]:
    """Vectors spread over the grid they span, one tensor for each.

    Args:
      *args: vectors.
      indexing: "xy" (the first two axes exchanged, as plots have them) or "ij".
      name: the ops' name scope.

    Raises:
      ValueError: another indexing.

    Example:
      >>> tf.meshgrid([1, 2, 3], [4, 5])[0]
      <tf.Tensor 'meshgrid/mul:0' shape=(2, 3) dtype=int32>
    """
    from jitgraph.ops.filling import ones
    from jitgraph.ops.packing import stack
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import size

    if indexing not in ("xy", "ij"):
        raise ValueError("indexing parameter must be either 'xy' or 'ij'")
    with name_scope(name, "meshgrid", args):
        rank = len(args)
        flat = (1,) * rank
        spread = [
            reshape(stack(vector), (*flat[:axis], -1, *flat[axis + 1 :]))
            for axis, vector in enumerate(args)
        ]
        sizes = [size(vector) for vector in args]
        dtype = convert_to_tensor(args[0]).dtype.base_dtype
        if indexing == "xy" and rank > 1:
            spread[0] = reshape(spread[0], (1, -1) + (1,) * (rank - 2))
            spread[1] = reshape(spread[1], (-1, 1) + (1,) * (rank - 2))
            sizes[0], sizes[1] = sizes[1], sizes[0]
        grid = ones(sizes, dtype)
        return [part * grid for part in spread]
