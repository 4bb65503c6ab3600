"""What a run says of images and windows that don't fit, in the words of TensorFlow 1.15's kernels.

In: a query of plain ints whose shapes the op's rule has refused. Out: the text, or None where the
rule says it best. Definitions name their function here as `misfit`.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ops.array_dims import dims_text, product
from jitgraph.ops.definition import ShapeQuery
from jitgraph.ops.window_geometry import (
    EXPLICIT,
    SAME,
    channel_axis,
    pairs_of,
    spatial_axes,
    window_count,
)

_FOUR = 4


def convolution(query: ShapeQuery, name: str) -> str | None:
    """Conv2D and Conv3D."""
    image, filter = query.known_dims(0), query.known_dims(1)
    rank = len(query.attrs["strides"])
    for dims, what in ((image, "input"), (filter, "filter")):
        if len(dims) != rank:
            separator = "" if what == "input" else ": "
            return f"{what} must be {rank}-dimensional{separator}{dims_text(dims)}"
    depth = image[channel_axis(query.attrs["data_format"])]
    if filter[-2] == 0 or depth % filter[-2] != 0:
        return f"input depth must be evenly divisible by filter depth: {depth} vs {filter[-2]}"
    return _negative(query.attrs, image, filter)


def depthwise(query: ShapeQuery, name: str) -> str | None:
    """DepthwiseConv2dNative."""
    image, filter = query.known_dims(0), query.known_dims(1)
    for dims, what in ((image, "input"), (filter, "filter")):
        if len(dims) != _FOUR:
            separator = "" if what == "input" else ": "
            return f"{what} must be 4-dimensional{separator}{dims_text(dims)}"
    depth = image[channel_axis(query.attrs["data_format"])]
    if depth != filter[2]:
        return f"input and filter must have the same depth: {depth} vs {filter[2]}"
    return _negative(query.attrs, image, filter)


def pool(query: ShapeQuery, name: str) -> str | None:
    """MaxPool, AvgPool and their kin in volumes."""
    image, ksize = query.known_dims(0), query.attrs["ksize"]
    axes = spatial_axes(query.attrs["data_format"])
    if len(image) != len(ksize):
        return f"tensor_in_shape must have {len(axes)} spatial dimensions. {len(image)} 0"
    return _negative(query.attrs, image, [ksize[axis] for axis in axes])


def _negative(attrs: Any, image: Any, window: Any) -> str | None:
    """The words for a window that is greater than the image."""
    if attrs["padding"] == SAME:
        return None
    given = attrs.get("explicit_paddings")
    pads = pairs_of(given) if attrs["padding"] == EXPLICIT else [(0, 0)] * len(image)
    for size, axis in zip(window, spatial_axes(attrs["data_format"]), strict=False):
        stride, dilation = attrs["strides"][axis], attrs.get("dilations", (1,) * len(image))[axis]
        reach = (size - 1) * dilation + 1
        left = image[axis] + sum(pads[axis]) - reach
        if left < 0:
            made = int((left + stride) / stride)
            sizes = f"input_size: {image[axis]}, effective_filter_size: {reach}, stride: {stride}"
            return f"Computed output size would be negative: {made} [{sizes}]"
    return None


def convolution_gradient(query: ShapeQuery, name: str) -> str | None:
    """Conv2DBackpropInput and Conv2DBackpropFilter."""
    to_input = query.shapes[0] == (_FOUR,)
    image, filter = query.known_dims(0), query.known_dims(1)
    if to_input:
        image = _described(query, 0)
    else:
        filter = _described(query, 1)
    gradient, attrs = query.known_dims(2), query.attrs
    title = f"Conv2DCustomBackprop{'Input' if to_input else 'Filter'}: "
    if {len(image), len(filter), len(gradient)} != {_FOUR}:
        return None
    if image[0] != gradient[0]:
        batches = f"input batch: {image[0]}outbackprop batch: {gradient[0]} batch_dim: 0"
        return f"{title}input and out_backprop must have the same batch size{batches}"
    if filter[3] != gradient[channel_axis(attrs["data_format"])]:
        return f"{title}filter and out_backprop must have the same out_depth"
    return _other_size(title, image, filter, gradient, attrs)


def _described(query: ShapeQuery, index: int) -> tuple[int, ...]:
    return tuple(int(size) for size in query.known_value(index).reshape(-1))


def _other_size(title: str, image: Any, filter: Any, gradient: Any, attrs: Any) -> str | None:
    for k, axis in enumerate(spatial_axes(attrs["data_format"])):
        stride, dilation = attrs["strides"][axis], attrs["dilations"][axis]
        made = window_count(image[axis], filter[k], stride, dilation, attrs["padding"])
        if attrs["padding"] != EXPLICIT and made != gradient[axis]:
            return (
                f"{title}Size of out_backprop doesn't match computed: actual = {gradient[axis]}, "
                f"computed = {made} spatial_dim: {axis} input: {image[axis]} filter: {filter[k]} "
                f"output: {gradient[axis]} stride: {stride} dilation: {dilation}"
            )
    return None


def space_to_batch(query: ShapeQuery, name: str) -> str | None:
    """SpaceToBatchND."""
    dims, blocks = query.known_dims(0), _described(query, 1)
    for k, (block, pads) in enumerate(zip(blocks, query.known_value(2), strict=True)):
        padded = dims[k + 1] + int(sum(pads))
        if padded % block:
            sizes = f"padded_shape[{k}]={padded} is not divisible by"
            return f"{sizes} block_shape[{k}]={block}"
    return None


def batch_to_space(query: ShapeQuery, name: str) -> str | None:
    """BatchToSpaceND."""
    batch, blocks = query.known_dims(0)[0], product(_described(query, 1))
    if batch % blocks == 0:
        return None
    return f"Input batch dimension ({batch}) is not divisible by product of block sizes ({blocks})"


def space_to_depth(query: ShapeQuery, name: str) -> str | None:
    """SpaceToDepth."""
    rows, columns = (query.known_dims(0)[k] for k in spatial_axes(query.attrs["data_format"]))
    size = query.attrs["block_size"]
    return f"Image width {columns} and height {rows} should be divisible by block_size: {size}"


def depth_to_space(query: ShapeQuery, name: str) -> str | None:
    """DepthToSpace."""
    depth = query.known_dims(0)[channel_axis(query.attrs["data_format"])]
    area = query.attrs["block_size"] ** 2
    return f"Input depth dimension {depth} should be divisible by: {area}"
