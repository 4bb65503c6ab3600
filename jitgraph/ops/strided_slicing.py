"""tf.strided_slice: NumPy's basic indexing as an op, with TensorFlow's masks.

In: a tensor, vectors begin, end, strides, and masks whose bit i speaks of their element i.
Out: the elements chosen. `slice_plan` says once what a specification means; the shape rule,
the affine map and the gradient read it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, as_ints
from jitgraph.ops.definition import ANY, INDEX, AffineMap, OpDef, Sample, ShapeQuery
from jitgraph.ops.shapes_of import shape as shape_of

MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
NO_MASKS = dict.fromkeys(MASKS, 0)


class AxisPlan(NamedTuple):
    """What becomes of one axis: `source` is the input's axis (None: a new axis of size 1)."""

    source: int | None
    start: Any
    step: Any
    size: Any
    is_dropped: bool = False


class _Entry(NamedTuple):
    begin: Any
    end: Any
    stride: Any
    begin_masked: bool
    end_masked: bool
    is_index: bool


def slice_plan(
    dims: Dims | None,
    begin: Sequence[Any],
    end: Sequence[Any],
    strides: Sequence[Any],
    masks: Any,
) -> list[AxisPlan] | None:
    """What a strided slice takes of each axis, in the order of the output's axes.

    Args:
      dims: the input's shape; dims may be None.
      begin, end, strides: their elements, None where unknown.
      masks: the five masks by name.

    Returns:
      One AxisPlan an axis; None where the rank is unknown.

    Raises:
      ValueError: the specification doesn't fit the input.
    """
    ellipsis = _ellipsis_position(masks["ellipsis_mask"], len(strides))
    named = _named_axes(len(strides), ellipsis, masks)
    if dims is None:
        return None
    if named > len(dims):
        raise ValueError(
            f"Index out of range using input dim {len(dims)}; input has only {len(dims)} dims"
        )
    plans: list[AxisPlan] = []
    axis = 0
    for index in range(len(strides) + 1):
        if index == ellipsis:
            plans.extend(_whole(axis + i, dims) for i in range(len(dims) - named))
            axis += len(dims) - named
        elif index < len(strides) and _bit(masks["new_axis_mask"], index):
            plans.append(AxisPlan(None, 0, 1, 1))
        elif index < len(strides):
            entry = _entry(index, begin, end, strides, masks)
            plans.append(_axis_plan(axis, dims[axis], entry, index))
            axis += 1
    return plans


def _bit(mask: int, index: int) -> bool:
    return bool(mask >> index & 1)


def _ellipsis_position(mask: int, count: int) -> int:
    """Where the unnamed axes stand: at the ellipsis, or behind all entries."""
    positions = [index for index in range(count) if _bit(mask, index)]
    if len(positions) > 1:
        raise ValueError("Multiple ellipses in slice spec not allowed")
    return positions[0] if positions else count


def _named_axes(count: int, ellipsis: int, masks: Any) -> int:
    new_axes = masks["new_axis_mask"]
    return sum(index != ellipsis and not _bit(new_axes, index) for index in range(count))


def _whole(axis: int, dims: Dims) -> AxisPlan:
    return AxisPlan(axis, 0, 1, dims[axis])


def _entry(
    index: int, begin: Sequence[Any], end: Sequence[Any], strides: Sequence[Any], masks: Any
) -> _Entry:
    return _Entry(
        begin[index],
        end[index],
        strides[index],
        _bit(masks["begin_mask"], index),
        _bit(masks["end_mask"], index),
        _bit(masks["shrink_axis_mask"], index),
    )


def _axis_plan(axis: int, dim: Any, entry: _Entry, index: int) -> AxisPlan:
    stride = entry.stride
    if stride is not None and stride == 0:
        raise ValueError(f"strides[{index}] must be non-zero")
    if entry.is_index:
        return AxisPlan(axis, _checked_index(axis, dim, entry), 1, 1, True)
    if stride == 1 and entry.begin_masked and entry.end_masked:
        return AxisPlan(axis, 0, 1, dim)
    if dim is None or stride is None:
        return AxisPlan(axis, None, stride, None)
    low, high = (0, dim) if stride > 0 else (-1, dim - 1)
    first, last = (low, high) if stride > 0 else (high, low)
    start = first if entry.begin_masked else _clamped(entry.begin, dim, low, high)
    stop = last if entry.end_masked else _clamped(entry.end, dim, low, high)
    return AxisPlan(axis, start, stride, _count(start, stop, stride))


