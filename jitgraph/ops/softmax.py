"""Softmax and its logarithm, along one axis.

In: logits. Out: the probabilities that they stand for, or the logarithms of these. The ops work
along the last axis; the functions bring another axis there and back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from jitgraph import dtypes, errors
from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.activations import NETWORK_FLOATS
from jitgraph.ops.apply import apply
from jitgraph.ops.array_dims import Dims, chosen_argument, require_rank_at_least
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.definition import OpDef, Sample, ShapeQuery
from jitgraph.ops.elementwise_definition import widened


def _rows_shape(query: ShapeQuery) -> list[Dims | None]:
    require_rank_at_least(query.shapes[0], 1)
    return [query.shapes[0]]


def computed_widely(rule: Callable[..., Any]) -> Callable[..., Any]:
    """A decomposition of float32 and wider; half precision is widened first and rounded once."""

    def decompose(b: Any, instr: Any) -> list[Any]:
        dtype = instr.inputs[0].type.dtype
        if dtype.size > 2:
            return rule(b, *instr.inputs)
        wide = [_cast(b, given, dtype, dtypes.float32) for given in instr.inputs]
        return [_cast(b, made, dtypes.float32, dtype) for made in rule(b, *wide)]

    return decompose


def _cast(b: Any, value: Any, source: Any, target: Any) -> Any:
    if value.type.dtype is not source:
        return value
    return b.emit("Cast", value, DstT=target)


def emit_shifted_rows(b: Any, logits: Any) -> tuple[Any, Any, Any]:
    """Emits, for each row: the logits less their maximum, exp of that, and the sum of these."""
    axis = b.sizes([len(logits.type.dims) - 1])
    shifted = b.emit("Sub", logits, b.emit("Max", logits, axis, keep_dims=True))
    powers = b.emit("Exp", shifted)
    return shifted, powers, b.emit("Sum", powers, axis, keep_dims=True)


@computed_widely
def _decompose_softmax(b: Any, logits: Any) -> list[Any]:
    _, powers, total = emit_shifted_rows(b, logits)
    return [b.emit("RealDiv", powers, total)]


@computed_widely
def _decompose_log_softmax(b: Any, logits: Any) -> list[Any]:
    shifted, _, total = emit_shifted_rows(b, logits)
    return [b.emit("Sub", shifted, b.emit("Log", total))]


def shifted_rows(logits: Any) -> tuple[Any, Any, Any]:
    """What `emit_shifted_rows` computes, on NumPy arrays."""
    top = np.max(logits, axis=-1, keepdims=True, initial=-np.inf)
    shifted = logits - top.astype(logits.dtype)
    powers = np.exp(shifted)
    return shifted, powers, np.sum(powers, axis=-1, keepdims=True)


def _softmax(logits: Any) -> Any:
    _, powers, total = shifted_rows(logits)
    return powers / total


def _log_softmax(logits: Any) -> Any:
    shifted, _, total = shifted_rows(logits)
    return shifted - np.log(total)


def _softmax_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.reductions import reduce_sum

    probabilities = op.outputs[0]
    total = reduce_sum(grad * probabilities, -1, keepdims=True)
    return [(grad - total) * probabilities]


def _log_softmax_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    from jitgraph.ops.elementwise_exponential import exp
    from jitgraph.ops.reductions import reduce_sum

    probabilities = exp(op.outputs[0])
    return [grad - reduce_sum(grad, -1, keepdims=True) * probabilities]


def _samples(rng: np.random.Generator) -> Any:
    for dtype in NETWORK_FLOATS:
        yield Sample((rng.uniform(-3, 3, (3, 5)).astype(dtype.as_numpy_dtype),))
    yield Sample((rng.uniform(-3, 3, (2, 3, 4)),))
    yield Sample((rng.uniform(-3, 3, 6).astype(np.float32),))
    yield Sample((rng.uniform(-3, 3, (3, 1)).astype(np.float32),))
    yield Sample((np.zeros((0, 4), np.float32),))
    yield Sample((np.array([[1000, -1000, 999], [-2000, -2000, -2001]], np.float32),))


def _over_rows(name: str, signature: str, reference: Any, decompose: Any, gradient: Any) -> OpDef:
    return OpDef(
        name,
        signature,
        _rows_shape,
        types={"T": NETWORK_FLOATS},
        misfit=misfits.softmax,
        reference=widened(reference),
        decompose=decompose,
        gradient=gradient,
        samples=_samples,
    )


SOFTMAX = _over_rows(
    "Softmax", "logits: T -> softmax: T", _softmax, _decompose_softmax, _softmax_gradient
)

LOG_SOFTMAX = _over_rows(
    "LogSoftmax",
    "logits: T -> logsoftmax: T",
    _log_softmax,
    _decompose_log_softmax,
    _log_softmax_gradient,
)


def softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """exp(logits) divided by their sum along an axis: numbers that add up to 1.

    Args:
      logits: a floating-point tensor.
      axis: the axis, the last one when None.
      name: the op's name.
      dim: the old name of `axis`.

    Raises:
      ValueError: `logits` is a scalar, or both `axis` and `dim` are given.
      errors.InvalidArgumentError: no such axis.

    Example:
      >>> tf.nn.softmax([[1.0, 2.0]])
      <tf.Tensor 'Softmax:0' shape=(1, 2) dtype=float32>
    """
    return _along(SOFTMAX, logits, chosen_argument("axis", axis, "dim", dim), name)


def log_softmax(logits: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """log(softmax(logits)), without overflow.

    Args:
      logits: a floating-point tensor.
      axis: the axis, the last one when None.
      name: the op's name.
      dim: the old name of `axis`.

    Raises:
      ValueError: `logits` is a scalar, or both `axis` and `dim` are given.
      errors.InvalidArgumentError: no such axis.

    Example:
      >>> tf.nn.log_softmax([[1.0, 2.0]])
      <tf.Tensor 'LogSoftmax:0' shape=(1, 2) dtype=float32>
    """
    return _along(LOG_SOFTMAX, logits, chosen_argument("axis", axis, "dim", dim), name)


def _along(definition: OpDef, logits: Any, axis: Any, name: str | None) -> Tensor:
    axis = -1 if axis is None else axis
    tensor = convert_to_tensor(logits)
    dims = tensor._dims
    if not isinstance(axis, Tensor) and axis in (-1, None if dims is None else len(dims) - 1):
        return apply(definition, [tensor], name=name)
    _check_axis(axis, dims)
    return _swapped_there_and_back(definition, tensor, axis, name)


def _check_axis(axis: Any, dims: Dims | None) -> None:
    from jitgraph.ops.partial_value import constant_value

    known = constant_value(axis) if isinstance(axis, Tensor) else axis
    if known is None:
        return
    if dims is None:
        raise TypeError("the rank of logits must be known to take the softmax along an axis")
    rank = len(dims)
    if not -rank <= known < rank:
        raise errors.InvalidArgumentError(
            None,
            None,
            f"Dimension ({int(known)}) must be in the range [{-rank}, {rank}) where {rank} is the "
            "number of dimensions in the input.",
        )


def _swapped_there_and_back(
    definition: OpDef, logits: Tensor, axis: Any, name: str | None
) -> Tensor:
    from jitgraph.ops.arithmetic import subtract
    from jitgraph.ops.comparison import less
    from jitgraph.ops.selection import where
    from jitgraph.ops.shapes_of import rank

    full_rank = rank(logits)
    if isinstance(axis, Tensor):
        axis = where(less(axis, 0), axis + full_rank, axis)
    elif axis < 0:
        axis += full_rank
    input_rank = rank(logits)
    place = axis % len(logits._dims or ())
    swapped = _swap_axes(logits, place, subtract(input_rank, 1))
    made = apply(definition, [swapped])
    result = _swap_axes(made, place, subtract(input_rank, 1), name)
    result.set_shape(logits.shape)
    return result


def _swap_axes(tensor: Tensor, first: Any, second: Any, name: str | None = None) -> Tensor:
    from jitgraph.ops.assembling import concat
    from jitgraph.ops.ranges import range
    from jitgraph.ops.transposing import transpose

    before = range(first)
    order = concat([before, [second], range(first + 1, second), [first]], 0)
    return transpose(tensor, order, name=name)
