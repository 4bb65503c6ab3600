"""Const: a value known when the graph is built. In: Python values. Out: a Const op."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.convert import constant_tensor, to_array
from jitgraph.ops.definition import ANY, REQUIRED, OpDef, ShapeQuery, no_gradient
from jitgraph.shapes import as_shape


def _const_shape(query: ShapeQuery) -> list[tuple[int, ...]]:
    return [query.attrs["value"].shape]


CONST = OpDef(
    "Const",
    "-> output: dtype",
    _const_shape,
    types={"dtype": ANY},
    attrs={"value": REQUIRED},
    reference=lambda value: value,
    gradient=no_gradient,
)


def constant(
    value: Any,
    dtype: Any = None,
    shape: Any = None,
    name: str = "Const",
    verify_shape: bool = False,
) -> Tensor:
    """A tensor with a fixed value.

    Args:
      value: a number, string, NumPy array or nested list of these.
      dtype: the dtype; inferred when None (ints are int32, floats float32).
      shape: the shape; fewer values than it holds are continued with the last one.
      name: the op's name.
      verify_shape: refuse a value whose own shape isn't `shape`.

    Raises:
      TypeError: the value doesn't fit `dtype`, or `verify_shape` found another shape.
      ValueError: more values than `shape` holds, or a shape not fully known.

    Example:
      >>> tf.constant([[1, 2], [3, 4]])
      <tf.Tensor 'Const:0' shape=(2, 2) dtype=int32>
    """
    array = to_array(value, None if dtype is None else dtypes.as_dtype(dtype))
    if shape is not None:
        array = _shaped(array, _full_dims(shape), verify_shape)
    return constant_tensor(array, name)


def _full_dims(shape: Any) -> tuple[int, ...]:
    wanted = as_shape(shape)
    wanted.assert_is_fully_defined()
    return tuple(int(dim) for dim in wanted)


def _shaped(array: np.ndarray, shape: tuple[int, ...], verify: bool) -> np.ndarray:
    if array.shape == shape:
        return array
    if verify:
        raise TypeError(f"Expected Tensor's shape: {shape}, got {array.shape}.")
    size = int(np.prod(shape, dtype=np.int64))
    if size == 0:
        return np.empty(shape, array.dtype)
    if array.size > size or array.size == 0:
        raise ValueError(
            f"Too many elements provided. Needed at most {size}, but received {array.size}"
        )
    flat = array.reshape(-1)
    filled = np.concatenate([flat, np.repeat(flat[-1:], size - flat.size)])
    return filled.reshape(shape)
