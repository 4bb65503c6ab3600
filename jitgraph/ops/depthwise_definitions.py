"""The definitions of depthwise convolution and its gradients to input and filter.

In: images (NHWC or NCHW) and filters [rows, columns, channels, multiplier]: each channel has its
own filters. Out: images of channels x multiplier channels, or filters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import window_misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim, multiply_dims, require_rank
from jitgraph.ops.convolution_definitions import CONVOLVED, attributes_of, shape_vector
from jitgraph.ops.convolution_references import windows_over
from jitgraph.ops.convolution_shapes import check_attributes, check_gradient, described_dims
from jitgraph.ops.definition import REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.window_decomposition import (
    FILTER,
    FILTER_SIZES,
    GRADIENT,
    IMAGE,
    SIZES,
    channels_to_the_end,
)
from jitgraph.ops.window_geometry import (
    SAME,
    VALID,
    channel_axis,
    channels_back,
    channels_last,
    spatial_axes,
    window_count,
)

_ATTRS = {
    "strides": REQUIRED,
    "padding": REQUIRED,
    "data_format": "NHWC",
    "dilations": (1, 1, 1, 1),
}


def depthwise_dims(image: Dims, filter: Dims, attrs: Mapping[str, Any]) -> Dims:
    """The shape of a depthwise convolution's result.

    Raises:
      ValueError: the filter doesn't fit the image.
    """
    channels = channel_axis(attrs["data_format"])
    _check_four_strides(attrs["strides"])
    check_attributes(attrs, channels)
    depth = merge_dim(image[channels], filter[2])
    found: list[Any] = [image[0]] * 4
    found[channels] = multiply_dims(depth, filter[3])
    for k, axis in enumerate(spatial_axes(attrs["data_format"])):
        found[axis] = window_count(
            image[axis], filter[k], attrs["strides"][axis], attrs["dilations"][axis],
            attrs["padding"],
        )  # fmt: skip
    return tuple(found)


def _check_four_strides(strides: Sequence[int]) -> None:
    if len(strides) != 4:
        raise ValueError(
            "DepthwiseConv2D requires the stride attribute to contain 4 values, but got: "
            f"{len(strides)}"
        )


def _depthwise_shape(q: ShapeQuery) -> list[Dims | None]:
    for dims in q.shapes:
        require_rank(dims, 4)
    image, filter = (dims or (None,) * 4 for dims in q.shapes)
    return [depthwise_dims(image, filter, q.attrs)]


def _input_gradient_shape(q: ShapeQuery) -> list[Dims | None]:
    image = described_dims(q, 0)
    check_gradient(depthwise_dims, image, q.shapes[1], q.shapes[2], q.attrs)
    return [image]


def _filter_gradient_shape(q: ShapeQuery) -> list[Dims | None]:
    filter = described_dims(q, 1)
    check_gradient(depthwise_dims, q.shapes[0], filter, q.shapes[2], q.attrs)
    return [filter]


def _by_channel(gradient: np.ndarray, multiplier: int) -> np.ndarray:
    """Channels as [channel, multiplier]."""
    depth = gradient.shape[-1] // max(multiplier, 1)
    return gradient.reshape(*gradient.shape[:-1], depth, multiplier)


def depthwise(input: np.ndarray, filter: np.ndarray, **attrs: Any) -> np.ndarray:
    """The meaning of DepthwiseConv2dNative."""
    image = np.transpose(input, channels_last(attrs["data_format"]))
    windows = windows_over(image, filter.shape[:2], attrs)
    padded = windows.padded(image)
    total = np.zeros((image.shape[0], *windows.counts, *filter.shape[2:]), input.dtype)
    for tap, where in windows.taps():
        total += padded[where][..., None] * filter[tap]
    found = total.reshape(*total.shape[:3], filter.shape[2] * filter.shape[3])
    return np.transpose(found, channels_back(attrs["data_format"]))


def depthwise_input_gradient(
    input_sizes: Any, filter: np.ndarray, out_backprop: np.ndarray, **attrs: Any
) -> np.ndarray:
    """The meaning of DepthwiseConv2dNativeBackpropInput."""
    order = channels_last(attrs["data_format"])
    sizes = [int(np.asarray(input_sizes).reshape(-1)[axis]) for axis in order]
    image = np.zeros(sizes, filter.dtype)
    windows = windows_over(image, filter.shape[:2], attrs)
    gradient = _by_channel(np.transpose(out_backprop, order), filter.shape[3])
    padded = windows.padded(image)
    for tap, where in windows.taps():
        padded[where] += (gradient * filter[tap]).sum(-1)
    return np.transpose(windows.unpadded(padded), channels_back(attrs["data_format"]))


def depthwise_filter_gradient(
    input: np.ndarray, filter_sizes: Any, out_backprop: np.ndarray, **attrs: Any
) -> np.ndarray:
    """The meaning of DepthwiseConv2dNativeBackpropFilter."""
    order = channels_last(attrs["data_format"])
    image = np.transpose(input, order)
    filter = np.zeros([int(size) for size in np.asarray(filter_sizes).reshape(-1)], input.dtype)
    windows = windows_over(image, filter.shape[:2], attrs)
    gradient = _by_channel(np.transpose(out_backprop, order), filter.shape[3])
    padded = windows.padded(image)
    for tap, where in windows.taps():
        filter[tap] = (padded[where][..., None] * gradient).sum((0, 1, 2))
    return filter


def _depthwise_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.shapes_of import shape

    image, filter = op.inputs
    attrs = attributes_of(op)
    return [
        apply(DEPTHWISE_BACKPROP_INPUT, [shape(image), filter, grad], attrs),
        apply(DEPTHWISE_BACKPROP_FILTER, [image, shape(filter), grad], attrs),
    ]


def _input_gradient_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.shapes_of import shape

    _, filter, gradient = op.inputs
    attrs = attributes_of(op)
    return [
        None,
        apply(DEPTHWISE_BACKPROP_FILTER, [grad, shape(filter), gradient], attrs),
        apply(DEPTHWISE, [grad, filter], attrs),
    ]


def _filter_gradient_gradient(op: Any, grad: Tensor) -> list[Tensor | None]:
    from jitgraph.ops.shapes_of import shape

    image, _, gradient = op.inputs
    attrs = attributes_of(op)
    return [
        apply(DEPTHWISE_BACKPROP_INPUT, [shape(image), grad, gradient], attrs),
        None,
        apply(DEPTHWISE, [image, grad], attrs),
    ]


def _geometries() -> Iterator[tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]]:
    """(shape of the image, shape of the filter, attributes)."""
    yield (2, 5, 4, 3), (3, 2, 3, 2), {"strides": (1, 1, 1, 1), "padding": SAME}
    yield (1, 7, 6, 2), (2, 3, 2, 1), {"strides": (1, 2, 2, 1), "padding": SAME}
    yield (1, 6, 7, 2), (3, 3, 2, 1), {"strides": (1, 2, 2, 1), "padding": VALID}
    yield (
        (1, 3, 5, 4), (2, 3, 3, 2),
        {"strides": (1, 1, 2, 2), "padding": SAME, "data_format": "NCHW"},
    )  # fmt: skip
    yield (
        (1, 6, 7, 2), (2, 3, 2, 2),
        {"strides": (1, 1, 1, 1), "padding": SAME, "dilations": (1, 2, 2, 1)},
    )  # fmt: skip
    yield (2, 5, 6, 1), (3, 2, 1, 1), {"strides": (1, 1, 1, 1), "padding": VALID}
    yield (2, 5, 6, 3), (3, 2, 3, 1), {"strides": (1, 1, 1, 1), "padding": SAME}
    yield (2, 9, 31, 3), (7, 5, 3, 1), {"strides": (1, 1, 1, 1), "padding": VALID}
    yield (1, 9, 8, 4), (6, 7, 4, 1), {"strides": (1, 1, 1, 1), "padding": SAME}


def _drawn(rng: np.random.Generator, dims: Sequence[int], dtype: Any) -> np.ndarray:
    return rng.uniform(-1, 1, dims).astype(dtype.as_numpy_dtype)


def _samples(kind: Callable[..., Any]) -> Callable[[np.random.Generator], Iterator[Sample]]:
    """Samples of which `kind(image, filter, result)` makes the inputs."""

    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for index, (image, filter, attrs) in enumerate(_geometries()):
            some = CONVOLVED if index == 0 else (dtypes.float32, dtypes.float64)
            for dtype in some:
                given = (_drawn(rng, dims, dtype) for dims in (image, filter))
                made = depthwise_dims(image, filter, {**_ATTRS, **attrs})
                yield Sample(kind(*given, _drawn(rng, made, dtype)), attrs)

    return samples


DEPTHWISE = OpDef(
    "DepthwiseConv2dNative",
    "input: T, filter: T -> output: T",
    _depthwise_shape,
    types={"T": CONVOLVED},
    attrs=_ATTRS,
    misfit=window_misfits.depthwise,
    reference=widened(depthwise),
    decompose=channels_to_the_end(IMAGE, FILTER),
    library="depthwise",
    gradient=_depthwise_gradient,
    samples=_samples(lambda image, filter, made: (image, filter)),
)

DEPTHWISE_BACKPROP_INPUT = OpDef(
    "DepthwiseConv2dNativeBackpropInput",
    "input_sizes: int32, filter: T, out_backprop: T -> output: T",
    _input_gradient_shape,
    types={"T": CONVOLVED},
    attrs=_ATTRS,
    reference=widened(depthwise_input_gradient),
    decompose=channels_to_the_end(SIZES, FILTER, GRADIENT),
    library="depthwise_input_gradient",
    host=(0,),
    gradient=_input_gradient_gradient,
    samples=_samples(lambda image, filter, made: (shape_vector(image), filter, made)),
)

DEPTHWISE_BACKPROP_FILTER = OpDef(
    "DepthwiseConv2dNativeBackpropFilter",
    "input: T, filter_sizes: int32, out_backprop: T -> output: T",
    _filter_gradient_shape,
    types={"T": CONVOLVED},
    attrs=_ATTRS,
    reference=widened(depthwise_filter_gradient),
    decompose=channels_to_the_end(IMAGE, FILTER_SIZES, GRADIENT, makes=FILTER),
    library="depthwise_filter_gradient",
    host=(1,),
    gradient=_filter_gradient_gradient,
    samples=_samples(lambda image, filter, made: (image, shape_vector(filter), made)),
)
