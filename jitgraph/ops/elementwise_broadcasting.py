"""Gradients through broadcasting: summing a gradient over the axes along which an input was spread.

In: the inputs of a binary op and gradients of its output's shape. Out: gradients of the inputs'
shapes, made of the ops that TensorFlow makes, under the same names.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from jitgraph.graph import Tensor, get_default_graph

Axes = tuple[tuple[int, ...], tuple[int, ...]]

_known_axes: WeakKeyDictionary[Any, dict[Any, Axes]] = WeakKeyDictionary()


class Spread(NamedTuple):
    """How one input was broadcast: its shape, the axes to sum over, and whether that is needed."""

    shape: Any
    axes: Any
    reduces: bool

    def back(self, grad: Tensor) -> Tensor:
        """`grad`, of the output's shape, brought to the input's shape."""
        return summed_to(grad, self.axes, self.shape) if self.reduces else grad


def summed_to(grad: Tensor, axes: Any, shape: Any) -> Tensor:
    """`grad` summed over `axes` and reshaped to `shape`."""
    from jitgraph.ops.reductions import reduce_sum
    from jitgraph.ops.reshaping import reshape

    return reshape(reduce_sum(grad, axes), shape)


def spreads(x: Tensor, y: Tensor) -> tuple[Spread, Spread]:
    """How `x` and `y` were broadcast, worked out by ops of the graph."""
    from jitgraph.ops.shape_arithmetic import broadcast_gradient_args
    from jitgraph.ops.shapes_of import shape

    shape_x, shape_y = shape(x), shape(y)
    axes_x, axes_y = broadcast_gradient_args(shape_x, shape_y)
    return Spread(shape_x, axes_x, True), Spread(shape_y, axes_y, True)


def static_spreads(x: Tensor, y: Tensor, grad: Tensor) -> tuple[Spread, Spread]:
    """`spreads`, worked out now where the shapes of `x` and `y` are fully known."""
    if not (_is_static(x) and _is_static(y)):
        return _unoptimized_spreads(x, y)
    axes_x, axes_y = _static_axes(x, y)
    return (
        Spread(x._dims, axes_x, x._dims != grad._dims),
        Spread(y._dims, axes_y, y._dims != grad._dims),
    )


def same_static_shapes(x: Tensor, y: Tensor, grad: Any) -> bool:
    """Whether all three have one fully known shape, so that nothing was broadcast."""
    if not isinstance(grad, Tensor) or not _is_static(x):
        return False
    return x._dims == y._dims and x._dims == grad._dims


def _is_static(tensor: Tensor) -> bool:
    return tensor._dims is not None and None not in tensor._dims


def _unoptimized_spreads(x: Tensor, y: Tensor) -> tuple[Spread, Spread]:
    from jitgraph.ops.apply import apply
    from jitgraph.ops.shape_arithmetic import broadcast_gradient_args
    from jitgraph.ops.shapes_of import SHAPE

    shape_x, shape_y = apply(SHAPE, [x]), apply(SHAPE, [y])
    axes_x, axes_y = broadcast_gradient_args(shape_x, shape_y)
    return Spread(shape_x, axes_x, True), Spread(shape_y, axes_y, True)


def _static_axes(x: Tensor, y: Tensor) -> Axes:
    """The axes each side is summed over. TensorFlow asks an op once per graph and pair of shapes;
    the op is made here too, so that names agree."""
    from jitgraph.ops.shape_arithmetic import broadcast_gradient_args

    known = _known_axes.setdefault(get_default_graph(), {})
    key = (x._dims, y._dims)
    if key not in known:
        broadcast_gradient_args(x._dims, y._dims)
        known[key] = _summed_axes(x._dims, y._dims)
    return known[key]


def _summed_axes(left: Any, right: Any) -> Axes:
    if left == right:
        return (), ()
    rank = max(len(left), len(right))
    padded_left = (1,) * (rank - len(left)) + left
    padded_right = (1,) * (rank - len(right)) + right
    return (
        tuple(axis for axis, dim in enumerate(padded_left) if dim == 1),
        tuple(axis for axis, dim in enumerate(padded_right) if dim == 1),
    )
