"""tf.sparse: tensors of which only some elements are given."""

from __future__ import annotations

from jitgraph.ops.sparse_tensor import (
    SparseTensor,
    sparse_from_dense as from_dense,
    sparse_placeholder as placeholder,
    sparse_tensor_to_dense as to_dense,
)

__all__ = ["SparseTensor", "from_dense", "placeholder", "to_dense"]
