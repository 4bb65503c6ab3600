"""Pooling that has no kernel of its own, made of simpler ops.

In: instructions. Out: choices among views for what follows the maximum of each window (the second
derivative of max pooling, where maxima stand); pooling of images for pooling of volumes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jitgraph import dtypes
from jitgraph.ops.array_dims import Dims
from jitgraph.ops.window_decomposition import GRADIENT, IMAGE, SIZES, with_channels_last
from jitgraph.ops.window_taps import Taps, emit_padded, emit_tap, taps_of


def _is_channels_first(instr: Any) -> bool:
    return bool(instr.attrs["data_format"].index("C") == 1)


def _emit_choice(b: Any, image: Any, follower: Any, taps: Taps) -> tuple[Any, Any]:
    """Each window's first maximum in `image`, and what `follower` has at its place."""
    images, followers = (emit_padded(b, value, taps) for value in (image, follower))
    inside = None if images is image else _emit_inside(b, image, taps)
    first, *rest = taps.each()
    best, chosen = (emit_tap(b, value, taps, first) for value in (images, followers))
    seen = None if inside is None else emit_tap(b, inside, taps, first)
    for tap in rest:
        new = emit_tap(b, images, taps, tap)
        is_better = b.emit("Greater", new, best)
        if inside is not None:
            is_inside = emit_tap(b, inside, taps, tap)
            is_first = b.emit("LogicalNot", seen)
            is_better = b.emit("LogicalAnd", is_inside, b.emit("LogicalOr", is_first, is_better))
            seen = b.emit("LogicalOr", seen, is_inside)
        best = b.emit("SelectV2", is_better, new, best)
        chosen = b.emit("SelectV2", is_better, emit_tap(b, followers, taps, tap), chosen)
    return best, chosen


def _emit_inside(b: Any, image: Any, taps: Taps) -> Any:
    """True inside the image, False in its padding."""
    ones = b.emit("Fill", b.sizes(image.type.dims), b.constant(True, dtypes.bool))
    return emit_padded(b, ones, taps, False)


def _with_depth_as_space(b: Any, value: Any) -> Any:
    """[..., depth] as [..., depth, 1], so that windows may lie along the depth."""
    return b.emit("Reshape", value, b.sizes([*value.type.dims, 1]))


def _all_axes(attrs: Any, image: Dims, made: Dims) -> Taps:
    """The windows over rows, columns and depth of images with one more axis behind."""
    more = {
        "padding": attrs["padding"],
        "strides": (*attrs["strides"], 1),
        "data_format": "NHWDC",
    }
    return taps_of(more, (*image, 1), (*made, 1), attrs["ksize"][1:])


def choose_by_maximum(b: Any, instr: Any) -> list[Any]:
    """MaxPoolGradGrad: of each window, the gradient that stands where the maximum is."""
    if _is_channels_first(instr):
        return with_channels_last(b, instr, (IMAGE, GRADIENT, GRADIENT), IMAGE)
    image, _, gradient = instr.inputs
    out = instr.outputs[0].type.dims
    taps = _all_axes(instr.attrs, image.type.dims, out)
    images, gradients = (_with_depth_as_space(b, value) for value in (image, gradient))
    _, chosen = _emit_choice(b, images, gradients, taps)
    return [b.emit("Reshape", chosen, b.sizes(out))]


def find_maximum(b: Any, instr: Any) -> list[Any]:
    """MaxPoolWithArgmax: maxima and their places, counted in an image or in the whole batch."""
    (image,), attrs = instr.inputs, instr.attrs
    out, kind = instr.outputs[0].type.dims, instr.outputs[1].type.dtype
    dims = image.type.dims
    place = b.emit("Iota", dims=dims, axis=3, T=kind)
    below: Any = dims[3]
    axes = (2, 1, 0) if attrs["include_batch_in_index"] else (2, 1)
    for axis in axes:
        along = b.emit("Iota", dims=dims, axis=axis, T=kind)
        place = b.emit("AddV2", place, b.emit("Mul", along, b.scalar_size(below, kind)))
        below = below * dims[axis]
    taps = _all_axes(attrs, dims, out)
    images, places = (_with_depth_as_space(b, value) for value in (image, place))
    found = _emit_choice(b, images, places, taps)
    return [b.emit("Reshape", value, b.sizes(out)) for value in found]


def scatter_to_maximum(b: Any, instr: Any) -> list[Any]:
    """MaxPoolGradWithArgmax: gradients added where their windows' maxima stand."""
    _, gradient, argmax = instr.inputs
    dims, kind = instr.outputs[0].type.dims, argmax.type.dtype
    if not instr.attrs["include_batch_in_index"]:
        size = dims[1] * dims[2] * dims[3]
        batch = b.emit("Iota", dims=argmax.type.dims, axis=0, T=kind)
        argmax = b.emit("AddV2", argmax, b.emit("Mul", batch, b.scalar_size(size, kind)))
    count = _product(gradient.type.dims)
    places = b.emit("Reshape", argmax, b.sizes([count, 1]))
    updates = b.emit("Reshape", gradient, b.sizes([count]))
    flat = b.emit("ScatterNd", places, updates, b.sizes([_product(dims)], kind))
    return [b.emit("Reshape", flat, b.sizes(dims))]


def _product(dims: Sequence[Any]) -> Any:
    total: Any = 1
    for dim in dims:
        total = dim * total
    return total


