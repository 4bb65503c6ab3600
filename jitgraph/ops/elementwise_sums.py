"""Sums of lists of tensors."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from jitgraph import dtypes
from jitgraph.graph import Tensor
from jitgraph.ops import misfits
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import internal_convert
from jitgraph.ops.definition import NUMBERS, REQUIRED, OpDef, Sample, ShapeQuery
from jitgraph.ops.elementwise_definition import widened
from jitgraph.ops.shape_rules import Dims, merge_dims
from jitgraph.shapes import TensorShape, as_shape


def _sum(inputs: list[Any], shape: Any = None) -> Any:
    return functools.reduce(np.add, (_wide(item) for item in inputs))


_wide = widened(lambda item: item)


def _by_addition(builder: Any, instr: Any) -> Any:
    total = instr.inputs[0]
    for term in instr.inputs[1:]:
        total = builder.emit("AddV2", total, term)
    return total


def _copied_gradient(op: Any, grad: Tensor) -> list[Tensor]:
    return [grad] * len(op.inputs)


def _sum_samples(rng: np.random.Generator) -> Any:
    for dtype in (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.complex64, dtypes.bfloat16):
        for count, dims in ((1, (3,)), (2, (2, 3)), (5, ()), (3, (0, 2))):
            kind = dtype.as_numpy_dtype
            terms = [np.asarray(rng.uniform(-3, 3, dims)).astype(kind) for _ in range(count)]
            yield Sample((terms,))


def _sum_shape(query: ShapeQuery) -> list[Dims | None]:
    merged = query.shapes[-1]
    for index in reversed(range(len(query.shapes) - 1)):
        try:
            merged = merge_dims(query.shapes[index], merged)
        except ValueError as error:
            place = f"\n\tFrom merging shape {index} with other shapes."
            raise ValueError(f"{error}{place}") from None
    return [merged]


ADD_N = OpDef(
    "AddN",
    "inputs: N*T -> sum: T",
    _sum_shape,
    misfit=misfits.same_shapes("AddN"),
    types={"T": NUMBERS},
    reference=_sum,
    decompose=_by_addition,
    gradient=_copied_gradient,
    commutative=True,
    samples=_sum_samples,
)


def _accumulate_samples(rng: np.random.Generator) -> Any:
    for sample in _sum_samples(rng):
        yield Sample(sample.inputs, {"shape": sample.inputs[0][0].shape})


ACCUMULATE_N = OpDef(
    "AccumulateNV2",
    "inputs: N*T -> sum: T",
    _sum_shape,
    types={"T": NUMBERS},
    attrs={"shape": REQUIRED},
    reference=_sum,
    decompose=_by_addition,
    gradient=_copied_gradient,
    commutative=True,
    samples=_accumulate_samples,
)


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """The sum of all tensors of a list.

    Args:
      inputs: a list of tensors or IndexedSlices of one shape and dtype.
      name: the op's name.

    Raises:
      ValueError: the list is empty, or the shapes differ.

    Example:
      >>> tf.add_n([tf.constant([1, 2]), tf.constant([3, 4])])
      <tf.Tensor 'AddN:0' shape=(2,) dtype=int32>
    """
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(
            "inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and "
            "shape"
        )
    tensors = [internal_convert(item) for item in inputs]
    if len(tensors) == 1:
        return _named(tensors[0], name)
    return apply(ADD_N, [tensors], name=name)


def _named(tensor: Tensor, name: str | None) -> Tensor:
    from jitgraph.ops.identities import identity

    return identity(tensor, name=name) if name else tensor


def accumulate_n(
    inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None
) -> Tensor:
    """The sum of all tensors of a list, as `add_n`.

    Args:
      inputs: a list of tensors of one shape and dtype.
      shape: the shape they have; inferred when None.
      tensor_dtype: the dtype they have; inferred when None.
      name: the op's name.

    Raises:
      ValueError: the list is empty, or shapes or dtypes differ.
      TypeError: `tensor_dtype` is another than theirs.

    Example:
      >>> tf.accumulate_n([tf.constant([1, 2]), tf.constant([3, 4])])
      <tf.Tensor 'AccumulateNV2:0' shape=(2,) dtype=int32>
    """
    problem = "inputs must be a list of at least one Tensor with the same dtype and shape"
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(problem)
    tensors = [internal_convert(item) for item in inputs]
    kind = tensors[0].dtype
    if any(tensor.dtype != kind for tensor in tensors):
        raise ValueError(problem)
    merged = TensorShape(None) if shape is None else as_shape(shape)
    for tensor in tensors:
        merged = merged.merge_with(tensor.shape)
    if tensor_dtype is not None and dtypes.as_dtype(tensor_dtype) != kind:
        raise TypeError(f"tensor_dtype is {tensor_dtype}, but input is of type {kind}")
    if len(tensors) == 1:
        return _named(tensors[0], name)
    return apply(ACCUMULATE_N, [tensors], {"shape": merged}, name)
