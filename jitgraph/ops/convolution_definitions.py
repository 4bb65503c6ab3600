"""The definitions of two-dimensional convolution and its gradients to input and filter.

In: images (NHWC or NCHW) and filters [rows, columns, depth, filters]. Out: images or filters. A
filter whose depth divides that of the images is applied to groups of channels. Channels are brought
to the end, and groups taken apart, before the library kernels see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import window_misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, dims_from_vector, merge_dim, require_rank
from jitgraph.ops.definition import REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.window_decomposition import (
    FILTER,
    FILTER_SIZES,
    GRADIENT,
    IMAGE,
    SIZES,
    fit_for_library,
)
from jitgraph.ops.window_geometry import (
    EXPLICIT,
    SAME,
    VALID,
    Sliding,
    channel_axis,
    channels_back,
    channels_last,
    pairs_of,
    sliding,
    spatial_axes,
    window_count,
)

CONVOLVED = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)

_ATTRS = {
    "strides": REQUIRED,
    "use_cudnn_on_gpu": True,
    "padding": REQUIRED,
    "explicit_paddings": (),
    "data_format": "NHWC",
    "dilations": (1, 1, 1, 1),
}


def convolved_dims(image: Dims, filter: Dims, attrs: Mapping[str, Any]) -> Dims:
    """The shape of a convolution's result.

    Raises:
      ValueError: the filter doesn't fit the image.
    """
    data_format = attrs["data_format"]
    axes, channels = spatial_axes(data_format), channel_axis(data_format)
    check_attributes(attrs, channels)
    _check_depths(image[channels], filter[-2], filter[-1])
    pads = _pads(attrs)
    found: list[Any] = [image[0]] * len(image)
    found[channels] = filter[-1]
    for k, axis in enumerate(axes):
        found[axis] = window_count(
            image[axis], filter[k], attrs["strides"][axis], attrs["dilations"][axis],
            attrs["padding"], pads[axis],
        )  # fmt: skip
    return tuple(found)


def _pads(attrs: Mapping[str, Any]) -> list[tuple[int, int]]:
    given = attrs.get("explicit_paddings") or ()
    return pairs_of(given) if given else [(0, 0)] * len(attrs["strides"])


def check_attributes(attrs: Mapping[str, Any], channels: int) -> None:
    """Raises ValueError for strides, dilations or padding along batch or depth."""
    for name in ("strides", "dilations"):
        if attrs[name][0] != 1 or attrs[name][channels] != 1:
            raise ValueError(
                f"Current implementation does not yet support {name} in the batch and depth "
                "dimensions."
            )
    if attrs["padding"] != EXPLICIT:
        return
    pads = pairs_of(attrs["explicit_paddings"])
    if any(pads[0]) or any(pads[channels]):
        raise ValueError(
            "Nonzero explicit padding in the batch or depth dimensions is not supported"
        )
    if min(attrs["explicit_paddings"]) < 0:
        raise ValueError("All elements of explicit_paddings must be nonnegative")


def _check_depths(depth: Any, filter_depth: Any, filters: Any) -> None:
    if depth is None or filter_depth is None or depth is filter_depth or depth == filter_depth:
        return
    if filter_depth == 0 or depth % filter_depth != 0:
        raise ValueError(
            f"Depth of input ({depth}) is not a multiple of input depth of filter ({filter_depth})"
        )
    groups = depth // filter_depth
    if filters is not None and filters % groups != 0:
        raise ValueError(
            f"Depth of output ({filters}) is not a multiple of the number of groups ({groups})"
        )


def _convolution_shape(q: ShapeQuery) -> list[Dims | None]:
    rank = len(q.attrs["strides"])
    for dims in q.shapes:
        require_rank(dims, rank)
    image, filter = (dims or (None,) * rank for dims in q.shapes)
    return [convolved_dims(image, filter, q.attrs)]


def described_dims(q: ShapeQuery, index: int) -> Dims:
    """The shape that input `index` describes, which has the rank of the op's images."""
    rank = len(q.attrs["strides"])
    dims = dims_from_vector(q.value(index), q.shapes[index])
    require_rank(dims, rank)
    return dims or (None,) * rank


def _input_gradient_shape(q: ShapeQuery) -> list[Dims | None]:
    image = described_dims(q, 0)
    check_gradient(convolved_dims, image, q.shapes[1], q.shapes[2], q.attrs)
    return [image]


