"""Convolution of volumes as convolution of images: the slices that a window sees become depth.

In: instructions on volumes [batch, planes, rows, columns, depth] (else channels are brought to the
end first). Out: for each plane of results one image whose channels are those of all planes that its
windows see, convolved by the kernels of images; nothing is copied where a window is one plane deep.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph.ops.array_dims import Dims
from jitgraph.ops.window_decomposition import (
    FILTER,
    FILTER_SIZES,
    GRADIENT,
    IMAGE,
    SIZES,
    specialised,
    with_channels_last,
)
from jitgraph.ops.window_taps import (
    Taps,
    emit_padded,
    emit_spread,
    emit_sum,
    emit_tap,
    emit_unpadded,
    padded_dims,
    taps_of,
)

_PLANES_FIRST = (2, 0, 1, 3, 4)
_PLANES_LAST = (1, 2, 0, 3, 4)


def _rule(roles: tuple[str, ...], makes: str) -> Callable[..., Any]:
    def decorate(body: Callable[[Any, Any], Any]) -> Callable[..., list[Any]]:
        def rule(b: Any, instr: Any) -> list[Any]:
            if instr.attrs["data_format"].index("C") == 1:
                return with_channels_last(b, instr, roles, makes)
            return [body(b, instr)]

        return rule

    return decorate


def _planes(attrs: Any, image: Dims, made: Dims, filter: Dims) -> Taps:
    """The windows along the planes alone."""
    whole = taps_of(attrs, image, made, [specialised(size) for size in filter[:3]])
    return Taps(
        whole.sizes[:1], whole.counts[:1], whole.window[:1], whole.strides[:1],
        whole.dilations[:1], whole.before[:1],
    )  # fmt: skip


def _attrs_of_images(attrs: Any) -> dict[str, Any]:
    names = ("strides", "dilations")
    return {"padding": attrs["padding"], **{name: (1, *attrs[name][2:]) for name in names}}


def _rows(b: Any, volume: Any) -> Any:
    """[batch, planes, everything of a plane]."""
    batch, planes, *rest = volume.type.dims
    return b.emit("Reshape", volume, b.sizes([batch, planes, _product(rest)]))


def _product(dims: Any) -> Any:
    total: Any = 1
    for dim in dims:
        total = dim * total
    return total


def _as_images(b: Any, volume: Any) -> Any:
    """[batch x planes, rows, columns, depth]."""
    batch, planes, *rest = volume.type.dims
    return b.emit("Reshape", volume, b.sizes([batch * planes, *rest]))


def _stacked(b: Any, volume: Any, planes: Taps) -> Any:
    """Images of which the channels are those of all planes that a window sees."""
    batch, _, *plane = volume.type.dims
    padded = emit_padded(b, _rows(b, volume), planes)
    dims = b.sizes([batch * planes.counts[0], *plane])
    parts = [b.emit("Reshape", emit_tap(b, padded, planes, tap), dims) for tap in planes.each()]
    return parts[0] if len(parts) == 1 else b.emit("ConcatV2", parts, b.scalar_host(3))


def _flat_dims(filter: Dims) -> list[Any]:
    planes, rows, columns, depth, filters = filter
    return [rows, columns, planes * depth, filters]


def _flat_filter(b: Any, filter: Any) -> Any:
    """[rows, columns, planes x depth, filters]."""
    turned = b.emit("Transpose", filter, b.sizes(_PLANES_LAST))
    return b.emit("Reshape", turned, b.sizes(_flat_dims(filter.type.dims)))


@_rule((IMAGE, FILTER), makes=IMAGE)
def convolve(b: Any, instr: Any) -> Any:
    """Conv3D."""
    volume, filter = instr.inputs
    out = instr.outputs[0].type.dims
    planes = _planes(instr.attrs, volume.type.dims, out, filter.type.dims)
    images = _stacked(b, volume, planes)
    found = b.emit("Conv2D", images, _flat_filter(b, filter), **_attrs_of_images(instr.attrs))
    return b.emit("Reshape", found, b.sizes(out))


@_rule((IMAGE, FILTER_SIZES, GRADIENT), makes=FILTER)
def differentiate_filter(b: Any, instr: Any) -> Any:
    """Conv3DBackpropFilterV2."""
    volume, _, gradient = instr.inputs
    filter = instr.outputs[0].type.dims
    planes = _planes(instr.attrs, volume.type.dims, gradient.type.dims, filter)
    flat = b.emit(
        "Conv2DBackpropFilter", _stacked(b, volume, planes), b.sizes(_flat_dims(filter)),
        _as_images(b, gradient), **_attrs_of_images(instr.attrs),
    )  # fmt: skip
    parts = b.emit("Reshape", flat, b.sizes([*filter[1:3], filter[0], *filter[3:]]))
    return b.emit("Transpose", parts, b.sizes(_PLANES_FIRST))


@_rule((SIZES, FILTER, GRADIENT), makes=IMAGE)
def differentiate_input(b: Any, instr: Any) -> Any:
    """Conv3DBackpropInputV2."""
    _, filter, gradient = instr.inputs
    volume = instr.outputs[0].type.dims
    planes = _planes(instr.attrs, volume, gradient.type.dims, filter.type.dims)
    batch, _, rows, columns, depth = volume
    count = batch * planes.counts[0]
    sizes = b.sizes([count, rows, columns, planes.window[0] * depth])
    images = b.emit(
        "Conv2DBackpropInput", sizes, _flat_filter(b, filter), _as_images(b, gradient),
        **_attrs_of_images(instr.attrs),
    )  # fmt: skip
    whole = padded_dims((batch, planes.sizes[0], rows * columns * depth), planes)
    parts = []
    for tap in planes.each():
        begin, size = b.sizes([0, 0, 0, tap[0] * depth]), b.sizes([count, rows, columns, depth])
        share = b.emit("Slice", images, begin, size)
        dims = b.sizes([batch, planes.counts[0], rows * columns * depth])
        parts.append(emit_spread(b, b.emit("Reshape", share, dims), whole, planes, tap))
    return b.emit("Reshape", emit_unpadded(b, emit_sum(b, parts), planes), b.sizes(volume))
