"""Convolutions of each of a few channels by itself, as ones that hang over no edge.

In: an instruction of DepthwiseConv2dNative with many taps, or of its gradient to the input, with
one filter a channel and stride one. Out: zeros around what is seen, and a plain convolution: that
of the gradient has its filters turned. Along whole rows of an image that is fast.
"""

from __future__ import annotations

from typing import Any

from jitgraph.ops.padding import emit_zero_pad
from jitgraph.ops.shifted_sums import MOST_CHANNELS, are_ones, paddings_around
from jitgraph.ops.window_geometry import VALID

_SPACE = (1, 2)


def as_padded(b: Any, instr: Any) -> list[Any] | None:
    """conv(x) = conv(x with zeros around it); None where nothing is put around it."""
    image, filter = instr.inputs
    if not _has_few_channels(instr, filter):
        return None
    before, after = zip(*paddings_around(instr.attrs, filter), strict=True)
    if not any((*before, *after)):
        return None
    return [_plain(b, instr, emit_zero_pad(b, image, before, after), filter)]


def input_gradient_as_convolution(b: Any, instr: Any) -> list[Any] | None:
    """The gradient to the input = conv(gradient with zeros around it, the filters turned)."""
    _, filter, gradient = instr.inputs
    if not _has_few_channels(instr, filter):
        return None
    image = instr.outputs[0].type.dims
    before, after = [0] * 4, [0] * 4
    paddings = paddings_around(instr.attrs, filter)
    for axis in _SPACE:
        reach = (filter.type.dims[axis - 1] - 1) * int(instr.attrs["dilations"][axis])
        before[axis] = reach - paddings[axis][0]
        after[axis] = image[axis] - gradient.type.dims[axis] + paddings[axis][0]
        if before[axis] < 0 or not (isinstance(after[axis], int) and after[axis] >= 0):
            return None
    turned = b.emit("ReverseV2", filter, b.sizes([0, 1]))
    return [_plain(b, instr, emit_zero_pad(b, gradient, before, after), turned)]


def _plain(b: Any, instr: Any, image: Any, filter: Any) -> Any:
    attrs = {name: instr.attrs[name] for name in instr.definition.attrs}
    return b.emit("DepthwiseConv2dNative", image, filter, **{**attrs, "padding": VALID})


def _has_few_channels(instr: Any, filter: Any) -> bool:
    *sizes, depth, filters = filter.type.dims
    return (
        all(isinstance(size, int) and size > 0 for size in (*sizes, depth))
        and are_ones([filters, *instr.attrs["strides"]])
        and depth <= MOST_CHANNELS
        and instr.attrs["data_format"].index("C") == 3
        and filter.type.dtype.name in ("float32", "float64")
    )
