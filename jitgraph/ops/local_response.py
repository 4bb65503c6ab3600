"""Local response normalisation: each pixel's channels divided by a norm of their neighbours.

In: images [batch, height, width, channels]. Out: images of the same shape.
y[c] = x[c] * n[c] ** -beta, with n[c] = bias + alpha * the sum of x[k] ** 2 over |k - c| <= radius.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dims, require_rank
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery
from jitgraph.ops.padding import emit_zero_pad

_FLOATS = (dtypes.bfloat16, dtypes.float16, dtypes.float32)
_ATTRS = {"depth_radius": 5, "bias": 1.0, "alpha": 1.0, "beta": 0.5}
_MOST_TERMS = 17
"""A wider window is summed by a product with a band matrix."""


def _image_shape(q: ShapeQuery) -> list[Dims | None]:
    found: Dims | None = (None,) * 4
    for dims in q.shapes:
        require_rank(dims, 4)
        found = merge_dims(dims, found)
    return [found]


def _window_sums(x: np.ndarray, radius: int) -> np.ndarray:
    place = np.arange(x.shape[-1])
    band = np.abs(place[:, None] - place) <= radius
    sums: np.ndarray = x @ band.astype(x.dtype)
    return sums


def _lrn(input: Any, depth_radius: int, bias: float, alpha: float, beta: float) -> np.ndarray:
    x = np.asarray(input, np.float32)
    norm: np.ndarray = bias + alpha * _window_sums(x * x, depth_radius)
    scaled: np.ndarray = x * norm**-beta
    return scaled


def _lrn_grad(
    input_grads: Any,
    input_image: Any,
    output_image: Any,
    depth_radius: int,
    bias: float,
    alpha: float,
    beta: float,
) -> np.ndarray:
    given = (input_grads, input_image, output_image)
    grad, x, y = (np.asarray(array, np.float32) for array in given)
    norm = bias + alpha * _window_sums(x * x, depth_radius)
    pulled = _window_sums(grad * y / norm, depth_radius)
    result: np.ndarray = grad * norm**-beta - 2 * alpha * beta * x * pulled
    return result


def _emit_window_sums(b: Any, x: Any, radius: int) -> Any:
    count = 2 * radius + 1
    if count > _MOST_TERMS:
        return _emit_band_product(b, x, radius)
    dims = x.type.dims
    padded = emit_zero_pad(b, x, [0, 0, 0, radius], [0, 0, 0, radius])
    total = None
    for step in range(count):
        part = b.emit("Slice", padded, b.sizes([0, 0, 0, step]), b.sizes(dims))
        total = part if total is None else b.emit("AddV2", total, part)
    return total


def _emit_band_product(b: Any, x: Any, radius: int) -> Any:
    *lead, depth = x.type.dims
    kind = dtypes.int64
    rows = b.emit("Iota", dims=(depth, 1), axis=0, T=kind)
    columns = b.emit("Iota", dims=(1, depth), axis=1, T=kind)
    distance = b.emit("Abs", b.emit("Sub", rows, columns))
    is_near = b.emit("LessEqual", distance, b.constant(radius, kind))
    band = b.emit("Cast", is_near, DstT=x.type.dtype)
    flat = b.emit("Reshape", x, b.sizes([lead[0] * lead[1] * lead[2], depth]))
    return b.emit("Reshape", b.emit("MatMul", flat, band), b.sizes([*lead, depth]))


def _emit_norm(b: Any, x: Any, attrs: Any) -> Any:
    number = _constants(b, x)
    sums = _emit_window_sums(b, b.emit("Mul", x, x), attrs["depth_radius"])
    return b.emit("AddV2", b.emit("Mul", sums, number(attrs["alpha"])), number(attrs["bias"]))


def _emit_scaled(b: Any, x: Any, norm: Any, beta: float) -> Any:
    """x * norm ** -beta"""
    if beta == 1:
        return b.emit("RealDiv", x, norm)
    if beta == 0.5:
        return b.emit("Mul", x, b.emit("Rsqrt", norm))
    return b.emit("Mul", x, b.emit("Pow", norm, _constants(b, x)(-beta)))


def _constants(b: Any, x: Any) -> Callable[[float], Any]:
    return lambda number: b.constant(number, x.type.dtype)


def _decompose(b: Any, instr: Any) -> list[Any]:
    (x,) = instr.inputs
    return [_emit_scaled(b, x, _emit_norm(b, x, instr.attrs), instr.attrs["beta"])]


def _decompose_grad(b: Any, instr: Any) -> list[Any]:
    grad, x, y = instr.inputs
    attrs = instr.attrs
    norm = _emit_norm(b, x, attrs)
    quotient = b.emit("RealDiv", b.emit("Mul", grad, y), norm)
    pulled = _emit_window_sums(b, quotient, attrs["depth_radius"])
    factor = _constants(b, x)(2 * attrs["alpha"] * attrs["beta"])
    own = _emit_scaled(b, grad, norm, attrs["beta"])
    return [b.emit("Sub", own, b.emit("Mul", b.emit("Mul", x, factor), pulled))]


def _gradient(op: Any, grad: Tensor) -> list[Any]:
    attrs = {name: op.get_attr(name) for name in _ATTRS}
    return [apply(LRN_GRAD, [grad, op.inputs[0], op.outputs[0]], attrs)]


def _cases(rng: np.random.Generator, inputs: int) -> Any:
    settings = (
        {"depth_radius": 2, "bias": 1.0, "alpha": 0.1, "beta": 0.75},
        {"depth_radius": 1, "bias": 2.0, "alpha": 1.0, "beta": 0.5},
        {"depth_radius": 9, "bias": 1.0, "alpha": 0.5, "beta": 1.0},
        {"depth_radius": 0, "bias": 1.0, "alpha": 0.5, "beta": 2.0},
    )
    for attrs in settings:
        for kind in _FLOATS[1:]:
            drawn = (rng.uniform(-2, 2, (2, 1, 3, 7)) for _ in range(inputs))
            yield Sample(tuple(x.astype(kind.as_numpy_dtype) for x in drawn), attrs)
    yield Sample((np.zeros((0, 2, 2, 3), np.float32),) * inputs, settings[0])


LRN = OpDef(
    "LRN",
    "input: T -> output: T",
    _image_shape,
    types={"T": (_FLOATS, dtypes.float32)},
    attrs=_ATTRS,
    reference=_lrn,
    decompose=_decompose,
    gradient=_gradient,
    samples=lambda rng: _cases(rng, 1),
)

LRN_GRAD = OpDef(
    "LRNGrad",
    "input_grads: T, input_image: T, output_image: T -> output: T",
    _image_shape,
    types={"T": (_FLOATS, dtypes.float32)},
    attrs=_ATTRS,
    reference=_lrn_grad,
    decompose=_decompose_grad,
    samples=lambda rng: _cases(rng, 3),
)


def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Tensor:
    """Images whose channels are divided by (bias + alpha * sum of squares near by) ** beta.

    Args:
      input: images [batch, height, width, channels] of float32, float16 or bfloat16.
      depth_radius: how many channels before and behind count.
      bias, alpha, beta: see above.
      name: the op's name.

    Raises:
      ValueError: `input` hasn't four axes.

    Example:
      >>> tf.nn.lrn(tf.ones([1, 2, 2, 8]), 4, bias=1.0, alpha=0.001 / 9.0, beta=0.75)
      <tf.Tensor 'LRN:0' shape=(1, 2, 2, 8) dtype=float32>
    """
    attrs = {
        "depth_radius": int(depth_radius),
        "bias": float(bias),
        "alpha": float(alpha),
        "beta": float(beta),
    }
    return apply(LRN, [input], attrs, name)
