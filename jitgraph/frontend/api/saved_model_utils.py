"""tf.saved_model.utils: tensors as TensorInfos."""

from __future__ import annotations

from jitgraph.frontend.saved_model.signatures import (
    build_tensor_info,
    get_tensor_from_tensor_info,
)

__all__ = [
    "build_tensor_info",
    "get_tensor_from_tensor_info",
]
