"""`from jitgraph.python.layers import base`, as scripts import TensorFlow's."""

from jitgraph.frontend.layers.input_spec import InputSpec
from jitgraph.frontend.layers.layer import Layer

__all__ = ["InputSpec", "Layer"]