def _checked_index(axis: int, dim: Any, entry: _Entry) -> Any:
    begin = entry.begin
    if begin is None or dim is None:
        return None
    if entry.stride is not None and entry.stride < 0:
        raise ValueError("only stride 1 allowed on non-range indexing.")
    start = begin + dim if begin < 0 else begin
    if start < 0 or start >= dim:
        raise ValueError(f"slice index {begin} of dimension {axis} out of bounds.")
    return start


def _clamped(position: Any, dim: Any, low: Any, high: Any) -> Any:
    if position is None:
        return None
    forward = position + dim if position < 0 else position
    if forward < low:
        return low
    return high if forward > high else forward


def _count(start: Any, stop: Any, stride: Any) -> Any:
    if start is None or stop is None:
        return None
    distance, step = (stop - start, stride) if stride > 0 else (start - stop, -stride)
    if distance < 0:
        return 0
    return distance if step == 1 else (distance + step - 1) // step


def query_plan(q: ShapeQuery, dims: Dims | None, first: int) -> list[AxisPlan] | None:
    """The plan of a slice of `dims` whose vectors are the inputs from `first` on; None where the
    rank or the number of axes isn't known."""
    strides = q.value(first + 2)
    if strides is None or any(item is None for item in strides):
        return None
    count = len(strides)
    begin, end = (_elements(q.value(first + i), count) for i in range(2))
    return slice_plan(dims, begin, end, list(strides), {**NO_MASKS, **q.attrs})


def _elements(value: np.ndarray | None, count: int) -> list[Any]:
    return [None] * count if value is None else list(value)


def _strided_slice_shape(q: ShapeQuery) -> list[Dims | None]:
    _check_vectors(q, 1)
    plans = query_plan(q, q.shapes[0], 1)
    if plans is None:
        return [None]
    return [tuple(plan.size for plan in plans if not plan.is_dropped)]


def _check_vectors(q: ShapeQuery, first: int) -> None:
    known = [dims for dims in q.shapes[first : first + 3] if dims is not None]
    for dims in known:
        if len(dims) != 1:
            raise ValueError(f"Shape must be rank 1 but is rank {len(dims)}")
    lengths = {dims[0] for dims in known if isinstance(dims[0], int)}
    if len(lengths) > 1:
        least, most = min(lengths), max(lengths)
        raise ValueError(f"Dimension must be {most} but is {least}")


def _strided_slice_map(q: ShapeQuery) -> AffineMap:
    dims = q.known_dims(0)
    plans = query_plan(q, dims, 1) or []
    offsets: list[Any] = [0] * len(dims)
    sources: list[tuple[int, Any] | None] = []
    for plan in plans:
        if plan.source is not None:
            offsets[plan.source] = plan.start
        if not plan.is_dropped:
            sources.append(None if plan.source is None else (plan.source, plan.step))
    return AffineMap(tuple(offsets), tuple(sources))


def numpy_index(begin: Any, end: Any, strides: Any, masks: Any) -> tuple[Any, ...]:
    """The same slice in NumPy's notation."""
    index: list[Any] = []
    steps = as_ints(strides)
    for position, step in enumerate(steps):
        if _bit(masks["ellipsis_mask"], position):
            index.append(Ellipsis)
        elif _bit(masks["new_axis_mask"], position):
            index.append(None)
        elif _bit(masks["shrink_axis_mask"], position):
            index.append(as_ints(begin[position])[0])
        else:
            start = None if _bit(masks["begin_mask"], position) else as_ints(begin[position])[0]
            stop = None if _bit(masks["end_mask"], position) else as_ints(end[position])[0]
            index.append(np.s_[start:stop:step])
    return tuple(index)


def _strided_slice(input: Any, begin: Any, end: Any, strides: Any, **masks: int) -> Any:
    return input[numpy_index(begin, end, strides, masks)]


