"""Maximum, minimum and clipping between them."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import FLOATS
from jitgraph.ops.elementwise_broadcasting import summed_to
from jitgraph.ops.elementwise_definition import INT32_64, binary


def _extremum_gradient(op: Any, grad: Tensor, chosen: Any) -> list[Tensor]:
    from jitgraph.ops.filling import zeros
    from jitgraph.ops.selection import where
    from jitgraph.ops.shape_arithmetic import broadcast_gradient_args
    from jitgraph.ops.shapes_of import shape

    x, y = op.inputs
    shape_x, shape_y = shape(x), shape(y)
    nothing = zeros(shape(grad), grad.dtype)
    mask = chosen(x, y)
    axes_x, axes_y = broadcast_gradient_args(shape_x, shape_y)
    grad_x = summed_to(where(mask, grad, nothing), axes_x, shape_x)
    return [grad_x, summed_to(where(mask, nothing, grad), axes_y, shape_y)]


def _maximum_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.comparison import greater_equal

    return _extremum_gradient(op, grad, greater_equal)


def _minimum_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.comparison import less_equal

    return _extremum_gradient(op, grad, less_equal)


MAXIMUM = binary(
    "Maximum",
    FLOATS + INT32_64,
    np.maximum,
    scalar="maximum(x, y)",
    gradient=_maximum_gradient,
    commutative=True,
    idempotent=True,
)

MINIMUM = binary(
    "Minimum",
    FLOATS + INT32_64,
    np.minimum,
    scalar="minimum(x, y)",
    gradient=_minimum_gradient,
    commutative=True,
    idempotent=True,
)


def maximum(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The greater of x and y, elementwise; NaN where one is NaN.

    Example:
      >>> tf.maximum([1.0, -2.0], 0.0)
      <tf.Tensor 'Maximum:0' shape=(2,) dtype=float32>
    """
    return apply(MAXIMUM, [x, y], name=name)


def minimum(x: Any, y: Any, name: str | None = None) -> Tensor:
    """The lesser of x and y, elementwise; NaN where one is NaN.

    Example:
      >>> tf.minimum([1.0, -2.0], 0.0)
      <tf.Tensor 'Minimum:0' shape=(2,) dtype=float32>
    """
    return apply(MINIMUM, [x, y], name=name)


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """The values of `t`, none below `clip_value_min`, none above `clip_value_max`.

    Args:
      t: a tensor or IndexedSlices.
      clip_value_min, clip_value_max: numbers or tensors that broadcast to the shape of `t`.
      name: the op's name.

    Raises:
      ValueError: broadcasting would enlarge `t`.

    Example:
      >>> tf.clip_by_value([1.0, 5.0], 2.0, 3.0)
      <tf.Tensor 'clip_by_value:0' shape=(2,) dtype=float32>
    """
    from jitgraph.ops.indexed_slices import IndexedSlices

    with name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as scope:
        is_sparse = isinstance(t, IndexedSlices)
        values = convert_to_tensor(t.values if is_sparse else t, name="t")
        below = minimum(values, clip_value_max)
        values.shape.merge_with(below.shape)
        clipped = maximum(below, clip_value_min, name=scope)
        values.shape.merge_with(clipped.shape)
    if is_sparse:
        return IndexedSlices(clipped, t.indices, t.dense_shape)
    return clipped
