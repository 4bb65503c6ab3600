"""Gradients of reductions: what flows into a sum flows out to every element that was summed.

In: a reduction of the graph and the gradient of its output. Out: the gradient of its input, made
of the ops that TensorFlow makes, under the same names.
"""

from __future__ import annotations

from math import prod
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, colocate_with, device, get_default_graph

Spread = tuple[tuple[int, ...], tuple[int, ...]]
"""The reduced shape with its axes kept, and how often each axis is repeated to undo that."""

_known_spreads: WeakKeyDictionary[Any, dict[Any, Spread]] = WeakKeyDictionary()


def sum_gradient(op: Any, grad: Tensor) -> list[Any]:
    """Repeats the gradient along the reduced axes."""
    from jitgraph.ops.partial_value import constant_value

    dims = op.inputs[0]._dims
    axes = constant_value(op.inputs[1]) if dims is not None else None
    if axes is None:
        return [_repeated(op, grad), None]
    if np.array_equal(axes, np.arange(len(dims))):
        return [_repeated_everywhere(op, grad), None]
    if None in dims:
        return [_repeated(op, grad), None]
    kept, multiples = _static_spread(dims, tuple(int(axis) for axis in axes.reshape(-1)))
    return [_tiled(grad, kept, multiples), None]


def _tiled(grad: Tensor, kept: Any, multiples: Any) -> Tensor:
    from jitgraph.ops.repeating import tile
    from jitgraph.ops.reshaping import reshape

    return tile(reshape(grad, kept), multiples)


def _repeated_everywhere(op: Any, grad: Tensor) -> Tensor:
    from jitgraph.ops.constants import constant
    from jitgraph.ops.repeating import tile
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape

    x = op.inputs[0]
    spread = reshape(grad, [1] * len(x._dims))
    if None in x._dims:
        return tile(spread, shape(x))
    return tile(spread, constant(x._dims, dtype=dtypes.int32))


def _repeated(op: Any, grad: Tensor) -> Tensor:
    from jitgraph.ops.shapes_of import shape

    sizes = shape(op.inputs[0])
    with colocate_with(sizes):
        kept = kept_shape(sizes, op.inputs[1])
        multiples = _safe_quotient(sizes, kept)
    return _tiled(grad, kept, multiples)


