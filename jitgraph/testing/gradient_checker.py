"""tf.test.compute_gradient: a gradient as the graph gives it beside the one by differences.

In: tensors x and y, with their shapes. Out: both Jacobians, [elements of x, elements of y]; a
complex element counts as two, its real and its imaginary part.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.frontend.gradients import gradients
from jitgraph.graph import get_default_session
from jitgraph.graph.deprecation import deprecated
from jitgraph.ops.constants import constant
from jitgraph.ops.identities import identity
from jitgraph.ops.indexed_slices import IndexedSlices

_NEWER = (
    "Use tf.test.compute_gradient in 2.0, which has better support for functions. Note that the "
    "two versions have different usage, so code change is needed."
)
_ORIGIN = "tensorflow.python.ops.gradient_checker"


@deprecated(None, _NEWER, _ORIGIN)
def compute_gradient(
    x: Any,
    x_shape: Any,
    y: Any,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
    extra_feed_dict: Any = None,
) -> Any:
    """The Jacobian of y by x, as the graph gives it and by differences; needs a default session.

    Args:
      x: a tensor of floating point or complex numbers, or a list of such.
      x_shape: its shape, or a list of shapes.
      y: a tensor.
      y_shape: its shape.
      x_init_value: where the Jacobian is taken, or a list of such; random when None.
      delta: the step of the differences.
      init_targets: operations to run first.
      extra_feed_dict: what is fed beside x.

    Returns:
      Two arrays, [elements of x, elements of y], or a list of such pairs.

    Example:
      >>> x = tf.constant([1.0, 2.0])
      >>> with tf.Session():
      ...     by_graph, by_differences = tf.test.compute_gradient(x, [2], x * x, [2])
    """
    return _jacobians(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)


@deprecated(None, _NEWER, _ORIGIN)
def compute_gradient_error(
    x: Any,
    x_shape: Any,
    y: Any,
    y_shape: Any,
    x_init_value: Any = None,
    delta: float = 1e-3,
    init_targets: Any = None,
    extra_feed_dict: Any = None,
) -> float:
    """The largest difference between the Jacobians of `compute_gradient`; same arguments."""
    found = _jacobians(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    pairs = [found] if isinstance(found, tuple) else found
    apart = [np.abs(by_graph - by_steps).max() for by_graph, by_steps in pairs if by_graph.size]
    return max(apart, default=0)


def _jacobians(
    x: Any, x_shape: Any, y: Any, y_shape: Any, start: Any, delta: float, targets: Any, feeds: Any
) -> Any:
    several = isinstance(x, list)
    inputs, shapes = (x, x_shape) if several else ([x], [x_shape])
    starts = (start if several else [start]) or [None] * len(inputs)
    made = [_gradient(each, y, y_shape) for each in inputs]
    for target in targets or ():
        target.run()
    pairs = [
        _pair(each, shape, y, y_shape, value, delta, gradient, feeds or {})
        for each, shape, value, gradient in zip(inputs, shapes, starts, made, strict=True)
    ]
    return pairs if several else pairs[0]


def _gradient(x: Any, y: Any, y_shape: Any) -> tuple[Any, Any]:
    """(gradient of y by x, the seed that is fed)."""
    with x.graph.as_default():
        seed = constant(1.0, shape=y_shape, dtype=y.dtype)
        (gradient,) = gradients(y, x, identity(seed))
    return gradient, seed


def _pair(
    x: Any,
    x_shape: Any,
    y: Any,
    y_shape: Any,
    start: Any,
    delta: float,
    gradient: tuple[Any, Any],
    feeds: dict[Any, Any],
) -> tuple[Any, Any]:
    for tensor, name in ((x, "x"), (y, "y")):
        kind = tensor.dtype.base_dtype
        assert kind.is_floating or kind.is_complex, f"Don't support type {kind.name} for {name}"
    dtype = x.dtype.as_numpy_dtype
    if start is None:
        start = np.random.random_sample(x_shape).astype(dtype)
        if x.dtype.is_complex:
            start.imag = np.random.random_sample(x_shape)
    elif list(np.shape(start)) != list(x_shape):
        raise AssertionError(f"x_shape = {x_shape}, init_data shape = {list(np.shape(start))}")
    start = np.array(start, dtype)
    return (
        _by_graph(x, start, y, y_shape, gradient, feeds),
        _by_differences(x, start, y, y_shape, delta, feeds),
    )


def _parts(array: Any) -> Any:
    """An array's numbers in a row: complex ones as two."""
    flat = np.ascontiguousarray(array).reshape(-1)
    return flat.view(flat.real.dtype) if flat.dtype.kind == "c" else flat


def _by_graph(x: Any, start: Any, y: Any, y_shape: Any, gradient: Any, feeds: Any) -> Any:
    by_x, seed = gradient
    session = get_default_session()
    dy = np.zeros(y_shape, y.dtype.as_numpy_dtype)
    numbers = dy.reshape(-1).view(dy.real.dtype)
    jacobian = np.zeros((_parts(start).size, numbers.size), start.real.dtype)
    for column in range(numbers.size):
        numbers[column] = 1
        found = session.run(by_x, {**feeds, x: start, seed: dy})
        jacobian[:, column] = _parts(_dense(found, by_x, start))
        numbers[column] = 0
    return jacobian


def _dense(found: Any, by_x: Any, start: Any) -> Any:
    if not isinstance(by_x, IndexedSlices):
        return found
    dense = np.zeros_like(start)
    np.add.at(dense, found.indices, found.values)
    return dense


def _by_differences(x: Any, start: Any, y: Any, y_shape: Any, delta: float, feeds: Any) -> Any:
    session = get_default_session()
    dtype = np.zeros((), y.dtype.as_numpy_dtype).real.dtype
    rows = []
    for number in range(_parts(start).size):
        values = []
        for step in (delta, -delta):
            moved = start.copy()
            moved.reshape(-1).view(moved.real.dtype)[number] += step
            values.append(session.run(y, {**feeds, x: moved}))
        rows.append(_parts((values[0] - values[1]) / dtype.type(2 * delta)))
    size = int(np.prod(y_shape)) * (2 if y.dtype.is_complex else 1)
    return np.array(rows, start.real.dtype).reshape(-1, size)
