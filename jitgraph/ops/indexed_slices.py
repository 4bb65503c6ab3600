"""IndexedSlices: the gradient of a gather, as rows and where they belong.

In: values, indices and the dense shape. Out: where a tensor is needed, a sum over the indices.
"""

from __future__ import annotations

from typing import Any

from jitgraph.dtypes import DType
from jitgraph.graph import Graph, Operation, Tensor
from jitgraph.graph.default import _get_graph_from_inputs
from jitgraph.ops.convert import register_tensor_conversion_function


class IndexedSlices:
    """Rows of a larger tensor: dense[indices[i]] += values[i], all other rows zero.

    Args:
      values: a Tensor; its first dimension counts the rows.
      indices: a vector of row numbers.
      dense_shape: the shape of the larger tensor as a vector, or None.

    Example:
      >>> tf.IndexedSlices(tf.ones([2, 3]), tf.constant([0, 4]), tf.constant([5, 3])).dtype
      tf.float32
    """

    __slots__ = ("_dense_shape", "_indices", "_values")

    def __init__(self, values: Tensor, indices: Tensor, dense_shape: Tensor | None = None) -> None:
        parts = [values, indices] + ([] if dense_shape is None else [dense_shape])
        _get_graph_from_inputs(parts)
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def values(self) -> Tensor:
        """The rows."""
        return self._values

    @property
    def indices(self) -> Tensor:
        """The row numbers."""
        return self._indices

    @property
    def dense_shape(self) -> Tensor | None:
        """The shape of the larger tensor."""
        return self._dense_shape

    @property
    def name(self) -> str:
        """The name of `values`."""
        return self._values.name

    @property
    def device(self) -> str:
        """The device of `values`."""
        return self._values.device

    @property
    def op(self) -> Operation:
        """The operation that makes `values`."""
        return self._values.op

    @property
    def dtype(self) -> DType:
        """The dtype of the rows."""
        return self._values.dtype

    @property
    def graph(self) -> Graph:
        """The graph of all parts."""
        return self._values.graph

    def __str__(self) -> str:
        shape = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{shape})"

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)  # type: ignore[operator]


def indexed_slices_to_tensor(
    value: IndexedSlices, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    """The dense tensor that IndexedSlices stand for.

    Args:
      value: the IndexedSlices.
      dtype: the dtype wanted.
      name: the op's name.
      as_ref: accepted for compatibility.

    Raises:
      ValueError: another dtype is wanted, or the dense shape isn't known.
    """
    from jitgraph.ops.scattering import unsorted_segment_sum

    if dtype is not None and not dtype.is_compatible_with(value.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {dtype.name} for IndexedSlices with dtype "
            f"{value.dtype.name}"
        )
    if value.dense_shape is None:
        raise ValueError(
            f"Tensor conversion requested for IndexedSlices without dense_shape: {value}"
        )
    rows = value.dense_shape[0]  # type: ignore[index]
    return unsorted_segment_sum(value.values, value.indices, rows, name=name)


def convert_to_tensor_or_indexed_slices(
    value: Any, dtype: Any = None, name: str | None = None
) -> Tensor | IndexedSlices:
    """`value` as a Tensor, or left alone when it is IndexedSlices.

    Args:
      value: IndexedSlices or anything that `convert_to_tensor` takes.
      dtype: the dtype wanted.
      name: name of the constant made, if one is made.
    """
    from jitgraph.ops.convert import convert_to_tensor

    if isinstance(value, IndexedSlices):
        return value
    return convert_to_tensor(value, dtype, name)


register_tensor_conversion_function(IndexedSlices, indexed_slices_to_tensor)
