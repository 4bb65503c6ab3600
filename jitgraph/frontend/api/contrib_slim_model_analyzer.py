"""tf.contrib.slim.model_analyzer: how large a graph's tensors and variables are."""

from __future__ import annotations

from jitgraph.frontend.slim.model_analyzer import analyze_ops, analyze_vars, tensor_description

__all__ = ["analyze_ops", "analyze_vars", "tensor_description"]
