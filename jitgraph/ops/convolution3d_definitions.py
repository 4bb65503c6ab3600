"""The definitions of three-dimensional convolution and its gradients to input and filter.

In: volumes (NDHWC or NCDHW) and filters [planes, rows, columns, depth, filters]. Out: volumes or
filters, by the convolution of images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import window_misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.convolution3d_decomposition import (
    convolve,
    differentiate_filter,
    differentiate_input,
)
from jitgraph.ops.convolution_definitions import CONVOLVED, attributes_of, shape_vector
from jitgraph.ops.convolution_references import convolution, filter_gradient, input_gradient
from jitgraph.ops.convolution_shapes import (
    convolution_shape,
    convolved_dims,
    filter_gradient_shape,
    input_gradient_shape,
)
from jitgraph.ops.definition import INDEX, REQUIRED, OpDef, Sample
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.window_geometry import SAME, VALID

_ATTRS = {
    "strides": REQUIRED,
    "padding": REQUIRED,
    "data_format": "NDHWC",
    "dilations": (1, 1, 1, 1, 1),
}


def _gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.shapes_of import shape

    volume, filter = op.inputs
    attrs = attributes_of(op)
    return [
        apply(CONV3D_BACKPROP_INPUT_V2, [shape(volume), filter, grad], attrs),
        apply(CONV3D_BACKPROP_FILTER_V2, [volume, shape(filter), grad], attrs),
    ]


def _input_gradient_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.shapes_of import shape

    _, filter, gradient = op.inputs
    attrs = attributes_of(op)
    return [
        None,
        apply(CONV3D_BACKPROP_FILTER_V2, [grad, shape(filter), gradient], attrs),
        apply(CONV3D, [grad, filter], attrs),
    ]


def _filter_gradient_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.shapes_of import shape

    volume, _, gradient = op.inputs
    attrs = attributes_of(op)
    return [
        apply(CONV3D_BACKPROP_INPUT_V2, [shape(volume), grad, gradient], attrs),
        None,
        apply(CONV3D, [volume, grad], attrs),
    ]


def _geometries() -> Iterator[tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]]:
    """(shape of the volume, shape of the filter, attributes)."""
    yield (1, 4, 3, 4, 2), (3, 2, 2, 2, 3), {"strides": (1, 1, 1, 1, 1), "padding": SAME}
    yield (2, 5, 4, 3, 1), (2, 3, 1, 1, 2), {"strides": (1, 2, 1, 2, 1), "padding": VALID}
    yield (1, 5, 4, 5, 2), (2, 2, 3, 2, 1), {"strides": (1, 3, 2, 2, 1), "padding": SAME}
    yield (1, 3, 3, 3, 2), (1, 2, 2, 2, 2), {"strides": (1, 1, 1, 1, 1), "padding": VALID}
    yield (
        (1, 2, 3, 4, 3), (2, 2, 2, 2, 2),
        {"strides": (1, 1, 1, 2, 1), "padding": SAME, "data_format": "NCDHW"},
    )  # fmt: skip
    yield (
        (1, 5, 4, 5, 1), (2, 2, 2, 1, 2),
        {"strides": (1, 1, 1, 1, 1), "padding": SAME, "dilations": (1, 2, 1, 2, 1)},
    )  # fmt: skip


def _samples(kind: Callable[..., Any]) -> Callable[[np.random.Generator], Iterator[Sample]]:
    """Samples of which `kind(volume, filter, result)` makes the inputs."""

    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for index, (volume, filter, attrs) in enumerate(_geometries()):
            some = CONVOLVED if index == 0 else (dtypes.float32, dtypes.float64)
            made = convolved_dims(volume, filter, {**_ATTRS, **attrs})
            for dtype in some:
                drawn = (rng.uniform(-1, 1, dims) for dims in (volume, filter, made))
                yield Sample(kind(*(each.astype(dtype.as_numpy_dtype) for each in drawn)), attrs)

    return samples


CONV3D = OpDef(
    "Conv3D",
    "input: T, filter: T -> output: T",
    convolution_shape,
    types={"T": CONVOLVED},
    attrs=_ATTRS,
    misfit=window_misfits.convolution,
    reference=widened(convolution),
    decompose=convolve,
    gradient=_gradient,
    samples=_samples(lambda volume, filter, made: (volume, filter)),
)

CONV3D_BACKPROP_INPUT_V2 = OpDef(
    "Conv3DBackpropInputV2",
    "input_sizes: Tshape, filter: T, out_backprop: T -> output: T",
    input_gradient_shape,
    types={"T": CONVOLVED, "Tshape": (INDEX, dtypes.int32)},
    attrs=_ATTRS,
    reference=widened(input_gradient),
    decompose=differentiate_input,
    host=(0,),
    gradient=_input_gradient_gradient,
    samples=_samples(lambda volume, filter, made: (shape_vector(volume), filter, made)),
)

CONV3D_BACKPROP_FILTER_V2 = OpDef(
    "Conv3DBackpropFilterV2",
    "input: T, filter_sizes: int32, out_backprop: T -> output: T",
    filter_gradient_shape,
    types={"T": CONVOLVED},
    attrs=_ATTRS,
    reference=widened(filter_gradient),
    decompose=differentiate_filter,
    host=(1,),
    gradient=_filter_gradient_gradient,
    samples=_samples(lambda volume, filter, made: (volume, shape_vector(filter), made)),
)
