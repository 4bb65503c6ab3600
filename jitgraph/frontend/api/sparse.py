"""tf.sparse: tensors of which only some elements are given."""

from __future__ import annotations

from jitgraph.ops.sparse_crosses import sparse_cross as cross, sparse_cross_hashed as cross_hashed
from jitgraph.ops.sparse_functions import (
    sparse_concat as concat,
    sparse_fill_empty_rows as fill_empty_rows,
    sparse_merge as merge,
    sparse_reshape as reshape,
    sparse_slice as slice,
    sparse_to_indicator as to_indicator,
)
from jitgraph.ops.sparse_ordering import (
    sparse_reorder as reorder,
    sparse_retain as retain,
    sparse_transpose as transpose,
)
from jitgraph.ops.sparse_products import (
    sparse_tensor_dense_matmul as matmul,
    sparse_tensor_dense_matmul as sparse_dense_matmul,
)
from jitgraph.ops.sparse_reductions import sparse_reduce_sum as reduce_sum
from jitgraph.ops.sparse_tensor import (
    SparseTensor,
    sparse_from_dense as from_dense,
    sparse_placeholder as placeholder,
    sparse_tensor_to_dense as to_dense,
)

__all__ = [
    "SparseTensor",
    "concat",
    "cross",
    "cross_hashed",
    "fill_empty_rows",
    "from_dense",
    "matmul",
    "merge",
    "placeholder",
    "reduce_sum",
    "reorder",
    "reshape",
    "retain",
    "slice",
    "sparse_dense_matmul",
    "to_dense",
    "to_indicator",
    "transpose",
]
