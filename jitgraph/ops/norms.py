"""Norms, scaling to unit length, and clipping by norm.

In: tensors. Out: the ops that TensorFlow composes for the same call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, colocate_with, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.elementwise_complex import conj
from jitgraph.ops.elementwise_extrema import maximum, minimum
from jitgraph.ops.elementwise_powers import pow, rsqrt, sqrt
from jitgraph.ops.elementwise_rounding import abs, is_finite
from jitgraph.ops.indexed_slices import IndexedSlices
from jitgraph.ops.reductions import reduce_max, reduce_sum

_AXIS_TEXT = "'axis' must be None, an integer, or a tuple of 2 unique integers"
_MATRIX_ORDERS = ["euclidean", "fro", 1, 2, np.inf]


def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The norm of vectors or matrices.

    Args:
      tensor: a tensor of floats or complex numbers.
      ord: "euclidean", "fro", 1, 2, np.inf or any positive number.
      axis: an axis for vectors, two axes for matrices, None for all elements as one vector.
      keepdims: keep the axes, with size 1.
      name: the name scope of its ops.
      keep_dims: the old name of `keepdims`.

    Raises:
      ValueError: an unsupported `ord` or `axis`.
      NotImplementedError: the 2-norm of matrices, which needs singular values.

    Example:
      >>> tf.norm([[3.0, 4.0]], axis=1)
      <tf.Tensor 'norm/Squeeze:0' shape=(1,) dtype=float32>
    """
    keepdims = bool(chosen_argument("keepdims", keepdims, "keep_dims", keep_dims))
    of_matrices = isinstance(axis, (tuple, list)) and len(axis) == 2
    axes: Any = _matrix_axes(ord, axis) if of_matrices else _vector_axes(ord, axis)
    from jitgraph.ops.reshaping import squeeze

    with name_scope(name, "norm", [tensor]):
        x = convert_to_tensor(tensor)
        result = _norm_of_matrices(x, ord, axes) if of_matrices else _norm_of_vectors(x, ord, axes)
        return result if keepdims else squeeze(result, axes)


def _matrix_axes(ord: Any, axis: Any) -> tuple[int, int]:
    first, second = axis
    if not isinstance(first, int) or not isinstance(second, int) or first == second:
        raise ValueError(_AXIS_TEXT)
    if ord not in _MATRIX_ORDERS:
        raise ValueError(f"'ord' must be a supported matrix norm in {_MATRIX_ORDERS}, got {ord}")
    if ord == 2:
        raise NotImplementedError("tf.norm: the 2-norm of matrices needs singular values")
    return (first, second)


def _vector_axes(ord: Any, axis: Any) -> tuple[int] | None:
    if not (isinstance(axis, int) or axis is None):
        raise ValueError(_AXIS_TEXT)
    if isinstance(ord, str) and ord != "euclidean":
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    if not isinstance(ord, str) and (not np.isreal(ord) or ord <= 0):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    return None if axis is None else (axis,)


def _norm_of_vectors(x: Tensor, ord: Any, axes: tuple[int] | None) -> Tensor:
    along = None if axes is None else axes[0]
    if ord in ("euclidean", 2):
        return _euclidean(x, axes)
    sizes = abs(x)
    if ord == 1:
        return reduce_sum(sizes, along, keepdims=True)
    if ord == np.inf:
        return reduce_max(sizes, along, keepdims=True)
    return pow(reduce_sum(pow(sizes, ord), axes, keepdims=True), 1.0 / ord)


def _norm_of_matrices(x: Tensor, ord: Any, axes: tuple[int, int]) -> Tensor:
    if ord in ("euclidean", "fro"):
        return _euclidean(x, axes)
    rows, columns = axes
    summed, compared = (rows, columns) if ord == 1 else (columns, rows)
    return reduce_max(reduce_sum(abs(x), summed, keepdims=True), compared, keepdims=True)


def _euclidean(x: Tensor, axes: Any) -> Tensor:
    return sqrt(reduce_sum(x * conj(x), axes, keepdims=True))


def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Tensor:
    """`x` divided by its Euclidean norm along axes.

    Args:
      x: a tensor.
      axis: an axis or several; all when None.
      epsilon: the least value of the squared norm.
      name: the op's name.
      dim: the old name of `axis`.

    Example:
      >>> tf.nn.l2_normalize([[3.0, 4.0]], axis=1)
      <tf.Tensor 'l2_normalize:0' shape=(1, 2) dtype=float32>
    """
    from jitgraph.ops.arithmetic import multiply, square

    axis = chosen_argument("axis", axis, "dim", dim)
    with name_scope(name, "l2_normalize", [x]) as scope:
        tensor = convert_to_tensor(x, name="x")
        squares = reduce_sum(square(tensor), axis, keepdims=True)
        return multiply(tensor, rsqrt(maximum(squares, epsilon)), name=scope)


def _values(t: Any, name: str) -> Tensor:
    return convert_to_tensor(t.values if isinstance(t, IndexedSlices) else t, name=name)


