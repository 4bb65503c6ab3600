"""Python's operators with a SparseTensor: `sparse * dense`, `dense * sparse`, `sparse / dense`;
and functions of one tensor, of a SparseTensor's elements.

In: a SparseTensor, a dense tensor. Out: a SparseTensor of the same places. The dense tensor is
spread to the shape of the sparse one; only its elements at the places count.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from jitgraph.graph import Tensor, get_default_graph, name_scope
from jitgraph.ops.apply import apply
from jitgraph.ops.convert import convert_to_tensor


def multiply_sparse(sparse: Any, dense: Any) -> Any:
    """`sparse * dense`."""
    from jitgraph.ops.sparse_dense_elementwise import SPARSE_DENSE_CWISE_MUL

    with name_scope(None, "mul", [sparse, dense]) as scope:
        dense = convert_to_tensor(dense, dtype=sparse.dtype.base_dtype, name="y")
        return _applied(SPARSE_DENSE_CWISE_MUL, sparse, sparse.values, dense, scope)


def multiply_dense(dense: Tensor, sparse: Any, scope: str) -> Any:
    """`dense * sparse`, within the operator's name scope."""
    from jitgraph.ops.sparse_dense_elementwise import SPARSE_DENSE_CWISE_MUL

    return _applied(SPARSE_DENSE_CWISE_MUL, sparse, sparse.values, dense, scope)


def divide_sparse(sparse: Any, dense: Any) -> Any:
    """`sparse / dense`; integers are cast to floats first."""
    from jitgraph.ops.elementwise_division import true_quotients
    from jitgraph.ops.sparse_dense_elementwise import SPARSE_DENSE_CWISE_DIV

    with name_scope(None, "truediv", [sparse, dense]) as scope:
        dense = convert_to_tensor(dense, dtype=sparse.dtype.base_dtype, name="y")
        values, dense = true_quotients(sparse.values, dense)
        return _applied(SPARSE_DENSE_CWISE_DIV, sparse, values, dense, scope)


def _applied(definition: Any, sparse: Any, values: Any, dense: Any, scope: str) -> Any:
    from jitgraph.ops.sparse_tensor import SparseTensor

    inputs = [sparse.indices, values, sparse.dense_shape, dense]
    return SparseTensor(sparse.indices, apply(definition, inputs, name=scope), sparse.dense_shape)


def of_elements(op_name: str) -> Callable[[Callable[..., Tensor]], Callable[..., Any]]:
    """A function of one tensor that takes a SparseTensor, too: it is applied to the elements.

    Args:
      op_name: the name its op has by default; TensorFlow uses it up before it sees that the
        argument is sparse.
    """

    def extended(function: Callable[..., Tensor]) -> Callable[..., Any]:
        @wraps(function)
        def called(x: Any, name: str | None = None) -> Any:
            if type(x) is Tensor or not hasattr(x, "dense_shape"):
                return function(x, name)
            from jitgraph.ops.sparse_tensor import SparseTensor

            if not isinstance(x, SparseTensor):
                return function(x, name)
            get_default_graph().unique_name(name or op_name)
            return SparseTensor(x.indices, function(x.values, name), x.dense_shape)

        return called

    return extended
