"""tf.contrib.framework.with_shape: a tensor whose shape is checked, while running if need be.

In: a tensor, and what its shape must be. Out: the tensor, or one that comes after the check.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from jitgraph.frontend.assertions import Assert
from jitgraph.graph import Operation, Tensor, control_dependencies, name_scope
from jitgraph.ops.comparison import equal
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.identities import identity
from jitgraph.ops.logical import logical_and, logical_or
from jitgraph.ops.reductions import reduce_all
from jitgraph.ops.reshaping import reshape
from jitgraph.ops.shapes_of import rank, shape as shape_of, size


def with_same_shape(expected_tensor: Tensor, tensor: Tensor) -> Tensor:
    """A tensor that has another one's shape.

    Args:
      expected_tensor: the tensor whose shape is wanted.
      tensor: the tensor that is given back.

    Raises:
      ValueError: the shapes are known, and differ.

    Example:
      >>> tf.contrib.framework.with_same_shape(tf.zeros([2]), tf.ones([2])).shape
      TensorShape([Dimension(2)])
    """
    with name_scope(f"{tensor.op.name}/", values=[expected_tensor, tensor]):
        known = expected_tensor.get_shape()
        if known.is_fully_defined():
            return with_shape(known.as_list(), tensor)
        return with_shape(shape_of(expected_tensor, name="expected_shape"), tensor)


def with_shape(expected_shape: Any, tensor: Tensor) -> Tensor:
    """A tensor of a shape.

    Args:
      expected_shape: sizes, or an int32 tensor [rank].
      tensor: the tensor that is given back; where it may have another shape, one that comes after
        a check of it.

    Raises:
      ValueError: the shape is known to be another one, or is no vector of int32.

    Example:
      >>> tf.contrib.framework.with_shape([2], tf.placeholder(tf.float32, [None])).shape
      TensorShape([Dimension(2)])
    """
    if not isinstance(tensor, Tensor):
        tensor = convert_to_tensor(tensor)
    is_told = not isinstance(expected_shape, Tensor)
    wanted = _sizes(expected_shape, tensor) if is_told else expected_shape
    if isinstance(wanted, Tensor) and wanted.dtype.base_dtype.name != "int32":
        raise ValueError(
            f"Invalid dtype {wanted.dtype} for shape {wanted} expected of tensor {tensor.name}."
        )
    actual = tensor.get_shape()
    if not is_told or not actual.is_fully_defined():
        return _checked(wanted, tensor, is_told)
    if actual.is_compatible_with(wanted.tolist()):
        return tensor
    if not len(wanted) and actual.is_compatible_with([1]):
        with name_scope(f"{tensor.op.name}/", values=[tensor]):
            return reshape(tensor, [])
    raise ValueError(f"Invalid shape for tensor {tensor.name}, expected {wanted}, got {actual}.")


def _sizes(given: Any, tensor: Tensor) -> np.ndarray:
    sizes = np.asarray(given, None if len(given) else np.int32)
    if sizes.dtype == np.int64:
        sizes = sizes.astype(np.int32)
    if sizes.ndim > 1:
        raise ValueError(
            f"Invalid rank {sizes.ndim} for shape {given} expected of tensor {tensor.name}."
        )
    if sizes.dtype != np.int32:
        raise ValueError(
            f"Invalid dtype {sizes.dtype} for shape {given} expected of tensor {tensor.name}."
        )
    return sizes


def _checked(wanted: Any, tensor: Tensor, is_told: bool) -> Tensor:
    with name_scope(f"{tensor.op.name}/", values=[tensor]):
        if is_told and not len(wanted):
            return reshape(tensor, [])
        with control_dependencies([_assertion(wanted, tensor)]):
            result = identity(tensor)
        if is_told:
            result.set_shape(wanted.tolist())
        return result


def _assertion(wanted: Any, tensor: Tensor) -> Operation | None:
    with name_scope("assert_shape", values=[tensor]) as scope:
        actual = shape_of(tensor, name="actual")
        with name_scope("is_shape", values=[tensor]) as inner:
            has_rank = _is_rank(size(wanted), tensor)
            has_shape = logical_and(has_rank, _are_sizes(wanted, actual), name=inner)
        text = f"Wrong shape for {tensor.name} [expected] [actual]."
        return Assert(has_shape, [text, wanted, actual], name=scope)


def _is_rank(wanted: Tensor, tensor: Tensor) -> Tensor:
    with name_scope("is_rank", values=[tensor]) as scope:
        return equal(wanted, rank(tensor, name="actual"), name=scope)


def _are_sizes(wanted: Any, actual: Tensor) -> Tensor:
    """Whether the sizes are those that are wanted; -1 stands for any."""
    with name_scope("shape_tensor_equal", values=[wanted, actual]) as scope:
        are_any = equal(wanted, -1)
        are_same = equal(wanted, actual, "equal")
        return reduce_all(logical_or(are_any, are_same, name="exclude_partial_shape"), name=scope)
