"""Array ops that relabel elements without moving them: reshape, expand_dims, squeeze.

In: a tensor and a shape or axes. Out: the same elements, in the same order, in another shape.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    Dims,
    as_int,
    as_ints,
    chosen_argument,
    dims_from_vector,
    dims_text,
    product,
    replaced,
    scalar_item,
    with_axis,
)
from jitgraph.ops.definition import ANY, INDEX, OpDef, Sample, ShapeQuery
from jitgraph.ops.shapes_of import shape as shape_of
from jitgraph.shapes import Dimension


def _reshape_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, out = q.shapes[0], dims_from_vector(q.value(1), q.shapes[1])
    if out is None or dims is None:
        return [out]
    return [_completed(dims, out)]


def _completed(dims: Dims, out: Dims) -> Dims:
    """`out` with its unknown dim worked out where the number of elements tells it."""
    holes = [axis for axis, dim in enumerate(out) if dim is None]
    known_out = product(dim for dim in out if dim is not None)
    known_in = product(dim for dim in dims if dim is not None)
    if len(holes) > 1 or any(dim is None for dim in dims):
        return out
    if not holes:
        _require_same_size(known_in, known_out, out)
        return out
    if known_out == 0:
        return _empty_completed(known_in, out, holes[0])
    whole = known_in // known_out
    if whole * known_out != known_in:
        raise ValueError(
            f"Dimension size must be evenly divisible by {known_out} but is {known_in}"
        )
    return replaced(out, holes[0], whole)


def _empty_completed(known_in: Any, out: Dims, hole: int) -> Dims:
    if known_in != 0:
        raise ValueError(f"Cannot reshape a tensor with {known_in} elements to {dims_text(out)}")
    return replaced(out, hole, None)


def _require_same_size(known_in: Any, known_out: Any, out: Dims) -> None:
    if known_in != known_out:
        raise ValueError(
            f"Cannot reshape a tensor with {known_in} elements to shape {dims_text(out)} "
            f"({known_out} elements)"
        )


def _reshape(tensor: Any, shape: Any) -> np.ndarray:
    sizes = as_ints(shape)
    holes = [axis for axis, size in enumerate(sizes) if size == -1]
    if len(holes) > 1:
        raise ValueError(f"Only one input size may be -1, not both {holes[0]} and {holes[1]}")
    return np.reshape(tensor, sizes)


def _reshape_to_input(op: Any, grad: Any) -> Tensor:
    return reshape(grad, shape_of(op.inputs[0]))


def _reshape_samples(rng: np.random.Generator) -> Any:
    def array(*shape: int, dtype: Any = np.float32) -> np.ndarray:
        return rng.uniform(-3, 3, shape).astype(dtype)

    yield Sample((array(2, 3), np.array([3, 2], np.int32)))
    yield Sample((array(2, 6, dtype=np.float64), np.array([3, -1], np.int64)))
    yield Sample((array(1, 1), np.zeros(0, np.int32)))
    yield Sample((array(0, 4), np.array([2, 0], np.int32)))
    yield Sample((np.float64(2.5), np.array([1, 1], np.int32)))
    yield Sample((np.array([True, False]), np.array([2, 1], np.int32)))
    yield Sample((array(2, 2, 2, dtype=np.complex64), np.array([-1], np.int32)))
    yield Sample((array(4, dtype=np.int32), np.array([2, 2], np.int32)))


RESHAPE = OpDef(
    "Reshape",
    "tensor: T, shape: Tshape -> output: T",
    _reshape_shape,
    misfit=misfits.reshape,
    types={"T": ANY, "Tshape": (INDEX, dtypes.int32)},
    reference=_reshape,
    view="reshape",
    host=(1,),
    gradient=lambda op, grad: [_reshape_to_input(op, grad), None],
    samples=_reshape_samples,
)


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """The elements of a tensor in another shape.

    Args:
      tensor: a tensor.
      shape: the new shape; one dimension may be -1 and is worked out.
      name: the op's name.

    Raises:
      ValueError: the number of elements doesn't fit.

    Example:
      >>> tf.reshape(tf.zeros([2, 3]), [-1])
      <tf.Tensor 'Reshape:0' shape=(6,) dtype=float32>
    """
    return apply(RESHAPE, [tensor, shape], name=name)


def _expand_dims_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, axis = q.shapes[0], scalar_item(q.value(1))
    if dims is None or axis is None:
        return [None]
    rank = len(dims)
    if axis < -1 - rank or axis > rank:
        raise ValueError(f"dim {axis} not in the interval [{-1 - rank}, {rank}].")
    return [with_axis(dims, axis + rank + 1 if axis < 0 else axis, 1)]


def _expand_dims_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (2, 3))
    for axis in (0, 1, 2, -1, -3):
        yield Sample((x.astype(np.float32), np.int32(axis)))
    yield Sample((x, np.int64(1)))
    yield Sample((np.int32(4), np.int32(0)))
    yield Sample((np.zeros((0, 2), np.bool_), np.int32(-1)))


EXPAND_DIMS = OpDef(
    "ExpandDims",
    "input: T, dim: Tdim -> output: T",
    _expand_dims_shape,
    misfit=misfits.expand_dims,
    types={"T": ANY, "Tdim": (INDEX, dtypes.int32)},
    reference=lambda input, dim: np.expand_dims(input, as_int(dim)),
    view="reshape",
    host=(1,),
    gradient=lambda op, grad: [_reshape_to_input(op, grad), None],
    samples=_expand_dims_samples,
)


def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """A tensor with a dimension of size 1 put in.

    Args:
      input: a tensor.
      axis: where the new dimension stands; negative counts from the end.
      name: the op's name.
      dim: deprecated name of `axis`.

    Raises:
      ValueError: no axis, both names, or an axis out of range.

    Example:
      >>> tf.expand_dims(tf.zeros([2, 3]), 1)
      <tf.Tensor 'ExpandDims:0' shape=(2, 1, 3) dtype=float32>
    """
    axis = chosen_argument("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return apply(EXPAND_DIMS, [input, axis], name=name)


def _squeeze_shape(q: ShapeQuery) -> list[Dims | None]:
    dims, given = q.shapes[0], q.attrs["squeeze_dims"]
    if dims is None:
        return [None]
    if given:
        chosen = {_squeezed_axis(index, axis, dims) for index, axis in enumerate(given)}
        return [tuple(dim for axis, dim in enumerate(dims) if axis not in chosen)]
    if any(dim is None for dim in dims):
        return [None]
    return [tuple(dim for dim in dims if dim != 1)]


def _squeezed_axis(index: int, axis: int, dims: Dims) -> int:
    rank = len(dims)
    if axis < -rank or axis >= rank:
        raise ValueError(f"squeeze_dims[{index}] not in [{-rank},{rank}).")
    axis = axis + rank if axis < 0 else axis
    if dims[axis] is not None and dims[axis] != 1:
        raise ValueError(
            f"Can not squeeze dim[{axis}], expected a dimension of 1, got {dims[axis]}"
        )
    return axis


def _squeeze(input: np.ndarray, squeeze_dims: Any) -> np.ndarray:
    return np.squeeze(input, tuple(squeeze_dims) or None)


def _squeeze_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (1, 3, 1))
    for squeeze_dims in ((), (0,), (-1,), (0, 2)):
        yield Sample((x.astype(np.float32),), {"squeeze_dims": squeeze_dims})
    yield Sample((x,))
    yield Sample((np.zeros((1, 1), np.int64),))
    yield Sample((np.zeros((0, 1), np.bool_),), {"squeeze_dims": (1,)})


SQUEEZE = OpDef(
    "Squeeze",
    "input: T -> output: T",
    _squeeze_shape,
    misfit=misfits.squeeze,
    types={"T": ANY},
    attrs={"squeeze_dims": ()},
    reference=_squeeze,
    view="reshape",
    gradient=lambda op, grad: [_reshape_to_input(op, grad)],
    samples=_squeeze_samples,
)


def squeeze(
    input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None
) -> Tensor:
    """A tensor without its dimensions of size 1.

    Args:
      input: a tensor.
      axis: which of them to remove (an int or a list); all when None.
      name: the op's name.
      squeeze_dims: deprecated name of `axis`.

    Raises:
      ValueError: a dimension to remove isn't 1.

    Example:
      >>> tf.squeeze(tf.zeros([1, 3, 1]))
      <tf.Tensor 'Squeeze:0' shape=(3,) dtype=float32>
    """
    axis = chosen_argument("axis", axis, "squeeze_dims", squeeze_dims)
    axes: list[Any] = [] if axis is None else [axis] if np.isscalar(axis) else list(axis)
    for item in axes:
        if not isinstance(item, (int, np.integer, Dimension)):
            raise TypeError(f"Expected int for argument 'axis' not {item!r}.")
    return apply(SQUEEZE, [input], {"squeeze_dims": tuple(int(item) for item in axes)}, name)
