"""Gradients of the transforms of real signals, where one half of a spectrum stands for both.

In: the op and the gradient of its output. Out: the gradient of the signal or of the half spectrum.
"""

from __future__ import annotations

import math
from typing import Any

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.assembling import concat
from jitgraph.ops.casting import cast
from jitgraph.ops.elementwise_complex import conj, real
from jitgraph.ops.elementwise_exponential import exp
from jitgraph.ops.elementwise_powers import reciprocal
from jitgraph.ops.elementwise_remainders import floormod
from jitgraph.ops.filling import ones
from jitgraph.ops.matmul import matmul
from jitgraph.ops.ranges import range as range_of
from jitgraph.ops.reductions import reduce_prod
from jitgraph.ops.repeating import tile
from jitgraph.ops.reshaping import expand_dims, reshape
from jitgraph.ops.shapes_of import rank as rank_of, shape as shape_of
from jitgraph.ops.transposing import transpose


def _size(tensor: Any, rank: int) -> Tensor:
    return reduce_prod(shape_of(tensor)[-rank:])


def real_gradient(rank: int, op: Any, grad: Tensor) -> list[Any]:
    """Of RFFT and RFFT2D: the inverse transform, and what the dropped half would have added."""
    from jitgraph.ops.fourier import irfft, irfft2d

    length: Any = op.inputs[1]
    sizes: Any = shape_of(op.inputs[0])
    is_even: Any = cast(1 - (length[-1] % 2), dtypes.complex64)
    first = grad[..., 0:1]
    if rank == 1:
        last = grad[..., -1:]
        extra = first + is_even * last * _alternating(sizes[-1])
    else:
        turns = _tiled(_turns(sizes[-2]), first)
        extra = matmul(turns, conj(first))
        last_term: Any = matmul(turns, conj(grad[..., -1:]))
        repeats = concat([ones([rank_of(grad) - 1], dtypes.int32), [sizes[-1]]], 0)
        last_term = tile(last_term, repeats) * _alternating(sizes[-1])
        extra = extra + is_even * last_term
    size = cast(_size(op.inputs[0], rank), dtypes.float32)
    inverse = (irfft if rank == 1 else irfft2d)(grad, length)
    return [0.5 * (inverse * size + real(extra)), None]


def _alternating(length: Any) -> Any:
    """1, -1, 1, -1, ..."""
    return cast(1 - 2 * (range_of(length) % 2), dtypes.complex64)


def _turns(length: Any) -> Any:
    """exp(-2πi j k / length) for all j and k."""
    rows = tile(expand_dims(range_of(length), 0), (length, 1))
    columns = transpose(rows, [1, 0])
    angles: Any = -2j * math.pi * cast(rows * columns, dtypes.complex64)
    return exp(angles / cast(length, dtypes.complex64))


def _tiled(matrix: Any, like: Any) -> Any:
    """A matrix for each one of a batch."""
    outer = ones([rank_of(like) - 2], dtypes.int32)
    expanded = reshape(matrix, concat([outer, shape_of(matrix)], 0))
    return tile(expanded, concat([shape_of(like)[:-2], [1, 1]], 0))


def inverse_gradient(rank: int, op: Any, grad: Tensor) -> list[Any]:
    """Of IRFFT and IRFFT2D: the transform; what stands for two elements counts twice."""
    from jitgraph.ops.fourier import rfft, rfft2d

    length: Any = op.inputs[1]
    is_odd = floormod(length[-1], 2)
    kept: Any = shape_of(op.inputs[0])[-1]
    inner = 2.0 * ones([kept - 2 + is_odd])
    mask = concat([[1.0], inner, ones([1 - is_odd])], 0)
    scale = reciprocal(cast(_size(grad, rank), dtypes.float32))
    transformed: Any = (rfft if rank == 1 else rfft2d)(grad, length)
    return [transformed * cast(scale * mask, dtypes.complex64), None]