def _filter_gradient_shape(q: ShapeQuery) -> list[Dims | None]:
    filter = described_dims(q, 1)
    check_gradient(convolved_dims, q.shapes[0], filter, q.shapes[2], q.attrs)
    return [filter]


def check_gradient(
    made_dims: Callable[..., Dims],
    image: Dims | None,
    filter: Dims | None,
    gradient: Dims | None,
    attrs: Mapping[str, Any],
) -> None:
    """Raises ValueError unless `gradient` has the shape `made_dims(image, filter, attrs)`."""
    for dims in (image, filter, gradient):
        require_rank(dims, len(attrs["strides"]))
    if image is None or filter is None or gradient is None:
        return
    for made, given in zip(made_dims(image, filter, attrs), gradient, strict=True):
        merge_dim(made, given)


def windows_over(image: np.ndarray, window: Sequence[int], attrs: Mapping[str, Any]) -> Sliding:
    """The windows over an image whose channels are already last."""
    axes = spatial_axes(attrs["data_format"])
    pads = _pads(attrs)
    return sliding(
        image.shape[1:-1],
        tuple(window),
        [attrs["strides"][axis] for axis in axes],
        [attrs["dilations"][axis] for axis in axes],
        attrs["padding"],
        [pads[axis] for axis in axes],
    )


def _grouped(x: np.ndarray, groups: int) -> np.ndarray:
    """Channels as [group, channel]."""
    return x.reshape(*x.shape[:-1], groups, x.shape[-1] // max(groups, 1))


def _rows(x: np.ndarray) -> np.ndarray:
    """[any positions, group, channel]."""
    return x.reshape(-1 if x.size else 0, *x.shape[-2:])


def _group_count(depth: int, filter_depth: int) -> int:
    return depth // filter_depth if filter_depth else 1


def convolution(input: np.ndarray, filter: np.ndarray, **attrs: Any) -> np.ndarray:
    """The meaning of Conv2D and Conv3D."""
    image = np.transpose(input, channels_last(attrs["data_format"]))
    windows = windows_over(image, filter.shape[:-2], attrs)
    groups = _group_count(image.shape[-1], filter.shape[-2])
    padded = _grouped(windows.padded(image), groups)
    total = np.zeros((image.shape[0], *windows.counts, filter.shape[-1]), input.dtype)
    for tap, where in windows.taps():
        part = np.einsum("...gi,igo->...go", padded[where], _grouped(filter[tap], groups))
        total += part.reshape(total.shape)
    return np.transpose(total, channels_back(attrs["data_format"]))


def input_gradient(
    input_sizes: Any, filter: np.ndarray, out_backprop: np.ndarray, **attrs: Any
) -> np.ndarray:
    """The meaning of Conv2DBackpropInput and Conv3DBackpropInputV2."""
    order = channels_last(attrs["data_format"])
    sizes = [int(np.asarray(input_sizes).reshape(-1)[axis]) for axis in order]
    image = np.zeros(sizes, filter.dtype)
    windows = windows_over(image, filter.shape[:-2], attrs)
    groups = _group_count(image.shape[-1], filter.shape[-2])
    gradient = _grouped(np.transpose(out_backprop, order), groups)
    padded = _grouped(windows.padded(image), groups)
    for tap, where in windows.taps():
        padded[where] += np.einsum("...go,igo->...gi", gradient, _grouped(filter[tap], groups))
    found = windows.unpadded(padded).reshape(image.shape)
    return np.transpose(found, channels_back(attrs["data_format"]))


def filter_gradient(
    input: np.ndarray, filter_sizes: Any, out_backprop: np.ndarray, **attrs: Any
) -> np.ndarray:
    """The meaning of Conv2DBackpropFilter and Conv3DBackpropFilterV2."""
    order = channels_last(attrs["data_format"])
    image, gradient = np.transpose(input, order), np.transpose(out_backprop, order)
    filter = np.zeros([int(size) for size in np.asarray(filter_sizes).reshape(-1)], input.dtype)
    windows = windows_over(image, filter.shape[:-2], attrs)
    groups = _group_count(image.shape[-1], filter.shape[-2])
    padded, gradient = _grouped(windows.padded(image), groups), _grouped(gradient, groups)
    for tap, where in windows.taps():
        found = np.einsum("ngi,ngo->igo", _rows(padded[where]), _rows(gradient))
        filter[tap] = found.reshape(filter.shape[-2:])
    return filter


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
    _convolution_shape,
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
    _input_gradient_shape,
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
    _filter_gradient_shape,
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
