"""Masks and codes: one_hot, sequence_mask, boolean_mask, where(condition).

In: indices, lengths or booleans. Out: masks, or what a mask lets through.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, as_int, product, scalar_item, with_axis
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import (
    ANY,
    BOOL,
    NUMBERS,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)

_INDEX_TYPES = tuple(dtypes.as_dtype(name) for name in ("uint8", "int32", "int64"))


def _one_hot_shape(q: ShapeQuery) -> list[Dims | None]:
    if q.shapes[1] not in (None, ()):
        raise ValueError(f"Input must be scalar but has rank {len(q.shapes[1])}")
    depth, dims = scalar_item(q.value(1)), q.shapes[0]
    if depth is not None and depth < 0:
        raise ValueError(
            f"Dimension size, given by scalar input 1, must be non-negative but is {depth}"
        )
    if dims is None:
        return [None]
    return [with_axis(dims, _code_axis(q.attrs["axis"], len(dims)), depth)]


def _code_axis(axis: int, rank: int) -> int:
    if axis < -1:
        raise ValueError(f"axis must be >= -1, not {axis}")
    return rank if axis == -1 else min(axis, rank)


def _one_hot(indices: Any, depth: Any, on_value: Any, off_value: Any, axis: int) -> np.ndarray:
    where = np.asarray(indices).astype(np.int64)
    place = _code_axis(axis, where.ndim)
    along = [1] * (where.ndim + 1)
    along[place] = -1
    steps = np.arange(as_int(depth)).reshape(along)
    return np.where(np.expand_dims(where, place) == steps, on_value, off_value)


def _decompose_one_hot(b: Any, instr: Any) -> list[Any]:
    indices, _, on_value, off_value = instr.inputs
    dims = instr.outputs[0].type.dims
    place = _code_axis(instr.attrs["axis"], len(dims) - 1)
    spread = b.emit("Reshape", indices, b.sizes([*dims[:place], 1, *dims[place + 1 :]]))
    along = (*(1,) * place, dims[place], *(1,) * (len(dims) - place - 1))
    steps = b.emit("Iota", dims=along, axis=place, T=indices.type.dtype)
    return [b.emit("SelectV2", b.emit("Equal", spread, steps), on_value, off_value)]


def _one_hot_samples(rng: np.random.Generator) -> Any:
    rows = np.array([0, 2, -1, 3], np.int32)
    yield Sample((rows, np.int32(3), np.float32(1), np.float32(0)))
    yield Sample((rows.astype(np.int64), np.int32(3), np.int32(5), np.int32(-1)), {"axis": 0})
    grid = np.array([[0, 1], [2, 9]], np.uint8)
    yield Sample((grid, np.int32(3), np.float64(1), np.float64(0)), {"axis": 1})
    yield Sample((np.int32(1), np.int32(2), np.bool_(True), np.bool_(False)))


ONE_HOT = OpDef(
    "OneHot",
    "indices: TI, depth: int32, on_value: T, off_value: T -> output: T",
    _one_hot_shape,
    misfit=misfits.one_hot,
    types={"T": ANY, "TI": (_INDEX_TYPES, dtypes.int64)},
    attrs={"axis": -1},
    reference=_one_hot,
    decompose=_decompose_one_hot,
    host=(1,),
    gradient=no_gradient,
    samples=_one_hot_samples,
)


def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Tensor:
    """Indices as vectors that are on at one place and off at all others.

    Args:
      indices: integers; one out of range gives a vector that is off everywhere.
      depth: the length of the vectors.
      on_value: 1 when None.
      off_value: 0 when None.
      axis: where the new axis stands; last when None.
      dtype: the dtype; that of the values, or float32.
      name: the op's name.

    Raises:
      TypeError: the values and `dtype` differ in dtype.

    Example:
      >>> tf.one_hot([0, 2], 3)
      <tf.Tensor 'one_hot:0' shape=(2, 3) dtype=float32>
    """
    with name_scope(name, "one_hot", [indices, depth, on_value, off_value, axis, dtype]) as scope:
        on_dtype, off_dtype = _dtype_of(on_value), _dtype_of(off_value)
        wanted = _code_dtype(dtype, on_dtype, off_dtype)
        if on_value is None:
            on_value, on_dtype = convert_to_tensor(1, wanted, name="on_value"), wanted
        if off_value is None:
            off_value, off_dtype = convert_to_tensor(0, wanted, name="off_value"), wanted
        if on_dtype != off_dtype:
            raise TypeError(
                f"dtype {on_dtype} of on_value does not match dtype {off_dtype} of off_value"
            )
        attrs = {"axis": -1 if axis is None else axis}
        return apply(ONE_HOT, [indices, depth, on_value, off_value], attrs, scope)


def _dtype_of(value: Any) -> DType | None:
    return None if value is None else convert_to_tensor(value).dtype.base_dtype


def _code_dtype(dtype: Any, on_dtype: DType | None, off_dtype: DType | None) -> DType:
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    for found, which in ((on_dtype, "on_value"), (off_dtype, "off_value")):
        if wanted is not None and found is not None and found != wanted:
            raise TypeError(f"dtype {found} of {which} does not match dtype parameter {wanted}")
    return wanted or on_dtype or off_dtype or dtypes.float32


def all_axes(tensor: Tensor) -> Any:
    """The axes of a reduction over everything, as the ops TensorFlow makes for them."""
    from jitgraph.ops.ranges import RANGE
    from jitgraph.ops.shapes_of import rank

    if tensor._dims is not None:
        return constant(np.arange(len(tensor._dims)), dtype=dtypes.int32)
    return apply(RANGE, [0, rank(tensor), 1])


def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: Any = dtypes.bool, name: str | None = None
) -> Tensor:
    """For each length a row that is true up to it.

    Args:
      lengths: integers.
      maxlen: the length of the rows; the longest when None.
      dtype: the dtype of the mask.
      name: the ops' name scope.

    Raises:
      ValueError: `maxlen` isn't a scalar.

    Example:
      >>> tf.sequence_mask([1, 3], 5)
      <tf.Tensor 'SequenceMask/Less:0' shape=(2, 5) dtype=bool>
    """
    from jitgraph.ops.ranges import RANGE
    from jitgraph.ops.registry import REGISTRY
    from jitgraph.ops.reshaping import expand_dims

    with name_scope(name, "SequenceMask", [lengths, maxlen]):
        lengths = convert_to_tensor(lengths)
        maxlen = _longest(lengths) if maxlen is None else convert_to_tensor(maxlen)
        if maxlen._dims:
            raise ValueError("maxlen must be scalar for sequence_mask")
        kind = maxlen.dtype.base_dtype
        row = apply(RANGE, [constant(0, kind), maxlen, constant(1, kind)])
        column = apply(REGISTRY["Cast"], [expand_dims(lengths, -1)], {"DstT": kind})
        mask = row < column
        wanted = dtypes.bool if dtype is None else dtypes.as_dtype(dtype)
        if wanted == dtypes.bool:
            return mask
        return apply(REGISTRY["Cast"], [mask], {"DstT": wanted})


def _longest(lengths: Tensor) -> Tensor:
    from jitgraph.ops.registry import REGISTRY

    longest = apply(REGISTRY["Max"], [lengths, all_axes(lengths)], {"keep_dims": False})
    return apply(REGISTRY["Maximum"], [constant(0, longest.dtype.base_dtype), longest])


def _positions(array: np.ndarray) -> np.ndarray:
    """`np.argwhere`, which for several dimensions takes ten times as long."""
    if array.ndim < 2 or array.size == 0:
        return np.argwhere(array)
    rest = np.flatnonzero(array)
    found = np.empty((len(rest), array.ndim), np.int64)
    for axis in range(array.ndim - 1, 0, -1):
        upper = found[:, 0] if axis == 1 else np.empty_like(rest)
        np.divmod(rest, array.shape[axis], out=(upper, found[:, axis]))
        rest = upper
    return found


def _where_samples(rng: np.random.Generator) -> Any:
    yield Sample((np.array([[True, False], [False, True]]),))
    yield Sample((np.array([0.0, 2.0, -1.0], np.float32),))
    yield Sample((np.zeros((2, 2), np.int32),))
    yield Sample((rng.integers(0, 2, (3, 2, 4)),))


WHERE = OpDef(
    "Where",
    "input: T -> index: int64",
    lambda q: [(None, None if q.shapes[0] is None else len(q.shapes[0]))],
    types={"T": (NUMBERS + BOOL, dtypes.bool)},
    reference=lambda input: _positions(input),
    gradient=no_gradient,
    samples=_where_samples,
)


def where_true(condition: Any, name: str | None = None) -> Tensor:
    """The places where a condition holds: `tf.where` with one argument.

    Args:
      condition: a bool (or number) tensor.
      name: the op's name.

    Example:
      >>> tf.where([True, False])
      <tf.Tensor 'Where:0' shape=(?, 1) dtype=int64>
    """
    with name_scope(name, "Where", [condition]) as scope:
        tensor = convert_to_tensor(condition, preferred_dtype=dtypes.bool, name="condition")
        return apply(WHERE, [tensor], name=scope)


def boolean_mask(
    tensor: Any, mask: Any, name: str | None = "boolean_mask", axis: int | None = None
) -> Tensor:
    """The elements (or slices) of a tensor where a mask is true.

    Args:
      tensor: a tensor.
      mask: a bool tensor that matches dimensions of `tensor` from `axis` on; of known rank.
      name: the ops' name scope.
      axis: where the masked dimensions begin.

    Raises:
      ValueError: a scalar mask, one of unknown rank, or one that doesn't match.

    Example:
      >>> tf.boolean_mask([1, 2, 3], [True, False, True])
      <tf.Tensor 'boolean_mask/GatherV2:0' shape=(?,) dtype=int32>
    """
    from jitgraph.ops.gathering import gather
    from jitgraph.ops.reshaping import reshape, squeeze

    with name_scope(name, values=[tensor, mask]):
        tensor = convert_to_tensor(tensor, name="tensor")
        mask = convert_to_tensor(mask, name="mask")
        axis = 0 if axis is None else axis
        _check_mask(tensor, mask, axis)
        flat = _flattened(tensor, axis, len(mask._dims))
        places = where_true(reshape(mask, [-1]))
        return gather(flat, squeeze(places, axis=[1]), axis=axis)


def _check_mask(tensor: Tensor, mask: Tensor, axis: int) -> None:
    if mask._dims is None:
        raise ValueError(
            "Number of mask dimensions must be specified, even if some dimensions are None.  "
            "E.g. shape=[None] is ok, but shape=None is not."
        )
    if not mask._dims:
        raise ValueError("mask cannot be scalar.")
    shape = tensor.get_shape()
    shape[axis : axis + len(mask._dims)].assert_is_compatible_with(mask.get_shape())


def _flattened(tensor: Tensor, axis: int, count: int) -> Tensor:
    """`tensor` with the dimensions that the mask covers made one."""
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.registry import REGISTRY
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape

    end = axis + count
    covered = apply(REGISTRY["Prod"], [shape(tensor)[axis:end], [0]], {"keep_dims": False})
    parts = [shape(tensor)[:axis], [covered], shape(tensor)[end:]]
    flat = reshape(tensor, concat(parts, 0))
    dims = tensor._dims
    if dims is not None:
        flat.set_shape((*dims[:axis], product(dims[axis:end]), *dims[end:]))
    return flat
