"""SparseTensor: the elements of a tensor that are given, and where they stand.

In: places, values, a shape. Out: an object that stands for the three tensors; a session feeds and
fetches it as a SparseTensorValue.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from jitgraph import dtypes
from jitgraph.dtypes import DType
from jitgraph.graph import Graph, Operation, Tensor, get_default_session, name_scope
from jitgraph.ops.constants import constant
from jitgraph.ops.convert import convert_to_tensor
from jitgraph.ops.filling import zeros
from jitgraph.ops.partial_value import partial_value
from jitgraph.ops.placeholders import placeholder
from jitgraph.ops.sparse_operators import divide_sparse, multiply_sparse
from jitgraph.ops.sparse_to_dense import sparse_to_dense
from jitgraph.shapes import TensorShape


class SparseTensorValue(NamedTuple):
    """What feeds a SparseTensor, and what fetching it gives."""

    indices: np.ndarray
    values: np.ndarray
    dense_shape: np.ndarray


_SEEN_THROUGH = ("Const", "Shape", "Pack", "ConcatV2", "StridedSlice", "Cast", "Fill", "Range")
"""The types of ops that tell their contents to TensorFlow when a graph is built; to see more would
make other ops than TensorFlow makes."""


class SparseTensor:
    """A tensor of which only some elements are given.

    Args:
      indices: int64 [count, rank], the places; most ops want them in row-major order.
      values: [count], the elements.
      dense_shape: int64 [rank], the shape.

    Raises:
      ValueError: the three don't fit each other.

    Example:
      >>> tf.SparseTensor([[0, 0], [1, 2]], [1.0, 2.0], [3, 4]).shape
      TensorShape([Dimension(3), Dimension(4)])
    """

    __slots__ = ("_dense_shape", "_indices", "_values")

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        with name_scope(None, "SparseTensor", [indices, values, dense_shape]):
            self._indices = convert_to_tensor(indices, name="indices", dtype=dtypes.int64)
            self._values = convert_to_tensor(values, name="values")
            self._dense_shape = convert_to_tensor(
                dense_shape, name="dense_shape", dtype=dtypes.int64
            )
        places = self._indices.get_shape().with_rank(2)
        elements = self._values.get_shape().with_rank(1)
        sizes = self._dense_shape.get_shape().with_rank(1)
        places[0].merge_with(elements[0])
        places[1].merge_with(sizes[0])

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """A SparseTensor of the arrays of a SparseTensorValue.

        Raises:
          TypeError: it is none.
        """
        if not isinstance(sparse_tensor_value, (SparseTensor, SparseTensorValue)):
            raise TypeError(f"Neither a SparseTensor nor SparseTensorValue: {sparse_tensor_value}.")
        given = sparse_tensor_value
        return SparseTensor(given.indices, given.values, given.dense_shape)

    @property
    def indices(self) -> Tensor:
        """The places."""
        return self._indices

    @property
    def values(self) -> Tensor:
        """The elements."""
        return self._values

    @property
    def dense_shape(self) -> Tensor:
        """The shape, as a tensor."""
        return self._dense_shape

    @property
    def shape(self) -> TensorShape:
        """The shape as far as it is known."""
        return self.get_shape()

    def get_shape(self) -> TensorShape:
        """The shape as far as it is known."""
        is_seen = self._dense_shape.op.type in _SEEN_THROUGH
        known = partial_value(self._dense_shape) if is_seen else None
        if known is not None:
            return TensorShape([None if item in (None, -1) else int(item) for item in known])
        dims = self._dense_shape._dims
        if dims is None or dims[0] is None:
            return TensorShape(None)
        return TensorShape([None] * dims[0])

    @property
    def dtype(self) -> DType:
        """The dtype of the elements."""
        return self._values.dtype

    @property
    def op(self) -> Operation:
        """The operation that makes the elements."""
        return self._values.op

    @property
    def graph(self) -> Graph:
        """The graph of the three tensors."""
        return self._indices.graph

    def eval(self, feed_dict: Any = None, session: Any = None) -> SparseTensorValue:
        """Its value in a session or the default session.

        Raises:
          ValueError: there is no session.
        """
        session = session or get_default_session()
        if session is None:
            raise ValueError("Cannot evaluate tensor using `eval()`: No default session")
        found: SparseTensorValue = session.run(self, feed_dict)
        return found

    def __mul__(self, y: Any) -> SparseTensor:
        product: SparseTensor = multiply_sparse(self, y)
        return product

    def __truediv__(self, y: Any) -> SparseTensor:
        quotient: SparseTensor = divide_sparse(self, y)
        return quotient

    def __str__(self) -> str:
        return (
            f"SparseTensor(indices={self._indices}, values={self._values}, "
            f"dense_shape={self._dense_shape})"
        )

    __repr__ = __str__


def parts_of(sparse: SparseTensor) -> tuple[Tensor, Tensor, Tensor]:
    """Its three tensors, in the order of a SparseTensorValue."""
    return sparse.indices, sparse.values, sparse.dense_shape


def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> SparseTensor:
    """A SparseTensor that must be fed.

    Args:
      dtype: the dtype of its elements.
      shape: its shape; None for any.
      name: the beginning of the names of the three placeholders.

    Example:
      >>> tf.sparse_placeholder(tf.float32, [None, 5]).indices
      <tf.Tensor 'Placeholder_2:0' shape=(?, 2) dtype=int64>
    """
    names = {part: None if name is None else f"{name}/{part}" for part in _PARTS}
    given, rank = _sparse_shape(shape, names["shape"])
    if given is None:
        given = placeholder(dtypes.int64, [rank], names["shape"])
    values = placeholder(dtype, [None], names["values"])
    indices = placeholder(dtypes.int64, [None, rank], names["indices"])
    return SparseTensor(indices, values, given)


_PARTS = ("shape", "values", "indices")


def _sparse_shape(shape: Any, name: str | None) -> tuple[Tensor | None, int | None]:
    """The shape as a tensor, if it is wholly known, and the rank."""
    if shape is None:
        return None, None
    if isinstance(shape, Tensor):
        return shape, None if shape._dims is None else shape._dims[0]
    sizes = TensorShape(shape).as_list()
    if None in sizes:
        return None, len(sizes)
    return convert_to_tensor(sizes, dtype=dtypes.int64, name=name), len(sizes)


def convert_to_tensor_or_sparse_tensor(
    value: Any, dtype: Any = None, name: str | None = None
) -> Tensor | SparseTensor:
    """`value` as a Tensor or, if it is sparse, a SparseTensor.

    Args:
      value: a SparseTensor, a SparseTensorValue, or what `convert_to_tensor` takes.
      dtype: the dtype wanted.
      name: name of the constant made, if one is made.

    Raises:
      RuntimeError: a sparse value has another dtype.
    """
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        return convert_to_tensor(value, dtype, name)
    if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(value.dtype):
        wanted = dtypes.as_dtype(dtype).name
        raise RuntimeError(f"Sparse dtype: requested = {wanted}, actual = {value.dtype.name}")
    return value


def as_sparse(value: Any) -> SparseTensor:
    """`value` as a SparseTensor.

    Raises:
      TypeError: it is not sparse.
    """
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    if not isinstance(value, SparseTensor):
        raise TypeError("Input must be a SparseTensor.")
    return value


def sparse_tensor_to_dense(
    sp_input: Any,
    default_value: Any = None,
    validate_indices: bool = True,
    name: str | None = None,
) -> Tensor:
    """A SparseTensor as a tensor.

    Args:
      sp_input: the SparseTensor.
      default_value: what elements are that are not given; 0 when None.
      validate_indices: whether places must be in order, and none twice.
      name: the op's name.

    Raises:
      TypeError: it is not sparse.

    Example:
      >>> tf.sparse_tensor_to_dense(tf.SparseTensor([[1]], [5.0], [3]))
      <tf.Tensor 'SparseToDense:0' shape=(3,) dtype=float32>
    """
    sparse = as_sparse(sp_input)
    if default_value is None:
        default_value = zeros([], dtype=sparse.dtype)
    shape, values = sparse.dense_shape, sparse.values
    return sparse_to_dense(sparse.indices, shape, values, default_value, validate_indices, name)


def sparse_from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """The elements of a tensor that are not zero.

    Args:
      tensor: a tensor.
      name: the ops' name scope.

    Example:
      >>> tf.sparse.from_dense([[0, 1], [2, 0]]).shape
      TensorShape([Dimension(2), Dimension(2)])
    """
    from jitgraph.ops.comparison import not_equal
    from jitgraph.ops.gathering import gather_nd
    from jitgraph.ops.selection import where_v2
    from jitgraph.ops.shapes_of import shape as shape_of

    with name_scope(name, "dense_to_sparse"):
        tensor = convert_to_tensor(tensor)
        places = where_v2(not_equal(tensor, constant(0, tensor.dtype)))
        values = gather_nd(tensor, places)
        return SparseTensor(places, values, shape_of(tensor, out_type=dtypes.int64))
