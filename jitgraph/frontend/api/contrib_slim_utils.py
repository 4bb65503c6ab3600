"""tf.contrib.slim.utils: collections of outputs by name, conditions known while building."""

from __future__ import annotations

from jitgraph.frontend.contrib_layers.sharing import (
    convert_collection_to_dict,
    keep_outputs as collect_named_outputs,
    tensor_aliases as get_tensor_aliases,
)
from jitgraph.frontend.control_flow import smart_cond, smart_constant_value as constant_value

__all__ = [
    "collect_named_outputs",
    "constant_value",
    "convert_collection_to_dict",
    "get_tensor_aliases",
    "smart_cond",
]
