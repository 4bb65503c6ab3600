"""Adding a vector to the channels of a tensor: bias_add, and layers of a product and a bias."""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor, name_scope
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, merge_dim, replaced, require_rank, require_rank_at_least
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import NUMBERS, OpDef, Sample, ShapeQuery
from jitgraph.ops.elementwise_definition import widened

_SAMPLED = (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.uint8, dtypes.complex64)
_NARROW = (dtypes.float16, dtypes.bfloat16)
_CHANNELS_LAST, _CHANNELS_SECOND = "NHWC", "NCHW"


def _channel_axis(dims: Dims, data_format: str) -> int:
    return 1 if data_format == _CHANNELS_SECOND else len(dims) - 1


def _require_channels(dims: Dims | None, data_format: str) -> None:
    require_rank_at_least(dims, 3 if data_format == _CHANNELS_SECOND else 2)


def _bias_add_shape(query: ShapeQuery) -> list[Dims | None]:
    dims, bias_dims = query.shapes
    data_format = query.attrs["data_format"]
    _require_channels(dims, data_format)
    require_rank(bias_dims, 1)
    if dims is None or bias_dims is None:
        return [dims]
    axis = _channel_axis(dims, data_format)
    return [replaced(dims, axis, merge_dim(dims[axis], bias_dims[0]))]


def _spread(bias: Any, rank: int, data_format: str) -> Any:
    """`bias`, shaped so that it broadcasts to the channels."""
    if data_format != _CHANNELS_SECOND:
        return bias
    return bias.reshape((-1,) + (1,) * (rank - 2))


def _decompose_bias_add(b: Any, instr: Any) -> list[Any]:
    value, bias = instr.inputs
    if instr.attrs["data_format"] == _CHANNELS_SECOND:
        ones = [1] * (len(value.type.dims) - 2)
        bias = b.emit("Reshape", bias, b.sizes([bias.type.dims[0], *ones]))
    return [b.emit("AddV2", value, bias)]


def _bias_add_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    attrs = {"data_format": op.get_attr("data_format")}
    return [grad, apply(BIAS_ADD_GRAD, [grad], attrs)]


def _bias_add_samples(rng: np.random.Generator) -> Any:
    for sample in _value_samples(rng):
        (value,) = sample.inputs
        data_format = sample.attrs["data_format"]
        channels = value.shape[_channel_axis(value.shape, data_format)]
        bias = rng.uniform(0, 5, channels).astype(value.dtype)
        yield Sample((value, bias), {"data_format": data_format})


def _value_samples(rng: np.random.Generator) -> Any:
    for dtype in (*_SAMPLED, *_NARROW):
        for shape, data_format in (((3, 4), _CHANNELS_LAST), ((2, 3, 4), _CHANNELS_SECOND)):
            yield Sample((_drawn(rng, shape, dtype),), {"data_format": data_format})
    yield Sample((_drawn(rng, (2, 2, 3, 2), dtypes.float64),), {"data_format": _CHANNELS_LAST})
    yield Sample((_drawn(rng, (2, 2, 3, 2), dtypes.float64),), {"data_format": _CHANNELS_SECOND})
    yield Sample((np.zeros((0, 3), np.float32),), {"data_format": _CHANNELS_LAST})


