"""Numbers rounded as if they had been quantized to a few bits: fake_quant_with_min_max_*.

In: float32 tensors and the range of the levels, of which zero is one: the range is moved for that.
Out: the nearest levels. B. Jacob and others, "Quantization and training of neural networks for
efficient integer-arithmetic-only inference", 2018.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from jitgraph.graph import Tensor
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dims, require_rank, require_rank_at_least
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery, no_gradient

_BITS: Mapping[str, Any] = {"num_bits": 8, "narrow_range": False}
_RANGE: Mapping[str, Any] = {"min": -6.0, "max": 6.0, **_BITS}

Numbers = np.ndarray[Any, Any]


def _levels(low: Any, high: Any, num_bits: int, narrow_range: bool) -> tuple[Any, Any, Any]:
    """(lowest level, highest level, their distance), in float32."""
    first, last = np.float32(1 if narrow_range else 0), np.float32(2**num_bits - 1)
    low, high = np.float32(low), np.float32(high)
    scale = (high - low) / (last - first)
    zero = first - low / scale
    nearest = np.clip(np.floor(zero + np.float32(0.5)), first, last)
    return (first - nearest) * scale, (last - nearest) * scale, scale


def _rounded(x: Numbers, low: Any, high: Any, num_bits: int, narrow_range: bool) -> Numbers:
    lowest, highest, scale = _levels(low, high, num_bits, narrow_range)
    inverse = np.float32(1) / scale
    steps = np.floor((np.clip(x, lowest, highest) - lowest) * inverse + np.float32(0.5))
    found = steps * scale + lowest
    is_empty = (np.asarray(low) == 0) & (np.asarray(high) == 0)
    return np.where(is_empty, np.float32(0), found).astype(np.float32)


def _slopes(
    grad: Numbers, x: Numbers, low: Any, high: Any, num_bits: int, narrow_range: bool
) -> tuple[Numbers, Numbers, Numbers]:
    """The gradient where x is in the range, below it, and above it."""
    lowest, highest, _ = _levels(low, high, num_bits, narrow_range)
    is_empty = (np.asarray(low) == 0) & (np.asarray(high) == 0)
    is_below, is_above = (x < lowest) & ~is_empty, (x > highest) & ~is_empty
    nothing = np.float32(0)
    inside = np.where(is_below | is_above, nothing, grad)
    return inside, np.where(is_below, grad, nothing), np.where(is_above, grad, nothing)


def _by_attrs(inputs: Any, min: Any, max: Any, num_bits: Any, narrow_range: Any) -> Numbers:
    return _rounded(inputs, min, max, num_bits, narrow_range)


def _by_attrs_slope(
    gradients: Any, inputs: Any, min: Any, max: Any, num_bits: Any, narrow_range: Any
) -> Numbers:
    return _slopes(gradients, inputs, min, max, num_bits, narrow_range)[0]


def _by_vars(inputs: Any, min: Any, max: Any, num_bits: Any, narrow_range: Any) -> Numbers:
    return _rounded(inputs, min, max, num_bits, narrow_range)


def _by_vars_slopes(
    gradients: Any, inputs: Any, min: Any, max: Any, num_bits: Any, narrow_range: Any
) -> tuple[Any, Any, Any]:
    parts = _slopes(gradients, inputs, min, max, num_bits, narrow_range)
    return parts[0], parts[1].sum(dtype=np.float32), parts[2].sum(dtype=np.float32)


def _by_channel_slopes(
    gradients: Any, inputs: Any, min: Any, max: Any, num_bits: Any, narrow_range: Any
) -> tuple[Any, Any, Any]:
    parts = _slopes(gradients, inputs, min, max, num_bits, narrow_range)
    outer = tuple(range(inputs.ndim - 1))
    return parts[0], parts[1].sum(outer, np.float32), parts[2].sum(outer, np.float32)


def _same(q: ShapeQuery) -> list[Dims | None]:
    return [q.shapes[0] if len(q.shapes) == 1 else merge_dims(*q.shapes[:2])]


def _with_scalars(q: ShapeQuery) -> list[Dims | None]:
    for dims in q.shapes[-2:]:
        require_rank(dims, 0)
    return [q.shapes[0]] if len(q.shapes) == 3 else [merge_dims(*q.shapes[:2]), (), ()]


def _with_channels(q: ShapeQuery) -> list[Dims | None]:
    require_rank_at_least(q.shapes[0], 1)
    for dims in q.shapes[-2:]:
        require_rank(dims, 1)
    channels = merge_dims(*q.shapes[-2:])
    return [q.shapes[0]] if len(q.shapes) == 3 else [merge_dims(*q.shapes[:2]), channels, channels]


def _samples(ranges: int, has_gradient: bool) -> Any:
    """Of samples with `ranges` inputs for each bound (0: attributes, 1: scalars, 3: channels)."""

    def samples(rng: np.random.Generator) -> Iterator[Sample]:
        for low, high, bits, narrow in (
            (-6.0, 6.0, 8, False),
            (-1.3, 2.6, 4, True),
            (0.5, 4.0, 8, False),
        ):
            x = rng.uniform(-7, 7, (4, 3)).astype(np.float32)
            grad = rng.uniform(-1, 1, (4, 3)).astype(np.float32)
            given = (grad, x) if has_gradient else (x,)
            rest = {"num_bits": bits, "narrow_range": narrow}
            if not ranges:
                yield Sample(given, {"min": low, "max": high, **rest})
                continue
            spread = np.ones(3, np.float32) if ranges == 3 else np.float32(1)
            limits = (np.float32(low) * spread, np.float32(high) * spread)
            yield Sample((*given, *limits), rest)

    return samples


def _gradient(definition: OpDef) -> Any:
    def gradient(op: Any, grad: Tensor) -> list[Any]:
        names = definition.attrs
        attrs = {name: op.get_attr(name) for name in names}
        found = apply(definition, [grad, *op.inputs], attrs)
        return list(found) if isinstance(found, (list, tuple)) else [found]

    return gradient


FAKE_QUANT_ARGS_GRADIENT = OpDef(
    "FakeQuantWithMinMaxArgsGradient",
    "gradients: float32, inputs: float32 -> backprops: float32",
    _same,
    attrs=_RANGE,
    reference=_by_attrs_slope,
    gradient=no_gradient,
    samples=_samples(0, True),
)
FAKE_QUANT_ARGS = OpDef(
    "FakeQuantWithMinMaxArgs",
    "inputs: float32 -> outputs: float32",
    _same,
    attrs=_RANGE,
    reference=_by_attrs,
    gradient=_gradient(FAKE_QUANT_ARGS_GRADIENT),
    samples=_samples(0, False),
)
FAKE_QUANT_VARS_GRADIENT = OpDef(
    "FakeQuantWithMinMaxVarsGradient",
    "gradients: float32, inputs: float32, min: float32, max: float32 -> "
    "backprops_wrt_input: float32, backprop_wrt_min: float32, backprop_wrt_max: float32",
    _with_scalars,
    attrs=_BITS,
    reference=_by_vars_slopes,
    gradient=no_gradient,
    samples=_samples(1, True),
)
FAKE_QUANT_VARS = OpDef(
    "FakeQuantWithMinMaxVars",
    "inputs: float32, min: float32, max: float32 -> outputs: float32",
    _with_scalars,
    attrs=_BITS,
    reference=_by_vars,
    gradient=_gradient(FAKE_QUANT_VARS_GRADIENT),
    samples=_samples(1, False),
)
FAKE_QUANT_CHANNELS_GRADIENT = OpDef(
    "FakeQuantWithMinMaxVarsPerChannelGradient",
    "gradients: float32, inputs: float32, min: float32, max: float32 -> "
    "backprops_wrt_input: float32, backprop_wrt_min: float32, backprop_wrt_max: float32",
    _with_channels,
    attrs=_BITS,
    reference=_by_channel_slopes,
    gradient=no_gradient,
    samples=_samples(3, True),
)
FAKE_QUANT_CHANNELS = OpDef(
    "FakeQuantWithMinMaxVarsPerChannel",
    "inputs: float32, min: float32, max: float32 -> outputs: float32",
    _with_channels,
    attrs=_BITS,
    reference=_by_vars,
    gradient=_gradient(FAKE_QUANT_CHANNELS_GRADIENT),
    samples=_samples(3, False),
)


def fake_quant_with_min_max_args(
    inputs: Any,
    min: float = -6,
    max: float = 6,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """Numbers rounded to the nearest of 2 ** num_bits levels between two numbers.

    Args:
      inputs: a float32 tensor.
      min, max: the ends of the range.
      num_bits: 2 to 16.
      narrow_range: whether there is one level less.
      name: the op's name.

    Example:
      >>> tf.fake_quant_with_min_max_args([0.3, 7.0]).shape
      TensorShape([Dimension(2)])
    """
    limits = {"min": float(min), "max": float(max)}
    attrs = {**limits, "num_bits": num_bits, "narrow_range": narrow_range}
    return apply(FAKE_QUANT_ARGS, [inputs], attrs, name)


def fake_quant_with_min_max_vars(
    inputs: Any,
    min: Any,
    max: Any,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """As `fake_quant_with_min_max_args`, with the range's ends as tensors, which have gradients.

    Args:
      inputs: a float32 tensor.
      min, max: float32 scalars.
      num_bits, narrow_range, name: as in `fake_quant_with_min_max_args`.

    Example:
      >>> tf.fake_quant_with_min_max_vars([0.3, 7.0], -1.0, 1.0).shape
      TensorShape([Dimension(2)])
    """
    attrs = {"num_bits": num_bits, "narrow_range": narrow_range}
    return apply(FAKE_QUANT_VARS, [inputs, min, max], attrs, name)


def fake_quant_with_min_max_vars_per_channel(
    inputs: Any,
    min: Any,
    max: Any,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """As `fake_quant_with_min_max_vars`, with a range for each channel, the last axis.

    Args:
      inputs: a float32 tensor.
      min, max: float32 vectors.
      num_bits, narrow_range, name: as in `fake_quant_with_min_max_args`.

    Example:
      >>> ends = [-1.0, -2.0], [1.0, 2.0]
      >>> tf.fake_quant_with_min_max_vars_per_channel([[0.3, 7.0]], *ends).shape
      TensorShape([Dimension(1), Dimension(2)])
    """
    attrs = {"num_bits": num_bits, "narrow_range": narrow_range}
    return apply(FAKE_QUANT_CHANNELS, [inputs, min, max], attrs, name)
