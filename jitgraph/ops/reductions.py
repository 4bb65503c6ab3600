"""Reductions as users call them: reduce_sum and its like, log-sum-exp, variance, counting.

In: a tensor, axes (all of them when None), and whether they stay with size 1. Out: the ops that
TensorFlow makes for the same call.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import chosen_argument
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef
from jitgraph.ops.reduction_definitions import (
    ALL,
    ANY,
    EUCLIDEAN_NORM,
    MAX,
    MEAN,
    MIN,
    PROD,
    SUM,
)


def reduce_along(definition: OpDef, x: Any, axis: Any, keepdims: Any, name: str | None) -> Tensor:
    """Adds the reduction `definition`; None for `axis` takes all axes."""
    axes = all_axes(x) if axis is None else axis
    output = apply(definition, [x, axes], {"keep_dims": bool(keepdims)}, name)
    if axis is None and not keepdims and output._dims is None:
        output.set_shape(())
    return output


def all_axes(x: Any) -> Any:
    """Every axis of `x`: a constant where its rank is known, else a range up to its rank."""
    if type(x) is Tensor and x._dims is not None:
        from jitgraph.ops.constants import constant

        return constant(np.arange(len(x._dims)), dtype=dtypes.int32)
    from jitgraph.ops import ranges, shapes_of

    return ranges.range(0, shapes_of.rank(x))


def _chosen(axis: Any, keepdims: Any, reduction_indices: Any, keep_dims: Any) -> tuple[Any, bool]:
    """(axis, keepdims), whichever of the current and deprecated names they came by."""
    axis = chosen_argument("axis", axis, "reduction_indices", reduction_indices)
    return axis, bool(chosen_argument("keepdims", keepdims, "keep_dims", keep_dims))


def _public(definition: OpDef, name: str, what: str, example: str) -> Any:
    """The public function of a reduction; they differ in nothing but the op."""

    def reduce(
        input_tensor: Any,
        axis: Any = None,
        keepdims: bool | None = None,
        name: str | None = None,
        reduction_indices: Any = None,
        keep_dims: bool | None = None,
    ) -> Tensor:
        axis, keep = _chosen(axis, keepdims, reduction_indices, keep_dims)
        return reduce_along(definition, input_tensor, axis, keep, name)

    reduce.__name__ = reduce.__qualname__ = name
    reduce.__doc__ = _DOC.format(what=what, name=name, example=example)
    return reduce


_DOC = """{what}

    Args:
      input_tensor: the tensor to reduce.
      axis: an axis, or several; all when None, none when empty. Negative ones count from the end.
      keepdims: keep the reduced axes, with size 1.
      name: the op's name.
      reduction_indices: the old name of `axis`.
      keep_dims: the old name of `keepdims`.

    Raises:
      ValueError: an axis is out of range, or an argument came under both its names.

    Example:
      >>> tf.{name}({example})
    """

reduce_sum = _public(
    SUM, "reduce_sum", "The sum of elements along axes.", "[[1.0, 2.0], [3.0, 4.0]], axis=1"
)
reduce_mean = _public(
    MEAN,
    "reduce_mean",
    "The mean of elements along axes; of integers, rounded towards zero.",
    "[[1.0, 2.0], [3.0, 4.0]], axis=1",
)
reduce_prod = _public(
    PROD, "reduce_prod", "The product of elements along axes.", "[[1.0, 2.0], [3.0, 4.0]], axis=1"
)
reduce_max = _public(
    MAX, "reduce_max", "The greatest of the elements along axes.", "[[1.0, 2.0], [3.0, 4.0]], 0"
)
reduce_min = _public(
    MIN, "reduce_min", "The least of the elements along axes.", "[[1.0, 2.0], [3.0, 4.0]], 0"
)
reduce_any = _public(
    ANY, "reduce_any", "Whether any element along axes is true.", "[[True, False], [False, False]]"
)
reduce_all = _public(
    ALL, "reduce_all", "Whether all elements along axes are true.", "[[True, False], [True, True]]"
)


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The square root of the sum of squares along axes.

    Args:
      input_tensor: the tensor to reduce.
      axis: an axis, or several; all when None.
      keepdims: keep the reduced axes, with size 1.
      name: the op's name.

    Example:
      >>> tf.math.reduce_euclidean_norm([[3.0, 4.0]], axis=1)
    """
    return reduce_along(EUCLIDEAN_NORM, input_tensor, axis, keepdims, name)


