"""Running sums and products along an axis.

In: a tensor and an axis, known before native code runs. Out: a tensor of the same shape.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import literal_axis, scalar_item
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import INDEX, NUMBERS, OpDef, Sample, ShapeQuery
from jitgraph.ops.elementwise_definition import widened


def _scan_shape(query: ShapeQuery) -> list[Any]:
    """The input's shape; of an axis out of range nothing is known, as TensorFlow tells in a run."""
    dims, axis = query.shapes[0], scalar_item(query.value(1))
    if dims is None or axis is None or literal_axis(axis, len(dims)) is not None:
        return [dims]
    return [None]


def scan_axis(axis: Any, rank: int) -> int:
    """`axis` counted from the front.

    Raises:
      ValueError: it is out of range.
    """
    item = np.asarray(axis).item()
    position = literal_axis(item, rank)
    if position is None:
        raise ValueError(
            f"ScanOp: Expected scan axis in the range [{-rank}, {rank}), but got {item}"
        )
    return position


def _reference(accumulate: Callable[..., Any], neutral: int) -> Callable[..., np.ndarray]:
    def computed(x: Any, axis: Any, exclusive: bool = False, reverse: bool = False) -> np.ndarray:
        array = np.asarray(x)
        along = scan_axis(axis, array.ndim)
        forward = np.flip(array, along) if reverse else array
        if exclusive:
            forward = _shifted(forward, along, neutral)
        result = accumulate(forward, axis=along, dtype=array.dtype)
        return np.flip(result, along) if reverse else result

    return widened(computed)


def _shifted(array: np.ndarray, axis: int, neutral: int) -> np.ndarray:
    """`array` moved one place along `axis`, beginning with the neutral element."""
    moved = np.moveaxis(np.empty_like(array), axis, 0)
    source = np.moveaxis(array, axis, 0)
    moved[:1] = neutral
    moved[1:] = source[:-1]
    return np.moveaxis(moved, 0, axis)


def _cumsum_gradient(op: Any, grad: Tensor) -> list[Any]:
    exclusive, reverse = op.get_attr("exclusive"), op.get_attr("reverse")
    return [cumsum(grad, op.inputs[1], exclusive=exclusive, reverse=not reverse), None]


def _cumprod_gradient(op: Any, grad: Tensor) -> list[Any]:
    x, axis = op.inputs
    exclusive, reverse = op.get_attr("exclusive"), op.get_attr("reverse")
    product = cumprod(x, axis, exclusive=exclusive, reverse=reverse)
    summed = cumsum(product * grad, axis, exclusive=exclusive, reverse=not reverse)
    return [summed / x, None]


_SHAPES = (((4,), 0), ((2, 3), 1), ((2, 3), -2), ((2, 3, 2), 1))


def _samples(rng: np.random.Generator) -> Any:
    for index, (shape, axis) in enumerate(_SHAPES):
        values = rng.uniform(0.5, 2.0, shape)
        attrs = {"exclusive": bool(index & 1), "reverse": bool(index & 2)}
        yield Sample((values, np.int32(axis)), attrs)
        yield Sample((values.astype(np.float32), np.int32(axis)), {**attrs, "exclusive": True})
    for dtype in NUMBERS:
        yield Sample((rng.integers(1, 4, (2, 3)).astype(dtype.as_numpy_dtype), np.int64(1)))
    yield Sample((np.zeros((2, 0)), np.int32(1)), {"exclusive": True})


def _scan(name: str, accumulate: Callable[..., Any], neutral: int, gradient: Any) -> OpDef:
    return OpDef(
        name,
        "x: T, axis: Tidx -> out: T",
        _scan_shape,
        types={"T": NUMBERS, "Tidx": (INDEX, dtypes.int32)},
        attrs={"exclusive": False, "reverse": False},
        reference=_reference(accumulate, neutral),
        library=name.lower(),
        host=(1,),
        gradient=gradient,
        samples=_samples,
    )


CUMSUM = _scan("Cumsum", np.cumsum, 0, _cumsum_gradient)
CUMPROD = _scan("Cumprod", np.cumprod, 1, _cumprod_gradient)


def cumsum(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """The running sum of `x` along an axis.

    Args:
      x: a tensor of numbers.
      axis: the axis; negative ones count from the end.
      exclusive: leave each element out of its own sum.
      reverse: run from the end of the axis.
      name: the op's name.

    Example:
      >>> tf.cumsum([1.0, 2.0, 3.0])
      <tf.Tensor 'Cumsum:0' shape=(3,) dtype=float32>
    """
    return _scanned(CUMSUM, x, axis, exclusive, reverse, name)


def cumprod(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """The running product of `x` along an axis.

    Args:
      x: a tensor of numbers.
      axis: the axis; negative ones count from the end.
      exclusive: leave each element out of its own product.
      reverse: run from the end of the axis.
      name: the op's name.

    Example:
      >>> tf.cumprod([1.0, 2.0, 3.0])
      <tf.Tensor 'Cumprod:0' shape=(3,) dtype=float32>
    """
    return _scanned(CUMPROD, x, axis, exclusive, reverse, name)


def _scanned(
    definition: OpDef, x: Any, axis: Any, exclusive: bool, reverse: bool, name: str | None
) -> Tensor:
    with name_scope(name, definition.name, [x]) as scope:
        tensor = convert_to_tensor(x, name="x")
        attrs = {"exclusive": bool(exclusive), "reverse": bool(reverse)}
        return apply(definition, [tensor, axis], attrs, scope)