def _like(t: Any, values: Tensor) -> Any:
    if isinstance(t, IndexedSlices):
        return IndexedSlices(values, t.indices, t.dense_shape)
    return values


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """`t` scaled down so that its Euclidean norm is at most `clip_norm`.

    Args:
      t: a tensor or IndexedSlices.
      clip_norm: the greatest norm, a number.
      axes: the axes that the norm is over; all when None.
      name: the op's name.

    Raises:
      ValueError: `clip_norm` would enlarge `t`.

    Example:
      >>> tf.clip_by_norm([3.0, 4.0], 1.0)
      <tf.Tensor 'clip_by_norm:0' shape=(2,) dtype=float32>
    """
    from jitgraph.ops.filling import ones_like
    from jitgraph.ops.identities import identity
    from jitgraph.ops.selection import where

    with name_scope(name, "clip_by_norm", [t, clip_norm]) as scope:
        values = _values(t, "t")
        squares = reduce_sum(values * values, axes, keepdims=True)
        positive = squares > 0
        safe = where(positive, squares, ones_like(squares))
        size = where(positive, sqrt(safe), squares)
        scaled = values * clip_norm
        values.shape.merge_with(scaled.shape)
        return _like(t, identity(scaled / maximum(size, clip_norm), name=scope))


def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Tensor:
    """`t` scaled down so that its Euclidean norm by element is at most `clip_norm`.

    Args:
      t: a tensor.
      clip_norm: the greatest average norm, a number.
      name: the op's name.

    Example:
      >>> tf.clip_by_average_norm([3.0, 4.0], 1.0)
      <tf.Tensor 'clip_by_average_norm:0' shape=(2,) dtype=float32>
    """
    from jitgraph.ops import ranges, shapes_of
    from jitgraph.ops.casting import cast
    from jitgraph.ops.identities import identity

    with name_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        x = convert_to_tensor(t, name="t")
        count = cast(shapes_of.size(x), dtypes.float32)
        inverse = rsqrt(reduce_sum(x * x, ranges.range(shapes_of.rank(x))))
        bounded = x * clip_norm
        scale = minimum(inverse * count, constant(1.0) / clip_norm)
        return identity(bounded * scale, name=scope)


def global_norm(t_list: Sequence[Any], name: str | None = None) -> Tensor:
    """The Euclidean norm of all elements of several tensors together.

    Args:
      t_list: tensors, IndexedSlices and Nones, which are left out.
      name: the name scope of its ops.

    Raises:
      TypeError: `t_list` is not a sequence.

    Example:
      >>> tf.global_norm([tf.constant([3.0]), tf.constant([4.0])])
      <tf.Tensor 'global_norm/global_norm:0' shape=() dtype=float32>
    """
    from jitgraph.ops.packing import stack
    from jitgraph.ops.registry import REGISTRY

    given = _sequence(t_list)
    with name_scope(name, "global_norm", given):
        halves = []
        for values in _all_values(given):
            if values is not None:
                with colocate_with(values):
                    halves.append(apply(REGISTRY["L2Loss"], [values]))
        half = reduce_sum(stack(halves))
        return sqrt(half * constant(2.0, dtype=half.dtype), name="global_norm")


def _sequence(t_list: Any) -> list[Any]:
    if not isinstance(t_list, Sequence) or isinstance(t_list, str):
        raise TypeError("t_list should be a sequence")
    return list(t_list)


def _all_values(given: list[Any]) -> list[Any]:
    return [None if t is None else _values(t, f"t_{index}") for index, t in enumerate(given)]


def clip_by_global_norm(
    t_list: Sequence[Any], clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list[Any], Tensor]:
    """Several tensors scaled down together so that their global norm is at most `clip_norm`.

    Args:
      t_list: tensors, IndexedSlices and Nones, which stay None.
      clip_norm: the greatest norm, a number.
      use_norm: their global norm, if it is known already.
      name: the name scope of its ops.

    Returns:
      The scaled tensors and the global norm before scaling; NaNs if that was not finite.

    Raises:
      TypeError: `t_list` is not a sequence.

    Example:
      >>> tf.clip_by_global_norm([tf.constant([3.0]), tf.constant([4.0])], 1.0)[1]
      <tf.Tensor 'global_norm/global_norm:0' shape=() dtype=float32>
    """
    from jitgraph.ops.identities import identity

    given = _sequence(t_list)
    if use_norm is None:
        use_norm = global_norm(given, name)
    with name_scope(name, "clip_by_global_norm", [*given, clip_norm]) as scope:
        scale = _global_scale(clip_norm, use_norm)
        clipped: list[Any] = []
        for index, (t, values) in enumerate(zip(given, _all_values(given), strict=True)):
            if values is None:
                clipped.append(None)
                continue
            with colocate_with(values):
                clipped.append(_like(t, identity(values * scale, name=f"{scope}_{index}")))
    return clipped, use_norm


def _global_scale(clip_norm: Any, use_norm: Tensor) -> Tensor:
    from jitgraph.ops.selection import where

    ratio = 1.0 / use_norm
    most = constant(1.0, dtype=use_norm.dtype) / clip_norm
    scale = clip_norm * minimum(ratio, most)
    finite = is_finite(use_norm)
    return where(finite, scale, constant(float("nan"), dtype=use_norm.dtype))
