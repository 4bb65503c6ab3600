"""Stacking tensors along a new axis, and Python lists that hold tensors (auto-packing).

In: tensors, or nested lists of tensors and numbers. Out: one tensor with one axis more.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.dtypes import DType
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dims, with_axis
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import (
    ANY,
    AffineMap,
    Assembly,
    OpDef,
    Piece,
    Sample,
    ShapeQuery,
)


def _pack_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = q.shapes[-1]
    for index, other in enumerate(q.shapes[-2::-1]):
        dims = merged_part(other, dims, len(q.shapes) - 2 - index)
    if dims is None:
        return [None]
    return [with_axis(dims, _new_axis(q.attrs["axis"], len(dims)), len(q.shapes))]


def merged_part(other: Dims | None, dims: Dims | None, index: int) -> Dims | None:
    """The shape that part `index` and the parts behind it have."""
    try:
        return merge_dims(other, dims)
    except ValueError as error:
        raise ValueError(f"{error}\n\tFrom merging shape {index} with other shapes.") from None


def _new_axis(axis: int, rank: int) -> int:
    if axis < -rank - 1 or axis > rank:
        raise ValueError(f"Invalid axis: {axis} not in [{-rank - 1}, {rank}]")
    return axis + rank + 1 if axis < 0 else axis


def _pack_assembly(q: ShapeQuery) -> Assembly:
    dims = q.known_dims(0)
    rank = len(dims)
    axis = _new_axis(q.attrs["axis"], rank)
    sources = with_axis(tuple((d, 1) for d in range(rank)), axis, None)
    sizes = with_axis(dims, axis, 1)
    pieces = tuple(
        Piece(
            index,
            with_axis((0,) * rank, axis, index),
            sizes,
            AffineMap((0,) * rank, sources),
        )
        for index in range(len(q.shapes))
    )
    return Assembly(pieces)


def _pack_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return unstack(grad, num=op.get_attr("N"), axis=op.get_attr("axis"))


def _pack_samples(rng: np.random.Generator) -> Any:
    def arrays(count: int, shape: tuple[int, ...], dtype: Any = np.float32) -> list[np.ndarray]:
        return [rng.uniform(-3, 3, shape).astype(dtype) for _ in range(count)]

    yield Sample((arrays(3, (2, 4)),), {"axis": 0})
    yield Sample((arrays(2, (2, 4), np.float64),), {"axis": -1})
    yield Sample((arrays(2, (2, 4), np.float64),), {"axis": 1})
    yield Sample((arrays(4, (), np.int32),), {"axis": 0})
    yield Sample((arrays(1, (3,), np.complex64),), {"axis": 0})
    yield Sample((arrays(2, (0, 2), np.bool_),), {"axis": 1})


PACK = OpDef(
    "Pack",
    "values: N*T -> output: T",
    _pack_shape,
    misfit=misfits.pack,
    types={"T": ANY},
    attrs={"axis": 0},
    reference=lambda values, axis: np.stack(values, axis),
    assemble=_pack_assembly,
    gradient=_pack_gradient,
    samples=_pack_samples,
)


def stack(values: Any, axis: int = 0, name: str = "stack") -> Tensor:
    """Tensors of one shape, stacked along a new axis.

    Args:
      values: a list of tensors.
      axis: where the new axis stands; negative counts from the end.
      name: the op's name.

    Raises:
      ValueError: shapes differ, or the axis is out of range.

    Example:
      >>> tf.stack([tf.zeros([3]), tf.ones([3])], axis=1)
      <tf.Tensor 'stack:0' shape=(3, 2) dtype=float32>
    """
    if axis == 0:
        try:
            return convert_to_tensor(values, name=name)
        except (TypeError, ValueError):
            pass
    dims = convert_to_tensor(values[0], name=name)._dims
    if dims is not None:
        rank = len(dims) + 1
        if axis < -rank or axis >= rank:
            raise ValueError(f"axis = {axis} not in [{-rank}, {rank})")
    return apply(PACK, [values], {"axis": axis}, name)


def auto_pack(value: Any, dtype: DType | None = None, name: str | None = None) -> Tensor:
    """A nested list that holds tensors as one tensor, as every op does with its inputs.

    Args:
      value: a list or tuple of tensors, numbers, or lists of these.
      dtype: the dtype wanted; tensors of another one are cast.
      name: the op's name.

    Raises:
      TypeError: tensors of several dtypes.
    """
    found = _dtype_in(value)
    if dtype is not None and dtype.base_dtype != found:
        value = _cast_tensors(value, dtype.base_dtype)
    packed = _packed(value, dtype.base_dtype if dtype else found, name or "packed")
    return packed if isinstance(packed, Tensor) else convert_to_tensor(packed, dtype, name)


def _is_tensor_like(value: Any) -> bool:
    return isinstance(getattr(value, "dtype", None), DType)


def _dtype_in(value: Any) -> DType | None:
    for item in value:
        if _is_tensor_like(item):
            return item.dtype.base_dtype
        found = _dtype_in(item) if isinstance(item, (list, tuple)) else None
        if found is not None:
            return found
    return None


def _cast_tensors(value: Any, dtype: DType) -> Any:
    from jitgraph.ops.registry import REGISTRY

    if isinstance(value, (list, tuple)):
        return [_cast_tensors(item, dtype) for item in value]
    if not _is_tensor_like(value) or value.dtype.base_dtype == dtype:
        return value
    return apply(REGISTRY["Cast"], [value], {"DstT": dtype})


def _packed(value: Any, dtype: DType | None, name: str) -> Any:
    """One Pack op for a list that holds tensors; the list itself when it holds none."""
    with name_scope(name) as scope:
        items = [_packed_item(item, dtype, str(index)) for index, item in enumerate(value)]
        if not any(_is_tensor_like(item) for item in items):
            return items
        tensors = [
            item if _is_tensor_like(item) else constant(item, dtype=dtype, name=str(index))
            for index, item in enumerate(items)
        ]
        return apply(PACK, [tensors], {"axis": 0}, scope)


def _packed_item(item: Any, dtype: DType | None, name: str) -> Any:
    if isinstance(item, (list, tuple)):
        return _packed(item, dtype, name)
    if _is_tensor_like(item) and dtype is not None and item.dtype.base_dtype != dtype:
        raise TypeError(
            f"Cannot convert a list containing a tensor of dtype {item.dtype} to {dtype} "
            f"(Tensor is: {item!r})"
        )
    return item


def _unpack_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, num = q.shapes[0], q.attrs["num"]
    if dims is None:
        return [None] * num
    axis = _unpacked_axis(q.attrs["axis"], len(dims))
    if dims[axis] is not None and dims[axis] != num:
        raise ValueError(f"Dimension must be {num} but is {dims[axis]}")
    return [(*dims[:axis], *dims[axis + 1 :])] * num


def _unpacked_axis(axis: int, rank: int) -> int:
    if axis < -rank or axis >= rank:
        raise ValueError(f"Invalid axis: {axis} not in [{-rank}, {rank})")
    return axis + rank if axis < 0 else axis


def _unpack(value: np.ndarray, num: int, axis: int) -> tuple[np.ndarray, ...]:
    return tuple(np.take(value, index, axis) for index in range(num))


def _decompose_unpack(b: Any, instr: Any) -> list[Any]:
    (value,) = instr.inputs
    dims = value.type.dims
    axis = _unpacked_axis(instr.attrs["axis"], len(dims))
    sizes = b.sizes([*dims[:axis], 1, *dims[axis + 1 :]])
    parts = []
    for index, output in enumerate(instr.outputs):
        begin = b.sizes([*[0] * axis, index, *[0] * (len(dims) - axis - 1)])
        part = b.emit("Slice", value, begin, sizes)
        parts.append(b.emit("Reshape", part, b.sizes(output.type.dims)))
    return parts


def _unpack_gradient(op: Any, *grads: Tensor) -> list[Tensor]:
    return [stack(list(grads), axis=op.get_attr("axis"))]


def _unpack_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (2, 3))
    yield Sample((x.astype(np.float32),), {"num": 2, "axis": 0})
    yield Sample((x,), {"num": 3, "axis": -1})
    yield Sample((x.astype(np.int64),), {"num": 3, "axis": 1})
    yield Sample((np.zeros((1, 0), np.bool_),), {"num": 1, "axis": 0})


UNPACK = OpDef(
    "Unpack",
    "value: T -> output: num*T",
    _unpack_shape,
    misfit=misfits.unpack,
    types={"T": ANY},
    attrs={"num": 0, "axis": 0},
    reference=_unpack,
    decompose=_decompose_unpack,
    gradient=_unpack_gradient,
    samples=_unpack_samples,
)


def unstack(
    value: Any, num: int | None = None, axis: int = 0, name: str = "unstack"
) -> list[Tensor]:
    """The slices of a tensor along one axis.

    Args:
      value: a tensor.
      num: how many there are; taken from the shape when None.
      axis: the axis, which goes.
      name: the op's name.

    Raises:
      ValueError: `num` is not known, or isn't the size of the axis.

    Example:
      >>> tf.unstack(tf.zeros([2, 3]))
      [<tf.Tensor 'unstack:0' shape=(3,) dtype=float32>, <tf.Tensor 'unstack:1' ...>]
    """
    if num is None:
        value = convert_to_tensor(value)
        num = _inferred_count(value, axis)
    return apply(UNPACK, [value], {"num": num, "axis": axis}, name)


def _inferred_count(value: Tensor, axis: int) -> int:
    dims = value._dims
    if dims is not None and not -len(dims) <= axis < len(dims):
        raise ValueError(f"axis = {axis} not in [{-len(dims)}, {len(dims)})")
    count = None if dims is None else dims[axis]
    if count is None:
        raise ValueError(f"Cannot infer num from shape {value.get_shape()}")
    return count
