"""The definitions of fused batch normalisation and its gradient, in TensorFlow's three versions.

In: images, channels last or first, and a scale, an offset, a mean and a variance for each channel.
Out: normalised images and, in training, the batch's own means and variances: the variance that is
given out is unbiased, the one that normalises (and is reserved for the gradient) is not. Else
nothing is reserved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim, merge_dims, replaced, require_rank
from jitgraph.ops.batch_norm_decomposition import differentiated, normalised, other_axes
from jitgraph.ops.batch_norm_gradient import second_gradient
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery
from jitgraph.ops.window_geometry import channel_axis

NORMALISED = (dtypes.float16, dtypes.bfloat16, dtypes.float32)
SINGLE = (dtypes.float32,)
FORMATS = ("NHWC", "NCHW")

_ATTRS = {"epsilon": float(np.float32(1e-4)), "data_format": "NHWC", "is_training": True}
_INPUTS = "x: T, scale: U, offset: U, mean: U, variance: U"
_OUTPUTS = "y: T, batch_mean: U, batch_variance: U, reserve_space_1: U, reserve_space_2: U"
_GRAD_INPUTS = "y_backprop: T, x: T, scale: float32, reserve_space_1: U, reserve_space_2: U"
_GRAD_OUTPUTS = "x_backprop: T, scale_backprop: U, offset_backprop: U"


def _merged_channels(q: ShapeQuery, images: tuple[int, ...], vectors: tuple[int, ...]) -> Dims:
    """The shape of the images, with all that vectors of channels tell of it."""
    dims: Dims | None = None
    for index in images:
        require_rank(q.shapes[index], 4)
        dims = merge_dims(dims, q.shapes[index])
    axis = channel_axis(q.attrs["data_format"])
    found = dims or (None,) * 4
    for index in vectors:
        require_rank(q.shapes[index], 1)
        vector = q.shapes[index] or (None,)
        found = replaced(found, axis, merge_dim(found[axis], vector[0]))
    return found


def _norm_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = _merged_channels(q, (0,), (1, 2) if q.attrs["is_training"] else (1, 2, 3, 4))
    channels = (dims[channel_axis(q.attrs["data_format"])],)
    return [dims, channels, channels, channels, channels]


def _norm_shape_v3(q: ShapeQuery) -> list[Dims | None]:
    return [*_norm_shape(q), ()]


def _grad_shape(q: ShapeQuery) -> list[Dims | None]:
    dims = _merged_channels(q, (0, 1), (2, 3, 4))
    channels = (dims[channel_axis(q.attrs["data_format"])],)
    reserved = (0,) if q.attrs["is_training"] else channels
    return [dims, channels, channels, reserved, reserved]


def _per_channel(vector: np.ndarray, data_format: str) -> np.ndarray:
    return np.expand_dims(vector, other_axes(data_format))


def _normalise(
    x: Any, scale: Any, offset: Any, mean: Any, variance: Any,
    epsilon: float, data_format: str, is_training: bool,
) -> tuple[Any, ...]:  # fmt: skip
    images, axes = x.astype(np.float32), other_axes(data_format)
    unbiased = variance
    if is_training:
        mean, variance = images.mean(axes), images.var(axes)
        count = images.size // max(scale.size, 1)
        unbiased = variance * np.float32(count / max(count - 1, 1))
    factor = scale / np.sqrt(variance + np.float32(epsilon))
    spread = (_per_channel(each, data_format) for each in (mean, factor, offset))
    middle, factor, offset = spread
    reserved = (mean, variance) if is_training else (np.zeros_like(scale),) * 2
    return ((images - middle) * factor + offset, mean, unbiased, *reserved)


def _normalise_v3(*inputs: Any, **attrs: Any) -> tuple[Any, ...]:
    return (*_normalise(*inputs, **attrs), np.float32(0))


def _differentiate(
    y_backprop: Any, x: Any, scale: Any, mean: Any, variance: Any, *reserved: Any,
    epsilon: float, data_format: str, is_training: bool,
) -> tuple[Any, ...]:  # fmt: skip
    axes = other_axes(data_format)
    grad, images = y_backprop.astype(np.float32), x.astype(np.float32)
    root = 1 / np.sqrt(variance + np.float32(epsilon))
    centred = images - _per_channel(mean, data_format)
    along = (grad * centred).sum(axes)
    total = grad.sum(axes)
    found = grad
    if is_training:
        count = np.float32(max(images.size // max(scale.size, 1), 1))
        found = found - _per_channel(total / count, data_format)
        found = found - centred * _per_channel(along / count * root * root, data_format)
    nothing = np.zeros(0 if is_training else scale.shape, np.float32)
    return found * _per_channel(scale * root, data_format), along * root, total, nothing, nothing


def _gradient(grad_op: Callable[[], OpDef], reserves: int) -> Callable[..., Any]:
    """The gradient of a version whose gradient is `grad_op()` and takes so many reserves."""

    def gradient(op: Any, *grads: Tensor) -> list[Any]:
        attrs = {name: op.get_attr(name) for name in _ATTRS}
        if attrs["is_training"]:
            given = [grads[0], op.inputs[0], op.inputs[1], *op.outputs[3 : 3 + reserves]]
            return list(apply(grad_op(), given, attrs))
        return _frozen_gradient(op, grads[0], grad_op(), attrs)

    return gradient


def _frozen_gradient(op: Any, grad: Tensor, definition: OpDef, attrs: Any) -> list[Any]:
    from jitgraph.ops.transposing import transpose

    x, scale, _, mean, variance = op.inputs
    is_first = attrs["data_format"] == "NCHW"
    if is_first:
        x, grad = transpose(x, [0, 2, 3, 1]), transpose(grad, [0, 2, 3, 1])
    given = [grad, x, scale, mean, variance, *op.outputs[5:]]
    dx, dscale, doffset, _, _ = apply(definition, given, {**attrs, "data_format": "NHWC"})
    return [transpose(dx, [0, 3, 1, 2]) if is_first else dx, dscale, doffset, None, None]


def _drawn(rng: np.random.Generator, dims: Any, dtype: Any) -> np.ndarray:
    return rng.uniform(-2, 3, dims).astype(dtype.as_numpy_dtype)


def _cases(
    rng: np.random.Generator, allowed: Any, modes: tuple[bool, ...] = (True, False)
) -> Iterator[tuple[Any, ...]]:
    """(images, vectors of channels by name, attributes)."""
    for dtype in allowed:
        for training in modes:
            for data_format, dims in (("NHWC", (2, 3, 4, 5)), ("NCHW", (2, 3, 1, 4))):
                channels = dims[channel_axis(data_format)]
                vectors = {
                    name: rng.uniform(0.5, 2, channels).astype(np.float32)
                    for name in ("scale", "offset", "mean", "variance")
                }
                attrs = {"is_training": training, "data_format": data_format, "epsilon": 0.001}
                yield _drawn(rng, dims, dtype), vectors, attrs


def _samples(allowed: Any) -> Callable[[np.random.Generator], Iterator[Sample]]:
    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        empty = np.zeros(0, np.float32)
        for x, vectors, attrs in _cases(rng, allowed):
            vectors = {
                **vectors,
                **({"mean": empty, "variance": empty} if attrs["is_training"] else {}),
            }
            names = ("scale", "offset", "mean", "variance")
            yield Sample((x, *(vectors[name] for name in names)), attrs)

    return samples


def _grad_samples(allowed: Any, reserves: int) -> Callable[..., Iterator[Sample]]:
    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for x, vectors, attrs in _cases(rng, allowed, (True,)):
            grad = rng.uniform(-1, 1, x.shape).astype(x.dtype)
            kept = [vectors["mean"], vectors["variance"], np.float32(0)]
            yield Sample((grad, x, vectors["scale"], *kept[:reserves]), attrs)

    return samples


def _second(op: Any, *grads: Tensor) -> list[Any]:
    return [*second_gradient(op, *grads[:3]), *[None] * (len(op.inputs) - 3)]


def _norm(
    name: str, inputs: str, outputs: str, kinds: Any, reference: Any, shape: Any, gradient: Any
) -> OpDef:
    return OpDef(
        name,
        f"{inputs} -> {outputs}",
        shape,
        types=kinds,
        attrs=_ATTRS,
        reference=reference,
        decompose=normalised,
        gradient=gradient,
        samples=_samples(kinds["T"]),
    )


def _norm_grad(name: str, inputs: str, outputs: str, kinds: Any, reserves: int) -> OpDef:
    return OpDef(
        name,
        f"{inputs} -> {outputs}",
        _grad_shape,
        types=kinds,
        attrs=_ATTRS,
        reference=_differentiate,
        decompose=differentiated,
        gradient=_second,
        samples=_grad_samples(kinds["T"], reserves),
    )


def _of_one_type(signature: str) -> str:
    return signature.replace(": U", ": T").replace("float32", "T")


_TWO = {"T": NORMALISED, "U": SINGLE}

FUSED_BATCH_NORM: OpDef = _norm(
    "FusedBatchNorm", _of_one_type(_INPUTS), _of_one_type(_OUTPUTS), {"T": SINGLE},
    _normalise, _norm_shape, _gradient(lambda: FUSED_BATCH_NORM_GRAD, 2),
)  # fmt: skip

FUSED_BATCH_NORM_V2: OpDef = _norm(
    "FusedBatchNormV2", _INPUTS, _OUTPUTS, _TWO,
    _normalise, _norm_shape, _gradient(lambda: FUSED_BATCH_NORM_GRAD_V2, 2),
)  # fmt: skip

FUSED_BATCH_NORM_V3: OpDef = _norm(
    "FusedBatchNormV3", _INPUTS, f"{_OUTPUTS}, reserve_space_3: U", _TWO,
    _normalise_v3, _norm_shape_v3, _gradient(lambda: FUSED_BATCH_NORM_GRAD_V3, 3),
)  # fmt: skip

FUSED_BATCH_NORM_GRAD: OpDef = _norm_grad(
    "FusedBatchNormGrad", _of_one_type(_GRAD_INPUTS),
    _of_one_type(f"{_GRAD_OUTPUTS}, reserve_space_3: U, reserve_space_4: U"), {"T": SINGLE}, 2,
)  # fmt: skip

FUSED_BATCH_NORM_GRAD_V2: OpDef = _norm_grad(
    "FusedBatchNormGradV2", _GRAD_INPUTS,
    f"{_GRAD_OUTPUTS}, reserve_space_3: U, reserve_space_4: U", _TWO, 2,
)  # fmt: skip

FUSED_BATCH_NORM_GRAD_V3: OpDef = _norm_grad(
    "FusedBatchNormGradV3", f"{_GRAD_INPUTS}, reserve_space_3: U",
    f"{_GRAD_OUTPUTS}, reserve_space_4: U, reserve_space_5: U", _TWO, 3,
)  # fmt: skip
