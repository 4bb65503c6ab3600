"""Array ops that reorder elements along axes: reverse, roll, reverse_sequence.

In: a tensor and the axes. Out: its elements in another order.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    as_ints,
    chosen_argument,
    literal_axis,
    merge_dim,
    merge_dims,
    replaced,
    require_rank,
)
from jitgraph.ops.definition import ANY, INDEX, REQUIRED, AffineMap, OpDef, Sample, ShapeQuery

_REVERSIBLE = tuple(
    dtypes.as_dtype(name)
    for name in (
        *("uint8", "int8", "uint16", "int16", "int32", "int64", "bool", "bfloat16", "float16"),
        *("float32", "float64", "complex64", "complex128", "string"),
    )
)


def _reverse_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, axes = q.shapes[0], q.value(1)
    require_rank(q.shapes[1], 1)
    if dims is not None and axes is not None:
        _reversed_axes(axes, len(dims))
    return [dims]


def _reversed_axes(axes: Any, rank: int) -> set[int]:
    found: set[int] = set()
    for index, axis in enumerate(axes):
        if axis is None:
            continue
        place = literal_axis(axis, rank)
        if place is None:
            raise ValueError(f"'axis'[{index}] = {axis} is out of valid range [0, {rank - 1}")
        if place in found:
            raise ValueError(f"axis {place} specified more than once.")
        found.add(place)
    return found


def _reverse_map(q: ShapeQuery) -> AffineMap:
    dims = q.known_dims(0)
    chosen = _reversed_axes(q.known_value(1), len(dims))
    offsets = tuple(dim - 1 if axis in chosen else 0 for axis, dim in enumerate(dims))
    sources = tuple((axis, -1 if axis in chosen else 1) for axis in range(len(dims)))
    return AffineMap(offsets, sources)


def _reverse_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (2, 3, 4))
    yield Sample((x.astype(np.float32), np.array([0], np.int32)))
    yield Sample((x, np.array([1, -1], np.int64)))
    yield Sample((x.astype(np.int32), np.array([2], np.int32)))
    yield Sample((x > 0, np.zeros(0, np.int32)))
    yield Sample((np.zeros((0, 2)), np.array([0], np.int32)))


REVERSE_V2 = OpDef(
    "ReverseV2",
    "tensor: T, axis: Tidx -> output: T",
    _reverse_shape,
    types={"T": _REVERSIBLE, "Tidx": (INDEX, dtypes.int32)},
    reference=lambda tensor, axis: np.flip(tensor, tuple(as_ints(axis))),
    view=_reverse_map,
    host=(1,),
    gradient=lambda op, grad: [reverse(grad, op.inputs[1]), None],
    samples=_reverse_samples,
)


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """A tensor read backwards along some axes.

    Args:
      tensor: a tensor.
      axis: a list of axes.
      name: the op's name.

    Raises:
      ValueError: an axis out of range, or named twice.

    Example:
      >>> tf.reverse(tf.zeros([2, 3]), [0])
      <tf.Tensor 'ReverseV2:0' shape=(2, 3) dtype=float32>
    """
    return apply(REVERSE_V2, [tensor, axis], name=name)


reverse_v2 = reverse


def _roll_shape(q: ShapeQuery) -> list[Dims | None]:
    merge_dims(q.shapes[1], q.shapes[2])
    return [q.shapes[0]]


def _decompose_roll(b: Any, instr: Any) -> list[Any]:
    value = instr.inputs[0]
    shifts, axes = (b.host(operand).reshape(-1) for operand in instr.inputs[1:])
    rank = len(value.type.dims)
    for shift, axis in zip(shifts, axes, strict=True):
        value = _emit_roll(b, value, shift, axis + rank if axis < 0 else axis)
    return [value]


def _emit_roll(b: Any, value: Any, shift: Any, axis: int) -> Any:
    dims = value.type.dims
    dim = dims[axis]
    if dim == 0:
        return value
    moved = shift % dim
    none = [0] * len(dims)
    parts = []
    for start, size in ((dim - moved, moved), (0, dim - moved)):
        begin = b.sizes([*none[:axis], start, *none[axis + 1 :]])
        sizes = b.sizes([*dims[:axis], size, *dims[axis + 1 :]])
        parts.append(b.emit("Slice", value, begin, sizes))
    return b.emit("ConcatV2", parts, b.scalar_host(axis))


def _roll_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (3, 4))
    yield Sample((x.astype(np.float32), np.int32(1), np.int32(0)))
    yield Sample((x, np.array([-2, 5], np.int32), np.array([0, 1], np.int32)))
    yield Sample((x.astype(np.int64), np.int64(-1), np.int64(-1)))


ROLL = OpDef(
    "Roll",
    "input: T, shift: Tshift, axis: Taxis -> output: T",
    _roll_shape,
    types={"T": ANY, "Tshift": INDEX, "Taxis": INDEX},
    reference=lambda input, shift, axis: np.roll(input, as_ints(shift), as_ints(axis)),
    decompose=_decompose_roll,
    host=(1, 2),
    gradient=lambda op, grad: [roll(grad, -op.inputs[1], op.inputs[2]), None, None],
    samples=_roll_samples,
)


def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Tensor:
    """A tensor with its elements moved along axes; what leaves at one end enters at the other.

    Args:
      input: a tensor.
      shift: by how many places, for each axis of `axis`.
      axis: an axis or a list of them.
      name: the op's name.

    Example:
      >>> tf.roll(tf.zeros([5]), 2, 0)
      <tf.Tensor 'Roll:0' shape=(5,) dtype=float32>
    """
    return apply(ROLL, [input, shift, axis], name=name)


def _reverse_sequence_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, lengths = q.shapes
    require_rank(lengths, 1)
    if dims is None or lengths is None:
        return [dims]
    batch = q.attrs["batch_dim"]
    return [replaced(dims, batch, merge_dim(dims[batch], lengths[0]))]


def _reverse_sequence(
    input: np.ndarray, seq_lengths: Any, seq_dim: int, batch_dim: int
) -> np.ndarray:
    moved = np.moveaxis(input, (batch_dim, seq_dim), (0, 1))
    result = moved.copy()
    for row, length in enumerate(as_ints(seq_lengths)):
        result[row, :length] = moved[row, :length][::-1]
    return np.moveaxis(result, (0, 1), (batch_dim, seq_dim))


def _reverse_sequence_gradient(op: Any, grad: Tensor) -> list[Any]:
    axes = {"seq_axis": op.get_attr("seq_dim"), "batch_axis": op.get_attr("batch_dim")}
    return [reverse_sequence(grad, op.inputs[1], **axes), None]


def _reverse_sequence_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (2, 4))
    lengths = np.array([3, 2], np.int64)
    yield Sample((x.astype(np.float32), lengths), {"seq_dim": 1, "batch_dim": 0})
    yield Sample((x.T.copy(), lengths.astype(np.int32)), {"seq_dim": 0, "batch_dim": 1})


REVERSE_SEQUENCE = OpDef(
    "ReverseSequence",
    "input: T, seq_lengths: Tlen -> output: T",
    _reverse_sequence_shape,
    types={"T": ANY, "Tlen": (INDEX, dtypes.int64)},
    attrs={"seq_dim": REQUIRED, "batch_dim": 0},
    reference=_reverse_sequence,
    gradient=_reverse_sequence_gradient,
    samples=_reverse_sequence_samples,
)


def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_axis: int | None = None,
    batch_axis: int | None = None,
    name: str | None = None,
    seq_dim: int | None = None,
    batch_dim: int | None = None,
) -> Tensor:
    """Each sequence of a batch reversed over its own length.

    Args:
      input: a tensor.
      seq_lengths: the length of each sequence.
      seq_axis: the axis along which sequences run.
      batch_axis: the axis that counts the sequences.
      name: the op's name.
      seq_dim, batch_dim: deprecated names of the axes.

    Example:
      >>> tf.reverse_sequence(tf.zeros([2, 4]), [3, 2], seq_axis=1, batch_axis=0)
      <tf.Tensor 'ReverseSequence:0' shape=(2, 4) dtype=float32>
    """
    along = chosen_argument("seq_axis", seq_axis, "seq_dim", seq_dim)
    across = chosen_argument("batch_axis", batch_axis, "batch_dim", batch_dim)
    attrs = {"seq_dim": along, "batch_dim": across or 0}
    return apply(REVERSE_SEQUENCE, [input, seq_lengths], attrs, name)