def reduce_logsumexp(
    input_tensor: Any,
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """log(sum(exp(x))) along axes, without overflow for large x.

    Args:
      input_tensor: the tensor to reduce.
      axis: an axis, or several; all when None.
      keepdims: keep the reduced axes, with size 1.
      name: the name scope of its ops.
      reduction_indices: the old name of `axis`.
      keep_dims: the old name of `keepdims`.

    Raises:
      ValueError: an axis is out of range, or an argument came under both its names.

    Example:
      >>> tf.reduce_logsumexp([[1.0, 2.0], [3.0, 4.0]], axis=1)
    """
    axis, keep = _chosen(axis, keepdims, reduction_indices, keep_dims)
    from jitgraph.ops.elementwise_exponential import EXP, LOG
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape

    x = convert_to_tensor(input_tensor)
    with name_scope(name, "ReduceLogSumExp", [x]):
        greatest = _finite_max(x, axis)
        powers = apply(EXP, [_binary("Sub", x, greatest)])
        result = apply(LOG, [reduce_along(SUM, powers, axis, keep, None)])
        if not keep:
            greatest = reshape(greatest, shape(result))
        result = _binary("Add", result, greatest)
        if axis is None and not keep and result._dims is None:
            result.set_shape(())
        return result


def _finite_max(x: Tensor, axis: Any) -> Tensor:
    from jitgraph.ops.elementwise_rounding import is_finite
    from jitgraph.ops.filling import zeros_like
    from jitgraph.ops.identities import stop_gradient
    from jitgraph.ops.selection import where

    greatest = reduce_along(MAX, x, axis, True, None)
    return stop_gradient(where(is_finite(greatest), greatest, zeros_like(greatest)))


def _binary(op: str, x: Any, y: Any) -> Tensor:
    """An elementwise op under its own type's name, as TensorFlow's generated functions name it."""
    from jitgraph.ops import arithmetic

    return apply({"Sub": arithmetic.SUB, "Add": arithmetic.ADD}[op], [x, y])


def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The variance of elements along axes: the mean squared distance from their mean.

    Args:
      input_tensor: the tensor to reduce.
      axis: an axis, or several; all when None.
      keepdims: keep the reduced axes, with size 1.
      name: the name scope of its ops.

    Example:
      >>> tf.math.reduce_variance([[1.0, 2.0], [3.0, 4.0]], axis=1)
    """
    from jitgraph.ops.arithmetic import square

    with name_scope(name or "reduce_variance"):
        means = reduce_along(MEAN, input_tensor, axis, True, None)
        return reduce_along(MEAN, square(input_tensor - means), axis, keepdims, None)


def reduce_std(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The standard deviation of elements along axes.

    Args:
      input_tensor: the tensor to reduce.
      axis: an axis, or several; all when None.
      keepdims: keep the reduced axes, with size 1.
      name: the name scope of its ops.

    Example:
      >>> tf.math.reduce_std([[1.0, 2.0], [3.0, 4.0]], axis=1)
    """
    from jitgraph.ops.elementwise_powers import sqrt

    with name_scope(name or "reduce_std"):
        return sqrt(reduce_variance(input_tensor, axis, keepdims))


def count_nonzero(
    input_tensor: Any = None,
    axis: Any = None,
    keepdims: bool | None = None,
    dtype: Any = dtypes.int64,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: bool | None = None,
    input: Any = None,
) -> Tensor:
    """How many elements along axes differ from zero (from "" for strings).

    Args:
      input_tensor: the tensor whose elements are counted.
      axis: an axis, or several; all when None.
      keepdims: keep the reduced axes, with size 1.
      dtype: the dtype of the counts.
      name: the name scope of its ops.
      reduction_indices, keep_dims, input: old names of `axis`, `keepdims`, `input_tensor`.

    Raises:
      ValueError: an argument came under both its names.

    Example:
      >>> tf.count_nonzero([[0, 1], [2, 3]], axis=1)
    """
    from jitgraph.ops.casting import cast
    from jitgraph.ops.comparison import NOT_EQUAL
    from jitgraph.ops.filling import zeros

    keep = chosen_argument("keepdims", keepdims, "keep_dims", keep_dims)
    given = chosen_argument("input", input, "input_tensor", input_tensor)
    axis = chosen_argument("axis", axis, "reduction_indices", reduction_indices)
    with name_scope(name, "count_nonzero", [given]):
        x = convert_to_tensor(given, name="input")
        differs = apply(NOT_EQUAL, [x, zeros([], x.dtype.base_dtype)])
        return cast(reduce_along(SUM, cast(differs, dtypes.int64), axis, keep, None), dtype)