def _drawn(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    return rng.uniform(0, 5, shape).astype(dtype.as_numpy_dtype)


BIAS_ADD = OpDef(
    "BiasAdd",
    "value: T, bias: T -> output: T",
    _bias_add_shape,
    misfit=misfits.bias_add,
    types={"T": NUMBERS},
    attrs={"data_format": _CHANNELS_LAST},
    reference=widened(
        lambda value, bias, data_format: value + _spread(bias, value.ndim, data_format)
    ),
    decompose=_decompose_bias_add,
    gradient=_bias_add_gradient,
    samples=_bias_add_samples,
)


def _bias_grad_shape(query: ShapeQuery) -> list[Dims | None]:
    dims = query.shapes[0]
    data_format = query.attrs["data_format"]
    _require_channels(dims, data_format)
    return [(None if dims is None else dims[_channel_axis(dims, data_format)],)]


def _all_but_channels(dims: Dims, data_format: str) -> list[int]:
    kept = _channel_axis(dims, data_format)
    return [axis for axis in range(len(dims)) if axis != kept]


def _bias_grad(out_backprop: np.ndarray, data_format: str) -> Any:
    axes = tuple(_all_but_channels(out_backprop.shape, data_format))
    return np.sum(out_backprop, axis=axes, dtype=out_backprop.dtype)


def _decompose_bias_grad(b: Any, instr: Any) -> list[Any]:
    grad = instr.inputs[0]
    axes = _all_but_channels(grad.type.dims, instr.attrs["data_format"])
    return [b.emit("Sum", grad, b.sizes(axes))]


def _bias_grad_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.filling import ones_like
    from jitgraph.ops.repeating import tile
    from jitgraph.ops.reshaping import reshape
    from jitgraph.ops.shapes_of import shape as shape_of

    shape = shape_of(op.inputs[0])
    bias_shape = shape_of(grad)
    if op.get_attr("data_format") in (_CHANNELS_SECOND, _CHANNELS_SECOND.encode()):
        before = ones_like(shape[:1])
        expanded = concat([before, bias_shape, ones_like(shape[2:])], 0)
        multiples = concat([shape[:1], [1], shape[2:]], 0)
    else:
        expanded = concat([ones_like(shape[:-1]), bias_shape], 0)
        multiples = concat([shape[:-1], [1]], 0)
    return [tile(reshape(grad, expanded), multiples)]


BIAS_ADD_GRAD = OpDef(
    "BiasAddGrad",
    "out_backprop: T -> output: T",
    _bias_grad_shape,
    types={"T": NUMBERS},
    attrs={"data_format": _CHANNELS_LAST},
    reference=widened(_bias_grad),
    decompose=_decompose_bias_grad,
    gradient=_bias_grad_gradient,
    samples=_value_samples,
)


def bias_add(
    value: Any, bias: Any, data_format: str | None = None, name: str | None = None
) -> Tensor:
    """`value` with `bias` added to its channels.

    Args:
      value: a tensor.
      bias: a vector with an element for each channel.
      data_format: where the channels are: "N...C" (or None), or "NC...".
      name: the op's name.

    Raises:
      ValueError: another `data_format`, or shapes that don't fit.

    Example:
      >>> tf.nn.bias_add([[1.0, 2.0]], [3.0, 4.0])
      <tf.Tensor 'BiasAdd:0' shape=(1, 2) dtype=float32>
    """
    with name_scope(name, "BiasAdd", [value, bias]) as scope:
        attrs = {"data_format": _ops_format(data_format)}
        value = convert_to_tensor(value, name="input")
        bias = convert_to_tensor(bias, dtype=value.dtype, name="bias")
        return apply(BIAS_ADD, [value, bias], attrs, scope)


def _ops_format(data_format: str | None) -> str:
    if data_format is None:
        return _CHANNELS_LAST
    if data_format.startswith("NC"):
        return _CHANNELS_SECOND
    if data_format.startswith("N") and data_format.endswith("C"):
        return _CHANNELS_LAST
    raise ValueError("data_format must be of the form `N...C` or `NC...`")


def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """x times weights plus biases.

    Args:
      x: a matrix.
      weights: a matrix.
      biases: a vector.
      name: the ops' name scope.

    Example:
      >>> tf.nn.xw_plus_b([[1.0]], [[2.0, 3.0]], [4.0, 5.0])
      <tf.Tensor 'xw_plus_b:0' shape=(1, 2) dtype=float32>
    """
    from jitgraph.ops.matmul import matmul

    with name_scope(name, "xw_plus_b", [x, weights, biases]) as scope:
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(weights, name="weights")
        biases = convert_to_tensor(biases, name="biases")
        return bias_add(matmul(x, weights), biases, name=scope)


def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """relu(x times weights plus biases).

    Args:
      x: a matrix.
      weights: a matrix.
      biases: a vector.
      name: the ops' name scope.

    Example:
      >>> tf.nn.relu_layer([[1.0]], [[2.0, 3.0]], [4.0, 5.0])
      <tf.Tensor 'relu_layer:0' shape=(1, 2) dtype=float32>
    """
    from jitgraph.ops.activations import relu
    from jitgraph.ops.matmul import matmul

    with name_scope(name, "relu_layer", [x, weights, biases]) as scope:
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(weights, name="weights")
        biases = convert_to_tensor(biases, name="biases")
        return relu(bias_add(matmul(x, weights), biases), name=scope)