class _Volumes:
    """Pooling of volumes in two steps: rows and columns of each plane, then planes."""

    def __init__(self, b: Any, attrs: Any, volume: Dims, made: Dims) -> None:
        self.b = b
        self.volume, self.made = volume, made
        self.within = (volume[0], volume[1], made[2], made[3], volume[4])
        ksize, strides = attrs["ksize"], attrs["strides"]
        self.of_planes = _image_attrs(attrs, (1, *ksize[2:]), (1, *strides[2:]))
        self.across = _image_attrs(attrs, (1, ksize[1], 1, 1), (1, strides[1], 1, 1))

    def as_planes(self, volume: Any) -> Any:
        """[batch x planes, rows, columns, depth]."""
        batch, planes, *rest = volume.type.dims
        return self.b.emit("Reshape", volume, self.b.sizes([batch * planes, *rest]))

    def across_planes(self, volume: Any) -> Any:
        """[batch, planes, rows x columns, depth]."""
        return self.b.emit("Reshape", volume, self.b.sizes(self.across_dims(volume.type.dims)))

    @staticmethod
    def across_dims(dims: Dims) -> list[Any]:
        """The shape that `across_planes` makes."""
        batch, planes, rows, columns, depth = dims
        return [batch, planes, rows * columns, depth]

    def as_volume(self, value: Any, dims: Dims) -> Any:
        """A value with the shape of a volume again."""
        return self.b.emit("Reshape", value, self.b.sizes(dims))

    def within_planes(self, kind: str, volume: Any) -> Any:
        """The volume pooled along rows and columns alone."""
        found = self.b.emit(kind, self.as_planes(volume), **self.of_planes)
        return self.as_volume(found, self.within)


def _image_attrs(attrs: Any, ksize: Sequence[int], strides: Sequence[int]) -> dict[str, Any]:
    return {"ksize": tuple(ksize), "strides": tuple(strides), "padding": attrs["padding"]}


def pool_volumes(kind: str) -> Any:
    """The rule of MaxPool3D or AvgPool3D, by the op `kind` on images."""

    def rule(b: Any, instr: Any) -> list[Any]:
        if _is_channels_first(instr):
            return with_channels_last(b, instr, (IMAGE,), IMAGE)
        out = instr.outputs[0].type.dims
        volumes = _Volumes(b, instr.attrs, instr.inputs[0].type.dims, out)
        within = volumes.across_planes(volumes.within_planes(kind, instr.inputs[0]))
        return [volumes.as_volume(b.emit(kind, within, **volumes.across), out)]

    return rule


def differentiate_maxima(b: Any, instr: Any) -> list[Any]:
    """MaxPool3DGrad: gradients to the planes of maxima, then to the maxima within planes."""
    if _is_channels_first(instr):
        return with_channels_last(b, instr, (IMAGE, GRADIENT, GRADIENT), IMAGE)
    volume, pooled, gradient = instr.inputs
    volumes = _Volumes(b, instr.attrs, volume.type.dims, pooled.type.dims)
    within = volumes.within_planes("MaxPool", volume)
    given = [volumes.across_planes(value) for value in (within, pooled, gradient)]
    first = volumes.as_volume(b.emit("MaxPoolGrad", *given, **volumes.across), volumes.within)
    given = [volumes.as_planes(value) for value in (volume, within, first)]
    found = b.emit("MaxPoolGrad", *given, **volumes.of_planes)
    return [volumes.as_volume(found, volume.type.dims)]


def choose_by_maximum_of_volumes(b: Any, instr: Any) -> list[Any]:
    """MaxPool3DGradGrad: choices within planes, then among planes."""
    if _is_channels_first(instr):
        return with_channels_last(b, instr, (IMAGE, GRADIENT, GRADIENT), IMAGE)
    volume, pooled, gradient = instr.inputs
    volumes = _Volumes(b, instr.attrs, volume.type.dims, pooled.type.dims)
    within = volumes.within_planes("MaxPool", volume)
    given = [volumes.as_planes(value) for value in (volume, within, gradient)]
    first = b.emit("MaxPoolGradGrad", *given, **volumes.of_planes)
    followers = volumes.as_volume(first, volumes.within)
    given = [volumes.across_planes(value) for value in (within, pooled, followers)]
    found = b.emit("MaxPoolGradGrad", *given, **volumes.across)
    return [volumes.as_volume(found, pooled.type.dims)]


def differentiate_means(b: Any, instr: Any) -> list[Any]:
    """AvgPool3DGrad: shares among planes, then within them."""
    if _is_channels_first(instr):
        return with_channels_last(b, instr, (SIZES, GRADIENT), IMAGE)
    gradient, volume = instr.inputs[1], instr.outputs[0].type.dims
    volumes = _Volumes(b, instr.attrs, volume, gradient.type.dims)
    sizes = b.sizes(volumes.across_dims(volumes.within))
    across = b.emit("AvgPoolGrad", sizes, volumes.across_planes(gradient), **volumes.across)
    shares = volumes.as_planes(volumes.as_volume(across, volumes.within))
    batch, planes, *rest = volume
    sizes = b.sizes([batch * planes, *rest])
    found = b.emit("AvgPoolGrad", sizes, shares, **volumes.of_planes)
    return [volumes.as_volume(found, volume)]
