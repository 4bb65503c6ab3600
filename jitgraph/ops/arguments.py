"""Where the extrema stand: argmax and argmin.

In: a tensor and an axis, known before native code runs. Out: the tensor's shape without that axis,
holding indices along it. Among equals the first one counts; NaNs never win.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import (
    chosen_argument,
    literal_axis,
    require_rank,
    scalar_item,
    without_axis,
)
from jitgraph.ops.definition import (
    COMPLEX,
    INDEX,
    NUMBERS,
    OpDef,
    Sample,
    ShapeQuery,
    no_gradient,
)
from jitgraph.ops.elementwise_definition import widened


def _argument_shape(q: ShapeQuery) -> list[Any]:
    dims, axis_dims = q.shapes
    require_rank(axis_dims, 0)
    if dims is None:
        return [None]
    rank = len(dims)
    if rank <= 1:
        return [()]
    axis = scalar_item(q.value(1))
    if axis is None:
        return [(None,) * (rank - 1)]
    return [without_axis(dims, _checked(axis, rank))]


def _checked(axis: Any, rank: int) -> int:
    position = literal_axis(axis, rank)
    if position is None:
        raise ValueError(
            f"Dimension ({axis}) must be in the range [{-rank}, {rank}), where {rank} is the "
            "number of dimensions in the input."
        )
    return position


def _reference(find: Callable[..., np.ndarray], worst: float) -> Callable[..., np.ndarray]:
    def computed(input: Any, dimension: Any, output_type: Any) -> np.ndarray:
        array = np.asarray(input)
        axis = _checked(np.asarray(dimension).item(), array.ndim)
        if array.shape[axis] == 0:
            raise ValueError(f"Reduction axis {axis} is empty in shape {list(array.shape)}")
        if array.dtype.kind == "f":
            array = np.where(np.isnan(array), worst, array)
        return find(array, axis=axis)

    return widened(computed)


def _samples(rng: np.random.Generator) -> Any:
    ties = np.array([[1.0, 3.0, 3.0], [2.0, 2.0, -1.0]])
    for axis in (0, 1, -1):
        yield Sample((ties, np.int32(axis)), {"output_type": dtypes.int64})
    yield Sample((rng.uniform(-2, 2, (2, 3, 4)), np.int64(1)), {"output_type": dtypes.int32})
    yield Sample((np.array([np.nan, 1.0, 2.0, np.nan]), np.int32(0)), {"output_type": dtypes.int64})
    yield Sample((np.zeros((0, 3), np.float32), np.int32(1)), {"output_type": dtypes.int64})
    for dtype in NUMBERS:
        if dtype not in COMPLEX:
            given = rng.integers(0, 9, (2, 5)).astype(dtype.as_numpy_dtype)
            yield Sample((given, np.int32(1)), {"output_type": dtypes.int64})


def _argument(name: str, find: Callable[..., np.ndarray], worst: float) -> OpDef:
    return OpDef(
        name,
        "input: T, dimension: Tidx -> output: output_type",
        _argument_shape,
        types={
            "T": NUMBERS,
            "Tidx": (INDEX, dtypes.int32),
            "output_type": (INDEX, dtypes.int64),
        },
        attrs={"output_type": dtypes.int64},
        misfit=misfits.arg_extremum,
        reference=_reference(find, worst),
        library=name.lower(),
        host=(1,),
        gradient=no_gradient,
        samples=_samples,
    )


ARG_MAX = _argument("ArgMax", np.argmax, -np.inf)
ARG_MIN = _argument("ArgMin", np.argmin, np.inf)


def argmax(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: Any = dtypes.int64,
) -> Tensor:
    """The index of the greatest element along an axis.

    Args:
      input: a tensor of numbers.
      axis: the axis; 0 when None.
      name: the op's name.
      dimension: the old name of `axis`.
      output_type: int64 or int32.

    Raises:
      ValueError: the axis is out of range, or came under both its names.

    Example:
      >>> tf.argmax([[1.0, 3.0], [2.0, 0.0]], axis=1)
      <tf.Tensor 'ArgMax:0' shape=(2,) dtype=int64>
    """
    axis = chosen_argument("axis", axis, "dimension", dimension)
    return _found(ARG_MAX, input, axis, output_type, name)


def argmin(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: Any = dtypes.int64,
) -> Tensor:
    """The index of the least element along an axis.

    Args:
      input: a tensor of numbers.
      axis: the axis; 0 when None.
      name: the op's name.
      dimension: the old name of `axis`.
      output_type: int64 or int32.

    Raises:
      ValueError: the axis is out of range, or came under both its names.

    Example:
      >>> tf.argmin([[1.0, 3.0], [2.0, 0.0]], axis=1)
      <tf.Tensor 'ArgMin:0' shape=(2,) dtype=int64>
    """
    axis = chosen_argument("axis", axis, "dimension", dimension)
    return _found(ARG_MIN, input, axis, output_type, name)


def arg_max(
    input: Any, dimension: Any, output_type: Any = dtypes.int64, name: str | None = None
) -> Tensor:
    """The index of the greatest element along an axis: the old form of `argmax`.

    Example:
      >>> tf.arg_max([[1.0, 3.0], [2.0, 0.0]], 1)
      <tf.Tensor 'ArgMax:0' shape=(2,) dtype=int64>
    """
    return _found(ARG_MAX, input, dimension, output_type, name)


def arg_min(
    input: Any, dimension: Any, output_type: Any = dtypes.int64, name: str | None = None
) -> Tensor:
    """The index of the least element along an axis: the old form of `argmin`.

    Example:
      >>> tf.arg_min([[1.0, 3.0], [2.0, 0.0]], 1)
      <tf.Tensor 'ArgMin:0' shape=(2,) dtype=int64>
    """
    return _found(ARG_MIN, input, dimension, output_type, name)


def _found(definition: OpDef, x: Any, axis: Any, output_type: Any, name: str | None) -> Tensor:
    attrs = {"output_type": dtypes.as_dtype(output_type)}
    return apply(definition, [x, 0 if axis is None else axis], attrs, name)
