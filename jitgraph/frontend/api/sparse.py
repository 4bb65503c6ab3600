"""tf.sparse: tensors of which only some elements are given."""

from __future__ import annotations

from jitgraph.frontend.sparse_boxes import (
    sparse_expand_dims as expand_dims,
    sparse_eye as eye,
    sparse_reset_shape as reset_shape,
    sparse_split as split,
)
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
from jitgraph.ops.sparse_pairs import (
    sparse_add as add,
    sparse_maximum as maximum,
    sparse_minimum as minimum,
)
from jitgraph.ops.sparse_products import (
    sparse_tensor_dense_matmul as matmul,
    sparse_tensor_dense_matmul as sparse_dense_matmul,
)
from jitgraph.ops.sparse_reductions import (
    sparse_reduce_max as reduce_max,
    sparse_reduce_max_sparse as reduce_max_sparse,
    sparse_reduce_sum as reduce_sum,
    sparse_reduce_sum_sparse as reduce_sum_sparse,
)
from jitgraph.ops.sparse_softmax import sparse_softmax as softmax
from jitgraph.ops.sparse_tensor import (
    SparseTensor,
    sparse_from_dense as from_dense,
    sparse_placeholder as placeholder,
    sparse_tensor_to_dense as to_dense,
)

__all__ = [
    "SparseTensor",
    "add",
    "concat",
    "cross",
    "cross_hashed",
    "expand_dims",
    "eye",
    "fill_empty_rows",
    "from_dense",
    "matmul",
    "maximum",
    "merge",
    "minimum",
    "placeholder",
    "reduce_max",
    "reduce_max_sparse",
    "reduce_sum",
    "reduce_sum_sparse",
    "reorder",
    "reset_shape",
    "reshape",
    "retain",
    "slice",
    "softmax",
    "sparse_dense_matmul",
    "split",
    "to_dense",
    "to_indicator",
    "transpose",
]
