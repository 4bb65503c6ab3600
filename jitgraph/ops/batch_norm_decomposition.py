"""Fused batch normalisation and its gradient as sums over channels and arithmetic.

In: an instruction. Out: the values that it stands for. Channels may be last or first: nothing is
transposed. All arithmetic is in float32.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.ops.array_dims import Dims
from jitgraph.ops.window_geometry import channel_axis


def other_axes(data_format: str) -> tuple[int, ...]:
    """All axes but the channels'."""
    channels = channel_axis(data_format)
    return tuple(axis for axis in range(len(data_format)) if axis != channels)


class _Channels:
    """Emits arithmetic between images and vectors of channels, in float32."""

    def __init__(self, b: Any, data_format: str, dims: Dims) -> None:
        self.b = b
        self.axes = b.sizes(other_axes(data_format))
        self.count: Any = 1
        for axis in other_axes(data_format):
            self.count = dims[axis] * self.count
        channels = channel_axis(data_format)
        self.spread = [dims[axis] if axis == channels else 1 for axis in range(len(dims))]
        self.is_last = channels == len(dims) - 1

    def wide(self, images: Any) -> Any:
        if images.type.dtype == dtypes.float32:
            return images
        return self.b.emit("Cast", images, DstT=dtypes.float32)

    def along(self, vector: Any) -> Any:
        """A vector, shaped so that it broadcasts to the images."""
        return vector if self.is_last else self.b.emit("Reshape", vector, self.b.sizes(self.spread))

    def total(self, images: Any) -> Any:
        return self.b.emit("Sum", images, self.axes)

    def mean(self, images: Any) -> Any:
        return self.b.emit("Mean", images, self.axes)

    def root(self, variance: Any, epsilon: float) -> Any:
        shift = self.b.constant(np.float32(epsilon), dtypes.float32)
        return self.b.emit("Rsqrt", self.b.emit("AddV2", variance, shift))

    def like(self, images: Any, dtype: Any) -> Any:
        return images if dtype == dtypes.float32 else self.b.emit("Cast", images, DstT=dtype)


def normalised(b: Any, instr: Any) -> list[Any]:
    """The outputs of FusedBatchNorm, in any version."""
    x, scale, offset, mean, variance = instr.inputs
    attrs = instr.attrs
    channels = _Channels(b, attrs["data_format"], x.type.dims)
    images = channels.wide(x)
    given_out = variance
    if attrs["is_training"]:
        mean = channels.mean(images)
        centred = b.emit("Sub", images, channels.along(mean))
        variance = channels.mean(b.emit("Mul", centred, centred))
        given_out = b.emit("Mul", variance, _unbiasing(b, channels.count))
    else:
        centred = b.emit("Sub", images, channels.along(mean))
    factor = b.emit("Mul", channels.root(variance, attrs["epsilon"]), scale)
    scaled = b.emit("Mul", centred, channels.along(factor))
    y = channels.like(b.emit("AddV2", scaled, channels.along(offset)), x.type.dtype)
    nothing = b.emit("Fill", b.sizes(scale.type.dims), b.constant(0, dtypes.float32))
    kept = [mean, variance] if attrs["is_training"] else [nothing, nothing]
    outputs = [y, mean, given_out, *kept]
    reserved = [b.constant(np.float32(0), dtypes.float32)]
    return outputs + reserved[: len(instr.outputs) - len(outputs)]


def _unbiasing(b: Any, count: Any) -> Any:
    """count / max(count - 1, 1)."""
    one = b.constant(1, dtypes.float32)
    number = b.scalar_size(count, dtypes.float32)
    return b.emit("RealDiv", number, b.emit("Maximum", b.emit("Sub", number, one), one))


def differentiated(b: Any, instr: Any) -> list[Any]:
    """The outputs of FusedBatchNormGrad, in any version."""
    y_backprop, x, scale, mean, variance = instr.inputs[:5]
    attrs = instr.attrs
    channels = _Channels(b, attrs["data_format"], x.type.dims)
    grad = channels.wide(y_backprop)
    root = channels.root(variance, attrs["epsilon"])
    centred = b.emit("Sub", channels.wide(x), channels.along(mean))
    along = channels.total(b.emit("Mul", grad, centred))
    total = channels.total(grad)
    found = grad
    if attrs["is_training"]:
        share = b.emit(
            "RealDiv", b.constant(1, dtypes.float32), b.scalar_size(channels.count, dtypes.float32)
        )
        found = b.emit("Sub", found, channels.along(b.emit("Mul", total, share)))
        part = b.emit("Mul", b.emit("Mul", along, share), b.emit("Mul", root, root))
        found = b.emit("Sub", found, b.emit("Mul", centred, channels.along(part)))
    found = b.emit("Mul", found, channels.along(b.emit("Mul", scale, root)))
    reserved = instr.outputs[3].type.dims
    nothing = b.emit("Fill", b.sizes(reserved), b.constant(0, dtypes.float32))
    dx = channels.like(found, x.type.dtype)
    return [dx, b.emit("Mul", along, root), total, nothing, nothing]
