"""`jitgraph.python.lib`, as scripts import TensorFlow's."""
