"""Tensors that are fed: placeholder, placeholder_with_default.

In: a dtype and a shape, or a default. Out: a tensor whose value a session's run gives.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dims
from jitgraph.ops.definition import ANY, OpDef, Sample, ShapeQuery, no_gradient
from jitgraph.shapes import TensorShape, as_shape


def _attr_dims(shape: TensorShape) -> Dims | None:
    return None if shape.ndims is None else tuple(shape.as_list())


PLACEHOLDER = OpDef(
    "Placeholder",
    "-> output: dtype",
    lambda q: [_attr_dims(q.attrs["shape"])],
    types={"dtype": ANY},
    attrs={"shape": TensorShape(None)},
    gradient=no_gradient,
    stateful=True,
    samples=lambda rng: (),
)


def _default_shape(q: ShapeQuery) -> list[Dims | None]:
    wanted = _attr_dims(q.attrs["shape"])
    merge_dims(q.shapes[0], wanted)
    return [wanted]


def _default_samples(rng: np.random.Generator) -> Any:
    x = rng.uniform(-3, 3, (2, 3))
    for dtype in (np.float32, np.float64, np.int32):
        yield Sample((x.astype(dtype),), {"shape": TensorShape([2, 3])})


PLACEHOLDER_WITH_DEFAULT = OpDef(
    "PlaceholderWithDefault",
    "input: dtype -> output: dtype",
    _default_shape,
    types={"dtype": ANY},
    attrs={"shape": TensorShape(None)},
    reference=lambda input, shape: input,
    view="identity",
    gradient=lambda op, grad: [grad],
    samples=_default_samples,
)


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor that must be fed.

    Args:
      dtype: the dtype of what is fed.
      shape: its shape, None where any size will do; None for any shape.
      name: the op's name.

    Raises:
      TypeError: no dtype or no shape.
      ValueError: a negative dimension.

    Example:
      >>> tf.placeholder(tf.float32, [None, 784])
      <tf.Tensor 'Placeholder:0' shape=(?, 784) dtype=float32>
    """
    attrs = {"dtype": _checked_dtype(dtype), "shape": _checked_shape(shape)}
    return apply(PLACEHOLDER, [], attrs, name)


def _checked_shape(shape: Any) -> TensorShape:
    try:
        return as_shape(shape)
    except (TypeError, ValueError) as error:
        raise type(error)(f"Error converting shape to a TensorShape: {error}.") from None


def _checked_dtype(dtype: Any) -> dtypes.DType:
    try:
        return dtypes.as_dtype(dtype).base_dtype
    except TypeError:
        raise TypeError(f"Expected DataType for argument 'dtype' not {dtype!r}.") from None


def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """A tensor that may be fed, and else is `input`.

    Args:
      input: the default.
      shape: the shape of what may be fed.
      name: the op's name.

    Raises:
      ValueError: the default doesn't have that shape.

    Example:
      >>> tf.placeholder_with_default([1, 2], [None])
      <tf.Tensor 'PlaceholderWithDefault:0' shape=(?,) dtype=int32>
    """
    attrs = {"shape": _checked_shape(shape)}
    return apply(PLACEHOLDER_WITH_DEFAULT, [input], attrs, name)