def _static_spread(dims: tuple[int, ...], axes: tuple[int, ...]) -> Spread:
    """The spread, computed now. TensorFlow has ops compute it, once per graph, shape and axes;
    they are made here too, so that names agree."""
    known = _known_spreads.setdefault(get_default_graph(), {})
    if (dims, axes) not in known:
        kept_shape(dims, axes)
        reduced = {axis % len(dims) for axis in axes}
        kept = tuple(1 if axis in reduced else dim for axis, dim in enumerate(dims))
        _safe_quotient(dims, kept)
        known[dims, axes] = (
            kept,
            tuple(dim // max(one, 1) for dim, one in zip(dims, kept, strict=True)),
        )
    return known[dims, axes]


def _safe_quotient(x: Any, y: Any) -> Tensor:
    """x // y of sizes, where 0 // 0 is 0."""
    from jitgraph.ops.elementwise_division import floordiv
    from jitgraph.ops.elementwise_extrema import maximum

    divisor = maximum(y, 1)
    return floordiv(x, divisor) if isinstance(x, Tensor) else x // divisor


def kept_shape(input_shape: Any, axes: Any) -> Tensor:
    """`input_shape` with ones at `axes`: the shape of a reduction that keeps its axes."""
    from jitgraph.ops import ranges, shapes_of
    from jitgraph.ops.casting import cast
    from jitgraph.ops.filling import fill
    from jitgraph.ops.scattering import dynamic_stitch

    sizes = cast(input_shape, dtypes.int32)
    axes = cast(axes, dtypes.int32)
    rank = shapes_of.size(sizes)
    axes = (axes + rank) % rank
    ones = shapes_of.shape(axes)
    return dynamic_stitch([ranges.range(rank), axes], [sizes, fill(ones, 1)])


def mean_gradient(op: Any, grad: Tensor) -> list[Any]:
    """The gradient of the sum, divided by the number of elements."""
    from jitgraph.ops.casting import cast
    from jitgraph.ops.constants import constant
    from jitgraph.ops.elementwise_division import truediv

    summed = sum_gradient(op, grad)[0]
    dims, reduced = op.inputs[0]._dims, op.outputs[0]._dims
    if dims is None or reduced is None or None in dims or None in reduced:
        count = _dynamic_count(op)
    else:
        count = constant(prod(dims) // max(prod(reduced), 1), dtype=summed.dtype)
    return [truediv(summed, cast(count, summed.dtype)), None]


def _dynamic_count(op: Any) -> Tensor:
    from jitgraph.ops.reductions import reduce_prod
    from jitgraph.ops.shapes_of import shape

    sizes, reduced = shape(op.inputs[0]), shape(op.outputs[0])
    return _safe_quotient(reduce_prod(sizes), reduce_prod(reduced))


def extremum_gradient(op: Any, grad: Tensor) -> list[Any]:
    """Shares the gradient among all elements that equal the extremum."""
    from jitgraph.ops.casting import cast
    from jitgraph.ops.comparison import equal
    from jitgraph.ops.elementwise_division import divide
    from jitgraph.ops.reductions import reduce_sum
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape

    x, axes = op.inputs
    kept = kept_shape(shape(x), axes)
    extremum = reshape(op.outputs[0], kept)
    grad = reshape(grad, kept)
    chosen = cast(equal(extremum, x), grad.dtype)
    count = reshape(reduce_sum(chosen, axes), kept)
    return [divide(chosen, count) * grad, None]


def prod_gradient(op: Any, grad: Tensor) -> list[Any]:
    """Each element's gradient is the product of all the others: of those before and behind it."""
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shape_arithmetic import invert_permutation
    from jitgraph.ops.shapes_of import shape
    from jitgraph.ops.transposing import transpose

    x, axes = op.inputs
    sizes = shape(x)
    axes = reshape(axes, [-1])
    kept = kept_shape(sizes, op.inputs[1])
    grad = _tiled(grad, kept, _safe_quotient(sizes, kept))
    order, matrix = _reduced_first(x, sizes, axes)
    permuted = transpose(x, order)
    permuted_sizes = shape(permuted)
    others = reshape(_product_of_others(reshape(permuted, matrix)), permuted_sizes)
    out = grad * transpose(others, invert_permutation(order))
    return [reshape(out, sizes), None]


def _reduced_first(x: Tensor, sizes: Tensor, axes: Tensor) -> tuple[Tensor, Any]:
    """The order of axes that puts the reduced ones first, and the sizes of the matrix of that."""
    from jitgraph.ops import ranges, shapes_of
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.casting import cast
    from jitgraph.ops.gathering import gather
    from jitgraph.ops.reductions import reduce_prod
    from jitgraph.ops.set_operations import setdiff1d

    with device("/cpu:0"):
        rank = shapes_of.rank(x)
        if axes.dtype != rank.dtype:
            axes = cast(axes, rank.dtype)
        reduced = cast((axes + rank) % rank, dtypes.int32)
        other, _ = setdiff1d(ranges.range(0, rank), reduced)
        order = concat([reduced, other], 0)
        rows = reduce_prod(gather(sizes, reduced))
        columns = reduce_prod(gather(sizes, other))
    return order, (rows, columns)


def _product_of_others(matrix: Tensor) -> Tensor:
    """For each element the product of all others in its column (conjugated)."""
    from jitgraph.ops.elementwise_complex import conj
    from jitgraph.ops.scans import cumprod

    before = cumprod(matrix, axis=0, exclusive=True)
    behind = cumprod(matrix, axis=0, exclusive=True, reverse=True)
    return conj(before) * conj(behind)