def _strided_slice_gradient(op: Any, grad: Tensor) -> list[Any]:
    from jitgraph.ops.strided_slice_grad import STRIDED_SLICE_GRAD

    begin, end, strides = op.inputs[1:4]
    masks = {name: op.get_attr(name) for name in MASKS}
    sizes = shape_of(op.inputs[0], out_type=begin.dtype.base_dtype)
    dense = apply(STRIDED_SLICE_GRAD, [sizes, begin, end, strides, grad], masks)
    return [dense, None, None, None]


def _vectors(*items: Any, dtype: Any = np.int32) -> tuple[np.ndarray, ...]:
    return tuple(np.array(item, dtype) for item in items)


def slice_cases() -> list[tuple[tuple[int, ...], Any, dict[str, int]]]:
    return [
        ((3, 4), ([1, 0], [3, 3], [1, 2]), {}),
        ((3, 4), ([0, 0], [0, 0], [-1, 1]), {"begin_mask": 3, "end_mask": 3}),
        ((3, 4), ([0, -1], [0, 0], [1, 1]), {"ellipsis_mask": 1, "shrink_axis_mask": 2}),
        ((5,), ([-2], [-6], [-2]), {}),
        ((3, 4), ([0, 1], [0, 2], [1, 1]), {"new_axis_mask": 1, "shrink_axis_mask": 2}),
        ((2, 3, 4), ([1, 0], [2, 9], [1, 3]), {"shrink_axis_mask": 1}),
        ((0, 2), ([0], [5], [1]), {}),
        ((4,), ([3], [1], [1]), {}),
        ((3, 4), ([], [], []), {}),
    ]


def _strided_slice_samples(rng: np.random.Generator) -> Any:
    kinds = (np.float32, np.float64, np.int32, np.bool_, np.float16, np.complex64)
    for index, (shape, vectors, masks) in enumerate(slice_cases()):
        x = rng.uniform(-3, 3, shape)
        kind = kinds[index % len(kinds)]
        dtype = np.int64 if index == 3 else np.int32
        yield Sample((x.astype(kind), *_vectors(*vectors, dtype=dtype)), masks)
        yield Sample((x, *_vectors(*vectors)), masks)


STRIDED_SLICE = OpDef(
    "StridedSlice",
    "input: T, begin: Index, end: Index, strides: Index -> output: T",
    _strided_slice_shape,
    types={"T": ANY, "Index": INDEX},
    attrs=NO_MASKS,
    reference=_strided_slice,
    view=_strided_slice_map,
    host=(1, 2, 3),
    gradient=_strided_slice_gradient,
    samples=_strided_slice_samples,
)


def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Tensor:
    """The elements from `begin` to `end` by `strides`, along every axis.

    Args:
      input_: a tensor.
      begin, end, strides: vectors with one number an axis; strides are 1 when None.
      begin_mask, end_mask: bit i: `begin[i]`, `end[i]` is ignored, the slice goes to the edge.
      ellipsis_mask: bit i: entry i stands for all axes not named.
      new_axis_mask: bit i: entry i makes a new axis of size 1.
      shrink_axis_mask: bit i: entry i is one index, and its axis goes.
      var: the variable that `input_` is the value of; then the slice has a method `assign`.
      name: the op's name.

    Raises:
      ValueError: the slice doesn't fit the tensor.

    Example:
      >>> tf.strided_slice(tf.zeros([4, 6]), [0, 1], [4, 6], [1, 2])
      <tf.Tensor 'StridedSlice:0' shape=(4, 3) dtype=float32>
    """
    from jitgraph.ops.filling import ones_like

    strides = ones_like(begin) if strides is None else strides
    values = (begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask)
    masks = dict(zip(MASKS, values, strict=True))
    taken: Tensor = apply(STRIDED_SLICE, [input_, begin, end, strides], masks, name)
    if var is not None:
        taken.assign = _assigner(var, (begin, end, strides), masks, f"{name}_assign")
    return taken


def _assigner(
    var: Any, vectors: tuple[Any, ...], masks: Any, default_name: str
) -> Callable[..., Tensor]:
    def assign(val: Any, name: str | None = None) -> Tensor:
        """Replaces this slice of the variable; gives a reference to the whole."""
        wanted = default_name if name is None else name
        assigned: Tensor = var._strided_slice_assign(*vectors, val, wanted, **masks)
        return assigned

    return assign
