"""Depthwise convolution and its gradients as sums over the elements of a window.

In: instructions on images, channels last (else they are brought there first). Out: views,
products and sums, which fuse into few kernels. Half floats are computed in float32.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jitgraph import dtypes
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

Body = Callable[[Any, Any, tuple[Any, ...]], Any]


def _rule(roles: tuple[str, ...], makes: str) -> Callable[[Body], Callable[..., list[Any]]]:
    """Brings channels to the end and half floats to float32 around a body."""

    def decorate(body: Body) -> Callable[..., list[Any]]:
        def rule(b: Any, instr: Any) -> list[Any]:
            if instr.attrs["data_format"].index("C") == 1:
                return with_channels_last(b, instr, roles, makes)
            kind = instr.outputs[0].type.dtype
            if kind.size > 2:
                return [body(b, instr, instr.inputs)]
            wide = tuple(
                operand
                if role in (SIZES, FILTER_SIZES)
                else b.emit("Cast", operand, DstT=dtypes.float32)
                for operand, role in zip(instr.inputs, roles, strict=True)
            )
            return [b.emit("Cast", body(b, instr, wide), DstT=kind)]

        return rule

    return decorate


def _taps(instr: Any, image: Dims, made: Dims, filter: Dims) -> Taps:
    return taps_of(instr.attrs, image, made, [specialised(size) for size in filter[:2]])


def _column(b: Any, image: Any) -> Any:
    """[..., channels] as [..., channels, 1]."""
    return b.emit("Reshape", image, b.sizes([*image.type.dims, 1]))


def _by_channel(b: Any, gradient: Any, filter: Dims) -> Any:
    """[..., channels x multiplier] as [..., channels, multiplier]."""
    return b.emit("Reshape", gradient, b.sizes([*gradient.type.dims[:-1], *filter[2:]]))


def _weights(b: Any, filter: Any, tap: tuple[int, ...]) -> Any:
    """[channels, multiplier] of one element of the window."""
    dims = filter.type.dims
    one = b.emit("Slice", filter, b.sizes([*tap, 0, 0]), b.sizes([1, 1, *dims[2:]]))
    return b.emit("Reshape", one, b.sizes(dims[2:]))


@_rule((IMAGE, FILTER), makes=IMAGE)
def multiply_channels(b: Any, instr: Any, inputs: tuple[Any, ...]) -> Any:
    """y = sum over taps of views of x times w."""
    image, filter = inputs
    out = instr.outputs[0].type.dims
    taps = _taps(instr, image.type.dims, out, filter.type.dims)
    padded = emit_padded(b, image, taps)
    parts = []
    for tap in taps.each():
        seen = _column(b, emit_tap(b, padded, taps, tap))
        parts.append(b.emit("Mul", seen, _weights(b, filter, tap)))
    return b.emit("Reshape", emit_sum(b, parts), b.sizes(out))


@_rule((SIZES, FILTER, GRADIENT), makes=IMAGE)
def differentiate_input(b: Any, instr: Any, inputs: tuple[Any, ...]) -> Any:
    """dx = sum over taps of dy times w, each where its windows saw x."""
    _, filter, gradient = inputs
    image = instr.outputs[0].type.dims
    taps = _taps(instr, image, gradient.type.dims, filter.type.dims)
    wide = _by_channel(b, gradient, filter.type.dims)
    whole = padded_dims(image, taps)
    parts = []
    for tap in taps.each():
        product = b.emit("Mul", wide, _weights(b, filter, tap))
        share = b.emit("Sum", product, b.sizes([len(image)]))
        parts.append(emit_spread(b, share, whole, taps, tap))
    return emit_unpadded(b, emit_sum(b, parts), taps)


@_rule((IMAGE, FILTER_SIZES, GRADIENT), makes=FILTER)
def differentiate_filter(b: Any, instr: Any, inputs: tuple[Any, ...]) -> Any:
    """dw = for each tap, the sum over positions of views of x times dy."""
    image, _, gradient = inputs
    filter = instr.outputs[0].type.dims
    taps = _taps(instr, image.type.dims, gradient.type.dims, filter)
    padded = emit_padded(b, image, taps)
    wide = _by_channel(b, gradient, filter)
    parts = []
    for tap in taps.each():
        seen = _column(b, emit_tap(b, padded, taps, tap))
        parts.append(b.emit("Sum", b.emit("Mul", seen, wide), b.sizes([0, 1, 2])))
    return b.emit("Reshape", b.emit("Pack", parts, axis=0), b.sizes(filter))
