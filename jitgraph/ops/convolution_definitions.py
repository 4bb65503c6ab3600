"""The definitions of two-dimensional convolution and its gradients to input and filter.

In: images (NHWC or NCHW) and filters [rows, columns, depth, filters]. Out: images or filters. A
filter whose depth divides that of the images is applied to groups of channels. Channels are brought
to the end, and groups taken apart, before the library kernels see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import window_misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.convolution_references import convolution, filter_gradient, input_gradient
from jitgraph.ops.convolution_shapes import (
    convolution_shape,
    convolved_dims,
    filter_gradient_shape,
    input_gradient_shape,
)
from jitgraph.ops.definition import REQUIRED, OpDef, Sample
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.window_decomposition import (
    FILTER,
    FILTER_SIZES,
    GRADIENT,
    IMAGE,
    SIZES,
    fit_for_library,
)
from jitgraph.ops.window_geometry import EXPLICIT, SAME, VALID

CONVOLVED = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)

_ATTRS = {
    "strides": REQUIRED,
    "use_cudnn_on_gpu": True,
    "padding": REQUIRED,
    "explicit_paddings": (),
    "data_format": "NHWC",
    "dilations": (1, 1, 1, 1),
}


def attributes_of(op: Any) -> dict[str, Any]:
    """All attributes of an op but its types, for another one of the same windows."""
    return {name: op.get_attr(name) for name in op.definition.attrs}


def _convolution_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.shapes_of import shape_n

    image, filter = op.inputs
    attrs = attributes_of(op)
    image_shape, filter_shape = shape_n([image, filter])
    return [
        apply(CONV2D_BACKPROP_INPUT, [image_shape, filter, grad], attrs),
        apply(CONV2D_BACKPROP_FILTER, [image, filter_shape, grad], attrs),
    ]


def _input_gradient_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.shapes_of import shape

    _, filter, gradient = op.inputs
    attrs = attributes_of(op)
    return [
        None,
        apply(CONV2D_BACKPROP_FILTER, [grad, shape(filter), gradient], attrs),
        apply(CONV2D, [grad, filter], attrs),
    ]


def _filter_gradient_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.shapes_of import shape

    image, _, gradient = op.inputs
    attrs = attributes_of(op)
    return [
        apply(CONV2D_BACKPROP_INPUT, [shape(image), grad, gradient], attrs),
        None,
        apply(CONV2D, [image, grad], attrs),
    ]


def _geometries() -> Iterator[tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]]:
    """(shape of the image, shape of the filter, attributes)."""
    pads = (0, 0, 1, 2, 0, 1, 0, 0)
    yield (2, 5, 4, 3), (3, 2, 3, 4), {"strides": (1, 1, 1, 1), "padding": SAME}
    yield (1, 6, 7, 2), (3, 3, 2, 5), {"strides": (1, 2, 3, 1), "padding": VALID}
    yield (2, 7, 5, 1), (2, 4, 1, 3), {"strides": (1, 3, 2, 1), "padding": SAME}
    yield (1, 4, 4, 2), (1, 1, 2, 1), {"strides": (1, 2, 2, 1), "padding": SAME}
    yield (0, 3, 3, 2), (2, 2, 2, 3), {"strides": (1, 1, 1, 1), "padding": SAME}
    yield (
        (2, 7, 6, 2), (3, 2, 2, 3),
        {"strides": (1, 1, 1, 1), "padding": SAME, "dilations": (1, 2, 3, 1)},
    )  # fmt: skip
    yield (
        (1, 4, 5, 2), (2, 3, 2, 3),
        {"strides": (1, 2, 1, 1), "padding": EXPLICIT, "explicit_paddings": pads},
    )  # fmt: skip
    yield (
        (2, 3, 5, 4), (2, 3, 3, 2),
        {"strides": (1, 1, 1, 2), "padding": SAME, "data_format": "NCHW"},
    )  # fmt: skip
    yield (1, 4, 5, 4), (2, 3, 2, 6), {"strides": (1, 1, 2, 1), "padding": VALID}
    yield (2, 5, 4, 2), (3, 4, 2, 3), {"strides": (1, 2, 1, 1), "padding": VALID}
    yield (2, 3, 4, 2), (3, 4, 2, 3), {"strides": (1, 3, 4, 1), "padding": SAME}
    yield (2, 5, 6, 1), (3, 2, 1, 1), {"strides": (1, 1, 1, 1), "padding": SAME}
    yield (2, 3, 5, 2), (3, 2, 2, 3), {"strides": (1, 1, 2, 1), "padding": VALID}


def _drawn(rng: np.random.Generator, dims: Sequence[int], dtype: Any) -> np.ndarray:
    return rng.uniform(-1, 1, dims).astype(dtype.as_numpy_dtype)


def _samples(kind: Callable[..., Any]) -> Callable[[np.random.Generator], Iterator[Sample]]:
    """Samples of which `kind(image, filter, result)` makes the inputs."""

    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for index, (image, filter, attrs) in enumerate(_geometries()):
            dtypes_of_it = CONVOLVED if index in (0, 7) else (dtypes.float32, dtypes.float64)
            for dtype in dtypes_of_it:
                given = (_drawn(rng, dims, dtype) for dims in (image, filter))
                made = convolved_dims(image, filter, {**_ATTRS, **attrs})
                yield Sample(kind(*given, _drawn(rng, made, dtype)), attrs)

    return samples


def shape_vector(array: np.ndarray) -> np.ndarray:
    """An array's shape as an array."""
    return np.array(array.shape, np.int32)


CONV2D = OpDef(
    "Conv2D",
    "input: T, filter: T -> output: T",
    convolution_shape,
    types={"T": CONVOLVED},
    attrs=_ATTRS,
    misfit=window_misfits.convolution,
    reference=widened(convolution),
    decompose=fit_for_library(IMAGE, FILTER),
    library="conv2d",
    gradient=_convolution_gradient,
    samples=_samples(lambda image, filter, made: (image, filter)),
)

CONV2D_BACKPROP_INPUT = OpDef(
    "Conv2DBackpropInput",
    "input_sizes: int32, filter: T, out_backprop: T -> output: T",
    input_gradient_shape,
    types={"T": CONVOLVED},
    attrs=_ATTRS,
    misfit=window_misfits.convolution_gradient,
    reference=widened(input_gradient),
    decompose=fit_for_library(SIZES, FILTER, GRADIENT),
    library="conv2d_input_gradient",
    host=(0,),
    gradient=_input_gradient_gradient,
    samples=_samples(lambda image, filter, made: (shape_vector(image), filter, made)),
)

CONV2D_BACKPROP_FILTER = OpDef(
    "Conv2DBackpropFilter",
    "input: T, filter_sizes: int32, out_backprop: T -> output: T",
    filter_gradient_shape,
    types={"T": CONVOLVED},
    attrs=_ATTRS,
    misfit=window_misfits.convolution_gradient,
    reference=widened(filter_gradient),
    decompose=fit_for_library(IMAGE, FILTER_SIZES, GRADIENT, makes=FILTER),
    library="conv2d_filter_gradient",
    host=(1,),
    gradient=_filter_gradient_gradient,
    samples=_samples(lambda image, filter, made: (image, shape_vector(filter), made)),
)
